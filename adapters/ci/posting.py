"""One comment a change, however often the job runs: found again by a hidden mark, and rewritten where it differs."""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import Enum
from urllib.parse import quote

from adapters.ci.comments import Comment, Comments
from adapters.ci.failure import CiError, UnsureError
from adapters.ci.fitting import fit

_ATTEMPTS = 3


class Posted(Enum):
    """What became of a comment."""

    CREATED = "the comment was written"
    UPDATED = "the comment was brought up to date"
    UNCHANGED = "the comment already says this"


def mark(name: str) -> str:
    """Return the line that a comment of promo begins with, and that nobody sees.

    Args:
        name: tells comments of several workspaces apart; any text.
    """
    return f"<!-- promo ci comment: {quote(name, safe='/.')} -->"


def post(comments: Comments, name: str, text: str, sleep: Callable[[float], None] = time.sleep) -> Posted:
    """Make a change have exactly one comment of this name, with this text.

    Where it is not known whether a new comment was written, because the answer was lost, the comments are read
    again before another one is written.

    Args:
        comments: the change's comments.
        name: see `mark`.
        text: Markdown; it is cut to what the forge takes.
        sleep: waits for some seconds.

    Raises:
        RefusedError: when the token may not comment here.
        CiError: when something else is in the way.
    """
    body = f"{mark(name)}\n{fit(text, comments.limit - len(mark(name)) - 1)}"
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            return _settle(comments, name, body)
        except UnsureError as lost:
            if attempt == _ATTEMPTS:
                raise CiError(lost.message, "run the job again later") from lost
            sleep(2.0**attempt)
    raise AssertionError("the last attempt returns or raises")


def _settle(comments: Comments, name: str, body: str) -> Posted:
    own = [comment for comment in comments.all() if comment.ours and _first_line(comment) == mark(name)]
    if not own:
        comments.add(body)
        return Posted.CREATED
    first, *further = sorted(own, key=lambda comment: comment.identity)
    # Two jobs that ran at the same moment can have written one each.
    for comment in further:
        comments.remove(comment.identity)
    if _normal(first.body) == _normal(body):
        return Posted.UNCHANGED
    comments.replace(first.identity, body)
    return Posted.UPDATED


def _first_line(comment: Comment) -> str:
    return comment.body.partition("\n")[0].strip()


def _normal(body: str) -> str:
    """Return a text without what forges change when they keep it: the form of line breaks, and the last ones."""
    return body.replace("\r\n", "\n").rstrip()
