"""Environments, templates and products: what is promoted, and where."""

from __future__ import annotations

from dataclasses import dataclass, field

from grammar.expressions import Expression
from grammar.quick_state import quick_state
from grammar.span import NOWHERE, Span
from grammar.tree.shared import Annotations, Description, Labels, Name, Namespace, StringValue, Tags, When


@quick_state
@dataclass(frozen=True, slots=True)
class Kind:
    """``kind prod`` or ``kind non-prod``."""

    name: Name
    span: Span = field(default=NOWHERE, compare=False)


@quick_state
@dataclass(frozen=True, slots=True)
class Cluster:
    """``cluster NAME [namespaces a, b]``; no namespaces means every namespace."""

    name: Name
    namespaces: tuple[Name, ...]
    span: Span = field(default=NOWHERE, compare=False)


EnvironmentItem = Description | Labels | Annotations | Tags | Namespace | Kind | Cluster


@quick_state
@dataclass(frozen=True, slots=True)
class Environment:
    """Where applications live."""

    name: Name
    items: tuple[EnvironmentItem, ...]
    span: Span = field(default=NOWHERE, compare=False)


@quick_state
@dataclass(frozen=True, slots=True)
class VersionSource:
    """``version FILE JSONPATH``: where an application's version is written."""

    file: StringValue
    json_path: StringValue
    span: Span = field(default=NOWHERE, compare=False)


@quick_state
@dataclass(frozen=True, slots=True)
class Promote:
    """``promote FILE JSONPATH, ...``: the values of one file that a promotion copies."""

    file: StringValue
    json_paths: tuple[StringValue, ...]
    span: Span = field(default=NOWHERE, compare=False)


TemplateItem = Description | Labels | Annotations | Namespace | When | VersionSource | Promote


@quick_state
@dataclass(frozen=True, slots=True)
class Template:
    """What a promotion copies, for the applications its condition selects."""

    name: Name
    priority: int | None
    items: tuple[TemplateItem, ...]
    span: Span = field(default=NOWHERE, compare=False)


@quick_state
@dataclass(frozen=True, slots=True)
class TemplateReference:
    """``template NAME`` in a product."""

    name: Name
    span: Span = field(default=NOWHERE, compare=False)


@quick_state
@dataclass(frozen=True, slots=True)
class Applications:
    """``applications a, b`` in a product."""

    names: tuple[Name, ...]
    span: Span = field(default=NOWHERE, compare=False)


@quick_state
@dataclass(frozen=True, slots=True)
class FlowUse:
    """``flow NAME [when EXPRESSION]`` in a product; order decides which is tried first."""

    name: Name
    condition: Expression | None
    span: Span = field(default=NOWHERE, compare=False)


@quick_state
@dataclass(frozen=True, slots=True)
class Concurrency:
    """``concurrency queue`` or ``concurrency terminate``."""

    name: Name
    span: Span = field(default=NOWHERE, compare=False)


@quick_state
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


@quick_state
@dataclass(frozen=True, slots=True)
class Product:
    """Applications that are promoted together."""

    name: Name
    items: tuple[ProductItem, ...]
    span: Span = field(default=NOWHERE, compare=False)
