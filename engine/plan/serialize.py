"""The plan as plain data, ready for JSON: what machines read and what a later run compares itself with.

The data has the shape of the dataclasses in `engine.plan.nodes`, field by field and in their order, with
three additions: ``format`` first, a ``state`` for every step, and the flags ``applyable``, ``complete`` and
``no_op``. A pair of an application and a workflow call becomes an object with those two keys.
"""

from __future__ import annotations

from dataclasses import fields
from enum import Enum

from engine.plan.credentials import without_credentials
from engine.plan.nodes import FileChange, Plan, PlannedStep, WorkflowCall
from engine.plan.ports import CommitInfo, ValueChange

FORMAT = "promo.plan/v1"
"""Says what the data is; changes whenever its meaning does."""

PAIR_KEYS = ("application", "call")
"""How the two halves of a trigger's post-action are called."""

_FROM_GIT = (CommitInfo, FileChange, ValueChange)
"""Records of repository content: shown as they are, or they would no longer be true."""


def to_data(plan: Plan) -> dict[str, object]:
    """Return a plan as dictionaries, lists, texts, numbers, booleans and None.

    `engine.plan.deserialize.from_data` is the inverse. Credentials are taken out of every URL on the way,
    which changes nothing in a plan that the planner made.

    Returns:
        Data whose keys always stand in the same order, and which says the same for equal plans.
    """
    record = {"format": FORMAT} | _record(plan, scrub=True)
    return record | {"applyable": plan.applyable, "complete": plan.complete, "no_op": plan.no_op}


def _record(value: object, *, scrub: bool) -> dict[str, object]:
    """Return the fields of a dataclass, in their order."""
    scrub = scrub and not isinstance(value, _FROM_GIT)
    record = {field.name: _data(getattr(value, field.name), scrub=scrub) for field in fields(value)}  # type: ignore[arg-type]
    return record | {"state": value.state.value} if isinstance(value, PlannedStep) else record


def _data(value: object, *, scrub: bool) -> object:
    match value:
        case str():
            return without_credentials(value) if scrub else value
        case None | bool() | int():
            return value
        case Enum():
            return value.value
        case (str() as application, WorkflowCall() as call):
            return dict(zip(PAIR_KEYS, (application, _record(call, scrub=scrub)), strict=True))
        case tuple():
            return [_data(item, scrub=scrub) for item in value]
        case _:
            return _record(value, scrub=scrub)
