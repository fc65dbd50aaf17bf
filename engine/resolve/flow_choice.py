"""Which of a product's flows a commit triggers, and why not the others. Source: domain, triggering."""

from __future__ import annotations

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from engine.model.entities import Flow, FlowUse, Product
from engine.resolve.evaluation import evaluate
from engine.resolve.facts import CommitFacts, commit_facts
from engine.resolve.reasons import Reason, why_not

TRAILERS = ("Promo-Step", "Promo-Release")
"""Trailers of the commits that promotions make."""

_TRAILER = re.compile(rf"^(?:{'|'.join(TRAILERS)}):", re.MULTILINE | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Tried:
    """One flow of the product, as the commit met it.

    Attributes:
        use: the flow and its condition.
        matched: whether it could have been triggered, had it stood first.
        reasons: why it could not; each suffices alone. Empty when it matched.
    """

    use: FlowUse
    matched: bool
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class FlowChoice:
    """What a commit triggers.

    Attributes:
        flow: the flow's name; None when the commit triggers nothing.
        tried: every flow of the product, in the product's order, those behind the chosen one too.
        own_commit: whether the commit was made by a promotion, which never triggers one.
    """

    flow: str | None
    tried: tuple[Tried, ...]
    own_commit: bool = False


def made_by_promotion(message: str) -> bool:
    """Say whether a commit carries a promotion's trailer.

    Any line after the first counts: a squashed or reverted promotion keeps the trailer somewhere in its text.
    """
    _, _, body = message.partition("\n")
    return _TRAILER.search(body) is not None


def choose_flow(
    product: Product,
    commit: CommitFacts,
    *,
    flows: Mapping[str, Flow] | None = None,
    landed: AbstractSet[str] | None = None,
) -> FlowChoice:
    """Return the first of the product's flows that a commit triggers.

    Args:
        product: its flows are tried in their order.
        commit: what its conditions are asked of.
        flows: the workspace's flows by name, which know their trigger environments; needed with ``landed``.
        landed: the environments the commit landed in: only flows triggered there count. None asks the
            conditions alone.
    """
    own = commit.promoted or made_by_promotion(commit.message)
    facts = commit_facts(commit)
    tried = []
    for use in product.flows:
        reasons: tuple[Reason, ...] = ()
        if own:
            reasons += (Reason("the commit was made by a promotion, and those never trigger one"),)
        if landed is not None:
            reasons += _elsewhere(use, flows or {}, landed)
        if not evaluate(use.when, facts):
            reasons += why_not(use.when, facts)
        tried.append(Tried(use, not reasons, reasons))
    chosen = next((attempt.use.flow for attempt in tried if attempt.matched), None)
    return FlowChoice(chosen, tuple(tried), own)


def _elsewhere(use: FlowUse, flows: Mapping[str, Flow], landed: AbstractSet[str]) -> tuple[Reason, ...]:
    """Return why a flow's trigger environment keeps it from being triggered, if it does."""
    flow = flows.get(use.flow)
    if flow is None:
        return (Reason(f"flow `{use.flow}` is not declared", use.span),)
    if flow.trigger in landed:
        return ()
    where = " and ".join(f"`{name}`" for name in sorted(landed))
    landing = f"the commit landed in {where}" if where else "the commit landed in none of the product's applications"
    return (Reason(f"it is triggered in `{flow.trigger}`, but {landing}", flow.span),)
