"""Commits as the prover sees them, and commits as people see them.

A commit's revisions are its branches, its tags and its object name, so the two attributes are not independent.
For the prover a test of `revision` is taken apart: some branch fits, or something else does. What is left under
`revision` is then free, but for the object name that every commit has. Source: domain, triggering.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import assert_never

from engine.model.attributes import Attribute, Subject
from engine.model.conditions import (
    ALWAYS,
    Always,
    Bound,
    Condition,
    Conjunction,
    Disjunction,
    Matching,
    Membership,
    Negation,
    PassedThrough,
)
from engine.resolve.facts import CommitFacts
from engine.verify.folding import all_of, any_of, negated

MESSAGE = Attribute(Subject.COMMIT, "message")
AUTHOR = Attribute(Subject.COMMIT, "author")
BRANCH = Attribute(Subject.COMMIT, "branch")
REVISION = Attribute(Subject.COMMIT, "revision")

_ORDINARY_MESSAGES = ("update", "a change", "")
_ORDINARY_BRANCHES = ("main",)


def parted(condition: Condition) -> Condition:
    """Return a flow's condition for the prover, in which `revision` stands for tags and the object name only."""
    match condition:
        case Membership() if condition.attribute == REVISION:
            return any_of((replace(condition, attribute=BRANCH), condition))
        case Matching() if condition.attribute == REVISION:
            if any(not glob.strip("*") for glob in condition.globs):
                return ALWAYS
            return any_of((replace(condition, attribute=BRANCH), condition))
        case Always() | Membership() | Matching() | Bound() | PassedThrough():
            return condition
        case Negation():
            return negated(parted(condition.operand))
        case Conjunction():
            return all_of(parted(operand) for operand in condition.operands)
        case Disjunction():
            return any_of(parted(operand) for operand in condition.operands)
        case _:
            assert_never(condition)


def commit_of(values: Mapping[Attribute, tuple[str, ...]], fits: Callable[[CommitFacts], bool]) -> CommitFacts | None:
    """Return the commit that a model describes.

    Args:
        values: by attribute; what is missing does not matter.
        fits: says whether a commit is one the model stands for; the object name is chosen so that it is.

    Returns:
        A commit; None when every object name that was tried fits a pattern that nothing may fit.
    """
    message = next(iter(values.get(MESSAGE, ())), None)
    author = next(iter(values.get(AUTHOR, ())), "")
    branches, tags = values.get(BRANCH, ()), values.get(REVISION, ())
    messages = _ORDINARY_MESSAGES if message is None else (message,)
    for sha in _object_names():
        for text in messages:
            commit = CommitFacts(text, branches, tags, sha, author)
            if fits(commit):
                return commit
    return None


def simplest(commit: CommitFacts, fits: Callable[[CommitFacts], bool]) -> CommitFacts:
    """Return the most ordinary commit that still fits: what does not matter is left out or as usual."""

    def better(one: CommitFacts, other: CommitFacts) -> CommitFacts:
        return one if fits(one) else other

    commit = better(replace(commit, message=_ORDINARY_MESSAGES[0]), commit)
    commit = better(replace(commit, author=""), commit)
    for tag in commit.tags:
        commit = better(replace(commit, tags=tuple(one for one in commit.tags if one != tag)), commit)
    for branch in commit.branches:
        commit = better(replace(commit, branches=tuple(one for one in commit.branches if one != branch)), commit)
    return commit if commit.branches else better(replace(commit, branches=_ORDINARY_BRANCHES), commit)


def _object_names() -> tuple[str, ...]:
    """Return object names to try, an ordinary one first."""
    return ("4e1243bd22c66e76c2ba9eddc1f91394e57f9f83", *(digit * 40 for digit in "0123456789abcdef"))


def words(commit: CommitFacts) -> str:
    """Return a commit for people, without its object name."""
    parts = [f"with the message {_quoted(commit.message)}"]
    if commit.author:
        parts.append(f"by {_quoted(commit.author)}")
    if commit.branches:
        parts.append(f"on {' and '.join(map(_quoted, commit.branches))}")
    if commit.tags:
        parts.append(f"tagged {' and '.join(map(_quoted, commit.tags))}")
    return f"a commit {', '.join(parts)}"


def _quoted(text: str) -> str:
    return f"`{text}`" if "\n" not in text else f"`{text.splitlines()[0]} ...`"
