"""What a setting can be set to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import assert_never

from grammar.lexical import duration_token, name_token, quote
from grammar.quick_state import quick_state


class Action(Enum):
    """How a promotion reaches Git. Source: domain, promotion policy."""

    COMMIT = "commit"
    PR = "pr"
    NONE = "none"


class RollbackRule(Enum):
    """Whether a failed step reverts its commit."""

    ON_FAILURE = "on-failure"
    NEVER = "never"


@quick_state
@dataclass(frozen=True, slots=True)
class Workflow:
    """A promotion workflow, by name."""

    name: str


@dataclass(frozen=True, slots=True)
class NoWorkflow:
    """`none`: explicitly no workflow, which also hides those of lower priority."""


@quick_state
@dataclass(frozen=True, slots=True)
class Seconds:
    """A duration, in whole seconds."""

    count: int


@quick_state
@dataclass(frozen=True, slots=True)
class Approvals:
    """How many people must approve.

    Attributes:
        count: at least one.
        teams: the teams whose members count, in the order written; empty means anyone who may approve.
    """

    count: int
    teams: tuple[str, ...] = ()


@quick_state
@dataclass(frozen=True, slots=True)
class WindowName:
    """A window, by name."""

    name: str


SettingValue = Action | RollbackRule | Workflow | NoWorkflow | Seconds | Approvals | WindowName

Scalar = str | int | NoWorkflow
"""What a condition compares a setting with."""


def scalar(value: SettingValue) -> Scalar:
    """Return what a condition such as `soak >= 2h` or `approvals >= 2` sees of a value."""
    match value:
        case Action() | RollbackRule():
            return str(value.value)
        case Workflow() | WindowName():
            return value.name
        case NoWorkflow():
            return value
        case Seconds() | Approvals():
            return value.count
        case _:
            assert_never(value)


def written(value: SettingValue) -> str:
    """Return a value as a `.promo` file says it."""
    match value:
        case Action() | RollbackRule():
            return str(value.value)
        case Workflow():
            return quote(value.name) if value.name == "none" else name_token(value.name)
        case WindowName():
            return name_token(value.name)
        case NoWorkflow():
            return "none"
        case Seconds():
            return duration_token(value.count)
        case Approvals():
            teams = ", ".join(name_token(team) for team in value.teams)
            return f"{value.count} from {teams}" if teams else str(value.count)
        case _:
            assert_never(value)
