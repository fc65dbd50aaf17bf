"""L127."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from engine.lint.material import Material
from engine.lint.releases import Target, targets
from engine.lint.rule import Category, Rule
from engine.model.entities import DEFAULT_TIMEOUT, Flow
from engine.model.values import Seconds
from grammar import nodes
from grammar.diagnostics import Diagnostic, Label, Severity
from grammar.lexical import duration_token
from grammar.span import Span


class TimeoutBeforeSoak(Rule):
    """Flows that end before they can succeed."""

    code = "L127"
    name = "timeout-before-soak"
    category = Category.CORRECTNESS
    severity = Severity.ERROR
    summary = "A flow is terminated before the soak times of its steps can pass"
    why = (
        "Soak times add up along the way to the last step. Where they take as long as the flow may, every release is "
        "terminated on its way. A flow without `timeout` may take a day."
    )
    avoid = """
environment dev { kind non-prod }

environment prod { kind prod }

product shop {
  labels team = "shop"
  flow standard
}

flow standard {
  trigger dev
  step prod after dev {
    pre-action checks
    action     pr
    soak       2d
  }
  timeout 1d
}
"""
    prefer = """
environment dev { kind non-prod }

environment prod { kind prod }

product shop {
  labels team = "shop"
  flow standard
}

flow standard {
  trigger dev
  step prod after dev {
    pre-action checks
    action     pr
    soak       2d
  }
  timeout 4d
}
"""

    def check(self, material: Material) -> Iterator[Diagnostic]:
        """Yield each flow once, for the first product that it cannot succeed for."""
        places = {node.name.text: _place(node) for node in material.of(nodes.Flow)}
        reported: set[str] = set()
        for _, group in groupby(material.shared(targets), key=lambda target: (target.product.name, target.flow.name)):
            steps = tuple(group)
            flow = steps[0].flow
            limit = flow.timeout or DEFAULT_TIMEOUT
            if flow.name in reported:
                continue
            way = _longest(flow, steps)
            if sum(seconds for _, seconds in way) >= limit:
                reported.add(flow.name)
                yield self._finding(steps[0], way, limit, places[flow.name])

    def _finding(self, target: Target, way: list[tuple[Target, int]], limit: int, place: Span) -> Diagnostic:
        total = duration_token(sum(seconds for _, seconds in way))
        given = "may take" if target.flow.timeout is not None else "has no timeout, so it may take"
        return self.found(
            f"flow `{target.flow.name}` {given} {duration_token(limit)}, and the soak times on the way to "
            f"`{way[-1][0].step.environment}` are {total} for product `{target.product.name}`",
            place,
            labels=[Label(step.origin("soak"), f"{duration_token(seconds)} here") for step, seconds in way if seconds],
            help=f"set a `timeout` well above {total}, or shorten the soak times",
        )


def _longest(flow: Flow, steps: tuple[Target, ...]) -> list[tuple[Target, int]]:
    """Return the way through a flow whose soak times are longest, with the seconds of each step."""
    by_name = {target.step.environment: target for target in steps}
    totals = {flow.trigger: 0}
    previous: dict[str, str] = {}
    pending = steps
    while pending:
        left: list[Target] = []
        for target in pending:
            after = target.step.after
            if all(name in totals for name in after):
                slowest = max(after, key=totals.__getitem__)
                previous[target.step.environment] = slowest
                totals[target.step.environment] = totals[slowest] + _soak(target)
            else:
                left.append(target)
        if len(left) == len(pending):
            break
        pending = tuple(left)
    way: list[tuple[Target, int]] = []
    name = max(totals, key=totals.__getitem__)
    while name in previous:
        way.append((by_name[name], _soak(by_name[name])))
        name = previous[name]
    return way[::-1]


def _soak(target: Target) -> int:
    soak = target.decision.value("soak")
    return soak.count if isinstance(soak, Seconds) else 0


def _place(node: nodes.Flow) -> Span:
    return next((item.span for item in node.items if isinstance(item, nodes.Timeout)), node.name.span)
