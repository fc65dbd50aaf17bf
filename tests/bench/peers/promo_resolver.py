"""promo itself, behind the same interface."""

from __future__ import annotations

from collections.abc import Callable

from engine.model.build import build_workspace
from engine.model.values import written
from engine.resolve.resolver import Resolver
from grammar.parser import parse
from tests.bench.peers.engine import Answer, Engine
from tests.bench.policy_set import Pair, PolicySet


def resolver(policies: PolicySet) -> Resolver:
    """Return a resolver of these policies that has decided nothing yet."""
    parsed = parse(policies.promo_text(), "policies.promo")
    built = build_workspace([parsed.file])
    assert not parsed.diagnostics
    assert not [found for found in built.diagnostics if found.is_error]
    return Resolver(built.workspace)


def _prepare(policies: PolicySet) -> Callable[[Pair], Answer]:
    ready = resolver(policies)

    def decide(pair: Pair) -> Answer:
        effective = ready.decide(pair.product, pair.environment).effective
        return {name: written(found.value) for name, found in effective.items()}

    return decide


PROMO = Engine("promo", _prepare)
