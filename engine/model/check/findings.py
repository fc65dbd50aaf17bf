"""What checking a condition collects besides its meaning."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.model.attributes import Attribute
from grammar.diagnostics import Diagnostic, Fix, FixSafety, TextEdit
from grammar.span import Span

_OTHER_FORMS = (".yaml", ".yml", ".json")


@dataclass(frozen=True, slots=True)
class Mention:
    """A name or a label's key that a condition speaks of, to be held against what is declared.

    Attributes:
        attribute: what is asked about; a label's key is in it.
        value: the name it is compared with; None where only the key matters.
        span: where the name (or the attribute) stands.
        required: whether it must be declared; otherwise it should be.
    """

    attribute: Attribute
    value: str | None
    span: Span
    required: bool = False


@dataclass(slots=True)
class Findings:
    """Collects diagnostics and mentions, in the order they are met."""

    diagnostics: list[Diagnostic] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)

    def report(self, diagnostic: Diagnostic) -> None:
        """Add a diagnostic."""
        self.diagnostics.append(diagnostic)


def replacement(span: Span, text: str, message: str = "") -> Fix | None:
    """Return the fix that puts a text in a place of a `.promo` text; None in a manifest, which has another form."""
    if not span.source or span.source.endswith(_OTHER_FORMS):
        return None
    return Fix(message or f"replace it by `{text}`", (TextEdit(span, text),), FixSafety.UNSAFE)
