"""What a promotion's pull request says: its title, its text, and the marks by which it is found again. Pure.

Everything from outside is one line, without control characters, and written so that Markdown takes nothing of it for
markup, a mention or a comment.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from adapters.git.changes.computed import Place, Turn, shown
from adapters.git.changes.message import one_line, trailers
from engine.execute.ports import Change
from engine.execute.spec import SettingSource

_SHOWN = 200  # values that are told
_MARKUP = re.compile(r"([\\`*_{}\[\]()#+!|<>~@&-])")
UNDRESSED = "<!-- promo: labels and reviewers are still to be set -->"
"""Stands at the end of a text until labels and reviewers were set, so that a crash in between loses neither."""


def title_of(change: Change) -> str:
    """Return the title, e.g. ``promote shop 1.2.3 to prod``."""
    word = "undo promotion of" if change.revert else "promote"
    version = f" {one_line(change.version)}" if change.version else ""
    return f"{word} {one_line(change.product)}{version} to {one_line(change.environment)}"[:250]


def trailer_lines(change: Change) -> str:
    """Return the trailers as lines: in the message of a merge, they keep it from starting a release."""
    return "\n".join(f"{name}: {value}" for name, value in trailers(change).items())


def mark_of(change: Change) -> str:
    """Return what nobody sees and a text is recognised by. Its lines are trailers of a message made from the text."""
    return "<!-- promo\n" + trailer_lines(change).replace("-->", "--\u200b>") + "\n-->"


def is_marked(body: str, change: Change) -> bool:
    """Say whether a text is that of a change's pull request; forges change line ends."""
    wanted = mark_of(change).splitlines()[1:3]  # the key and the release
    lines = {line.strip() for line in body.splitlines()}
    return all(line in lines for line in wanted)


def withdrawal_mark(change: Change) -> str:
    """Return what a comment about a withdrawal is recognised by."""
    return f"<!-- promo withdrawn: {one_line(change.key)} -->"


def withdrawal(change: Change, reason: str) -> str:
    """Return the comment that says why a pull request is closed."""
    return f"promo closes this: {plain(reason) or 'it is no longer wanted'}.\n\n{withdrawal_mark(change)}\n"


def body_of(change: Change, turns: Mapping[Place, Turn], settings: Sequence[SettingSource] = (), note: str = "") -> str:
    """Return the text of a pull request.

    Args:
        change: what is proposed.
        turns: the values that change.
        settings: the environment's effective settings; empty where they are not known.
        note: something that went wrong and that a reader should know.
    """
    target, source = change.target, change.source
    lines = []
    if change.url:
        lines += [f"Release [{plain(change.release)}]({_link(change.url)}), started by {plain(change.initiator)}.", ""]
    else:
        lines += [f"Release {plain(change.release)}, started by {plain(change.initiator)}.", ""]
    if change.revert:
        lines += [f"Undoes what {change.commit} did to application {code(target.key)}.", ""]
    else:
        origin = f"{code(source.application)} in {code(source.environment)}"
        lines += [f"Application {code(target.key)} gets the values of {origin}, as of {change.commit}.", ""]
    lines += _values(turns) + _settings(settings)
    if note:
        lines += [f"> {plain(note)}", ""]
    return "\n".join([*lines, mark_of(change), ""])


def plain(text: str) -> str:
    """Return a text as Markdown shows it letter by letter; a mention or a reference is none."""
    escaped = _MARKUP.sub(r"\\\1", one_line(text))
    return escaped.replace("\\@", "@\u200b").replace("\\#", "#\u200b")


def code(text: str) -> str:
    """Return a text in the type of code, which a table's cell can hold."""
    inner = one_line(text).replace("|", "\\|")
    longest = max((len(run) for run in re.findall(r"`+", inner)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if inner.startswith("`") or inner.endswith("`") else ""
    return f"{fence}{pad}{inner}{pad}{fence}" if inner else ""


def _values(turns: Mapping[Place, Turn]) -> list[str]:
    if not turns:
        return []
    lines = ["| File | Path | From | To |", "|---|---|---|---|"]
    for place, turn in list(turns.items())[:_SHOWN]:
        path = "the whole file" if place.path == "*" else code(place.path)
        lines.append(f"| {code(place.file)} | {path} | {_value(place, turn.before)} | {_value(place, turn.after)} |")
    more = len(turns) - _SHOWN
    if more > 0:
        lines.append(f"| and {more} more | | | |")
    return [*lines, ""]


def _value(place: Place, value: str | None) -> str:
    told = shown(place, value)
    return code(told[1:-1]) if told.startswith("`") else told


def _settings(settings: Sequence[SettingSource]) -> list[str]:
    if not settings:
        return []
    lines = ["| Setting | Value | Set by | Where |", "|---|---|---|---|"]
    lines += [f"| {plain(s.name)} | {code(s.value)} | {plain(s.origin)} | {code(s.place)} |" for s in settings]
    return [*lines, ""]


def _link(url: str) -> str:
    return one_line(url).replace(" ", "%20").replace("(", "%28").replace(")", "%29").replace("<", "%3C")
