"""Every change of a setting, held against a naive enumeration of small worlds."""

from __future__ import annotations

from collections import Counter

import pytest

from engine.verify.diff import compare, completeness
from engine.verify.diff.completeness import complete
from engine.verify.diff.joint import Joint
from engine.verify.diff.settings import SettingsComparison
from engine.verify.points import Witness
from engine.verify.question import Questions
from engine.verify.verdict import Proved
from tests.support.effort import examples

from .diff_worlds import JointWorld, slice_of, thing_of, winners, world_pair
from .oracle.naive import Thing
from .oracle.random_worlds import workspace_of

pytestmark = pytest.mark.long

WORLDS = examples(280, soak=4_000)
BATCH = 40


@pytest.mark.parametrize("first", range(0, WORLDS, BATCH))
def test_regions_are_what_an_enumeration_finds(first: int) -> None:
    differing = regions = enumerated = 0
    for seed in range(first, first + BATCH):
        joint = JointWorld(*world_pair(seed))
        old, new = workspace_of(joint.old), workspace_of(joint.new)
        difference = compare(old, new)
        assert not difference.unknown, seed
        found = Counter((slice_of(region), winners(region)) for region in difference.regions)
        assert not found or max(found.values()) == 1, f"seed {seed}: a region twice"
        regions += len(found)
        # No region is empty: its witness is in it, by the naive reading.
        for region in difference.regions:
            product = joint.both("product", thing_of("product", region.witness.product))
            environment = joint.both("environment", thing_of("environment", region.witness.environment))
            assert winners(region) in set(joint.changes(product, environment)), (seed, region)
        # Every pair that differs lies in a region; winners and slice are a function of the pair, so in one only.
        moved = Joint(old, new)
        points = joint.points(seed)
        enumerated += bool(points)
        for product, environment in points:
            place = (
                product[1].name if product[1].name in moved.moved_products else "",
                environment[1].name if environment[1].name in moved.moved_environments else "",
            )
            for change in joint.changes(product, environment):
                differing += 1
                assert (place, change) in found, f"seed {seed}: {change} at {product} {environment}"
    assert differing > 0
    assert regions > 0
    assert enumerated >= BATCH // 2


def test_what_moved_is_what_a_policy_asks_about() -> None:
    for seed in range(60):
        joint = JointWorld(*world_pair(seed))
        moved = Joint(workspace_of(joint.old), workspace_of(joint.new))
        for name in moved.moved_products:
            old, new = (side[name] for side in joint.declared["product"])
            assert isinstance(old, Thing)
            assert old.values != new.values


def test_the_declared_pairs_of_a_region_are_counted() -> None:
    counted = 0
    for seed in range(120):
        joint = JointWorld(*world_pair(seed))
        closed = compare(workspace_of(joint.old), workspace_of(joint.new), closed=True)
        open_ = compare(workspace_of(joint.old), workspace_of(joint.new))
        expected: Counter[tuple[str, str, str]] = Counter()
        names = [dict.fromkeys([*one, *other]) for one, other in joint.declared.values()]
        for product in names[0]:
            for environment in names[1]:
                things = [
                    (old.get(name) or new[name], new.get(name) or old[name])
                    for name, (old, new) in zip((product, environment), joint.declared.values(), strict=True)
                ]
                expected.update(joint.changes(things[0], things[1]))
        for difference in (closed, open_):
            pairs: Counter[tuple[str, str, str]] = Counter()
            for region in difference.regions:
                pairs[winners(region)] += region.pairs
            assert +pairs == expected, seed
        assert all(region.pairs for region in closed.regions)
        counted += expected.total()
    assert counted > 0


@pytest.mark.parametrize("one_by_one", [True, False])
def test_without_one_region_the_proof_fails(one_by_one: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last question would notice a region that the search had missed."""
    if not one_by_one:
        monkeypatch.setattr(completeness, "_ONE_BY_ONE", 0)
    hidden = 0
    for seed in range(160):
        joint = Joint(*map(workspace_of, world_pair(seed)))
        questions = Questions(joint.common)
        comparison = SettingsComparison(joint, questions)
        for part, ranked in comparison.ranked.items():
            for name, (old, new) in ranked.items():
                if not old.changed and not new.changed:
                    continue
                search = comparison.search(part, name, old, new)
                search.run()
                outside = joint.apart(part)
                assert isinstance(complete(questions, outside, old, new, search.found), Proved)
                for key in search.found:
                    rest = [found for found in search.found if found != key]
                    answer = complete(questions, outside, old, new, rest)
                    assert isinstance(answer, Witness), (seed, name, key)
                    assert search.winners(search.points(answer.product, answer.environment)) == key
                    hidden += 1
    assert hidden > 100
