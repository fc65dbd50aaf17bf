"""What the builders of one workspace share: the names that are declared, and what was found wrong."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field

from engine.model.attributes import Scope
from engine.model.check import check_condition
from engine.model.check.findings import Findings, replacement
from engine.model.conditions import ALWAYS, Condition
from grammar import nodes
from grammar.diagnostics import Diagnostic, Label, error, warning
from grammar.expressions import Expression
from grammar.lexical import name_token
from grammar.span import Span
from grammar.suggest import nearest
from grammar.vocabulary import listing

_MOST_SUGGESTIONS = 100
"""Suggestions looked for; each compares with every name, so a workspace full of errors would cost its square."""

Names = dict[str, Span]
"""Declared names, with where each was first declared."""


@dataclass(slots=True)
class Session:
    """The state of building one workspace.

    Attributes:
        names: declared names by kind of declaration.
        known_zones: the time zones that exist; None when nobody can say.
        check_json_path: says what is wrong with a JSONPath; None when that is not asked for.
        findings: what was found so far.
    """

    names: Mapping[str, Names]
    known_zones: Collection[str] | None = None
    check_json_path: Callable[[str], str | None] | None = None
    findings: Findings = field(default_factory=Findings)
    suggestions: int = 0

    def error(self, code: str, message: str, span: Span, *, help: str = "", labels: Iterable[Label] = ()) -> None:
        """Report an error."""
        self.findings.report(error(code, message, span, help=help, labels=labels))

    def warning(self, code: str, message: str, span: Span, *, help: str = "", labels: Iterable[Label] = ()) -> None:
        """Report a warning."""
        self.findings.report(warning(code, message, span, help=help, labels=labels))

    @property
    def errors(self) -> int:
        """Return how many findings there are; it grows with each, so that a builder can tell whether it added one."""
        return len(self.findings.diagnostics)

    def condition(self, expression: Expression | None, scope: Scope) -> Condition | None:
        """Check a condition; None when it has an error. A missing one always holds."""
        if expression is None:
            return ALWAYS
        checked = check_condition(expression, scope)
        self.findings.diagnostics += checked.diagnostics
        self.findings.mentions += checked.mentions
        return checked.condition

    def refer(self, kind: str, name: nodes.Name) -> bool:
        """Say whether a name of a kind of declaration is declared; report it when it is not."""
        known = self.names[kind]
        if name.text in known:
            return True
        self.findings.report(self.unknown(kind, name.text, name.span, known))
        return False

    def unknown(self, kind: str, name: str, span: Span, known: Names, *, keyword: str = "") -> Diagnostic:
        """Return the error for a name that is not declared, with the nearest one that is.

        Args:
            kind: of declaration.
            name: as written.
            span: where it stands.
            known: the names that are declared.
            keyword: what the span covers besides the name.
        """
        meant = self.suggest(name, known)
        shown = _shown(name)
        if meant is None:
            hint = f"declare it: `{kind} {name_token(name)} {{ ... }}`" if kind != "application" else ""
            return error(_UNKNOWN[kind], f"{_articled(kind)} called `{shown}` is not declared", span, help=hint)
        labels = [Label(known[meant], f"`{meant}` is declared here")]
        return error(
            _UNKNOWN[kind],
            f"{_articled(kind)} called `{shown}` is not declared",
            span,
            help=f"did you mean `{meant}`?",
            labels=labels,
            fix=replacement(span, f"{keyword} {name_token(meant)}".lstrip()),
        )

    def suggest(self, name: str, known: Collection[str]) -> str | None:
        """Return the known name most like another, while suggestions are still looked for."""
        self.suggestions += 1
        return nearest(name, known) if self.suggestions <= _MOST_SUGGESTIONS else None

    def word(
        self, name: nodes.Name, words: Collection[str], what: str, aliases: Mapping[str, str] | None = None
    ) -> bool:
        """Say whether a name is one of a closed list of words; report it when it is not."""
        if name.text in words:
            return True
        meant = (aliases or {}).get(name.text.lower()) or nearest(name.text.replace("_", "-"), words)
        listed = listing([f"`{word}`" for word in words])
        self.findings.report(
            error(
                "M005",
                f"`{_shown(name.text)}` is not {what}",
                name.span,
                help=f"did you mean `{meant}`?" if meant else f"it is {listed}",
                fix=replacement(name.span, meant) if meant else None,
            )
        )
        return False


_UNKNOWN = {
    "environment": "M010",
    "product": "M011",
    "flow": "M012",
    "template": "M013",
    "window": "M014",
    "application": "M015",
}


def _articled(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeio" else f"a {kind}"


def _shown(text: str) -> str:
    """Return a name cut to what fits a message."""
    return text if len(text) <= 80 else f"{text[:77]}..."
