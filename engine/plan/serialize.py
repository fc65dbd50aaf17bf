"""The plan as plain data, ready for JSON: what machines read and what a later run compares itself with.

The data has the shape of the dataclasses in `engine.plan.nodes`, field by field and in their order, with
three additions: ``format`` first, a ``state`` for every step, and the flags ``applyable``, ``complete`` and
``no_op``. A pair of an application and a workflow call becomes an object with those two keys.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from enum import Enum
from typing import TYPE_CHECKING

from engine.plan.credentials import credential_free
from engine.plan.nodes import Plan, PlannedStep, WorkflowCall

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

FORMAT = "promo.plan/v1"
"""Says what the data is; changes whenever its meaning does."""

PAIR_KEYS = ("application", "call")
"""How the two halves of a trigger's post-action are called."""


def to_data(plan: Plan) -> dict[str, object]:
    """Return a plan as dictionaries, lists, texts, numbers, booleans and None.

    `engine.plan.deserialize.from_data` is the inverse. Credentials are taken out of every URL on the way,
    which changes nothing in a plan that the planner made.

    Returns:
        Data whose keys always stand in the same order, and which says the same for equal plans.
    """
    record = {"format": FORMAT} | _record(credential_free(plan))
    return record | {"applyable": plan.applyable, "complete": plan.complete, "no_op": plan.no_op}


def _record(value: DataclassInstance) -> dict[str, object]:
    """Return the fields of a dataclass, in their order."""
    record = {field.name: _data(getattr(value, field.name)) for field in fields(value)}
    return record | {"state": value.state.value} if isinstance(value, PlannedStep) else record


def _data(value: object) -> object:
    match value:
        case None | bool() | int() | str():
            return value
        case Enum():
            return value.value
        case (str() as application, WorkflowCall() as call):
            return dict(zip(PAIR_KEYS, (application, _record(call)), strict=True))
        case tuple():
            return [_data(item) for item in value]
        case _ if is_dataclass(value) and not isinstance(value, type):
            return _record(value)
        case _:
            raise TypeError(f"a plan holds no {type(value).__name__}")
