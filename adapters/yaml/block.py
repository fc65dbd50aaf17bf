"""Edits in block collections: members and elements on lines of their own."""

from __future__ import annotations

from dataclasses import dataclass

from adapters.yaml.layout import Layout, column, inner, line_end, line_start, next_line, properties_end, skip_gap
from adapters.yaml.node import Node
from adapters.yaml.place import Place
from adapters.yaml.render import Piece, Renderer
from adapters.yaml.splice import Span


@dataclass(frozen=True, slots=True)
class Parts:
    """What changes among the members or elements of a block collection.

    Attributes:
        column: of the keys or dashes.
        starts: the offset of each key or dash.
        ends: the offset after each value.
        gone: the numbers of those that go; not all of them.
        added: lines to insert, and the number of the member or element after which; -1 for before the first.
    """

    column: int
    starts: list[int]
    ends: list[int]
    gone: set[int]
    added: list[tuple[int, list[str]]]


def column_of(text: str, node: Node) -> int:
    """Return the column of a block collection's keys or dashes."""
    return column(text, inner(text, node))


def member_starts(text: str, node: Node) -> list[int]:
    """Return where each member starts: its key, or the question mark before it."""
    starts: list[int] = []
    for key, _ in node.entries():
        before = line_start(text, key.start)
        lead = text[before : key.start]
        starts.append(key.start - len(lead) + lead.rindex("?") if lead.rstrip().endswith("?") else key.start)
    return starts


def element_starts(text: str, node: Node) -> list[int]:
    """Return where the dash of each element is."""
    starts: list[int] = []
    at = inner(text, node)
    for item in node.children:
        at = skip_gap(text, at)
        starts.append(at)
        at = item.end
    return starts


def member_place(text: str, node: Node, number: int) -> Place:
    """Return the place of a member's value."""
    key, value = node.children[2 * number], node.children[2 * number + 1]
    colon = skip_gap(text, key.end)
    has_colon = text[colon : colon + 1] == ":" and (colon < value.start or value.start == value.end)
    return Place(
        flow=False,
        column=column_of(text, node),
        after=colon + 1 if has_colon else key.end,
        needs_colon=not has_colon,
    )


def element_place(text: str, node: Node, number: int) -> Place:
    """Return the place of an element."""
    at = skip_gap(text, node.children[number - 1].end) if number else inner(text, node)
    return Place(flow=False, column=column_of(text, node), after=at + 1, is_key=False)


def change(text: str, layout: Layout, parts: Parts) -> list[Span]:
    """Return the spans that take members or elements out and put others in."""
    tail = _open_tail(text, parts)
    spans = [_removal(text, parts, number) for number in sorted(parts.gone) if number < tail]
    if tail < len(parts.starts):
        begin = line_start(text, parts.starts[tail])
        spans.append(Span(begin, len(text), ""))
    pending: dict[int, list[str]] = {}
    for after, lines in parts.added:
        pending.setdefault(after, []).extend(lines)
    for after, lines in sorted(pending.items()):
        if after < 0:
            spans.append(_before(text, layout, parts, 0, lines))
            continue
        at = (
            len(text)
            if after >= tail - 1 and tail < len(parts.starts)
            else _after(text, parts.ends[after], parts.column)
        )
        body = layout.newline.join(lines)
        if at == len(text) and layout.open_literal and tail == len(parts.starts):
            # One more line break would become part of the block scalar that the text ends with.
            spans.append(_before(text, layout, parts, after, lines))
            continue
        if at == len(text) and tail == len(parts.starts) and not text.endswith(("\n", "\r")):
            spans.append(Span(at, at, layout.newline + body))
        else:
            spans.append(Span(at, at, body + layout.newline))
    return spans


def _before(text: str, layout: Layout, parts: Parts, number: int, lines: list[str]) -> Span:
    """Insert lines before a member or element, which may share its line with an outer dash."""
    at = parts.starts[number]
    begin = line_start(text, at)
    body = layout.newline.join(lines) + layout.newline
    if text[begin:at].strip():
        return Span(at, at, body[parts.column :] + " " * parts.column)
    return Span(begin, begin, body)


def _open_tail(text: str, parts: Parts) -> int:
    """Return the first of the last ones that all go, at the end of a text without a final line break.

    Where this is not the case it is the count of all.
    """
    count = tail = len(parts.starts)
    if text.endswith(("\n", "\r")) or line_end(text, parts.ends[-1]) < len(text):
        return count
    while tail - 1 in parts.gone:
        tail -= 1
    return tail


def _after(text: str, end: int, outer: int) -> int:
    """Return where a line after a value goes: past the comments that are indented with it."""
    at = end if end == line_start(text, end) and end > 0 else next_line(text, end)
    look = at
    while look < len(text):
        stop = line_end(text, look)
        line = text[look:stop]
        bare = line.lstrip(" ")
        if bare.strip() and not (bare.startswith("#") and len(line) - len(bare) > outer):
            break
        look = next_line(text, look)
        if bare.strip():
            at = look
    return at


def _removal(text: str, parts: Parts, number: int) -> Span:
    start, end = parts.starts[number], parts.ends[number]
    begin = line_start(text, start)
    if text[begin:start].strip():
        # It shares its line with an outer dash, which stays.
        following = next((s for i, s in enumerate(parts.starts) if i > number and i not in parts.gone), None)
        until = parts.starts[number + 1] if following is not None else end
        return Span(start, end if "#" in text[end:until] else until, "")
    if end != line_start(text, end) or end == start:
        end = next_line(text, end)
    return Span(begin, end, "")


