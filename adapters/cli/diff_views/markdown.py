"""A difference as the comment of a review: bounded, and nothing in it can mention, link or break out."""

from __future__ import annotations

from adapters.cli.diff_views.entries import Entry, Sides, entries, proofs, verdict
from adapters.cli.plan_views.markdown_text import code, cut, sentence
from engine.verify.diff import Difference, Strictness

LIMIT = 60_000
"""Characters of the whole; code hosts refuse comments that are a little longer."""

_MARKS = {Strictness.LOOSER: "🔓 looser", Strictness.STRICTER: "🔒 stricter", Strictness.DIFFERENT: "🔀 different"}
_SENTENCE = 1_200
_DETAIL = 400


def render(difference: Difference, sides: Sides, limit: int = LIMIT) -> str:
    """Return a difference as GitHub-flavoured Markdown, with a final line break.

    Args:
        difference: what changed.
        sides: what was compared.
        limit: characters of the whole; changes are left out from the end, and how many is said.
    """
    names = f"{code(cut(sides.old, 200))} → {code(cut(sides.new, 200))}"
    head = f"## What changes: {names}\n\n**{sentence(_capital(verdict(difference)))}.**\n\n"
    tail = "".join(f"- {sentence(cut(_capital(proof), _SENTENCE))}.\n" for proof in proofs(difference))
    found = entries(difference, sides)
    room = limit - len(head) - len(tail) - 200
    body: list[str] = []
    topic = ""
    for number, entry in enumerate(found):
        text = _entry(entry)
        if entry.topic != topic:
            text = f"### {sentence(_capital(entry.topic))}\n\n{text}"
            text = f"\n{text}" if body else text
        if len(text) > room:
            body.append(f"\n_{len(found) - number} more changes are left out: the comment would be too long._\n")
            break
        topic = entry.topic
        room -= len(text)
        body.append(text)
    return head + "".join(body) + ("\n" if body else "") + tail


def _entry(entry: Entry) -> str:
    lines = [f"- **{_MARKS[entry.strictness]}** {sentence(cut(entry.sentence, _SENTENCE))}"]
    lines += [f"  <br>{sentence(cut(detail, _DETAIL))}" for detail in entry.details]
    return "\n".join(lines) + "\n"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
