"""How a revision as written is looked up: which full reference names it may mean, and in which order. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

_STEPS = re.compile(r"(?P<base>[^~^]*)(?P<steps>(?:[~^][0-9]{0,5})*)")
_NOT_IN_A_REFERENCE = re.compile(
    r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|/\.|^[/.-]|[/.]$|\.lock(/|$)|[\ud800-\udc7f\udd00-\udfff]"
)
_HEX = re.compile(r"[0-9A-Fa-f]{4,64}")
MAX_REVISION = 1024
"""The longest revision that is looked up, in characters."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One thing a revision may mean.

    Attributes:
        name: an unambiguous name for Git: a full reference or an object name.
        prefix: what the found commit's name must begin with; empty for references.
    """

    name: str
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class Revision:
    """A revision as it is looked up: the first candidate that exists, then the steps to an ancestor.

    Attributes:
        candidates: in the order in which they are tried.
        steps: for instance ``~2`` or ``^2``; usually empty.
    """

    candidates: tuple[Candidate, ...]
    steps: str


def branch_reference(name: str) -> str | None:
    """Return the full reference of a branch, ``refs/heads/`` and its name; None where no branch can be called that."""
    short = name.removeprefix("refs/heads/")
    if not short or short == "HEAD" or len(short) > MAX_REVISION or _NOT_IN_A_REFERENCE.search(short):
        return None
    return f"refs/heads/{short}"


def parse_revision(text: str, oid_length: int) -> Revision:
    """Return what a revision may mean, in order.

    1. An object name of full length. 2. ``HEAD`` (or ``@``). 3. A full reference (``refs/...``). 4. A local branch.
    5. A branch of ``origin`` that only the remote-tracking references know. 6. A tag. 7. ``origin/NAME`` as a
    remote-tracking reference. 8. An abbreviated object name of at least 4 digits.

    A branch wins over a tag of the same name, as in Argo CD, which takes the first reference of the server's sorted
    list; Git itself would take the tag.

    Args:
        text: as written; ``~N`` and ``^N`` after it lead to ancestors. Anything else Git would interpret
            (``@{1}``, ``a..b``, ``:path``) means nothing.
        oid_length: hexadecimal digits of a full object name: 40 or 64.
    """
    match = _STEPS.fullmatch(text) if len(text) <= MAX_REVISION else None
    if match is None:
        return Revision((), "")
    base, steps = match["base"], match["steps"]
    if base in ("HEAD", "@"):
        return Revision((Candidate("HEAD"),), steps)
    if not base or _NOT_IN_A_REFERENCE.search(base):
        return Revision((), "")
    object_name = _HEX.fullmatch(base) is not None and len(base) <= oid_length
    if object_name and len(base) == oid_length:
        return Revision((Candidate(base.lower(), base.lower()),), steps)
    names = [base] if base.startswith("refs/") else []
    names += [f"refs/heads/{base}", f"refs/remotes/origin/{base}", f"refs/tags/{base}"]
    if base.startswith("origin/"):
        names.append(f"refs/remotes/{base}")
    candidates = [Candidate(name) for name in names]
    if object_name:
        candidates.append(Candidate(base.lower(), base.lower()))
    return Revision(tuple(candidates), steps)
