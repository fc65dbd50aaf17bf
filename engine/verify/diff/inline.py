"""Compares the settings of flows' own steps, which win over every policy.

Where both sides set a setting in a step, nothing is to be searched. Where only one does, what the other's policies
decide there gives way to it, or comes back: those are regions with the step as one of the winners.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.model.entities import Flow, Setting
from engine.model.settings import SETTING_NAMES
from engine.verify.diff.completeness import complete
from engine.verify.diff.joint import Joint, Moved, Slice, folding
from engine.verify.diff.ranking import INLINE, Ranking, inline_ranking, rankings, settings_of
from engine.verify.diff.region import MOST_EXAMPLES, Region, Winner
from engine.verify.diff.search import Interest, Key, Lookup, SliceSearch, lookup
from engine.verify.diff.strictness import of_setting
from engine.verify.points import Witness
from engine.verify.question import Questions
from engine.verify.verdict import Proved, Unknown, VerificationError


class InlineComparison:
    """Compares the steps that two workspaces' flows have in common."""

    def __init__(self, joint: Joint, questions: Questions, *, closed: bool = False) -> None:
        """Prepare; arguments are those of `SettingsComparison`."""
        self._joint = joint
        self._questions = questions
        self._closed = closed
        self._by_setting = settings_of(joint.old_index), settings_of(joint.new_index)

    def run(self) -> Iterator[tuple[str, list[Region], Proved | Unknown]]:
        """Yield what changed for each setting of each step, by flow as declared, step, and registry."""
        for name, old in self._joint.old.flows.items():
            new = self._joint.new.flows.get(name)
            if new is None:
                continue
            for environment in _environments(old):
                if environment not in _environments(new):
                    continue
                before, after = inline_settings(old, environment), inline_settings(new, environment)
                for setting in SETTING_NAMES:
                    one, other = before.get(setting), after.get(setting)
                    if one is not None or other is not None:
                        yield setting, *self._step(name, environment, setting, one, other)

    def _step(
        self, flow: str, environment: str, setting: str, old: Setting | None, new: Setting | None
    ) -> tuple[list[Region], Proved | Unknown]:
        if old is not None and new is not None:
            if Interest.key(_winner(flow, old)) == Interest.key(_winner(flow, new)):
                return [], Proved()
        place = self._place(environment)
        regions: list[Region] = []
        rest: Proved | Unknown = Proved()
        products = [None, *self._joint.moved_products.values()]
        for part in (Slice(product, place) for product in products):
            pair = self._rankings(part, flow, setting, old, new)
            more, verdict = self._part(part, flow, setting, *pair)
            regions += more
            rest = verdict if isinstance(verdict, Unknown) else rest
        return regions, rest

    def _place(self, environment: str) -> Moved:
        moved = self._joint.moved_environments.get(environment)
        if moved is not None:
            return moved
        side = self._joint.environments[environment]
        return Moved(side, side)

    def _rankings(
        self, part: Slice, flow: str, setting: str, old: Setting | None, new: Setting | None
    ) -> tuple[Ranking, Ranking]:
        """Return who sets a setting in a step: the step itself where it does, else the policies."""
        policies = rankings(
            self._by_setting[0].get(setting, []),
            self._by_setting[1].get(setting, []),
            self._joint.old.priority_order,
            self._joint.new.priority_order,
            folding(part, new=False),
            folding(part, new=True),
        )
        inline = [None if found is None else inline_ranking(flow, found) for found in (old, new)]
        before, after = (step or ranking for step, ranking in zip(inline, policies, strict=True))
        if inline[0] is None:
            before.changed = ()
        if inline[1] is None:
            after.changed = ()
        return before, after

    def _part(
        self, part: Slice, flow: str, setting: str, old: Ranking, new: Ranking
    ) -> tuple[list[Region], Proved | Unknown]:
        lookups = _lookup(self._joint, 0, old, setting), _lookup(self._joint, 1, new, setting)
        outside = self._joint.apart(part)
        search = SliceSearch(self._questions, part, outside, old, new, lookups, Interest())
        declared: dict[Key, list[tuple[Witness, Witness]]] = {}
        assert part.environment is not None
        products = [part.product.new] if part.product is not None else self._joint.products.values()
        for product in products:
            points = search.points(product, part.environment.new)
            key = search.winners(points)
            if search.differs(key):
                declared.setdefault(key, []).append(points)
        search.found.update({key: points[0] for key, points in declared.items()})
        verdict: Proved | Unknown = Proved() if self._closed else search.run()
        regions = [
            self._region(part, flow, setting, old, new, key, points, declared.get(key, []))
            for key, points in search.found.items()
        ]
        if self._closed or isinstance(verdict, Unknown):
            return regions, verdict
        rest = complete(self._questions, outside, old, new, search.found)
        if isinstance(rest, Witness):
            raise VerificationError(f"`{setting}` of flow `{flow}` changes outside of every region that was found")
        return regions, rest

    def _region(
        self,
        part: Slice,
        flow: str,
        setting: str,
        old: Ranking,
        new: Ranking,
        key: Key,
        points: tuple[Witness, Witness],
        declared: list[tuple[Witness, Witness]],
    ) -> Region:
        before, after = old.of(key[0]), new.of(key[1])
        for point, workspace, winner in (
            (points[0], 0, before),
            (points[1], 1, after),
        ):
            self._replay(workspace, point, flow, setting, winner)
        windows = dict(self._joint.old.windows), dict(self._joint.new.windows)
        return Region(
            setting,
            before,
            after,
            part,
            Witness(points[1].product, points[1].environment, flow),
            of_setting(setting, before.value, after.value, *windows),
            flow,
            len(declared),
            tuple((new.product.name, new.environment.name) for _, new in declared[:MOST_EXAMPLES]),
        )

    def _replay(self, which: int, point: Witness, flow: str, setting: str, winner: Winner) -> None:
        """Ask the resolver that promotions use."""
        resolver = (self._joint.old_resolver, self._joint.new_resolver)[which]
        found = resolver.decide(point.product.facts, point.environment.facts, flow=flow).effective.get(setting)
        if (None if found is None else found.value) != winner.value:
            raise VerificationError(f"`{setting}` of flow `{flow}` is not what the comparison says")


def inline_settings(flow: Flow, environment: str) -> dict[str, Setting]:
    """Return the settings a flow itself has for an environment, by name."""
    if environment == flow.trigger:
        return {setting.name: setting for setting in flow.trigger_settings}
    step = flow.step(environment)
    return {} if step is None else {setting.name: setting for setting in step.settings}


def _environments(flow: Flow) -> dict[str, None]:
    return dict.fromkeys((flow.trigger, *(step.environment for step in flow.steps)))


def _winner(flow: str, setting: Setting) -> Winner:
    return inline_ranking(flow, setting).of(INLINE)


def _lookup(joint: Joint, which: int, ranking: Ranking, setting: str) -> Lookup:
    if INLINE in ranking.position:
        return lambda _: INLINE
    return lookup((joint.old_index, joint.new_index)[which], setting)
