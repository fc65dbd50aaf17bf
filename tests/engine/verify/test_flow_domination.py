"""What must be passed, against an enumeration of every road there is."""

from __future__ import annotations

from random import Random

import pytest

from engine.model.conditions import Conjunction, Disjunction, Negation, PassedThrough
from engine.model.entities import Flow, FlowUse, Product, Step
from engine.model.workspace import Workspace
from engine.verify.by_hand import asked_by_hand, asks_passed
from engine.verify.domination import Roads, must_pass
from engine.verify.roads import Leg, Road
from tests.support.effort import examples

CASES = examples(400, soak=6_000)
ENVIRONMENTS = ("a", "b", "c", "d", "e", "f")


def flow(name: str, trigger: str, **after: str) -> Flow:
    return Flow(
        name, trigger, tuple(Step(env.replace("_", "-"), tuple(before.split())) for env, before in after.items())
    )


def workspace(*flows: Flow, **uses: str) -> Workspace:
    products = {name: Product(name, tuple(FlowUse(used) for used in names.split())) for name, names in uses.items()}
    return Workspace(flows={found.name: found for found in flows}, products=products)


# --- the oracle: every road is written down, and the intersection of all of them is what must be passed ----


def _inside(found: Flow, target: str, stops: set[tuple[str, str]]) -> set[str] | None:
    """Return what has succeeded before a step of a flow begins; None when it never does."""
    done: list[str] = []
    while True:
        if target == found.trigger or target in _ready(found, done):
            return _needed(found, target)
        more = [name for name in [found.trigger, *_ready(found, done)] if name not in done]
        more = [name for name in more if (found.name, name) not in stops]
        if not more:
            return None
        done += more


def _ready(found: Flow, done: list[str]) -> list[str]:
    return [step.environment for step in found.steps if step.after and all(name in done for name in step.after)]


def _needed(found: Flow, target: str) -> set[str]:
    needed: set[str] = set()
    todo = [target]
    while todo:
        step = found.step(todo.pop())
        for name in step.after if step else ():
            if name not in needed:
                needed.add(name)
                todo.append(name)
    return needed


def all_roads(
    flows: list[Flow], target: str, last: str, committed: set[str] | None, stops: set[tuple[str, str]]
) -> list[set[str]]:
    """Return the environments passed on each road that uses no flow twice, and so on each shortest one."""
    by_name = {found.name: found for found in flows}
    roads: list[set[str]] = []

    def extend(name: str, end: str, passed: set[str], used: set[str]) -> None:
        inside = _inside(by_name[name], end, stops)
        if inside is None:
            return
        passed = passed | inside
        start = by_name[name].trigger
        if committed is None or start in committed:
            roads.append(passed)
            return
        for other in flows:
            if other.name not in used and any(step.environment == start for step in other.steps):
                if (other.name, start) not in stops:
                    extend(other.name, start, passed, used | {other.name})

    extend(last, target, set(), {last})
    return roads


def random_flow(random: Random, name: str) -> Flow:
    chosen = random.sample(ENVIRONMENTS, random.randint(2, 5))
    steps: list[Step] = []
    for number, environment in enumerate(chosen[1:], 1):
        # Sometimes it waits for something later: such a flow has steps that never begin.
        pool = chosen if random.random() < 0.1 else chosen[:number]
        after = tuple(random.sample(pool, random.randint(1, min(3, len(pool)))))
        steps.append(Step(environment, after))
    random.shuffle(steps)
    return Flow(name, chosen[0], tuple(steps))


@pytest.mark.parametrize("chained", [False, True])
def test_must_pass_is_what_all_roads_have_in_common(chained: bool) -> None:
    dead = crossing = 0
    for seed in range(CASES):
        random = Random(seed * 2 + chained)
        flows = [random_flow(random, f"f{number}") for number in range(random.randint(1, 4))]
        committed = set(random.sample(ENVIRONMENTS, random.randint(1, 2))) if chained else None
        stops = {(found.name, step.environment) for found in flows for step in found.steps if random.random() < 0.08}
        roads = Roads(workspace(*flows), committed=committed, impassable=stops)
        for found in flows:
            for environment in [found.trigger, *(step.environment for step in found.steps)]:
                expected = all_roads(flows, environment, found.name, committed, stops)
                assert roads.reached(environment, found.name) == bool(expected), (seed, found.name, environment)
                if not expected:
                    dead += 1
                    assert all(roads.avoiding(environment, found.name, other) is None for other in ENVIRONMENTS)
                    continue
                common = set.intersection(*expected)
                assert roads.must_pass(environment, found.name) == common, (seed, found.name, environment)
                for avoided in ENVIRONMENTS:
                    road = roads.avoiding(environment, found.name, avoided)
                    assert (road is None) == (avoided in common)
                    if road is not None:
                        crossing += len(road.legs) > 1
                        assert avoided not in road.passed
                        _check_road(road, flows, environment, found.name, committed, stops)
    assert dead > CASES // 10
    assert crossing > CASES // 10 if chained else crossing == 0


