"""``depends`` of a task: which results of others it waits for. Source: Argo, enhanced depends logic."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from adapters.local.interpret.conditions import ConditionError, Logic, tokens

RESULTS = ("Succeeded", "Failed", "Errored", "Skipped", "Omitted", "Daemoned", "AnySucceeded", "AllFailed")
"""What can be said of a task."""

_TOKEN = re.compile(
    r"(?P<space>\s+)|(?P<sign>&&|\|\||[!()])|(?P<task>[A-Za-z0-9_][A-Za-z0-9_-]*(?:\.[A-Za-z]+)?)", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Result:
    """Whether a task ended in one of some ways."""

    task: str
    ways: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Whether something does not hold."""

    part: Depends


@dataclass(frozen=True, slots=True)
class Both:
    """Whether two things hold."""

    first: Depends
    second: Depends


@dataclass(frozen=True, slots=True)
class Either:
    """Whether one of two things holds."""

    first: Depends
    second: Depends


Depends = Result | Not | Both | Either


def parse(text: str) -> Depends:
    """Read a ``depends``; a bare task stands for its success, or that it was skipped.

    Raises:
        ConditionError: when it is not understood.
    """
    words = tokens(text, _TOKEN)
    if not words:
        raise ConditionError("it is empty")
    return Logic[Depends](words, _operand, Both, Either, Not).whole()


def after(task: str, *, failed: bool = False, errored: bool = False) -> Depends:
    """Return what a name in ``dependencies`` stands for, with what its ``continueOn`` lets pass."""
    ways = ("Succeeded", "Skipped", "Daemoned")
    return Result(task, ways + (("Failed",) if failed else ()) + (("Errored",) if errored else ()))


def named(depends: Depends) -> tuple[str, ...]:
    """Return the tasks that are named, each once, in order."""
    match depends:
        case Result():
            return (depends.task,)
        case Not():
            return named(depends.part)
        case Both() | Either():
            return tuple(dict.fromkeys(named(depends.first) + named(depends.second)))


def met(depends: Depends, ended: Mapping[str, frozenset[str]]) -> bool:
    """Say whether it holds, given everything that can be said of each task that is named."""
    match depends:
        case Result():
            return not ended[depends.task].isdisjoint(depends.ways)
        case Not():
            return not met(depends.part, ended)
        case Both():
            return met(depends.first, ended) and met(depends.second, ended)
        case Either():
            return met(depends.first, ended) or met(depends.second, ended)


def _operand(logic: Logic[Depends]) -> Depends:
    token = logic.take()
    if token is None:
        raise ConditionError("it ends where a task is expected")
    if token.text == "(":
        return logic.inner()
    if token.kind != "task":
        raise ConditionError(f"`{token.text}` at character {token.at + 1} stands where a task is expected")
    task, dot, way = token.text.partition(".")
    if not dot:
        return after(task)
    if way not in RESULTS:
        raise ConditionError(f"`{way}` is no result of a task; there are {', '.join(RESULTS)}")
    return Result(task, (way,))
