"""Foreign text inside Markdown: it shows as what it is, links to nothing, notifies nobody and breaks out of nothing."""

from __future__ import annotations

import html
import re

from grammar.render import printable

_ACTIVE = re.compile(r"[@#]|://|www\.|\bGH-\d", re.IGNORECASE)
"""What code hosts turn into mentions, references and links, which all notify; inside code they do not."""

_SPECIAL = re.compile(r"([\\`*_\[\]~|$])")
_MARKER = re.compile(r"\A(\d*)([-+.)])")
"""What would begin a list, a rule or a numbered item at the start of a sentence."""

_HARD = re.compile(r"[^A-Za-z0-9 ]")
_WORD = re.compile(r"(\s+)")


def cut(text: str, most: int) -> str:
    """Return a text with control characters escaped, and with dots at its end where it is longer than ``most``."""
    shown = printable(text)
    return shown if len(shown) <= most else f"{shown[: most - 3]}..."


def code(text: str) -> str:
    """Return a text as a code span that stands anywhere: in a sentence, in a table, in a list.

    Where a span in backquotes could be ended from inside, or a table's column be, it becomes an element whose content
    is character references only.
    """
    shown = printable(text)
    if shown and shown == shown.strip() and not re.search(r"[`|\\]", shown):
        return f"`{shown}`"
    return f"<code>{_HARD.sub(lambda match: f'&#{ord(match[0])};', shown)}</code>"


def html_code(text: str) -> str:
    """Return a text as an HTML element, for places where Markdown is not read."""
    return f"<code>{html.escape(printable(text))}</code>"


def sentence(text: str) -> str:
    """Return one of promo's sentences as Markdown: what stands in backquotes becomes code, the rest is escaped.

    Args:
        text: a message, whose foreign parts may hold anything, unbalanced backquotes included.
    """
    pieces = printable(text).strip().split("`")
    if len(pieces) % 2 == 0:
        # The last backquote has no partner: it is one of the text's own characters.
        pieces[-2:] = [f"{pieces[-2]}`{pieces[-1]}"]
    pieces = [code(piece) if number % 2 else _escaped(piece) for number, piece in enumerate(pieces)]
    return _MARKER.sub(r"\1\\\2", "".join(pieces))


def _escaped(text: str) -> str:
    return "".join(
        code(word) if _ACTIVE.search(word) else _SPECIAL.sub(r"\\\1", html.escape(word, quote=False))
        for word in _WORD.split(text)
    )


def cell(text: str) -> str:
    """Return finished Markdown for a table's cell: a ``|`` would end it."""
    return text.replace("\\|", "&#124;").replace("|", "&#124;")


def fenced(text: str, language: str) -> str:
    """Return a code block whose fence is longer than any run of backquotes inside.

    Tabs and line feeds stay, other control characters are escaped.
    """
    lines = ["\t".join(printable(part) for part in line.split("\t")) for line in text.removesuffix("\n").split("\n")]
    body = "\n".join(lines)
    longest = max((len(run) for run in re.findall("`+", body)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{body}\n{fence}"
