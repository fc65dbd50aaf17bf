"""Semantic difference: what a change of a workspace means, for whom, and the proof that nothing else changed."""

from engine.verify.diff.change import Change as Change
from engine.verify.diff.change import Topic as Topic
from engine.verify.diff.difference import Difference as Difference
from engine.verify.diff.difference import compare as compare
from engine.verify.diff.region import Region as Region
from engine.verify.diff.region import SettingDifference as SettingDifference
from engine.verify.diff.region import Winner as Winner
from engine.verify.diff.strictness import Strictness as Strictness
from engine.verify.diff.trigger_regions import TriggerRegion as TriggerRegion

__all__ = [
    "Change",
    "Difference",
    "Region",
    "SettingDifference",
    "Strictness",
    "Topic",
    "TriggerRegion",
    "Winner",
    "compare",
]
