"""What several declarations consist of: names, strings, labels, conditions, settings."""

from __future__ import annotations

from dataclasses import dataclass, field

from grammar.expressions import Expression
from grammar.quick_state import quick_part, quick_state
from grammar.span import NOWHERE, Span


@quick_part
@dataclass(frozen=True, slots=True)
class Name:
    """A name as written; ``quoted`` tells the workflow ``"none"`` from the word `none`."""

    text: str
    span: Span = field(default=NOWHERE, compare=False)
    quoted: bool = field(default=False, compare=False)


@quick_part
@dataclass(frozen=True, slots=True)
class StringValue:
    """A string as written, without quotes and escapes."""

    text: str
    span: Span = field(default=NOWHERE, compare=False)


@quick_state
@dataclass(frozen=True, slots=True)
class Pair:
    """``key = "value"`` of labels and annotations."""

    key: Name
    value: StringValue


@quick_state
@dataclass(frozen=True, slots=True)
class Description:
    """``description "..."``."""

    text: StringValue
    span: Span = field(default=NOWHERE, compare=False)


@quick_state
@dataclass(frozen=True, slots=True)
class Labels:
    """``labels k = "v", ...``."""

    pairs: tuple[Pair, ...]
    span: Span = field(default=NOWHERE, compare=False)


@quick_state
@dataclass(frozen=True, slots=True)
class Annotations:
    """``annotations k = "v", ...``."""

    pairs: tuple[Pair, ...]
    span: Span = field(default=NOWHERE, compare=False)


@quick_state
@dataclass(frozen=True, slots=True)
class Tags:
    """``tags a, b``."""

    names: tuple[Name, ...]
    span: Span = field(default=NOWHERE, compare=False)


@quick_state
@dataclass(frozen=True, slots=True)
class Namespace:
    """``namespace runtime``: where the manifest form of the entity lives."""

    name: Name
    span: Span = field(default=NOWHERE, compare=False)


@quick_state
@dataclass(frozen=True, slots=True)
class When:
    """``when EXPRESSION``."""

    condition: Expression
    span: Span = field(default=NOWHERE, compare=False)


@quick_state
@dataclass(frozen=True, slots=True)
class NameValue:
    """A setting's value that is one name: a workflow, a window, a word such as `commit`."""

    name: Name


@quick_state
@dataclass(frozen=True, slots=True)
class DurationValue:
    """A setting's value that is a duration, in seconds."""

    seconds: int
    span: Span = field(default=NOWHERE, compare=False)


@quick_state
@dataclass(frozen=True, slots=True)
class ApprovalsValue:
    """``N from TEAM, ...``; no team means anybody who may approve."""

    count: int
    teams: tuple[Name, ...]
    span: Span = field(default=NOWHERE, compare=False)


SettingValue = NameValue | DurationValue | ApprovalsValue


@quick_state
@dataclass(frozen=True, slots=True)
class Setting:
    """``keyword value``; which keywords there are and what they take, the model's registry says."""

    keyword: str
    value: SettingValue
    span: Span = field(default=NOWHERE, compare=False)
    keyword_span: Span = field(default=NOWHERE, compare=False)
