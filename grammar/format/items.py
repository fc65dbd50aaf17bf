"""The items of blocks as documents, except those that hold blocks of their own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from grammar import nodes
from grammar.format.conditions import SPACE, condition
from grammar.format.layout import Column, Doc, Group, Line, Nest, Token
from grammar.lexical import duration_token, name_token, quote

_Named = nodes.Namespace | nodes.Kind | nodes.TemplateReference | nodes.Concurrency | nodes.ApiVersion
_Listed = nodes.Tags | nodes.Applications | nodes.Teams
_Paired = nodes.Labels | nodes.Annotations

SimpleItem = (
    _Named
    | _Listed
    | _Paired
    | nodes.Description
    | nodes.When
    | nodes.Setting
    | nodes.Cluster
    | nodes.VersionSource
    | nodes.Promote
    | nodes.FlowUse
    | nodes.Hook
    | nodes.Timeout
    | nodes.That
    | nodes.Days
    | nodes.Hours
    | nodes.Zone
    | nodes.Dates
    | nodes.Allow
    | nodes.GivenProduct
    | nodes.GivenCommit
    | nodes.GivenTime
    | nodes.ExpectFlow
    | nodes.ExpectOrder
    | nodes.ExpectBlocked
    | nodes.Unset
)
"""Items without a block."""


def name(node: nodes.Name) -> Token:
    """Return a name: bare where it can be, but the workflow ``"none"`` keeps the quotes that tell it from `none`."""
    if node.quoted and node.text == "none":
        return Token(quote(node.text))
    return Token(name_token(node.text))


def string(node: nodes.StringValue) -> Token:
    """Return a string with the canonical escapes."""
    return Token(quote(node.text))


def words(*parts: str | Token) -> list[Doc]:
    """Return tokens with a space between each."""
    spaced: list[Doc] = []
    for part in parts:
        spaced += [SPACE] if spaced else []
        spaced.append(Token(part) if isinstance(part, str) else part)
    return spaced


def listed(elements: Iterable[Doc], comma: str = ",") -> Doc:
    """Return elements behind a space; one a line, indented, when they do not fit."""
    elements = list(elements)
    if len(elements) == 1:
        return [SPACE, elements[0]]
    parts: list[Doc] = []
    for index, element in enumerate(elements):
        parts += [Token(comma)] if index and comma else []
        parts += [Line(), element]
    return Group([Nest(parts)])


def names(nodes_: tuple[nodes.Name, ...]) -> Doc:
    """Return names as `listed` does."""
    return listed(name(node) for node in nodes_)


_KEYWORDS: dict[type[_Named | _Listed | _Paired], str] = {
    nodes.Namespace: "namespace",
    nodes.Kind: "kind",
    nodes.TemplateReference: "template",
    nodes.Concurrency: "concurrency",
    nodes.ApiVersion: "api-version",
    nodes.Tags: "tags",
    nodes.Applications: "applications",
    nodes.Teams: "teams",
    nodes.Labels: "labels",
    nodes.Annotations: "annotations",
}


def simple_item(item: SimpleItem) -> Doc:
    """Return the document of an item that holds no block."""
    match item:
        case nodes.Description():
            return words("description", string(item.text))
        case nodes.When():
            return [Token("when"), SPACE, condition(item.condition)]
        case nodes.That():
            return [Token("that"), SPACE, condition(item.condition)]
        case nodes.Setting():
            return setting(item)
        case nodes.Hook():
            return [*words("on", item.event), Column(), name(item.workflow)]
        case nodes.Timeout():
            return words("timeout", duration_token(item.seconds))
        case nodes.Cluster():
            tail: list[Doc] = [SPACE, Token("namespaces"), names(item.namespaces)] if item.namespaces else []
            return [*words("cluster", name(item.name)), *tail]
        case nodes.Days() | nodes.Hours() | nodes.Zone() | nodes.Dates() | nodes.Allow():
            return _rule_item(item)
        case nodes.VersionSource() | nodes.Promote() | nodes.FlowUse():
            return _product_item(item)
        case _ if isinstance(item, _Named | _Listed | _Paired):
            return _plain_item(item)
        case _:
            return _test_item(item)


def _plain_item(item: _Named | _Listed | _Paired) -> Doc:
    """Return an item that is a keyword and a name, names or pairs."""
    keyword = _KEYWORDS[type(item)]
    if isinstance(item, _Named):
        return words(keyword, name(item.name))
    if isinstance(item, _Listed):
        return [Token(keyword), names(item.names)]
    return [Token(keyword), _pairs(item.pairs)]


def _product_item(item: nodes.VersionSource | nodes.Promote | nodes.FlowUse) -> Doc:
    match item:
        case nodes.VersionSource():
            return words("version", string(item.file), string(item.json_path))
        case nodes.Promote():
            return [*words("promote", string(item.file)), listed(string(path) for path in item.json_paths)]
        case nodes.FlowUse():
            head = words("flow", name(item.name))
            if item.condition is None:
                return head
            return [*head, Column(), Token("when"), SPACE, condition(item.condition)]
        case _:
            assert_never(item)


def _rule_item(item: nodes.Days | nodes.Hours | nodes.Zone | nodes.Dates | nodes.Allow) -> Doc:
    match item:
        case nodes.Allow():
            return [Token("allow"), names(item.actions)]
        case nodes.Days():
            return [Token("days"), listed(_day_range(days) for days in item.ranges)]
        case nodes.Hours() | nodes.Dates():
            return words("from", item.start, "to", item.end)
        case nodes.Zone():
            return words("zone", string(item.name))
        case _:
            assert_never(item)


def _test_item(
    item: nodes.GivenProduct
    | nodes.GivenCommit
    | nodes.GivenTime
    | nodes.ExpectFlow
    | nodes.ExpectOrder
    | nodes.ExpectBlocked
    | nodes.Unset,
) -> Doc:
    match item:
        case nodes.GivenProduct():
            return words("product", name(item.name))
        case nodes.GivenCommit():
            return [Token("commit"), listed((words(key, string(value)) for key, value in item.fields), comma="")]
        case nodes.GivenTime():
            return words("at", item.moment)
        case nodes.ExpectFlow():
            return words("expect", "no", "flow") if item.name is None else words("expect", "flow", name(item.name))
        case nodes.ExpectOrder():
            return [*words("expect", "order"), names(item.environments)]
        case nodes.ExpectBlocked():
            return words("expect", "blocked", name(item.environment), "by", name(item.by))
        case nodes.Unset():
            return words("no", item.keyword)
        case _:
            assert_never(item)


def setting(item: nodes.Setting) -> list[Doc]:
    """Return a setting: its keyword, a column, its value."""
    head: list[Doc] = [Token(item.keyword), Column()]
    match item.value:
        case nodes.NameValue():
            return [*head, name(item.value.name)]
        case nodes.DurationValue():
            return [*head, Token(duration_token(item.value.seconds))]
        case nodes.ApprovalsValue():
            teams: list[Doc] = [SPACE, Token("from"), names(item.value.teams)] if item.value.teams else []
            return [*head, Token(str(item.value.count)), *teams]
        case _:
            assert_never(item.value)


def _day_range(days: nodes.DayRange) -> Doc:
    return words(name(days.first)) if days.last is None else words(name(days.first), "to", name(days.last))


def _pairs(pairs: tuple[nodes.Pair, ...]) -> Doc:
    return listed(words(name(pair.key), "=", string(pair.value)) for pair in pairs)
