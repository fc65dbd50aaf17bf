"""The AST of declarations: what was written; names are not resolved yet.

Spans never take part in equality, so two texts that say the same parse to equal trees.
Items keep the order they were written in.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from grammar.expressions import Expression
from grammar.span import NOWHERE, Span


@dataclass(frozen=True, slots=True)
class Name:
    """A name as written; ``quoted`` tells the workflow ``"none"`` from the word `none`."""

    text: str
    span: Span = field(default=NOWHERE, compare=False)
    quoted: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class StringValue:
    """A string as written, without quotes and escapes."""

    text: str
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Pair:
    """``key = "value"`` of labels and annotations."""

    key: Name
    value: StringValue


# --- what several declarations share -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Description:
    """``description "..."``."""

    text: StringValue
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Labels:
    """``labels k = "v", ...``."""

    pairs: tuple[Pair, ...]
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Annotations:
    """``annotations k = "v", ...``."""

    pairs: tuple[Pair, ...]
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Tags:
    """``tags a, b``."""

    names: tuple[Name, ...]
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Namespace:
    """``namespace runtime``: where the manifest form of the entity lives."""

    name: Name
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class When:
    """``when EXPRESSION``."""

    condition: Expression
    span: Span = field(default=NOWHERE, compare=False)


# --- settings ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NameValue:
    """A setting's value that is one name: a workflow, a window, a word such as `commit`."""

    name: Name


@dataclass(frozen=True, slots=True)
class DurationValue:
    """A setting's value that is a duration, in seconds."""

    seconds: int
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class ApprovalsValue:
    """``N from TEAM, ...``; no team means anybody who may approve."""

    count: int
    teams: tuple[Name, ...]
    span: Span = field(default=NOWHERE, compare=False)


SettingValue = NameValue | DurationValue | ApprovalsValue


@dataclass(frozen=True, slots=True)
class Setting:
    """``keyword value``; which keywords there are and what they take, the model's registry says."""

    keyword: str
    value: SettingValue
    span: Span = field(default=NOWHERE, compare=False)
    keyword_span: Span = field(default=NOWHERE, compare=False)


# --- environment ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Kind:
    """``kind prod`` or ``kind non-prod``."""

    name: Name
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Cluster:
    """``cluster NAME [namespaces a, b]``; no namespaces means every namespace."""

    name: Name
    namespaces: tuple[Name, ...]
    span: Span = field(default=NOWHERE, compare=False)


EnvironmentItem = Description | Labels | Annotations | Tags | Namespace | Kind | Cluster


@dataclass(frozen=True, slots=True)
class Environment:
    """Where applications live."""

    name: Name
    items: tuple[EnvironmentItem, ...]
    span: Span = field(default=NOWHERE, compare=False)


# --- template and product ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class VersionSource:
    """``version FILE JSONPATH``: where an application's version is written."""

    file: StringValue
    json_path: StringValue
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Promote:
    """``promote FILE JSONPATH, ...``: the values of one file that a promotion copies."""

    file: StringValue
    json_paths: tuple[StringValue, ...]
    span: Span = field(default=NOWHERE, compare=False)


TemplateItem = Description | Labels | Annotations | Namespace | When | VersionSource | Promote


@dataclass(frozen=True, slots=True)
class Template:
    """What a promotion copies, for the applications its condition selects."""

    name: Name
    priority: int | None
    items: tuple[TemplateItem, ...]
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class TemplateReference:
    """``template NAME`` in a product."""

    name: Name
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Applications:
    """``applications a, b`` in a product."""

    names: tuple[Name, ...]
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class FlowUse:
    """``flow NAME [when EXPRESSION]`` in a product; order decides which is tried first."""

    name: Name
    condition: Expression | None
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Concurrency:
    """``concurrency queue`` or ``concurrency terminate``."""

    name: Name
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class ApiVersion:
    """``api-version v1beta2``: the version of the manifest form, where it is to be kept."""

    name: Name
    span: Span = field(default=NOWHERE, compare=False)


ProductItem = (
    Description
    | Labels
    | Annotations
    | Tags
    | Namespace
    | TemplateReference
    | VersionSource
    | Promote
    | Applications
    | FlowUse
    | Concurrency
    | ApiVersion
)


@dataclass(frozen=True, slots=True)
class Product:
    """Applications that are promoted together."""

    name: Name
    items: tuple[ProductItem, ...]
    span: Span = field(default=NOWHERE, compare=False)


# --- policy and flow -----------------------------------------------------------------------------

PolicyItem = Description | Labels | Annotations | Namespace | When | Setting


