"""What a release is to do, as plain data that a store keeps, and back.

A spec outlives the program that wrote it, so its format has a version, and reading is strict: data that this version
does not understand to the last key is refused instead of being run half understood.
"""

from __future__ import annotations

from engine.execute.spec import ReleaseSpec
from engine.plan.records import Records, without_format
from engine.plan.shapes import RecordError

FORMAT = "promo.release/v1"
"""Says what the data is; changes whenever its meaning does."""

SPEC = Records()
"""How a spec and its parts look as data."""


class SpecDataError(RecordError):
    """Data that is not a release's spec."""


def to_data(spec: ReleaseSpec) -> dict[str, object]:
    """Return a spec as dictionaries, lists, texts, numbers, booleans and None, keys in the order of the fields."""
    data: dict[str, object] = {"format": FORMAT}
    data.update(SPEC.shape(ReleaseSpec).write(spec))
    return data


def from_data(data: object) -> ReleaseSpec:
    """Return the spec that was stored as data.

    Raises:
        SpecDataError: when the format is another one, a key is unknown or missing, or a value has the wrong type.
    """
    try:
        spec = SPEC.shape(ReleaseSpec).read(without_format(data, FORMAT))
    except RecordError as error:
        raise SpecDataError(error.path, error.reason) from error
    assert isinstance(spec, ReleaseSpec)
    return spec
