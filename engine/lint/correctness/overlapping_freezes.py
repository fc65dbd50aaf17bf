"""L120."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.material import Material
from engine.lint.rule import Category, Rule
from engine.model.conditions import Condition
from engine.model.entities import Freeze
from grammar import nodes
from grammar.diagnostics import Diagnostic, Label


class OverlappingFreezes(Rule):
    """Freezes of the same things at the same time."""

    code = "L120"
    name = "overlapping-freezes"
    category = Category.CORRECTNESS
    summary = "Two freezes of the same products and environments overlap"
    why = (
        "Whoever ends one early finds that nothing thaws. Most often one of them is last year's, or a copy whose dates "
        "were not changed."
    )
    avoid = """
freeze year-end { from 2026-12-20 to 2027-01-02  when environment.kind == prod }

freeze holidays { from 2026-12-24 to 2026-12-26  when environment.kind == prod }
"""
    prefer = """
freeze year-end { from 2026-12-20 to 2027-01-02  when environment.kind == prod }
"""

    def check(self, material: Material) -> Iterator[Diagnostic]:
        """Yield each freeze that begins before an earlier one of the same condition and zone has ended."""
        names = {node.name.text: node.name.span for node in material.of(nodes.Freeze)}
        same: dict[tuple[str, Condition], list[Freeze]] = {}
        for freeze in material.workspace.freezes.values():
            same.setdefault((freeze.zone, freeze.when), []).append(freeze)
        for freezes in same.values():
            freezes.sort(key=lambda freeze: (freeze.start, freeze.end, freeze.name))
            longest = freezes[0]
            for freeze in freezes[1:]:
                if freeze.start < longest.end:
                    yield self.found(
                        f"freeze `{freeze.name}` overlaps `{longest.name}`, which is about the same",
                        names.get(freeze.name, freeze.span),
                        labels=[Label(names.get(longest.name, longest.span), "the other one")],
                        help="join them, or correct the dates",
                    )
                longest = max(longest, freeze, key=lambda one: one.end)