@dataclass(frozen=True, slots=True)
class Policy:
    """Settings for every pair of product and environment that its condition selects."""

    name: Name
    priority: int | None
    items: tuple[PolicyItem, ...]
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Hook:
    """``on start|success|failure WORKFLOW``; ``event`` is the middle word."""

    event: str
    workflow: Name
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Trigger:
    """``trigger ENV [{ settings }]``: where a flow begins."""

    environment: Name
    items: tuple[Setting, ...]
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Step:
    """``step ENV after A, B [{ settings and hooks }]``."""

    environment: Name
    after: tuple[Name, ...]
    items: tuple[Setting | Hook, ...]
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Timeout:
    """``timeout 6h``, in seconds."""

    seconds: int
    span: Span = field(default=NOWHERE, compare=False)


FlowItem = Description | Labels | Annotations | Namespace | Trigger | Step | Hook | Timeout


@dataclass(frozen=True, slots=True)
class Flow:
    """An order of environments."""

    name: Name
    items: tuple[FlowItem, ...]
    span: Span = field(default=NOWHERE, compare=False)


# --- require, window, freeze, access -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class That:
    """``that EXPRESSION`` of a `require`."""

    condition: Expression
    span: Span = field(default=NOWHERE, compare=False)


RequireItem = Description | When | That


@dataclass(frozen=True, slots=True)
class Require:
    """An invariant over effective settings and flows; ``title`` is what a reviewer reads."""

    name: Name
    title: StringValue | None
    items: tuple[RequireItem, ...]
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class DayRange:
    """``mon`` or ``mon to fri``."""

    first: Name
    last: Name | None


@dataclass(frozen=True, slots=True)
class Days:
    """``days mon to fri, sun``."""

    ranges: tuple[DayRange, ...]
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Hours:
    """``from 09:00 to 17:00``, as written."""

    start: str
    end: str
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Zone:
    """``zone "Europe/Berlin"``."""

    name: StringValue
    span: Span = field(default=NOWHERE, compare=False)


WindowItem = Description | Days | Hours | Zone


@dataclass(frozen=True, slots=True)
class Window:
    """When promotions may happen."""

    name: Name
    items: tuple[WindowItem, ...]
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Dates:
    """``from 2026-12-20 to 2027-01-02`` (or with ``T18:00``), as written."""

    start: str
    end: str
    span: Span = field(default=NOWHERE, compare=False)


FreezeItem = Description | Dates | Zone | When


@dataclass(frozen=True, slots=True)
class Freeze:
    """When promotions may not happen."""

    name: Name
    items: tuple[FreezeItem, ...]
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Teams:
    """``teams a, b`` of an `access`."""

    names: tuple[Name, ...]
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Allow:
    """``allow promote, retry`` of an `access`."""

    actions: tuple[Name, ...]
    span: Span = field(default=NOWHERE, compare=False)


AccessItem = Description | Teams | Allow | When


@dataclass(frozen=True, slots=True)
class Access:
    """What teams may do, and where."""

    name: Name
    items: tuple[AccessItem, ...]
    span: Span = field(default=NOWHERE, compare=False)


# --- test ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class GivenProduct:
    """``product NAME``."""

    name: Name
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class GivenCommit:
    """``commit message "..." revision "..."``; pairs of field and text, in order."""

    fields: tuple[tuple[str, StringValue], ...]
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class GivenTime:
    """``at 2026-12-24T10:00``, as written."""

    moment: str
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class ExpectFlow:
    """``expect flow NAME``; None is ``expect no flow``."""

    name: Name | None
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class ExpectOrder:
    """``expect order a, b, c``."""

    environments: tuple[Name, ...]
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class ExpectSettings:
    """``expect ENV { settings }``."""

    environment: Name
    settings: tuple[Setting, ...]
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class ExpectBlocked:
    """``expect blocked ENV by NAME``: a window, a freeze, or a code of a blocker."""

    environment: Name
    by: Name
    span: Span = field(default=NOWHERE, compare=False)


TestItem = (
    GivenProduct | Labels | Tags | GivenCommit | GivenTime | ExpectFlow | ExpectOrder | ExpectSettings | ExpectBlocked
)


@dataclass(frozen=True, slots=True)
class Test:
    """An example that must hold; ``title`` says of what."""

    title: StringValue
    items: tuple[TestItem, ...]
    span: Span = field(default=NOWHERE, compare=False)


Declaration = Environment | Product | Template | Policy | Flow | Require | Window | Freeze | Access | Test


@dataclass(frozen=True, slots=True)
class File:
    """One parsed text: its declarations in the order they were written."""

    source: str
    declarations: tuple[Declaration, ...]
