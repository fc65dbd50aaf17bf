"""Compares what policies decide, setting by setting: all points whose value changes, and that there are no others."""

from __future__ import annotations

from collections.abc import Iterator

from engine.model.attributes import Subject
from engine.model.settings import SETTING_NAMES
from engine.verify.diff.census import Tallies, Tally, census
from engine.verify.diff.completeness import complete
from engine.verify.diff.exceptions import exceptions
from engine.verify.diff.joint import EVERYTHING, Joint, Slice, folding
from engine.verify.diff.ranking import Ranking, rankings, settings_of
from engine.verify.diff.region import Region, SettingDifference
from engine.verify.diff.search import Interest, Key, SliceSearch, lookup, replay
from engine.verify.diff.strictness import of_setting
from engine.verify.points import Witness
from engine.verify.question import Questions
from engine.verify.readable import most_ordinary
from engine.verify.verdict import Proved, Unknown, VerificationError


class SettingsComparison:
    """Compares the policies of two workspaces.

    Attributes:
        ranked: for each part of all points, who sets each setting before and after.
    """

    def __init__(self, joint: Joint, questions: Questions, *, closed: bool = False, origins: bool = False) -> None:
        """Prepare a comparison.

        Args:
            joint: both workspaces.
            questions: about their common world.
            closed: whether only declared pairs are looked at.
            origins: whether regions are found, too, in which only the origin changes.
        """
        self._joint = joint
        self._questions = questions
        self._closed = closed
        self._interest = Interest(origins)
        self._old, self._new = settings_of(joint.old_index), settings_of(joint.new_index)
        self.ranked = {part: dict(self._rank(part)) for part in joint.slices()}
        self._corners = {part: dict(self._rank(part)) for part in joint.corners()}
        everything = self.ranked[EVERYTHING]
        self._tallies: Tallies = census(
            joint,
            [name for name, (old, new) in everything.items() if old.changed or new.changed],
            (
                frozenset(old.entries[at].name for old, _ in everything.values() for at in old.changed),
                frozenset(new.entries[at].name for _, new in everything.values() for at in new.changed),
            ),
        )

    def _rank(self, part: Slice) -> Iterator[tuple[str, tuple[Ranking, Ranking]]]:
        """Yield the settings that somebody sets, with who does."""
        old_left, new_left = folding(part, new=False), folding(part, new=True)
        for name in SETTING_NAMES:
            old, new = self._old.get(name, []), self._new.get(name, [])
            if old or new:
                orders = self._joint.old.priority_order, self._joint.new.priority_order
                yield name, rankings(old, new, *orders, old_left, new_left, origins=self._interest.origins)

    def run(self) -> tuple[SettingDifference, ...]:
        """Compare every setting that a policy sets.

        Returns:
            In the order of the registry; those without any change say so with their proof.

        Raises:
            VerificationError: when the prover, the search and the resolver do not agree: a defect of this program.
        """
        found = []
        for name in SETTING_NAMES:
            regions: list[Region] = []
            rest: Proved | Unknown = Proved()
            for part, ranked in (*self.ranked.items(), *self._corners.items()):
                if name not in ranked:
                    continue
                more, verdict = self._part(part, name, *ranked[name])
                regions += more
                if isinstance(verdict, Unknown):
                    rest = verdict
            if any(name in ranked for ranked in self.ranked.values()):
                found.append(_split(name, regions, rest))
        return tuple(found)

    # --- one slice ---------------------------------------------------------------------------------

    def _part(self, part: Slice, name: str, old: Ranking, new: Ranking) -> tuple[list[Region], Proved | Unknown]:
        if not old.changed and not new.changed:
            # The same list of policies decides before and after: there is nothing to search, and nothing to prove.
            return [], Proved()
        if self._closed or part in self._corners:
            return [
                self._region(part, name, old, new, key, tally) for key, tally in self._counted(part, name, old, new)
            ], Proved()
        outside = self._joint.apart(part)
        search = self.search(part, name, old, new)
        for key, tally in self._counted(part, name, old, new):
            search.found[key] = tally.points[0]
        verdict = search.run()
        regions = [
            self._region(part, name, old, new, key, self._tallies.get((part, name, key)), search)
            for key in sorted(search.found, key=lambda found: _order(found, old, new))
        ]
        if isinstance(verdict, Unknown):
            return regions, verdict
        changed = [key for key in search.found if Interest()(old.of(key[0]), key[0], new.of(key[1]), key[1])]
        rest = complete(self._questions, outside, old, new, changed)
        if isinstance(rest, Witness):
            raise VerificationError(f"`{name}` changes outside of every region that was found, for {rest.words()}")
        return regions, rest

    def search(self, part: Slice, name: str, old: Ranking, new: Ranking) -> SliceSearch:
        """Return a search for the regions of a setting in a slice, not begun yet."""
        lookups = lookup(self._joint.old_index, name), lookup(self._joint.new_index, name)
        return SliceSearch(self._questions, part, self._joint.apart(part), old, new, lookups, self._interest)

    def _counted(self, part: Slice, name: str, old: Ranking, new: Ranking) -> list[tuple[Key, Tally]]:
        """Return the regions that hold a declared pair."""
        found = [
            (key, tally)
            for (place, setting, key), tally in self._tallies.items()
            if place == part and setting == name and self._interest(old.of(key[0]), key[0], new.of(key[1]), key[1])
        ]
        return sorted(found, key=lambda entry: _order(entry[0], old, new))

    def _region(
        self,
        part: Slice,
        name: str,
        old: Ranking,
        new: Ranking,
        key: Key,
        tally: Tally | None,
        search: SliceSearch | None = None,
    ) -> Region:
        before, after = old.of(key[0]), new.of(key[1])
        if tally is not None and tally.points:
            points = tally.points[0]
        else:
            assert search is not None
            points = self._ordinary(part, search, key)
        replay(self._joint.old_resolver, points[0], name, before)
        replay(self._joint.new_resolver, points[1], name, after)
        return Region(
            name,
            before,
            after,
            part,
            points[1],
            of_setting(name, before.value, after.value, dict(self._joint.old.windows), dict(self._joint.new.windows)),
            pairs=0 if tally is None else tally.pairs,
            examples=()
            if tally is None
            else tuple((point.product.name, point.environment.name) for _, point in tally.points),
            exceptions=() if search is None else exceptions(self._questions, self._joint.apart(part), old, new, key),
        )

    def _ordinary(self, part: Slice, search: SliceSearch, key: Key) -> tuple[Witness, Witness]:
        """Return the simplest point of a region that has no declared pair."""
        moved = {Subject.PRODUCT: self._joint.moved_products, Subject.ENVIRONMENT: self._joint.moved_environments}
        pinned = frozenset(
            subject
            for subject, found in ((Subject.PRODUCT, part.product), (Subject.ENVIRONMENT, part.environment))
            if found is not None
        )

        def good(point: Witness) -> bool:
            for side in (point.product, point.environment):
                if side.subject not in pinned and side.name in moved[side.subject]:
                    return False
            return search.winners(search.points(point.product, point.environment)) == key

        found = most_ordinary(search.found[key][1], self._questions.world, good, pinned)
        return search.points(found.product, found.environment)


def _split(name: str, regions: list[Region], rest: Proved | Unknown) -> SettingDifference:
    """Part the regions whose value changes from those whose origin alone does."""
    interest = Interest()
    changed = tuple(found for found in regions if interest(found.old, None, found.new, None))
    return SettingDifference(name, changed, tuple(found for found in regions if found not in changed), rest)


def _order(key: Key, old: Ranking, new: Ranking) -> tuple[int, int]:
    """Sort regions by their winners, best first; nobody comes last."""
    before = len(old.entries) if key[0] is None else old.position[key[0]]
    after = len(new.entries) if key[1] is None else new.position[key[1]]
    return after, before
