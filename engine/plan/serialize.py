"""The plan as plain data, ready for JSON: what machines read and what a later run compares itself with.

The data has the shape of the dataclasses in `engine.plan.nodes`, field by field and in their order, with
three additions: ``format`` first, a ``state`` for every step, and the flags ``applyable``, ``complete`` and
``no_op``. A pair of an application and a workflow call becomes an object with those two keys.
"""

from __future__ import annotations

from engine.plan.credentials import credential_free
from engine.plan.nodes import Plan, PlannedStep
from engine.plan.records import Records

FORMAT = "promo.plan/v1"
"""Says what the data is; changes whenever its meaning does."""

PLAN = Records(
    computed={Plan: ("applyable", "complete", "no_op"), PlannedStep: ("state",)}, pair_keys=("application", "call")
)
"""How a plan and its parts look as data."""


def to_data(plan: Plan) -> dict[str, object]:
    """Return a plan as dictionaries, lists, texts, numbers, booleans and None.

    `engine.plan.deserialize.from_data` is the inverse. Credentials are taken out of every URL on the way,
    which changes nothing in a plan that the planner made.

    Returns:
        Data whose keys always stand in the same order, and which says the same for equal plans.
    """
    data: dict[str, object] = {"format": FORMAT}
    data.update(PLAN.shape(Plan).write(credential_free(plan)))
    return data
