"""Finds the spans of a text to replace so that a document becomes what it shall be.

It compares the target's tree with the wanted one and goes down only where they differ, so that
everything that stays keeps its bytes: comments, quotes, order and layout included.
"""

from __future__ import annotations

from adapters.yaml import block, flow
from adapters.yaml.changes import common_ends
from adapters.yaml.node import (
    Document,
    Kind,
    Lazy,
    Node,
    descend,
    is_mapping,
    is_merge,
    is_sequence,
    key_text,
    members,
    merged_nodes,
    resolved,
)
from adapters.yaml.place import Place
from adapters.yaml.refusal import RefusalError
from adapters.yaml.render import Renderer
from adapters.yaml.same import same
from adapters.yaml.splice import Span


class Rewriter:
    """One rewriting of one document of a file.

    Attributes:
        document: the file.
        renderer: writes values that are new to it.
        spans: what is replaced; the answer.
        expanded: the aliases that are written out as what they stand for.
    """

    def __init__(self, document: Document, renderer: Renderer, wanted: Node) -> None:
        self.document = document
        self.renderer = renderer
        self.spans: list[Span] = []
        self.expanded: list[Node] = []
        self._wanted = wanted

    def run(self, old: Node) -> None:
        """Make a document's root what is wanted."""
        self.rewrite(old, self._wanted, None)

    def rewrite(self, old: Node, new: Node, place: Place | None) -> None:
        """Make one value what is wanted, as deep inside it as possible; a root has no place."""
        if same(old, new):
            return
        if old.kind is Kind.ALIAS:
            target = descend(self._wanted, old.target.path) if old.target is not None else None
            if target is None or not same(target, new):
                self._replace(old, new, place)
            return
        if new.kind is Kind.ALIAS:
            self.expanded.append(new)
        new = resolved(new)
        if old.style == "pair" or not old.children or not new.children:
            self._replace(old, new, place)
        elif is_mapping(old) and is_mapping(new):
            self._mapping(old, new, place)
        elif is_sequence(old) and is_sequence(new):
            self._sequence(old, new, place)
        else:
            self._replace(old, new, place)

    def _replace(self, old: Node, new: Node, place: Place | None) -> None:
        place = place or Place.root(self.renderer.layout.step)
        self.expanded.extend([old] if old.kind is Kind.ALIAS else ())
        self._write_out(new)
        if place.flow:
            self.spans.extend(flow.replace(self.document.text, self.renderer, old, new, place))
        else:
            self.spans.extend(block.replace(self.document.text, self.renderer, old, new, place))

    def _write_out(self, node: Node) -> None:
        """Remember the aliases in a value that is written as new."""
        pending = [node]
        while pending:
            node = pending.pop()
            if node.kind is Kind.ALIAS:
                self.expanded.append(node)
            elif not (isinstance(node, Lazy) and node.raw is not None):
                pending.extend(reversed(node.children))

    def _mapping(self, old: Node, new: Node, place: Place | None) -> None:
        wanted = members(new)
        entries = old.entries()
        names = [(number, key_text(key)) for number, (key, _) in enumerate(entries) if not is_merge(key)]
        own = {name: number for number, name in names}
        gone = {number for number, name in names if name not in wanted}
        self._refuse_merged(old, gone)
        added: list[tuple[int, Node, Node]] = []
        previous = -1
        for name, (key, item) in wanted.items():
            if name in own:
                previous = own[name]
            elif not self._comes_merged(old, name, item):
                added.append((previous if previous >= 0 else len(entries) - 1, key, item))
        if len(gone) == len(entries):
            self._replace(old, new, place)
            return
        for _, _, item in added:
            self._write_out(item)
        writer = flow if old.style == "flow" else block
        text = self.document.text
        for name, number in own.items():
            if name in wanted and entries[number][1] is not wanted[name][1]:
                inside = writer.member_place(text, old, number)
                self.rewrite(entries[number][1], wanted[name][1], inside)
        if not gone and not added:
            return
        starts = writer.member_starts(text, old)
        ends = [item.end for _, item in entries] if old.style == "block" else [max(k.end, v.end) for k, v in entries]
        if writer is flow:
            lines = [(after, f"{self.renderer.key(key, flow=True)}: ", item) for after, key, item in added]
            self.spans.extend(flow.change(text, self.renderer, old, flow.Parts(starts, ends, gone, lines)))
        else:
            column = block.column_of(text, old)
            written = [(after, self.renderer.entry(key, item, column)) for after, key, item in added]
            self.spans.extend(
                block.change(text, self.renderer.layout, block.Parts(column, starts, ends, gone, written))
            )

    def _comes_merged(self, old: Node, name: str, item: Node) -> bool:
        """Say whether a merge key of a mapping will already give a member its wanted value."""
        for key, value in old.entries():
            if is_merge(key):
                for origin in merged_nodes(value):
                    after = descend(self._wanted, origin.path) if origin.anchor is not None else origin
                    if after is not None and isinstance(after.value, dict) and name in after.value:
                        return bool(after.value[name] == item.value)
        return False

    def _refuse_merged(self, old: Node, gone: set[int]) -> None:
        merges = [value for key, value in old.entries() if is_merge(key)]
        for number in gone if merges else ():
            name = key_text(old.children[2 * number])
            for value in merges:
                if any(isinstance(node.value, dict) and name in node.value for node in merged_nodes(value)):
                    raise RefusalError(
                        f"`{name}` cannot be removed: the merge key would put another value in its place",
                        offset=value.start,
                    )

    def _sequence(self, old: Node, new: Node, place: Place | None) -> None:
        head, tail = common_ends(old.children, new.children)
        middle = old.children[head : len(old.children) - tail]
        wanted = new.children[head : len(new.children) - tail]
        writer = flow if old.style == "flow" else block
        text = self.document.text
        for number, (item, becomes) in enumerate(zip(middle, wanted, strict=False)):
            if item is becomes:
                continue
            self.rewrite(item, becomes, writer.element_place(text, old, head + number))
        gone = set(range(head + len(wanted), head + len(middle)))
        if len(gone) == len(old.children):
            self._replace(old, new, place)
            return
        added = wanted[len(middle) :]
        if not gone and not added:
            return
        for item in added:
            self._write_out(item)
        after = head + len(middle) - 1
        starts = writer.element_starts(text, old)
        ends = [item.end for item in old.children]
        if writer is flow:
            parts = flow.Parts(starts, ends, gone, [(after, "", item) for item in added])
            self.spans.extend(flow.change(text, self.renderer, old, parts))
        else:
            column = block.column_of(text, old)
            written = [(after, self.renderer.item(item, column)) for item in added]
            self.spans.extend(
                block.change(text, self.renderer.layout, block.Parts(column, starts, ends, gone, written))
            )
