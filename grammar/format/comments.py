"""Where the comments and blank lines of a text stand, and where they go in its document."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from grammar.format.layout import Comment, Leaf, Line, NoBlock, Token

_PIECES = re.compile(
    r"(?P<break>\r\n?|\n)"
    r"|(?P<space>[ \t\f\ufeff]+)"
    r"|(?P<comment>#[^\r\n]*)"
    r"|(?P<paren>[()])"
    r'|(?P<token>[A-Za-z][A-Za-z0-9-]*(?:\.[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?|\["(?:[^"\\\r\n]|\\[^\r\n])*"\])+'
    r'|"(?:[^"\\\r\n]|\\[^\r\n])*"|-?[A-Za-z0-9][A-Za-z0-9:-]*|[=!<>]=|.)',
)


@dataclass(slots=True)
class Gap:
    """What stands before a token, besides white space and parentheses.

    Attributes:
        token: the token; empty at the end of the text.
        comments: in order.
        blank: whether a blank line stands directly before the token.
    """

    token: str = ""
    comments: list[Comment] = field(default_factory=list)
    blank: bool = False


def gaps_of(text: str) -> Iterator[Gap]:
    """Yield each token of a valid text with what stands before it, then the end. Cost: O(length).

    Parentheses are passed over: the layout writes its own.
    """
    gap = Gap()
    breaks = 1
    for match in _PIECES.finditer(text):
        kind = match.lastgroup
        if kind == "break":
            breaks += 1
        elif kind == "comment":
            gap.comments.append(Comment(match[0].rstrip(), breaks == 0, breaks > 1))
            breaks = 0
        elif kind == "paren":
            breaks = 0
        elif kind == "token":
            gap.token, gap.blank = match[0], breaks > 1
            yield gap
            gap, breaks = Gap(), 0
    yield gap


def attach(leaves: Iterable[Leaf], gaps: Iterator[Gap]) -> None:
    """Give each comment to the line break where it is to stand.

    A comment in a place where the layout never breaks the line moves: to the end of its line if it stood at the end
    of one, otherwise above what it stood in. The order of comments never changes.

    Args:
        leaves: of the whole document, beginning and ending with a `Line`.
        gaps: of the text that the document prints.
    """
    line = Line()
    moving: list[Comment] = []
    gap = next(gaps)
    placed = False
    for leaf in leaves:
        match leaf:
            case NoBlock() if gap.token == "{":
                gap = _without_braces(gap, gaps)
            case Line() if not placed:
                _place(line, moving, leaf, gap)
                line, moving, placed = leaf, [], True
            case Token():
                if not placed:
                    moving += gap.comments
                gap, placed = next(gaps), False


def _place(line: Line, moving: list[Comment], following: Line, gap: Gap) -> None:
    """Place the comments of an unbreakable stretch, then those of the gap behind it."""
    here = list(gap.comments)
    if here and here[0].ends_line:
        following.trailing = here.pop(0)
    elif moving and moving[-1].ends_line:
        following.trailing = moving.pop()
    if moving:
        moving[0] = replace(moving[0], blank=line.blank)
        line.comments += moving
        line.blank = False
    following.comments = here
    following.blank = gap.blank


def _without_braces(gap: Gap, gaps: Iterator[Gap]) -> Gap:
    """Pass over an empty pair of braces that the layout leaves out."""
    closing = next(gaps)
    following = next(gaps)
    comments = gap.comments + closing.comments + following.comments
    return Gap(following.token, comments, following.blank)
