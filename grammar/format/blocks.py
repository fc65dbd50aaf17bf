"""Declarations, and the items that hold blocks, as documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import assert_never

from grammar import nodes
from grammar.format.conditions import SPACE
from grammar.format.items import SimpleItem, name, names, simple_item, string, words
from grammar.format.layout import Column, Doc, Glue, Group, Line, Nest, NoBlock, Token, leaves

_ONE_LINE = {nodes.Environment: 3, nodes.Window: 3, nodes.Freeze: 3, nodes.Access: 3}
"""How many items a declaration may have to stand on one line; others always have one item a line."""

_ONE_LINE_INNER = {nodes.Trigger: 2, nodes.Step: 1, nodes.ExpectSettings: 2}
"""The same for the items that hold blocks."""

Item = SimpleItem | nodes.Trigger | nodes.Step | nodes.ExpectSettings


@dataclass(slots=True, eq=False)
class Entry:
    """An item with the line before it.

    Attributes:
        line: where it is set apart from the item before.
        key: what its neighbours must be to line up with it; None for an item that stands for itself.
        doc: the item.
    """

    line: Line
    key: object
    doc: Doc


@dataclass(slots=True, eq=False)
class Built:
    """A declaration's document, and its blocks' entries for lining them up."""

    declaration: nodes.Declaration
    doc: list[Doc] = field(default_factory=list)
    blocks: list[list[Entry]] = field(default_factory=list)


def build(declaration: nodes.Declaration) -> Built:
    """Return a declaration's document."""
    built = Built(declaration)
    built.doc = [*_header(declaration), Column(), _block(declaration.items, _ONE_LINE.get(type(declaration), 0), built)]
    return built


def may_stand_on_one_line(declaration: nodes.Declaration) -> bool:
    """Say whether a declaration is written on one line where that fits."""
    return len(declaration.items) <= _ONE_LINE.get(type(declaration), 0)


def _header(declaration: nodes.Declaration) -> list[Doc]:
    match declaration:
        case nodes.Test():
            return words("test", string(declaration.title))
        case nodes.Require():
            title = [] if declaration.title is None else [string(declaration.title)]
            return words("require", name(declaration.name), *title)
        case nodes.Policy() | nodes.Template():
            priority = [] if declaration.priority is None else ["priority", str(declaration.priority)]
            return words(type(declaration).__name__.lower(), name(declaration.name), *priority)
        case nodes.Environment() | nodes.Product() | nodes.Flow() | nodes.Window() | nodes.Freeze() | nodes.Access():
            return words(type(declaration).__name__.lower(), name(declaration.name))
        case _:
            assert_never(declaration)


def _block(items: Sequence[Item], one_line: int, built: Built) -> Doc:
    """Return ``{ items }``, broken when there are more items than may stand on one line."""
    if not items:
        return Group([Token("{"), Line("", item=True, first=True, closing=True), Token("}")])
    entries: list[Entry] = []
    built.blocks.append(entries)
    inner: list[Doc] = []
    for index, item in enumerate(items):
        line = Line(" ", item=True, first=True) if index == 0 else Line("  ", item=True)
        entry = Entry(line, _key(item), _item(item, built))
        entries.append(entry)
        inner += [line, entry.doc]
    closing = Line(" ", item=True, closing=True)
    return Group([Token("{"), Nest(inner), closing, Token("}")], broken=len(items) > one_line)


def _item(item: Item, built: Built) -> Doc:
    match item:
        case nodes.Trigger():
            return [*words("trigger", name(item.environment)), *_optional_block(item, built)]
        case nodes.Step():
            head = [*words("step", name(item.environment)), Column(), Token("after"), names(item.after)]
            return [*head, *_optional_block(item, built)]
        case nodes.ExpectSettings():
            return [
                *words("expect", name(item.environment)),
                SPACE,
                _block(item.expected, _ONE_LINE_INNER[type(item)], built),
            ]
        case _:
            return simple_item(item)


def _optional_block(item: nodes.Trigger | nodes.Step, built: Built) -> list[Doc]:
    return [SPACE, _block(item.items, _ONE_LINE_INNER[type(item)], built)] if item.items else [NoBlock()]


def _key(item: Item) -> object:
    """Return what items that line up with each other have in common."""
    return type(item) if isinstance(item, nodes.Setting | nodes.Hook | nodes.FlowUse | nodes.Step) else None


def line_up(entries: list[Entry]) -> None:
    """Widen the columns of neighbouring items of one kind; a blank line or a comment ends a neighbourhood."""
    run: list[tuple[Column, int]] = []
    key: object = None
    for entry in entries:
        if entry.key != key or entry.line.comments or entry.line.blank:
            _widen(run)
            run, key = [], entry.key
        width = 0
        for leaf in leaves(entry.doc):
            if isinstance(leaf, Column):
                run.append((leaf, width))
                break
            width += len(leaf.text) if isinstance(leaf, Token | Glue) else 0
    _widen(run)


def _widen(run: list[tuple[Column, int]]) -> None:
    widest = max((width for _, width in run), default=0)
    for column, width in run:
        column.pad = widest - width
