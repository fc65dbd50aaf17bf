"""Release notes: what came with a release, read out of commits. Source: domain, release notes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from engine.plan.ports import CommitInfo
from engine.resolve import made_by_promotion

_ISSUE = re.compile(r"\b([A-Z][A-Z0-9]{1,9}-[1-9][0-9]{0,6})\b")
_NO_ISSUES = frozenset({"UTF", "SHA", "ISO", "RFC", "CVE", "HTTP", "TLS", "X"})
_PULL = re.compile(r"(?:\(#|Merge pull request #|pull/|\(!|[Ss]ee merge request \S*!)([1-9][0-9]{0,8})\b")
_FIXES = re.compile(r"\b(?:[Ff]ix(?:es|ed)?|[Cc]lose[sd]?|[Rr]esolve[sd]?|[Rr]efs?):? #([1-9][0-9]{0,8})\b")


@dataclass(frozen=True, slots=True)
class Note:
    """One commit of the notes.

    Attributes:
        sha: its object name.
        title: the first line of its message.
        author: the author's display name.
        date: author date, ISO 8601 with offset.
        pulls: numbers of the pull or merge requests it names, in order.
        issues: keys and numbers of the issues it names, in order, e.g. ``SHOP-12`` or ``#7``.
    """

    sha: str
    title: str
    author: str
    date: str
    pulls: tuple[str, ...]
    issues: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ApplicationNotes:
    """What came with a release for one application.

    Attributes:
        application: its key.
        since: the commit that was promoted before; None when none is known.
        until: the commit that is promoted.
        notes: newest first, without the commits that promotions made.
        complete: whether these are all commits in between.
    """

    application: str
    since: str | None
    until: str
    notes: tuple[Note, ...]
    complete: bool


def notes_of(commits: Iterable[CommitInfo]) -> tuple[Note, ...]:
    """Return the notes of commits, in their order; those that promotions made are left out."""
    return tuple(_note(commit) for commit in commits if not made_by_promotion(commit.message))


def _note(commit: CommitInfo) -> Note:
    pulls = dict.fromkeys(_PULL.findall(commit.message))
    keys = [key for key in _ISSUE.findall(commit.message) if key.partition("-")[0] not in _NO_ISSUES]
    numbers = [f"#{number}" for number in _FIXES.findall(commit.message) if number not in pulls]
    return Note(
        sha=commit.sha,
        title=commit.message.partition("\n")[0],
        author=commit.author,
        date=commit.date,
        pulls=tuple(pulls),
        issues=tuple(dict.fromkeys([*keys, *numbers])),
    )
