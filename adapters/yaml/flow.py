"""Edits in flow collections, inside brackets and braces; all of JSON is one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from adapters.yaml.block import drops_tag
from adapters.yaml.layout import inner, line_end, line_start, skip_gap
from adapters.yaml.node import Node
from adapters.yaml.place import Place
from adapters.yaml.render import Renderer
from adapters.yaml.splice import Span

_INDENT = re.compile(r"[ \t]*")


@dataclass(frozen=True, slots=True)
class Parts:
    """What changes among the members or elements of a flow collection.

    Attributes:
        starts: the offset of each one.
        ends: the offset after each one.
        gone: the numbers of those that go; not all of them.
        added: the number after which (-1 for before the first), what stands before the value, and the value.
    """

    starts: list[int]
    ends: list[int]
    gone: set[int]
    added: list[tuple[int, str, Node]]


def member_starts(text: str, node: Node) -> list[int]:
    """Return where each member starts."""
    return _starts(text, node, node.children[::2], [max(k.end, v.end) for k, v in node.entries()])


def element_starts(text: str, node: Node) -> list[int]:
    """Return where each element starts."""
    return _starts(text, node, node.children, [item.end for item in node.children])


def _starts(text: str, node: Node, items: Sequence[Node], ends: list[int]) -> list[int]:
    """Return where each member starts: at its question mark if it has one."""
    starts: list[int] = []
    at = inner(text, node) + 1
    for item, end in zip(items, ends, strict=True):
        at = skip_gap(text, at)
        if text[at : at + 1] == ",":
            at = skip_gap(text, at + 1)
        starts.append(min(at, item.start))
        at = end
    return starts


def member_place(text: str, node: Node, number: int) -> Place:
    """Return the place of a member's value."""
    key = node.children[2 * number]
    colon = skip_gap(text, key.end)
    has_colon = text[colon : colon + 1] == ":"
    return Place(flow=True, column=0, after=colon + 1 if has_colon else key.end, needs_colon=not has_colon)


def element_place(text: str, node: Node, number: int) -> Place:
    """Return the place of an element."""
    return Place(flow=True, column=0, after=node.children[number].start, is_key=False)


def replace(text: str, renderer: Renderer, old: Node, new: Node, place: Place) -> list[Span]:
    """Return the span that puts one value in the place of another."""
    start, end = inner(text, old), old.end
    base = unit = None
    if renderer.is_json and old.style == "flow" and "\n" in text[start:end]:
        base, unit = _indent(text, start), _unit(text, old)
    if drops_tag(old, new):
        anchor = f"&{old.anchor} " if old.anchor is not None else ""
        return [Span(old.start, end, anchor + renderer.flow(new))]
    written = renderer.flow(new, like=old, base=base, unit=unit or "")
    if start == end:
        at = place.after if old.start == old.end else end
        return [Span(at, at, (":" if place.needs_colon else "") + " " + written)]
    return [Span(start, end, written)]


def _indent(text: str, offset: int) -> str:
    match = _INDENT.match(text, line_start(text, offset))
    return match.group() if match else ""


def _unit(text: str, node: Node) -> str:
    """Return by what the lines inside a collection are indented more than its own."""
    outer = _indent(text, node.start)
    first = _indent(text, node.children[0].start) if node.children else ""
    return first[len(outer) :] if first.startswith(outer) and len(first) > len(outer) else "  "


def change(text: str, renderer: Renderer, node: Node, parts: Parts) -> list[Span]:
    """Return the spans that take members or elements out and put others in."""
    spans = _removals(text, parts)
    spread = len(parts.starts) > 0 and "\n" in text[inner(text, node) : parts.starts[0]]
    pending: dict[int, list[tuple[str, Node]]] = {}
    for after, lead, item in parts.added:
        pending.setdefault(after, []).append((lead, item))
    for after, items in sorted(pending.items()):
        base = _indent(text, parts.starts[max(after, 0)]) if spread else None
        unit = _unit(text, node) if spread else ""
        deep = base if renderer.is_json else None
        written = [lead + renderer.flow(item, base=deep, unit=unit) for lead, item in items]
        spans.extend(_insertion(text, renderer.layout.newline, parts, after, written, base))
    return spans


def _insertion(text: str, newline: str, parts: Parts, after: int, written: list[str], base: str | None) -> list[Span]:
    if after < 0:
        first = parts.starts[0]
        between = ", " if base is None else f",{newline}{base}"
        return [Span(first, first, "".join(item + between for item in written))]
    at = parts.ends[after]
    if base is None:
        return [Span(at, at, "".join(f", {item}" for item in written))]
    stop = line_end(text, at)
    rest = text[at:stop].strip()
    if rest.startswith("#"):
        # The comment stays with the value that it explains.
        return [Span(at, at, ","), Span(stop, stop, (",").join(f"{newline}{base}{item}" for item in written))]
    return [Span(at, at, "".join(f",{newline}{base}{item}" for item in written))]


def _removals(text: str, parts: Parts) -> list[Span]:
    spans: list[Span] = []
    count = len(parts.starts)
    kept = [number for number in range(count) if number not in parts.gone]
    last_kept = kept[-1]
    for number in sorted(parts.gone):
        start, end = parts.starts[number], parts.ends[number]
        if number > last_kept:
            before = parts.ends[number - 1]
            if "#" not in text[before:start]:
                spans.append(Span(before, end, ""))
                continue
            comma = skip_gap(text, before)
            spans.append(Span(comma, comma + 1, ""))
            spans.append(Span(start, end, ""))
            continue
        following = parts.starts[number + 1]
        if "#" not in text[end:following]:
            spans.append(Span(start, following, ""))
        else:
            spans.append(Span(start, skip_gap(text, end) + 1, ""))
    return spans