def _check_road(
    road: Road,
    flows: list[Flow],
    target: str,
    last: str,
    committed: set[str] | None,
    stops: set[tuple[str, str]],
) -> None:
    """A road is one that can be walked: each leg is complete and begins where the one before it ends."""
    by_name = {found.name: found for found in flows}
    assert road.legs[-1].flow == last
    assert road.legs[-1].environments[-1] == target
    assert committed is None or road.start in committed
    for leg, following in zip(road.legs, road.legs[1:], strict=False):
        assert leg.environments[-1] == following.environments[0]
    for leg in road.legs:
        *before, end = leg.environments
        assert by_name[leg.flow].trigger == leg.environments[0]
        assert set(before) == _needed(by_name[leg.flow], end)
        done: list[str] = []
        for name in leg.environments:
            step = by_name[leg.flow].step(name)
            assert step is None or set(step.after) <= set(done)
            assert name == end or (leg.flow, name) not in stops
            done.append(name)


# --- what it means, by example ------------------------------------------------------------------------------


def test_a_join_has_passed_everything_it_waits_for_and_all_before() -> None:
    found = workspace(flow("f", "dev", qa="dev", perf="dev", prod="qa perf"))
    assert must_pass(found, "prod", "f") == {"dev", "qa", "perf"}
    assert must_pass(found, "qa", "f") == {"dev"}
    assert must_pass(found, "dev", "f") == frozenset()


def test_a_promotion_by_hand_has_passed_nothing() -> None:
    assert must_pass(workspace(flow("f", "dev", prod="dev")), "prod", None) == frozenset()


def test_what_another_flow_brought_to_the_trigger_does_not_count_since_anybody_may_commit_there() -> None:
    flows = (flow("first", "dev", qa="dev"), flow("second", "qa", prod="qa"))
    assert must_pass(workspace(*flows), "prod", "second") == {"qa"}
    told = Roads(workspace(*flows), committed={"dev"})
    assert told.must_pass("prod", "second") == {"dev", "qa"}
    assert told.avoiding("prod", "second", "dev") is None


def test_a_second_way_in_takes_away_what_only_the_first_passes() -> None:
    flows = (
        flow("long", "dev", qa="dev", staging="qa"),
        flow("short", "dev", staging="dev"),
        flow("release", "staging", prod="staging"),
    )
    roads = Roads(workspace(*flows), committed={"dev"})
    assert roads.must_pass("prod", "release") == {"dev", "staging"}
    road = roads.avoiding("prod", "release", "qa")
    assert road is not None
    assert road.legs == (Leg("short", ("dev", "staging")), Leg("release", ("staging", "prod")))
    assert road.words() == (
        "a commit in `dev`, then flow `short`: `dev` -> `staging`, then flow `release`: `staging` -> `prod`"
    )


def test_only_the_flows_of_the_product_count() -> None:
    flows = (
        flow("long", "dev", qa="dev", staging="qa"),
        flow("short", "dev", staging="dev"),
        flow("release", "staging", prod="staging"),
    )
    roads = Roads(workspace(*flows, careful="long release", quick="short release"), committed={"dev"})
    assert roads.must_pass("prod", "release", "careful") == {"dev", "qa", "staging"}
    assert roads.must_pass("prod", "release", "quick") == {"dev", "staging"}
    assert roads.must_pass("prod", "release", "nobody") == {"dev", "qa", "staging", "prod"}
    assert not roads.reached("prod", "release", "nobody")


def test_a_circle_of_flows_that_nothing_enters_supports_nobody() -> None:
    flows = (flow("there", "b", c="b"), flow("back", "c", b="c"), flow("out", "c", prod="c"))
    assert not Roads(workspace(*flows), committed={"a"}).reached("prod", "out")
    entered = Roads(workspace(*flows, flow("in", "a", b="a")), committed={"a"})
    assert entered.must_pass("prod", "out") == {"a", "b", "c"}


def test_behind_a_step_that_cannot_succeed_nothing_is_reached() -> None:
    found = workspace(flow("f", "dev", qa="dev", prod="qa", docs="dev"))
    roads = Roads(found, impassable={("f", "qa")})
    assert [roads.reached(name, "f") for name in ("dev", "qa", "prod", "docs")] == [True, True, False, True]


def test_a_long_flow_and_many_flows_need_no_recursion() -> None:
    steps = tuple(Step(f"e{number}", (f"e{number - 1}",)) for number in range(1, 2_001))
    assert len(must_pass(workspace(Flow("long", "e0", steps)), "e2000", "long")) == 2_000
    chain = [flow(f"f{number}", f"t{number}", **{f"t{number + 1}": f"t{number}"}) for number in range(1_500)]
    roads = Roads(workspace(*chain), committed={"t0"})
    assert len(roads.must_pass("t1500", "f1499")) == 1_500
    road = roads.avoiding("t1500", "f1499", "elsewhere")
    assert road is not None
    assert len(road.legs) == 1_500


def test_long_legs_are_shown_by_their_ends() -> None:
    assert Leg("f", tuple("abcdefghij")).words() == "flow `f`: `a` -> `b` -> `c` -> `d` -> ... -> `h` -> `i` -> `j`"


def test_by_hand_passed_counts_as_met_whichever_way_it_is_asked() -> None:
    passed = PassedThrough("qa")
    assert asks_passed(Negation(passed))
    for condition in (passed, Negation(passed), Negation(Disjunction((passed, Negation(passed))))):
        left = asked_by_hand(condition)
        assert not asks_passed(left)
    other = Conjunction((passed, Negation(Conjunction((PassedThrough("dev"), passed)))))
    assert not asks_passed(asked_by_hand(other))
