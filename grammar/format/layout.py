"""Documents that know where a line may break, and how they become lines.

The layout is Wadler's: a group is printed flat when it fits, otherwise each of its own lines breaks.
A comment always ends its line, so a group that holds one breaks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

WIDTH = 100
"""Columns a line may have before it is broken, where it can be."""

INDENT = 2


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment of the source.

    Attributes:
        text: from its ``#`` on, without trailing white space.
        ends_line: whether something stands before it on its line.
        blank: whether a blank line stands before it.
    """

    text: str
    ends_line: bool
    blank: bool


@dataclass(slots=True, eq=False)
class Token:
    """A word, string or sign that stands in every way of writing the same thing."""

    text: str


@dataclass(slots=True, eq=False)
class Glue:
    """What stands between tokens on one line: spaces and parentheses."""

    text: str


@dataclass(slots=True, eq=False)
class Column:
    """A space that may be widened, so that neighbouring items line up; only where its block is broken."""

    pad: int = 0


@dataclass(slots=True, eq=False)
class NoBlock:
    """Nothing, where the text may have had an empty pair of braces."""


@dataclass(slots=True, eq=False)
class Line:
    """A place where the line may break, with the comments that belong there.

    Attributes:
        flat: what it is where the line is not broken.
        item: whether it stands between items of a block, where blank lines are kept.
        first: whether it follows an opening brace: nothing is set apart from that.
        closing: whether it stands before a closing sign, so that comments belong one level deeper.
        pad: spaces added to the flat form, so that neighbouring one-line declarations line up.
        trailing: the comment that ends the line before the break.
        comments: the comments on lines of their own.
        blank: whether a blank line stands between the comments, or the break, and what follows.
    """

    flat: str = " "
    item: bool = False
    first: bool = False
    closing: bool = False
    pad: int = 0
    trailing: Comment | None = None
    comments: list[Comment] = field(default_factory=list)
    blank: bool = False

    @property
    def between_items(self) -> bool:
        """Whether it stands between two items of a block."""
        return self.item and not self.first and not self.closing


@dataclass(slots=True, eq=False)
class Nest:
    """Parts whose lines are indented one level deeper."""

    parts: list[Doc]


@dataclass(slots=True, eq=False)
class Group:
    """Parts whose lines break together."""

    parts: list[Doc]
    broken: bool = False


Leaf = Token | Glue | Column | NoBlock | Line
Doc = Leaf | Nest | Group | list["Doc"]


def leaves(doc: Doc) -> Iterator[Leaf]:
    """Yield what a document consists of, in order."""
    stack: list[Doc] = [doc]
    while stack:
        node = stack.pop()
        if isinstance(node, list):
            stack.extend(reversed(node))
        elif isinstance(node, Nest | Group):
            stack.extend(reversed(node.parts))
        else:
            yield node


def settle(doc: Doc) -> bool:
    """Break every group that holds a comment or a group that must break; return whether there was one."""
    match doc:
        case Line():
            return doc.trailing is not None or bool(doc.comments)
        case list():
            return any([settle(part) for part in doc])
        case Nest():
            return any([settle(part) for part in doc.parts])
        case Group():
            doc.broken = any([settle(part) for part in doc.parts]) or doc.broken
            return doc.broken
        case _:
            return False


def flat_cells(doc: Doc) -> list[str]:
    """Return a document on one line, cut before each column and each line between items."""
    cells = [""]
    for leaf in leaves(doc):
        match leaf:
            case Token() | Glue():
                cells[-1] += leaf.text
            case Column():
                cells.append("")
            case Line() if leaf.between_items:
                cells.append("")
            case Line():
                cells[-1] += leaf.flat
    return cells


def lay_out(doc: Doc, width: int = WIDTH) -> str:
    """Return a document as text without a final line break; call `settle` first. Cost: O(length)."""
    out: list[str] = []
    column = 0
    stack: list[tuple[int, bool, Doc]] = [(0, False, doc)]
    while stack:
        indent, flat, node = stack.pop()
        match node:
            case Token() | Glue():
                out.append(node.text)
                column += len(node.text)
            case Column():
                text = " " if flat else " " * (1 + node.pad)
                out.append(text)
                column += len(text)
            case Line() if flat:
                text = node.flat + " " * node.pad
                out.append(text)
                column += len(text)
            case Line():
                out.append(_broken(node, indent))
                column = indent
            case list():
                stack.extend((indent, flat, part) for part in reversed(node))
            case Nest():
                stack.extend((indent + INDENT, flat, part) for part in reversed(node.parts))
            case Group():
                flat = flat or (not node.broken and _fits(node, stack, width - column))
                stack.extend((indent, flat, part) for part in reversed(node.parts))
    return "".join(out)


def _fits(group: Group, rest: list[tuple[int, bool, Doc]], room: int) -> bool:
    """Say whether a group fits flat, together with what follows it up to the next break."""
    stack: list[tuple[bool, Doc]] = [(True, group)]
    following = len(rest)
    while room >= 0:
        if not stack:
            if not following:
                return True
            following -= 1
            stack.append((rest[following][1], rest[following][2]))
        flat, node = stack.pop()
        match node:
            case Token() | Glue():
                room -= len(node.text)
            case Column():
                room -= 1 if flat else 1 + node.pad
            case Line() if flat:
                room -= len(node.flat) + node.pad
            case Line():
                return True
            case list():
                stack.extend((flat, part) for part in reversed(node))
            case Nest() | Group():
                stack.extend((flat and not getattr(node, "broken", False), part) for part in reversed(node.parts))
    return False


def _broken(line: Line, indent: int) -> str:
    """Return a line break with its comments and the indentation of what follows."""
    out = [f" {line.trailing.text}" if line.trailing else "", "\n"]
    margin = " " * (indent + INDENT if line.closing else indent)
    apart = line.item and not line.first
    for comment in line.comments:
        if comment.blank and apart:
            out.append("\n")
        out.append(f"{margin}{comment.text}\n")
        apart = line.item
    if line.blank and apart and not line.closing:
        out.append("\n")
    out.append(" " * indent)
    return "".join(out)
