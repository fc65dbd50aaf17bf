"""Every place that declares something by name or names it: in `.promo` texts and in manifests alike."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import assert_never

from adapters.lsp.kinds import KINDS, name_of
from adapters.lsp.manifest_names import manifest_names
from engine.lint.material import in_manifest
from engine.model.workspace import Workspace
from grammar import nodes
from grammar.expressions import (
    Alternatives,
    And,
    Comparison,
    Expression,
    Not,
    Operand,
    Or,
    Passed,
    Path,
    Text,
    Word,
)
from grammar.parsing.lexer import SCAN
from grammar.span import Span

_ASKED_BY_PATH = {
    ("product", "name"): "product",
    ("environment", "name"): "environment",
    ("flow", "name"): "flow",
    ("application", "name"): "application",
}
_ASKED_BY_WORD = {"window": "window", "pre-action": "workflow", "post-action": "workflow"}
_NAMING = ("==", "!=", "in", "not in")
_SETTINGS = {"pre-action": "workflow", "post-action": "workflow", "window": "window"}


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A place where a name stands.

    Attributes:
        kind: of what it names: the keyword of a declaration, ``workflow`` or ``application``.
        name: as it is meant, without quotes.
        span: the name itself, quotes included.
        declares: whether it stands in the declaration.
        in_condition: whether it is a value in a condition, where some words would mean something else.
        whole: what the name belongs to: the declaration, for one that declares.
    """

    kind: str
    name: str
    span: Span
    declares: bool = False
    in_condition: bool = False
    whole: Span | None = None


class Occurrences:
    """The occurrences of a workspace, by place and by name."""

    def __init__(self, files: tuple[nodes.File, ...], workspace: Workspace, texts: Mapping[str, str]) -> None:
        """Collect them. Cost: O(everything that is written)."""
        self.by_source: dict[str, list[Occurrence]] = {}
        self.by_name: dict[tuple[str, str], list[Occurrence]] = {}
        for file in files:
            walk = _Walk(workspace, texts.get(file.source, ""))
            for declaration in file.declarations:
                for found in walk.declaration(declaration):
                    self._add(found)
        spans = [application.span.source for application in workspace.applications.values()]
        spans += [workflow.span.source for workflow in workspace.workflows.values()]
        for source in dict.fromkeys(spans):
            for named in manifest_names(texts.get(source, ""), source):
                whole = named.whole if named.declares else None
                self._add(Occurrence(named.kind, named.name, named.span, named.declares, whole=whole))
        for own in self.by_source.values():
            own.sort(key=lambda found: found.span)

    def _add(self, found: Occurrence) -> None:
        self.by_source.setdefault(found.span.source, []).append(found)
        self.by_name.setdefault((found.kind, found.name), []).append(found)
        if found.kind == "application" and "/" in found.name:
            # `namespace/name` names the same application as its name alone.
            self.by_name.setdefault((found.kind, found.name.rpartition("/")[2]), []).append(found)

    def at(self, source: str, offset: int) -> Occurrence | None:
        """Return the name that an offset is in or at the end of."""
        own = self.by_source.get(source, [])
        index = bisect_right(own, offset, key=lambda found: found.span.start) - 1
        if index >= 0 and offset <= own[index].span.end:
            return own[index]
        return None

    def of(self, found: Occurrence) -> list[Occurrence]:
        """Return every place that names the same, by place."""
        name = found.name.rpartition("/")[2] if found.kind == "application" else found.name
        same = self.by_name.get((found.kind, name), [])
        return sorted(same, key=lambda one: (one.span.source, one.span.start))

    def declarations(self, found: Occurrence) -> list[Occurrence]:
        """Return where what is named is declared; more than one place where that is a mistake, or a workflow."""
        return [one for one in self.of(found) if one.declares]


def written_names(declaration: nodes.Declaration) -> Iterator[Occurrence]:
    """Yield the names in one declaration, as far as it says itself what they name."""
    return _Walk(Workspace(), "").declaration(declaration)


