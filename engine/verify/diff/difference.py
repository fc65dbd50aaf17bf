"""The semantic difference of two workspaces: what changed for every product and environment that could ever exist."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.model.conditions import Condition
from engine.model.settings import SETTING_NAMES
from engine.model.workspace import Workspace
from engine.verify.diff.access import access_changes
from engine.verify.diff.change import Change
from engine.verify.diff.entities import (
    environment_changes,
    freeze_changes,
    product_changes,
    require_changes,
    window_changes,
    workflow_changes,
)
from engine.verify.diff.flows import flow_changes, road_changes
from engine.verify.diff.inline import InlineComparison
from engine.verify.diff.invariants import invariant_changes, judge
from engine.verify.diff.joint import Joint
from engine.verify.diff.promoted import application_changes, promoted_changes, template_changes
from engine.verify.diff.region import Region, SettingDifference
from engine.verify.diff.settings import SettingsComparison
from engine.verify.diff.strictness import Strictness
from engine.verify.diff.trigger_regions import TriggerRegion, trigger_regions
from engine.verify.question import ANY_FLOW, DEFAULT_RLIMIT, Questions
from engine.verify.verdict import Proved, Unknown


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed.

    Attributes:
        settings: what is decided, setting by setting; those without any change are among them.
        triggers: commits that start another flow than before.
        triggers_rest: whether it is proved that no others do.
        changes: what changed in declarations, by topic.
        access_rest: whether it is proved that nothing else changed in what teams may do.
        invariants_rest: whether every requirement was judged, before and after.
        closed: whether only declared products and environments were looked at.
        statistics: goals, goals decided without the solver, and calls of the solver.
    """

    settings: tuple[SettingDifference, ...]
    triggers: tuple[TriggerRegion, ...]
    triggers_rest: Proved | Unknown
    changes: tuple[Change, ...]
    access_rest: Proved | Unknown
    invariants_rest: Proved | Unknown
    closed: bool
    statistics: tuple[int, int, int]

    @property
    def regions(self) -> tuple[Region, ...]:
        """Return every region, by setting."""
        return tuple(region for found in self.settings for region in found.regions)

    @property
    def empty(self) -> bool:
        """Whether nothing changed that was found; proved only where `unknown` is empty."""
        return not self.regions and not self.triggers and not self.changes

    @property
    def unknown(self) -> tuple[tuple[str, str], ...]:
        """Return where it is not proved that nothing else changed, and why not."""
        found = [(f"setting `{one.setting}`", one.rest) for one in self.settings]
        found += [
            ("triggers", self.triggers_rest),
            ("access", self.access_rest),
            ("requirements", self.invariants_rest),
        ]
        return tuple((what, rest.reason) for what, rest in found if isinstance(rest, Unknown))

    def count(self, strictness: Strictness) -> int:
        """Return how many changes are stricter, looser or different."""
        kinds = [region.strictness for region in self.regions] + [change.strictness for change in self.changes]
        return kinds.count(strictness) + (len(self.triggers) if strictness is Strictness.DIFFERENT else 0)


def compare(
    old: Workspace,
    new: Workspace,
    *,
    closed: bool = False,
    origins: bool = False,
    rlimit: int = DEFAULT_RLIMIT,
) -> Difference:
    """Compare two workspaces by what they mean.

    Args:
        old: before.
        new: after.
        invariants_rest: whether every requirement was judged, before and after.
        closed: whether only declared products and environments are looked at.
        origins: whether regions are found, too, in which a setting keeps its value and gets another origin.
        rlimit: the prover's measure of work, for each check.

    Raises:
        VerificationError: when the prover, the search and the resolver do not agree: a defect of this program.
    """
    joint = Joint(old, new)
    questions = Questions(joint.common, closed=closed, rlimit=rlimit)
    settings = _settings(joint, questions, closed=closed, origins=origins)
    triggers, triggers_rest = trigger_regions(old, new, questions)
    decided_alike = {one.setting for one in settings if not one.regions and isinstance(one.rest, Proved)}
    invariants, invariants_rest = invariant_changes(old, new, judge(questions), decided_alike.__contains__)
    access, access_rest = access_changes(old, new, questions)

    def implies(one: Condition, other: Condition) -> bool:
        return isinstance(questions.decide([one], [other], flow=ANY_FLOW, readable=False), Proved)

    changes = (
        *flow_changes(old, new),
        *road_changes(old, new),
        *require_changes(old, new, implies),
        *invariants,
        *freeze_changes(old, new, implies),
        *window_changes(old, new),
        *access,
        *product_changes(old, new),
        *environment_changes(old, new),
        *application_changes(old, new),
        *promoted_changes(old, new),
        *template_changes(old, new),
        *workflow_changes(old, new),
    )
    counted = questions.statistics
    return Difference(
        settings,
        tuple(triggers),
        triggers_rest,
        changes,
        access_rest,
        invariants_rest,
        closed,
        (counted.goals, counted.without_solver, counted.solver_calls),
    )


def _settings(joint: Joint, questions: Questions, *, closed: bool, origins: bool) -> tuple[SettingDifference, ...]:
    """Compare what policies decide, and then what steps of flows do."""
    found = {one.setting: one for one in SettingsComparison(joint, questions, closed=closed, origins=origins).run()}
    for name, regions, rest in InlineComparison(joint, questions, closed=closed).run():
        before = found.get(name, SettingDifference(name, (), (), Proved()))
        found[name] = replace(
            before,
            regions=(*before.regions, *regions),
            rest=rest if isinstance(before.rest, Proved) else before.rest,
        )
    return tuple(found[name] for name in SETTING_NAMES if name in found)
