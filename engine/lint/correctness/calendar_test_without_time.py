"""L128."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.material import Material
from engine.lint.rule import Category, Rule
from grammar import nodes
from grammar.diagnostics import Diagnostic, Severity


class CalendarTestWithoutTime(Rule):
    """Tests of the calendar at no time."""

    code = "L128"
    name = "calendar-test-without-time"
    category = Category.CORRECTNESS
    severity = Severity.ERROR
    summary = "A test expects a window or a freeze to hold a step, and says nothing of the time"
    why = (
        "A window is closed, and a freeze in force, at some times and not at others: without `at`, what is expected "
        "depends on when the test runs, if it can hold at all."
    )
    avoid = """
environment prod { kind prod }

freeze year-end { from 2026-12-20 to 2027-01-02 }

product shop {
  labels team = "shop"
}

test "the turn of the year is quiet" {
  product shop
  expect blocked prod by year-end
}
"""
    prefer = """
environment prod { kind prod }

freeze year-end { from 2026-12-20 to 2027-01-02 }

product shop {
  labels team = "shop"
}

test "the turn of the year is quiet" {
  product shop
  at 2026-12-24T12:00
  expect blocked prod by year-end
}
"""

    def check(self, material: Material) -> Iterator[Diagnostic]:
        """Yield expectations about the calendar in tests without a time."""
        calendar = material.workspace.windows.keys() | material.workspace.freezes.keys()
        for test in material.of(nodes.Test):
            if any(isinstance(item, nodes.GivenTime) for item in test.items):
                continue
            for item in test.items:
                if isinstance(item, nodes.ExpectBlocked) and item.by.text in calendar:
                    yield self.found(
                        f"whether `{item.by.text}` holds `{item.environment.text}` depends on the time, and the test "
                        "gives none",
                        item.span,
                        help="add one, such as `at 2026-12-24T12:00`",
                    )
