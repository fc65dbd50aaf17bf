"""Whether a change of a setting is stricter, looser or only different: an order for each setting.

`docs/diff.md` says the same for people.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import assert_never

from engine.model.entities import Window
from engine.model.values import (
    Action,
    Approvals,
    NoWorkflow,
    RollbackRule,
    Seconds,
    SettingValue,
    WindowName,
    Workflow,
)
from engine.verify.diff.week import open_minutes


class Strictness(Enum):
    """What a change means for those who promote; the values are the words for people."""

    STRICTER = "stricter"
    LOOSER = "looser"
    DIFFERENT = "different"


def together(found: Iterable[Strictness]) -> Strictness:
    """Return what several changes are as one: what they all are, or `DIFFERENT`."""
    kinds = set(found)
    return kinds.pop() if len(kinds) == 1 else Strictness.DIFFERENT


def compared(more: bool, less: bool) -> Strictness:
    """Return `STRICTER` for what is only more strict, `LOOSER` for what is only less."""
    if more and not less:
        return Strictness.STRICTER
    return Strictness.LOOSER if less and not more else Strictness.DIFFERENT


def reversed_strictness(found: Strictness) -> Strictness:
    """Return what the opposite change is."""
    match found:
        case Strictness.STRICTER:
            return Strictness.LOOSER
        case Strictness.LOOSER:
            return Strictness.STRICTER
        case Strictness.DIFFERENT:
            return found
        case _:
            assert_never(found)


def same_meaning(one: SettingValue | None, other: SettingValue | None) -> bool:
    """Say whether two values mean the same: the order of an approval's teams means nothing."""
    return meaning(one) == meaning(other)


def meaning(value: SettingValue | None) -> object:
    """Return what a value means, as something that is equal for equal meanings."""
    return (value.count, frozenset(value.teams)) if isinstance(value, Approvals) else value


def of_setting(
    name: str,
    old: SettingValue | None,
    new: SettingValue | None,
    old_windows: dict[str, Window],
    new_windows: dict[str, Window],
) -> Strictness:
    """Return what the change of one setting's value means.

    Args:
        name: the setting's.
        old: the value before; None where nothing set it.
        new: the value after.
        old_windows: what windows were before, by name.
        new_windows: what they are after.
    """
    match name:
        case "action":
            return compared(_action(new) > _action(old), _action(new) < _action(old))
        case "pre-action" | "post-action":
            return compared(not _runs(old) and _runs(new), _runs(old) and not _runs(new))
        case "soak":
            return compared(_seconds(new) > _seconds(old), _seconds(new) < _seconds(old))
        case "approvals":
            return _approvals(old, new)
        case "window":
            return of_windows(_window(old, old_windows), _window(new, new_windows))
        case "rollback":
            return compared(_reverts(new) and not _reverts(old), _reverts(old) and not _reverts(new))
        case _:
            return Strictness.DIFFERENT


def _action(value: SettingValue | None) -> int:
    """Return how much stands between a change and Git: nothing, a review, or that there is no promotion at all."""
    return 2 if value is None else 1 if value is Action.PR else 0


def _runs(value: SettingValue | None) -> bool:
    return isinstance(value, Workflow) and not isinstance(value, NoWorkflow)


def _seconds(value: SettingValue | None) -> int:
    return value.count if isinstance(value, Seconds) else 0


def _reverts(value: SettingValue | None) -> bool:
    return value is RollbackRule.ON_FAILURE


def _approvals(old: SettingValue | None, new: SettingValue | None) -> Strictness:
    """Compare numbers, and who counts; no team means that anybody counts who may approve."""
    if not isinstance(old, Approvals):
        return Strictness.STRICTER if isinstance(new, Approvals) else Strictness.DIFFERENT
    if not isinstance(new, Approvals):
        return Strictness.LOOSER
    before, after = frozenset(old.teams), frozenset(new.teams)
    if new.count >= old.count and (not before or (after and after <= before)):
        return Strictness.STRICTER
    if new.count <= old.count and (not after or (before and before <= after)):
        return Strictness.LOOSER
    return Strictness.DIFFERENT


def _window(value: SettingValue | None, windows: dict[str, Window]) -> Window | None:
    return windows.get(value.name) if isinstance(value, WindowName) else None


def of_windows(old: Window | None, new: Window | None) -> Strictness:
    """Compare when windows are open; no window is always open. Zones that differ cannot be compared."""
    if old is None or new is None:
        return compared(new is not None and old is None, old is not None and new is None)
    if old.zone != new.zone:
        return Strictness.DIFFERENT
    before, after = open_minutes(old), open_minutes(new)
    return compared(after & ~before == 0 and after != before, before & ~after == 0 and after != before)
