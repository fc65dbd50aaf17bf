"""Policies, flows, requirements, windows, freezes and access: what must hold, in which order and when."""

from __future__ import annotations

from dataclasses import dataclass, field

from grammar.expressions import Expression
from grammar.quick_state import quick_state
from grammar.span import NOWHERE, Span
from grammar.tree.shared import Annotations, Description, Labels, Name, Namespace, Setting, StringValue, When

PolicyItem = Description | Labels | Annotations | Namespace | When | Setting


@quick_state
@dataclass(frozen=True, slots=True)
class Policy:
    """Settings for every pair of product and environment that its condition selects."""

    name: Name
    priority: int | None
    items: tuple[PolicyItem, ...]
    span: Span = field(default=NOWHERE, compare=False)


@quick_state
@dataclass(frozen=True, slots=True)
class Hook:
    """``on start|success|failure WORKFLOW``; ``event`` is the middle word."""

    event: str
    workflow: Name
    span: Span = field(default=NOWHERE, compare=False)


@quick_state
@dataclass(frozen=True, slots=True)
class Trigger:
    """``trigger ENV [{ settings }]``: where a flow begins."""

    environment: Name
    items: tuple[Setting, ...]
    span: Span = field(default=NOWHERE, compare=False)


@quick_state
@dataclass(frozen=True, slots=True)
class Step:
    """``step ENV after A, B [{ settings and hooks }]``."""

    environment: Name
    after: tuple[Name, ...]
    items: tuple[Setting | Hook, ...]
    span: Span = field(default=NOWHERE, compare=False)


@quick_state
@dataclass(frozen=True, slots=True)
class Timeout:
    """``timeout 6h``, in seconds."""

    seconds: int
    span: Span = field(default=NOWHERE, compare=False)


FlowItem = Description | Labels | Annotations | Namespace | Trigger | Step | Hook | Timeout


@quick_state
@dataclass(frozen=True, slots=True)
class Flow:
    """An order of environments."""

    name: Name
    items: tuple[FlowItem, ...]
    span: Span = field(default=NOWHERE, compare=False)


@quick_state
@dataclass(frozen=True, slots=True)
class That:
    """``that EXPRESSION`` of a `require`."""

    condition: Expression
    span: Span = field(default=NOWHERE, compare=False)


RequireItem = Description | When | That


@quick_state
@dataclass(frozen=True, slots=True)
class Require:
    """An invariant over effective settings and flows; ``title`` is what a reviewer reads."""

    name: Name
    title: StringValue | None
    items: tuple[RequireItem, ...]
    span: Span = field(default=NOWHERE, compare=False)


@quick_state
@dataclass(frozen=True, slots=True)
class DayRange:
    """``mon`` or ``mon to fri``."""

    first: Name
    last: Name | None


@quick_state
@dataclass(frozen=True, slots=True)
class Days:
    """``days mon to fri, sun``."""

    ranges: tuple[DayRange, ...]
    span: Span = field(default=NOWHERE, compare=False)


@quick_state
@dataclass(frozen=True, slots=True)
class Hours:
    """``from 09:00 to 17:00``, as written."""

    start: str
    end: str
    span: Span = field(default=NOWHERE, compare=False)


@quick_state
@dataclass(frozen=True, slots=True)
class Zone:
    """``zone "Europe/Berlin"``."""

    name: StringValue
    span: Span = field(default=NOWHERE, compare=False)


WindowItem = Description | Days | Hours | Zone


@quick_state
@dataclass(frozen=True, slots=True)
class Window:
    """When promotions may happen."""

    name: Name
    items: tuple[WindowItem, ...]
    span: Span = field(default=NOWHERE, compare=False)


@quick_state
@dataclass(frozen=True, slots=True)
class Dates:
    """``from 2026-12-20 to 2027-01-02`` (or with ``T18:00``), as written."""

    start: str
    end: str
    span: Span = field(default=NOWHERE, compare=False)


FreezeItem = Description | Dates | Zone | When


@quick_state
@dataclass(frozen=True, slots=True)
class Freeze:
    """When promotions may not happen."""

    name: Name
    items: tuple[FreezeItem, ...]
    span: Span = field(default=NOWHERE, compare=False)


@quick_state
@dataclass(frozen=True, slots=True)
class Teams:
    """``teams a, b`` of an `access`."""

    names: tuple[Name, ...]
    span: Span = field(default=NOWHERE, compare=False)


@quick_state
@dataclass(frozen=True, slots=True)
class Allow:
    """``allow promote, retry`` of an `access`."""

    actions: tuple[Name, ...]
    span: Span = field(default=NOWHERE, compare=False)


AccessItem = Description | Teams | Allow | When


@quick_state
@dataclass(frozen=True, slots=True)
class Access:
    """What teams may do, and where."""

    name: Name
    items: tuple[AccessItem, ...]
    span: Span = field(default=NOWHERE, compare=False)
