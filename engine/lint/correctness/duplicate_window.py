"""L119."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.material import Material
from engine.lint.rule import Category, Rule
from engine.model.entities import Window
from grammar import nodes
from grammar.diagnostics import Diagnostic, Label


class DuplicateWindow(Rule):
    """Windows that are open at the same times."""

    code = "L119"
    name = "duplicate-window"
    category = Category.CORRECTNESS
    summary = "Two windows are open at exactly the same times"
    why = "When the hours change, one of the two is forgotten. One window can be named by any number of policies."
    avoid = """
window office-hours { days mon to fri  from 09:00 to 17:00  zone "Europe/Berlin" }

window support-hours { days mon, tue, wed, thu, fri  from 09:00 to 17:00  zone "Europe/Berlin" }

policy production {
  when environment.kind == prod
  window office-hours
}

policy staging {
  when environment.kind == non-prod
  window support-hours
}
"""
    prefer = """
window office-hours { days mon to fri  from 09:00 to 17:00  zone "Europe/Berlin" }

policy everywhere {
  window office-hours
}
"""

    def check(self, material: Material) -> Iterator[Diagnostic]:
        """Yield each window that opens as an earlier one does."""
        names = {node.name.text: node.name.span for node in material.of(nodes.Window)}
        first: dict[tuple[object, ...], Window] = {}
        for window in material.workspace.windows.values():
            known = first.setdefault((window.days, window.start, window.end, window.zone), window)
            if known is not window:
                yield self.found(
                    f"window `{window.name}` is open when `{known.name}` is",
                    names.get(window.name, window.span),
                    labels=[Label(names.get(known.name, known.span), "the other one")],
                    help=f"name `{known.name}` instead, or change one of them",
                )
