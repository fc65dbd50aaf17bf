"""From declarations to canonical text, with or without the comments of the text they came from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from grammar.format.blocks import Built, build, line_up, may_stand_on_one_line
from grammar.format.comments import Gap, attach
from grammar.format.layout import WIDTH, Column, Leaf, Line, flat_cells, lay_out, leaves, settle
from grammar.nodes import Declaration, File


def print_file(file: File) -> str:
    """Return the canonical text of a file's declarations, in their order; `parse` is its inverse.

    Quotes stand where a name needs them, and around a workflow called ``none`` whose `Name.quoted` is set.
    """
    return print_declarations(file.declarations, None)


def print_declaration(declaration: Declaration) -> str:
    """Return the canonical text of one declaration, with its final line break."""
    return print_declarations([declaration], None)


def print_declarations(declarations: Sequence[Declaration], gaps: Iterator[Gap] | None) -> str:
    """Return the canonical text of declarations.

    Args:
        declarations: in order.
        gaps: the comments and blank lines of the text they were parsed from; None for none.
    """
    written = [build(declaration) for declaration in declarations]
    lines = [Line() for _ in written]
    end = Line()
    if gaps is not None:
        attach(_all_leaves(lines, written, end), gaps)
    texts = _texts(lines, written)
    out: list[str] = []
    for index, (line, text) in enumerate(zip(lines, texts, strict=True)):
        if line.trailing:
            out.append(f" {line.trailing.text}")
        out.append("\n" if index else "")
        together = index > 0 and _together(written[index - 1], texts[index - 1], written[index], text)
        out += _lead(line, index > 0, index > 0 and not together)
        out.append(text)
    if end.trailing:
        out.append(f" {end.trailing.text}")
    out.append("\n" if written else "")
    out += _lead(end, bool(written), False)
    return "".join(out)


def _all_leaves(lines: list[Line], written: list[Built], end: Line) -> Iterator[Leaf]:
    for line, built in zip(lines, written, strict=True):
        yield line
        yield from leaves(built.doc)
    yield end


def _lead(line: Line, apart: bool, separate: bool) -> list[str]:
    """Return the comments before a declaration or the end, with the blank lines around them.

    Args:
        line: what stands before it.
        apart: whether there is something above to set it apart from.
        separate: whether a blank line must do so.
    """
    out = []
    for comment in line.comments:
        out.append("\n" if separate or (apart and comment.blank) else "")
        out.append(f"{comment.text}\n")
        apart, separate = True, False
    out.append("\n" if separate or (apart and line.blank) else "")
    return out


def _together(before: Built, text_before: str, after: Built, text: str) -> bool:
    """Say whether two declarations may stand without a blank line between: both one line, of one kind."""
    one_line = "\n" not in text_before and "\n" not in text
    return one_line and type(before.declaration) is type(after.declaration)


def _texts(lines: list[Line], written: list[Built]) -> list[str]:
    """Lay out every declaration, lining up neighbours that stand on one line."""
    texts: list[str] = []
    run: list[int] = []
    for index, (line, built) in enumerate(zip(lines, written, strict=True)):
        settle(built.doc)
        for entries in built.blocks:
            line_up(entries)
        texts.append(lay_out(built.doc))
        one_line = may_stand_on_one_line(built.declaration) and "\n" not in texts[index]
        joins = one_line and bool(run) and not line.comments and not line.blank
        if not joins or type(written[run[-1]].declaration) is not type(built.declaration):
            _line_up_declarations(run, written, texts)
            run = []
        if one_line:
            run.append(index)
    _line_up_declarations(run, written, texts)
    return texts


def _line_up_declarations(run: list[int], written: list[Built], texts: list[str]) -> None:
    """Widen the columns of neighbouring one-line declarations, as far as their items have the same keywords.

    Nothing is widened when a line would become too long.
    """
    if len(run) < 2:
        return
    rows = [flat_cells(written[index].doc) for index in run]
    pads = _pads(rows)
    if any(sum(pads[row]) + len(texts[index]) > WIDTH for row, index in enumerate(run)):
        return
    for row, index in enumerate(run):
        for place, pad in zip(_places(written[index]), pads[row], strict=False):
            place.pad = pad
        texts[index] = lay_out(written[index].doc)


def _places(built: Built) -> Iterator[Column | Line]:
    """Yield what may be widened in a one-line declaration: before its brace, and between its items."""
    for leaf in leaves(built.doc):
        if isinstance(leaf, Column) or (isinstance(leaf, Line) and leaf.between_items):
            yield leaf


def _pads(rows: list[list[str]]) -> list[list[int]]:
    """Return how many spaces go behind each cell but the last of each row."""
    pads = [[0] * (len(row) - 1) for row in rows]
    for column in range(max(len(row) for row in rows) - 1):
        if len({row[column].split(" ", 1)[0] for row in rows if len(row) > column}) > 1:
            break
        followed = [index for index, row in enumerate(rows) if len(row) > column + 1]
        widest = max(len(rows[index][column]) for index in followed)
        for index in followed:
            pads[index][column] = widest - len(rows[index][column])
    return pads
