"""What is found when two workspaces are compared setting by setting: regions of points, and whether they are all."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.model.conditions import Condition
from engine.model.values import SettingValue
from engine.resolve.decision import Origin
from engine.verify.diff.joint import Slice
from engine.verify.diff.strictness import Strictness
from engine.verify.points import Witness
from engine.verify.verdict import Proved, Unknown

MOST_EXAMPLES = 3
"""Declared pairs that a region names; the others are counted."""


@dataclass(frozen=True, slots=True)
class Winner:
    """What a setting is in a region, on one side of the comparison.

    Attributes:
        value: the setting's value; None where nothing sets it.
        origin: who sets it; None where nothing does.
        when: the condition of the policy that sets it; None for inline settings and where nothing does.
    """

    value: SettingValue | None = None
    origin: Origin | None = None
    when: Condition | None = field(default=None, compare=False)


NOBODY = Winner()
"""Nothing sets it."""


@dataclass(frozen=True, slots=True)
class Region:
    """All points at which one old winner gives way to one new winner: never empty, and no two share a point.

    Attributes:
        setting: the setting's name.
        old: the winner before.
        new: the winner after.
        part: the slice it lies in.
        flow: the flow whose step it is about, for inline settings; None for what policies decide.
        witness: the most ordinary point that was found, as it is after the change.
        strictness: what the change means for those who promote.
        pairs: how many declared pairs lie in it.
        examples: the first of these.
        exceptions: better policies that take a part of what both winners' conditions hold for, by name.
    """

    setting: str
    old: Winner
    new: Winner
    part: Slice
    witness: Witness
    strictness: Strictness
    flow: str | None = None
    pairs: int = 0
    examples: tuple[tuple[str, str], ...] = ()
    exceptions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SettingDifference:
    """What changed for one setting.

    Attributes:
        setting: its name.
        regions: where its value changes, in a stable order.
        moved: where only its origin changes.
        rest: whether it is proved that nothing else changes; `Unknown` says why it is not.
    """

    setting: str
    regions: tuple[Region, ...]
    moved: tuple[Region, ...]
    rest: Proved | Unknown