class _Walk:
    """Walks through the declarations of one text."""

    def __init__(self, workspace: Workspace, text: str) -> None:
        self._workspace = workspace
        self._text = text

    def declaration(self, node: nodes.Declaration) -> Iterator[Occurrence]:
        name = name_of(node)
        yield Occurrence(KINDS[type(node)], name.text, name.span, declares=True, whole=node.span)
        for item in node.items:
            yield from self._item(item)

    def _item(self, item: object) -> Iterator[Occurrence]:
        match item:
            case nodes.TemplateReference():
                yield _named("template", item.name)
            case nodes.Applications():
                yield from (_named("application", name) for name in item.names)
            case nodes.FlowUse():
                yield _named("flow", item.name)
                if item.condition is not None:
                    yield from self._condition(item.condition)
            case nodes.When() | nodes.That():
                yield from self._condition(item.condition)
            case nodes.Setting():
                yield from _setting(item)
            case nodes.Hook():
                yield _named("workflow", item.workflow)
            case nodes.Trigger():
                yield _named("environment", item.environment)
                for inner in item.items:
                    yield from self._item(inner)
            case nodes.Step():
                yield _named("environment", item.environment)
                yield from (_named("environment", name) for name in item.after)
                for part in item.items:
                    yield from self._item(part)
            case _:
                yield from self._expectation(item)

    def _expectation(self, item: object) -> Iterator[Occurrence]:
        match item:
            case nodes.GivenProduct():
                yield _named("product", item.name)
            case nodes.ExpectFlow() if item.name is not None:
                yield _named("flow", item.name)
            case nodes.ExpectOrder():
                yield from (_named("environment", name) for name in item.environments)
            case nodes.ExpectSettings():
                yield _named("environment", item.environment)
                for setting in item.settings:
                    yield from _setting(setting)
            case nodes.ExpectBlocked():
                yield _named("environment", item.environment)
                kind = next(
                    (k for k in ("window", "freeze") if item.by.text in getattr(self._workspace, _PLURAL[k])), ""
                )
                if kind:
                    yield _named(kind, item.by)
            case _:
                return

    def _condition(self, expression: Expression) -> Iterator[Occurrence]:
        match expression:
            case And() | Or():
                for operand in expression.operands:
                    yield from self._condition(operand)
            case Not():
                yield from self._condition(expression.operand)
            case Passed():
                span = self._passed(expression)
                if span is not None:
                    yield Occurrence("environment", expression.environment, span)
            case Comparison():
                yield from _compared(expression)
            case _:
                assert_never(expression)

    def _passed(self, expression: Passed) -> Span | None:
        """Return where the name in ``passed NAME`` stands; its syntax tree has the place of both words."""
        start, end, source = expression.span
        if in_manifest(expression.span):
            return None
        word = SCAN.match(self._text, start, end)
        name = SCAN.match(self._text, word.end(), end) if word is not None else None
        if name is None or name.lastindex is None:
            return None
        at = name.start(name.lastindex)
        return Span(at, name.end(), source)


_PLURAL = {"window": "windows", "freeze": "freezes"}


def _named(kind: str, name: nodes.Name) -> Occurrence:
    return Occurrence(kind, name.text, name.span)


def _setting(setting: nodes.Setting) -> Iterator[Occurrence]:
    kind, value = _SETTINGS.get(setting.keyword), setting.value
    if kind is None or not isinstance(value, nodes.NameValue):
        return
    if kind == "workflow" and value.name.text == "none" and not value.name.quoted:
        return
    yield _named(kind, value.name)


def _compared(comparison: Comparison) -> Iterator[Occurrence]:
    if comparison.operator not in _NAMING:
        return
    for asked, value in ((comparison.left, comparison.right), (comparison.right, comparison.left)):
        kind = asked_kind(asked)
        if kind is None or (isinstance(asked, Word) and asked_kind(value) is not None):
            continue
        for item in value.items if isinstance(value, Alternatives) else (value,):
            if isinstance(item, Text):
                yield Occurrence(kind, item.value, item.span, in_condition=True)
            elif isinstance(item, Word) and not (kind == "workflow" and item.text == "none"):
                yield Occurrence(kind, item.text, item.span, in_condition=True)
        return


def asked_kind(operand: Operand) -> str | None:
    """Return the kind of what an operand's values name; None where they name nothing that is declared."""
    match operand:
        case Path():
            return _ASKED_BY_PATH.get((operand.parts[0], operand.parts[1])) if len(operand.parts) == 2 else None
        case Word():
            return _ASKED_BY_WORD.get(operand.text)
        case _:
            return None
