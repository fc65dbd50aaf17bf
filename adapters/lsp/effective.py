"""Effective settings as the server shows them: the merged value, and which policy or flow it comes from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import assert_never

from adapters.lsp.analysis import Analysis
from engine.model.values import written
from engine.resolve.decision import Decision, Effective, InlineOrigin, Origin, PolicyOrigin
from engine.resolve.origin_words import origin_words
from grammar.span import Span

MOST_PAIRS = 4_000
"""Pairs of product and environment that are looked at to say how often a policy decides."""

_MOST_VALUES = 3


def origin_name(origin: Origin) -> str:
    """Return where a value comes from, in one word."""
    match origin:
        case PolicyOrigin():
            return origin.policy
        case InlineOrigin():
            return f"flow {origin.flow}"
        case _:
            assert_never(origin)


def one_line(decision: Decision) -> str:
    """Return the settings of a pair: ``action pr, soak 2h``."""
    return ", ".join(f"{name} {written(one.value)}" for name, one in decision.effective.items()) or "nothing is set"


def setting_table(decision: Decision) -> str:
    """Return the settings of a pair as a Markdown table, with their origins."""
    rows = [
        f"| {name} | `{written(one.value)}` | {origin_words(one.origin)} |" for name, one in decision.effective.items()
    ]
    return "\n".join(["| setting | value | set by |", "|---|---|---|", *rows]) if rows else "Nothing is set."


@dataclass(frozen=True)
class Along:
    """What holds for one environment of a flow, over all products that use the flow.

    Attributes:
        values: for each setting, the values by how they are written, each with an example.
        decisions: by product.
    """

    values: Mapping[str, Mapping[str, Effective]]
    decisions: Mapping[str, Decision]

    def short(self, name: str) -> str:
        """Return a setting with its value and origin: ``action pr <- reviewed-production``."""
        found = self.values[name]
        if len(found) == 1 and all(name in decision.effective for decision in self.decisions.values()):
            ((text, example),) = found.items()
            return f"{name} {text} \N{LEFTWARDS ARROW} {origin_name(example.origin)}"
        listed = [*list(found)[:_MOST_VALUES], *(["..."] if len(found) > _MOST_VALUES else [])]
        return f"{name} {' | '.join(listed)} by product"


def along_flow(analysis: Analysis, flow: str, environment: str) -> Along:
    """Return what holds in an environment for the products that use a flow."""
    values: dict[str, dict[str, Effective]] = {}
    decisions: dict[str, Decision] = {}
    workspace = analysis.workspace
    if environment in workspace.environments and flow in workspace.flows:
        for name, product in workspace.products.items():
            if any(use.flow == flow for use in product.flows):
                decision = decisions[name] = analysis.resolver.decide(name, environment, flow=flow)
                for setting, one in decision.effective.items():
                    values.setdefault(setting, {}).setdefault(written(one.value), one)
    return Along(values, decisions)


@dataclass(frozen=True)
class Reach:
    """How often policies decide.

    Attributes:
        pairs: how many pairs there are.
        matched: by policy, how many of them it matches.
        decided: by the place of a setting in a policy, how many it decides.
    """

    pairs: int
    matched: Mapping[str, int] = field(default_factory=dict)
    decided: Mapping[Span, int] = field(default_factory=dict)


def reach(analysis: Analysis) -> Reach | None:
    """Return how often policies decide; None where there are too many pairs to look at each."""
    workspace = analysis.workspace
    pairs = len(workspace.products) * len(workspace.environments)
    if pairs > MOST_PAIRS or analysis.loaded.broken:
        return None
    matched: Counter[str] = Counter()
    decided: Counter[Span] = Counter()
    for product in workspace.products:
        for environment in workspace.environments:
            decision = analysis.resolver.decide(product, environment)
            matched.update(policy.name for policy in decision.matching)
            decided.update(one.origin.span for one in decision.effective.values())
    return Reach(pairs, matched, decided)


def environments_of(analysis: Analysis, product: str) -> Iterator[str]:
    """Yield the environments that flows of a product go to, in their order, each once."""
    workspace = analysis.workspace
    flows = (workspace.flows.get(use.flow) for use in workspace.products[product].flows)
    steps = (step.environment for flow in flows if flow is not None for step in flow.steps)
    return iter(dict.fromkeys(steps))