def replace(text: str, renderer: Renderer, old: Node, new: Node, place: Place) -> list[Span]:
    """Return the spans that put one value in the place of another."""
    piece = renderer.block(new, place.column, like=old, key=place.is_key)
    start, end = inner(text, old), old.end
    if drops_tag(old, new):
        return _replace_tagged(text, renderer, piece, old, place)
    if old.style in ("|", ">"):
        return _replace_literal(text, renderer.layout, piece, start, end)
    if old.style == "block" and old.children:
        return _replace_collection(text, renderer, piece, old, new, place)
    if start == end:
        colon = ":" if place.needs_colon else ""
        if place.after < 0 and old.start == old.end and column(text, old.start) == 0 and piece.lines:
            return [Span(start, start, "".join(line + renderer.layout.newline for line in piece.lines))]
        at = properties_end(text, old) if old.start < old.end else place.after if place.after >= 0 else old.start
        lead = " " if (piece.inline and place.after >= 0) or old.start < old.end else ""
        spans = [Span(at, at, colon + (lead + piece.inline if piece.inline else ""))]
        return spans + _body(text, renderer.layout, piece, at)
    if piece.inline or place.after < 0:
        first = Span(start, end, piece.inline)
        if place.after < 0 and not piece.inline:
            return [Span(start, line_end(text, end), renderer.layout.newline.join(piece.lines))]
        return [first, *_body(text, renderer.layout, piece, end)]
    before = start
    while before > 0 and text[before - 1] in " \t" and before > place.after:
        before -= 1
    return [Span(before, end, ""), *_body(text, renderer.layout, piece, end)]


def drops_tag(old: Node, new: Node) -> bool:
    """Say whether a value's tag is not right for the value that replaces it."""
    return old.tag is not None and not (old.tag == "tag:yaml.org,2002:str" and isinstance(new.value, str))


def _replace_tagged(text: str, renderer: Renderer, piece: Piece, old: Node, place: Place) -> list[Span]:
    """Replace a value with its tag; its anchor stays."""
    anchor = f"&{old.anchor}" if old.anchor is not None else ""
    head = anchor + (" " if anchor and piece.inline else "") + piece.inline
    end = _without_break(text, old.end)
    if "\n" in text[old.start : end] and old.style not in ("'", '"', ""):
        end = line_end(text, end)
    lines = "".join(renderer.layout.newline + line for line in piece.lines)
    if not lines or end == line_end(text, end):
        return [Span(old.start, end, head + lines)]
    return [Span(old.start, end, head), *_body(text, renderer.layout, piece, end)]


def _body(text: str, layout: Layout, piece: Piece, end: int) -> list[Span]:
    """Return the span that puts a value's lines below the line that an offset is in."""
    if not piece.lines:
        return []
    at = line_end(text, end)
    return [Span(at, at, "".join(layout.newline + line for line in piece.lines))]


def _replace_literal(text: str, layout: Layout, piece: Piece, start: int, end: int) -> list[Span]:
    """Replace a block scalar: its header, and the lines below; a comment after the header stays."""
    stop = start
    while stop < end and text[stop] not in " \t\r\n":
        stop += 1
    header_end = line_end(text, start)
    head = start
    while not piece.inline and head > 0 and text[head - 1] in " \t":
        head -= 1
    # The last line break stays, if there is one.
    bottom = max(_without_break(text, end), header_end)
    return [
        Span(head, stop, piece.inline),
        Span(header_end, bottom, "".join(layout.newline + li for li in piece.lines)),
    ]


def _without_break(text: str, end: int) -> int:
    """Return the offset before a line break that ends at an offset, or that offset."""
    if text[end - 2 : end] == "\r\n":
        return end - 2
    return end - 1 if text[end - 1 : end] in ("\n", "\r") else end


def _replace_collection(text: str, renderer: Renderer, piece: Piece, old: Node, new: Node, place: Place) -> list[Span]:
    """Replace a block collection with all its lines."""
    layout = renderer.layout
    start = inner(text, old)
    begin = line_start(text, start)
    at_break = old.end == line_start(text, old.end) and old.end > start
    end = old.end
    if at_break:
        end -= 2 if text[end - 2 : end] == "\r\n" else 1
    elif "\n" in text[start:end] or piece.lines:
        end = line_end(text, end)
    lines = layout.newline.join(piece.lines)
    if text[begin:start].strip():
        # It starts on the line of its dash.
        if piece.inline or not piece.lines:
            return [Span(start, end, piece.inline + (layout.newline + lines if lines else ""))]
        at = start - begin
        return [Span(start, end, layout.newline.join(renderer.collection(new, at))[at:])]
    if place.after < 0:
        return [Span(begin, end, piece.inline + (layout.newline if piece.inline and lines else "") + lines)]
    after = properties_end(text, old) if old.anchor is not None or old.tag is not None else place.after
    spans = [Span(after, after, " " + piece.inline)] if piece.inline else []
    if lines:
        return [*spans, Span(begin, end, lines)]
    return [*spans, Span(_without_break(text, begin), end, "")]
