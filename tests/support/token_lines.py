"""What a tokeniser sees, in the form of the golden files that `npm run tokens` writes."""

from __future__ import annotations

import re
from itertools import groupby

from tests.support.textmate import TextMate


def token_lines(tokeniser: TextMate, text: str) -> str:
    """Return a line a token: place, scope and text; spaces without a scope are left out."""
    scopes = tokeniser.scopes(text)
    lines: list[str] = []
    offset = 0
    for number, line in enumerate(text.splitlines(keepends=True), start=1):
        visible = line.rstrip("\n")
        for scope, columns in groupby(range(len(visible)), key=lambda column, at=offset: scopes[at + column]):
            found = list(columns)
            for piece in re.finditer(r".+" if scope else r"\S+", visible[found[0] : found[-1] + 1]):
                first = found[0] + piece.start() + 1
                lines.append(f"{number}:{first}-{first + len(piece[0]) - 1}\t{scope}\t{piece[0]}\n")
        offset += len(line)
    return "".join(lines)
