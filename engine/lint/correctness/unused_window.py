"""L112."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.material import Material
from engine.lint.rule import Category, Rule
from engine.model.attributes import Subject
from engine.model.conditions import Membership
from grammar import nodes
from grammar.diagnostics import Diagnostic


class UnusedWindow(Rule):
    """Windows that nothing names."""

    code = "L112"
    name = "unused-window"
    category = Category.CORRECTNESS
    summary = "No policy and no step names a window"
    why = "A window restricts only the steps that name it: this one restricts nothing, and looks as if it did."
    avoid = """
window office-hours { days mon to fri  from 09:00 to 17:00  zone "Europe/Berlin" }

policy everywhere {
  action commit
}
"""
    prefer = """
window office-hours { days mon to fri  from 09:00 to 17:00  zone "Europe/Berlin" }

policy everywhere {
  action commit
  window office-hours
}
"""

    def check(self, material: Material) -> Iterator[Diagnostic]:
        """Yield the windows that no setting and no condition names."""
        used = {
            use.setting.value.name.text
            for use in material.settings
            if use.setting.keyword == "window" and isinstance(use.setting.value, nodes.NameValue)
        }
        used |= {
            str(value)
            for atom in material.tests
            if isinstance(atom, Membership)
            and (atom.attribute.subject, atom.attribute.field) == (Subject.SETTING, "window")
            for value in atom.values
        }
        for window in material.of(nodes.Window):
            if window.name.text not in used:
                yield self.found(
                    f"nothing names the window `{window.name.text}`",
                    window.name.span,
                    help=f"set `window {window.name.text}` in a policy or a step, or remove it",
                )
