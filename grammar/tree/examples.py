"""Tests: examples that must hold."""

from __future__ import annotations

from dataclasses import dataclass, field

from grammar.quick_state import quick_state
from grammar.span import NOWHERE, Span
from grammar.tree.shared import Labels, Name, Setting, StringValue, Tags


@quick_state
@dataclass(frozen=True, slots=True)
class GivenProduct:
    """``product NAME``."""

    name: Name
    span: Span = field(default=NOWHERE, compare=False)


@quick_state
@dataclass(frozen=True, slots=True)
class GivenCommit:
    """``commit message "..." revision "..."``; pairs of field and text, in order."""

    fields: tuple[tuple[str, StringValue], ...]
    span: Span = field(default=NOWHERE, compare=False)


@quick_state
@dataclass(frozen=True, slots=True)
class GivenTime:
    """``at 2026-12-24T10:00``, as written."""

    moment: str
    span: Span = field(default=NOWHERE, compare=False)


@quick_state
@dataclass(frozen=True, slots=True)
class ExpectFlow:
    """``expect flow NAME``; None is ``expect no flow``."""

    name: Name | None
    span: Span = field(default=NOWHERE, compare=False)


@quick_state
@dataclass(frozen=True, slots=True)
class ExpectOrder:
    """``expect order a, b, c``."""

    environments: tuple[Name, ...]
    span: Span = field(default=NOWHERE, compare=False)


@quick_state
@dataclass(frozen=True, slots=True)
class Unset:
    """``no KEYWORD``: nothing sets it."""

    keyword: str
    span: Span = field(default=NOWHERE, compare=False)


@quick_state
@dataclass(frozen=True, slots=True)
class ExpectSettings:
    """``expect ENV { settings }``; ``unset`` are those that nothing may set."""

    environment: Name
    settings: tuple[Setting, ...]
    unset: tuple[Unset, ...] = ()
    span: Span = field(default=NOWHERE, compare=False)

    @property
    def expected(self) -> list[Setting | Unset]:
        """Return what is expected in the order written; of what was not written, settings come first."""
        found: list[Setting | Unset] = [*self.settings, *self.unset]
        return sorted(found, key=lambda one: one.span.start)


@quick_state
@dataclass(frozen=True, slots=True)
class ExpectBlocked:
    """``expect blocked ENV by NAME``: a window, a freeze, or a code of a blocker."""

    environment: Name
    by: Name
    span: Span = field(default=NOWHERE, compare=False)


TestItem = (
    GivenProduct | Labels | Tags | GivenCommit | GivenTime | ExpectFlow | ExpectOrder | ExpectSettings | ExpectBlocked
)


@quick_state
@dataclass(frozen=True, slots=True)
class Test:
    """An example that must hold; ``title`` says of what."""

    title: StringValue
    items: tuple[TestItem, ...]
    span: Span = field(default=NOWHERE, compare=False)
