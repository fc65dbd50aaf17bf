"""Values that count how often a filter looks at them, so that no filter runs for ever."""

from __future__ import annotations

from collections.abc import ItemsView, Iterator, ValuesView
from typing import Any

from adapters.yaml.values import Value, plain


class Meter:
    """A budget of steps."""

    __slots__ = ("left",)

    def __init__(self, steps: int) -> None:
        self.left = steps

    def charge(self, steps: int) -> None:
        """Take steps from the budget.

        Raises:
            TimeoutError: the budget is used up.
        """
        self.left -= steps
        if self.left < 0:
            raise TimeoutError("the budget of steps is used up")


class _Object(dict[str, Any]):
    """A mapping that charges a meter for being looked through."""

    __slots__ = ("meter",)
    __hash__ = None
    meter: Meter

    def items(self) -> ItemsView[str, Any]:  # type: ignore[override]
        self.meter.charge(len(self) + 1)
        return super().items()

    def values(self) -> ValuesView[Any]:  # type: ignore[override]
        self.meter.charge(len(self) + 1)
        return super().values()

    def __getitem__(self, key: str) -> Any:
        self.meter.charge(1)
        return super().__getitem__(key)

    def __eq__(self, other: object) -> bool:
        self.meter.charge(len(self) + 1)
        return super().__eq__(other)


class _Array(list[Any]):
    """A sequence that charges a meter for being looked through."""

    __slots__ = ("meter",)
    __hash__ = None
    meter: Meter

    def __iter__(self) -> Iterator[Any]:
        self.meter.charge(len(self) + 1)
        return super().__iter__()

    def __getitem__(self, index: Any) -> Any:
        self.meter.charge(1)
        return super().__getitem__(index)

    def __eq__(self, other: object) -> bool:
        self.meter.charge(len(self) + 1)
        return super().__eq__(other)


def metered(value: Value, meter: Meter) -> Any:
    """Return a value as JSON-like data for a filter, charging a meter for every look at it."""
    if isinstance(value, dict):
        data = _Object((key, metered(item, meter)) for key, item in value.items())
        data.meter = meter
        return data
    if isinstance(value, list):
        items = _Array(metered(item, meter) for item in value)
        items.meter = meter
        return items
    return plain(value)
