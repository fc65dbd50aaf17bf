"""A document that may not be longer than a comment may: what matters least is left out first, and that is said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum


class Rank(IntEnum):
    """What is given up first has the lowest number; `KEPT` is never given up."""

    DIFF = 0
    DETAIL = 1
    PICTURE = 2
    BLOCKER = 3
    ROW = 4
    KEPT = 5


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a document.

    Attributes:
        text: with the line breaks that end it.
        rank: how soon it is given up.
        group: pieces of one group, not empty, are given up together with their first one of rank `DETAIL`.
        shorten: makes the text fit into so many characters, or says None when nothing useful does.
    """

    text: str
    rank: Rank = Rank.KEPT
    group: str = ""
    shorten: Callable[[int], str | None] | None = None


_NOTES = {
    Rank.DIFF: "_This diff is left out, because the comment would be too long._\n\n",
    Rank.DETAIL: "_Details are left out here, because the comment would be too long._\n\n",
    Rank.PICTURE: "_The picture is left out, because the comment would be too long._\n\n",
    Rank.BLOCKER: "- _More blockers are left out, because the comment would be too long._\n",
    Rank.ROW: "",
}


def fit(pieces: Sequence[Piece], limit: int, row_note: Callable[[int], str]) -> str:
    """Return the pieces joined, with as many of them cut or left out, from the end, as the limit demands.

    Args:
        pieces: in order.
        limit: characters of the result, unless what is kept is longer by itself.
        row_note: what to put in the place of so many rows that were left out.
    """
    texts = [piece.text for piece in pieces]
    groups: dict[str, list[int]] = {}
    for index, piece in enumerate(pieces):
        groups.setdefault(piece.group, []).append(index)
    total = sum(map(len, texts))
    for rank in (Rank.DIFF, Rank.DETAIL, Rank.PICTURE, Rank.BLOCKER, Rank.ROW):
        chosen = [index for index, piece in enumerate(pieces) if piece.rank is rank]
        note = row_note(len(chosen)) if rank is Rank.ROW else _NOTES[rank]
        noted: int | None = None
        for index in reversed(chosen):
            if total <= limit:
                break
            members = [index]
            if pieces[index].group and rank is Rank.DETAIL:
                members = groups[pieces[index].group]
            before = sum(len(texts[number]) for number in members)
            shorten = pieces[index].shorten
            shorter = shorten(limit - total + before) if shorten is not None else None
            if shorter is not None and len(shorter) < before:
                texts[index] = shorter
            else:
                for number in members:
                    texts[number] = ""
                # Diffs each say so in their own place; of everything else one note stands for all.
                if rank is not Rank.DIFF and noted is not None:
                    total -= len(texts[noted])
                    texts[noted] = ""
                texts[index], noted = note, index
            total += sum(len(texts[number]) for number in members) - before
        if noted is not None and rank is Rank.ROW:
            texts[noted] = row_note(sum(1 for index in chosen if index >= noted))
    return "".join(texts)
