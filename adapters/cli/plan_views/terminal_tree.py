"""A tree of styled lines for a terminal: guides, wrapping between words, lines that must never wrap."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from grammar.render import printable

_NARROWEST = 24
"""Columns a line is given at least, however deep it stands."""


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a line.

    Attributes:
        text: what it says; control characters are escaped when it is drawn.
        style: a style of rich, such as ``bold red``; empty for none.
    """

    text: str
    style: str = ""


@dataclass(frozen=True, slots=True)
class Node:
    """A line of the tree and what hangs below it.

    Attributes:
        runs: the line.
        children: below, in order.
        branch: whether a guide leads to it; verbatim lines have none.
        hang: columns by which lines that continue a wrapped one are indented.
        verbatim: whether spaces, tabs and length are kept as they are.
    """

    runs: tuple[Run, ...]
    children: tuple[Node, ...] = ()
    branch: bool = True
    hang: int = 2
    verbatim: bool = False


@dataclass(frozen=True, slots=True)
class Glyphs:
    """The characters a tree is drawn with."""

    middle: str
    last: str
    through: str
    none: str = "   "


BOX = Glyphs("├─ ", "└─ ", "│  ")
ASCII = Glyphs("|- ", "`- ", "|  ")


def draw(nodes: Iterable[Node], *, width: int, glyphs: Glyphs, paint: Callable[[Run], str]) -> Iterator[str]:
    """Yield the lines of some trees, one below the other.

    Args:
        nodes: their roots, which have no guides.
        width: columns to wrap at; a word that is wider stays whole.
        glyphs: what guides look like.
        paint: turns a run, which holds no control characters any more, into what is printed.
    """
    for node in nodes:
        yield from _draw(node, "", "", width, glyphs, paint)


def _draw(node: Node, first: str, rest: str, width: int, glyphs: Glyphs, paint: Callable[[Run], str]) -> Iterator[str]:
    trunk = rest + (glyphs.through if any(child.branch for child in node.children) else glyphs.none)
    for number, line in enumerate(_lines(node, width - len(rest))):
        guide = first if number == 0 else (trunk if node.children else rest + " " * node.hang)
        runs = [Run(guide, "dim"), *_joined(line)]
        yield "".join(paint(run) for run in (runs if node.verbatim else _stripped(runs)))
    last = max((index for index, child in enumerate(node.children) if child.branch), default=-1)
    for index, child in enumerate(node.children):
        below = rest + (glyphs.through if index < last else glyphs.none)
        lead = rest + (glyphs.last if index == last else glyphs.middle) if child.branch else below
        yield from _draw(child, lead, below, width, glyphs, paint)


def _lines(node: Node, width: int) -> Iterator[list[Run]]:
    """Yield a node's runs as lines that fit."""
    if node.verbatim:
        yield [Run("\t".join(printable(part) for part in run.text.split("\t")), run.style) for run in node.runs]
        return
    width = max(_NARROWEST, width)
    line: list[Run] = []
    used = 0
    for word in _words(node.runs):
        size = cells(word.text.rstrip(" "))
        if line and used + size > width:
            yield line
            line, used = [], node.hang
        line.append(word)
        used += cells(word.text)
    yield line


def _joined(runs: list[Run]) -> Iterator[Run]:
    """Yield neighbours of one style as one, so that a coloured sentence stays in one piece for who searches it."""
    for style, group in groupby(runs, key=lambda run: run.style):
        yield Run("".join(run.text for run in group), style)


def _stripped(runs: list[Run]) -> list[Run]:
    """Return a line without the spaces at its end."""
    while runs and not runs[-1].text.rstrip(" "):
        runs = runs[:-1]
    return [*runs[:-1], Run(runs[-1].text.rstrip(" "), runs[-1].style)] if runs else []


def _words(runs: Sequence[Run]) -> Iterator[Run]:
    """Yield pieces between which a line may break; spaces stay at the end of the word before them."""
    for run in runs:
        word = ""
        for character in printable(run.text):
            if word.endswith(" ") and character != " ":
                yield Run(word, run.style)
                word = ""
            word += character
        if word:
            yield Run(word, run.style)


def cells(text: str) -> int:
    """Return how many columns a text takes up."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)
