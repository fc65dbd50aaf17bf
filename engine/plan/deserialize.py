"""A stored plan read back: exactly what `engine.plan.serialize` wrote, or an error that says where it is not."""

from __future__ import annotations

from engine.plan.nodes import Plan
from engine.plan.records import without_format
from engine.plan.serialize import FORMAT, PLAN
from engine.plan.shapes import RecordError


class PlanDataError(RecordError):
    """Data that is not a plan; ``path`` is empty for the whole, which messages call ``plan``."""

    def __str__(self) -> str:
        """Return where it is wrong, and what is."""
        return f"{self.path or 'plan'}: {self.reason}"


def from_data(data: object) -> Plan:
    """Return the plan that was stored as data.

    Args:
        data: what `engine.plan.serialize.to_data` returned, or JSON made of it.

    Raises:
        PlanDataError: when the format is another one, a key is unknown or missing, a value has the wrong type, or a
            computed value (``state``, ``applyable``, ``complete``, ``no_op``) contradicts the rest.
    """
    try:
        plan = PLAN.shape(Plan).read(without_format(data, FORMAT))
    except RecordError as error:
        raise PlanDataError(error.path, error.reason) from error
    assert isinstance(plan, Plan)
    return plan
