"""What is said about changes of flows, triggers, calendars, access and the other declarations."""

from __future__ import annotations

from random import Random

import pytest

from engine.model.build import build_workspace
from engine.model.entities import Flow, Setting, Step
from engine.model.workspace import Workspace
from engine.resolve.resolver import Resolver
from engine.verify.diff import Difference, Strictness, Topic, compare
from engine.verify.verdict import Proved
from grammar.parser import parse

from .diff_worlds import world_pair
from .oracle.random_worlds import SETTINGS, VALUES, workspace_of

LOOSER, STRICTER, DIFFERENT = Strictness.LOOSER, Strictness.STRICTER, Strictness.DIFFERENT

WORLD = """
environment dev { kind non-prod  cluster c namespaces dev }
environment qa { kind non-prod  cluster c namespaces qa }
environment prod { kind prod  cluster c namespaces prod }
product trio { labels team = "payments" }
policy all { action pr }
"""


def built(text: str) -> Workspace:
    parsed = parse(WORLD + text, "rules.promo")
    made = build_workspace([parsed.file])
    found = [diagnostic for diagnostic in (*parsed.diagnostics, *made.diagnostics) if diagnostic.is_error]
    assert not found, found
    return made.workspace


def difference(old: str, new: str, **options: bool) -> Difference:
    found = compare(built(old), built(new), **options)
    assert not found.unknown
    return found


def said(old: str, new: str) -> list[tuple[str, Strictness]]:
    return [(f"{change.subject} {change.text}", change.strictness) for change in difference(old, new).changes]


FLOW = "flow f { trigger dev  step qa after dev  step prod after qa }\n"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (FLOW, FLOW, []),
        (
            "flow f { trigger dev  step qa after dev  step prod after dev }",
            "flow f { trigger dev  step qa after dev  step prod after qa, dev }",
            [
                ("flow `f` step `prod` comes after `qa` and `dev`, no longer after `dev`", STRICTER),
                ("environment `prod` cannot be reached without passing `qa` any more", STRICTER),
            ],
        ),
        (
            FLOW,
            "flow f { trigger dev  step qa after dev  step prod after qa  timeout 2h  on success w }",
            [
                ("flow `f` runs `w` on success", DIFFERENT),
                ("flow `f` times out after 2h, no longer after 1d", DIFFERENT),
            ],
        ),
        (FLOW, "flow f { trigger dev  step qa after dev  step prod after qa  timeout 24h }", []),
        (
            "freeze z { from 2026-12-20 to 2027-01-02 }",
            "freeze z { from 2026-12-24 to 2026-12-26 }",
            [
                (
                    'freeze `z` is from 2026-12-24 00:00:00 to 2026-12-27 00:00:00 "UTC",'
                    ' no longer from 2026-12-20 00:00:00 to 2027-01-03 00:00:00 "UTC"',
                    LOOSER,
                )
            ],
        ),
        (
            "freeze z { from 2026-12-20 to 2027-01-02 }",
            "freeze z { from 2026-12-20 to 2027-01-02  when environment.kind == prod }",
            [("freeze `z` holds for fewer points: its `when` changed", LOOSER)],
        ),
        (
            "freeze z { from 2026-12-20 to 2027-01-02  when not environment.kind == non-prod }",
            "freeze z { from 2026-12-20 to 2027-01-02  when environment.kind == prod }",
            [],
        ),
        ("", "freeze z { from 2026-12-20 to 2027-01-02 }", [("freeze `z` is added", STRICTER)]),
        (
            "window w { days mon to fri  from 09:00 to 17:00 }",
            "window w { days mon to fri  from 10:00 to 17:00 }",
            [
                (
                    'window `w` is open mon, tue, wed, thu, fri from 10:00 to 17:00 "UTC",'
                    ' no longer mon, tue, wed, thu, fri from 09:00 to 17:00 "UTC"',
                    STRICTER,
                )
            ],
        ),
        (
            "access a { teams sre  allow promote, retry  when environment.kind == prod }",
            "access b { teams sre  allow promote  when environment.kind == prod }\n"
            "access c { teams sre, dev  allow retry }",
            [
                ("team `dev` may now retry", LOOSER),
                ("team `sre` may now retry", LOOSER),
            ],
        ),
        (
            "access a { teams sre  allow promote }",
            "access b { teams sre  allow promote  when environment.kind == prod }\n"
            "access c { teams sre  allow promote  when environment.kind != prod }",
            [],
        ),
        (
            "",
            "require r { that action == commit }",
            [
                ("requirement `r` is added", STRICTER),
                ("requirement `r` is new, and can be broken", DIFFERENT),
            ],
        ),
        ("", 'template t { promote "values.yaml" "$.image.tag" }', [("template `t` is added", DIFFERENT)]),
    ],
)
def test_what_is_said(old: str, new: str, expected: list[tuple[str, Strictness]]) -> None:
    assert said(old, new) == expected
    if not expected:
        assert difference(old, new).empty


def test_requirements_are_judged_before_and_after() -> None:
    require = "require r { when environment.kind == prod  that action == pr }\n"
    broken = 'policy lane priority 10 { when product.labels.team == "payments"  action commit }\n'
    assert said(require, require + broken) == [("requirement `r` can be broken, which was not possible", LOOSER)]
    assert said(require + broken, require) == [("requirement `r` cannot be broken any more", STRICTER)]


# --- settings --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("action commit", "action pr", STRICTER),
        ("action commit", "action none", DIFFERENT),
        ("action pr", "action none", LOOSER),
        ("soak 1h", "soak 2h", STRICTER),
        ("soak 1h", "", LOOSER),
        ("approvals 1", "approvals 2", STRICTER),
        ("approvals 2 from a, b", "approvals 2 from a", STRICTER),
        ("approvals 2 from a", "approvals 3 from b", DIFFERENT),
        ("approvals 2 from a", "approvals 1", LOOSER),
        ("pre-action none", "pre-action w", STRICTER),
        ("pre-action w", "pre-action v", DIFFERENT),
        ("post-action w", "post-action none", LOOSER),
        ("window day", "window morning", STRICTER),
        ("window day", "", LOOSER),
        ("window day", "window elsewhere", DIFFERENT),
        ("rollback never", "rollback on-failure", STRICTER),
        ("rollback never", "", DIFFERENT),
    ],
)
def test_the_order_of_each_setting(old: str, new: str, expected: Strictness) -> None:
    windows = (
        "window day { days mon to sun  from 08:00 to 18:00 }\n"
        "window morning { days mon to fri  from 08:00 to 12:00 }\n"
        'window elsewhere { days mon to fri  from 08:00 to 12:00  zone "Europe/Berlin" }\n'
    )
    texts = [f"{windows}policy p priority 10 {{ rollback never  {text} }}" for text in (old, new)]
    if old.startswith("rollback"):
        texts = [f"{windows}policy p priority 10 {{ soak 1m  {text} }}" for text in (old, new)]
    (region,) = difference(*texts).regions
    assert region.strictness is expected
    (back,) = difference(*reversed(texts)).regions
    opposite = {STRICTER: LOOSER, LOOSER: STRICTER, DIFFERENT: DIFFERENT}
    assert back.strictness is opposite[expected]


def test_the_order_of_teams_means_nothing() -> None:
    assert difference("policy p { approvals 2 from a, b }", "policy p { approvals 2 from b, a }").empty


def test_another_priority_that_decides_nothing_is_no_change() -> None:
    found = difference("policy p priority 10 { soak 1h }", "policy p priority 90 { soak 1h }")
    assert found.empty
    assert all(isinstance(one.rest, Proved) for one in found.settings)


def test_a_product_that_moves_is_compared_with_its_own_facts() -> None:
    lane = 'policy lane priority 10 { when product.labels.team == "core"  action commit }\n'
    old = built(lane)
    new = built(lane)
    moved = parse(WORLD.replace('"payments"', '"core"') + lane, "rules.promo")
    new = build_workspace([moved.file]).workspace
    found = compare(old, new)
    (region,) = found.regions
    assert region.part.product is not None
    assert region.part.product.new.name == "trio"
    assert (region.pairs, region.strictness) == (3, LOOSER)
    assert [change.topic for change in found.changes] == [Topic.PRODUCTS]


# --- steps -----------------------------------------------------------------------------------------


def test_a_step_that_sets_what_policies_set_before() -> None:
    policies = 'policy lane priority 10 { when product.labels.team == "payments"  action commit }\n'
    old = policies + FLOW
    new = policies + FLOW.replace("prod after qa", "prod after qa { action commit }")
    (region,) = difference(old, new).regions
    assert (region.flow, region.setting, region.strictness) == ("f", "action", LOOSER)
    assert getattr(region.old.origin, "policy", None) == "all"
    assert region.pairs == 0
    assert not region.witness.product.declared


def test_a_step_hides_a_change_of_policies_in_its_flow_only() -> None:
    flow = FLOW.replace("prod after qa", "prod after qa { soak 1h }")
    found = difference(flow + "policy p { soak 2h }", flow + "policy p { soak 3h }")
    assert [(region.flow, region.strictness) for region in found.regions] == [(None, STRICTER)]


@pytest.mark.parametrize("first", [0, 60])
def test_steps_against_the_resolver(first: int) -> None:
    """Wherever a step decides before or after, the regions are what the resolver says for declared products."""
    compared = 0
    for seed in range(first, first + 60):
        random = Random(seed)
        old, new = map(workspace_of, world_pair(seed))
        common = [name for name in old.environments if name in new.environments]
        products = [name for name in old.products if name in new.products]
        if len(common) < 2 or not products:
            continue
        sides = []
        for workspace in (old, new):
            steps = [
                tuple(Setting(name, random.choice(VALUES[name])) for name in SETTINGS if random.random() < 0.4)
                for _ in common
            ]
            flow = Flow("f", common[0], (Step(common[1], (common[0],), steps[1]),), steps[0])
            sides.append(Workspace(workspace.environments, workspace.products, {}, workspace.policies, {"f": flow}))
        found = compare(*sides)
        resolvers = [Resolver(side) for side in sides]
        regions: dict[tuple[str, str], int] = {}
        for region in found.regions:
            if region.flow == "f":
                key = region.setting, region.witness.environment.name
                regions[key] = regions.get(key, 0) + region.pairs
        expected: dict[tuple[str, str], int] = {}
        every = dict.fromkeys([*old.products, *new.products])
        for environment in common[:2]:
            for product in products:
                decisions = [resolver.decide(product, environment, flow="f") for resolver in resolvers]
                for name in SETTINGS:
                    inline = any(
                        getattr(decision.effective.get(name), "origin", None).__class__.__name__ == "InlineOrigin"
                        for decision in decisions
                    )
                    if inline and decisions[0].value(name) != decisions[1].value(name):
                        expected[name, environment] = expected.get((name, environment), 0) + 1
        if len(every) == len(products):
            assert {key: count for key, count in regions.items() if count} == expected, seed
            compared += 1
        else:
            assert all(regions.get(key, 0) >= count for key, count in expected.items()), seed
    assert compared > 5


# --- triggers --------------------------------------------------------------------------------------


def uses(*lines: str) -> str:
    flows = "".join(f"flow f{number} {{ trigger dev  step qa after dev }}\n" for number in range(3))
    return flows + "product duo {\n" + "\n".join(lines) + "\n}\n"


def triggers(old: str, new: str) -> list[tuple[str | None, str | None]]:
    found = difference(old, new)
    assert isinstance(found.triggers_rest, Proved)
    return sorted(((one.old, one.new) for one in found.triggers), key=str)


def test_flows_whose_commits_differ_may_change_places() -> None:
    one, other = 'flow f0 when message matches "fix*"', 'flow f1 when message matches "feat*"'
    assert triggers(uses(one, other), uses(other, one)) == []


def test_flows_that_share_commits_may_not() -> None:
    one, other = 'flow f0 when message matches "fix*"', 'flow f1 when revision == "main"'
    assert triggers(uses(one, other), uses(other, one)) == [("f0", "f1")]


def test_a_commit_may_start_nothing_any_more() -> None:
    assert triggers(uses("flow f0"), uses('flow f0 when branch != "main"')) == [("f0", None)]
    assert triggers(uses('flow f0 when branch != "main"'), uses("flow f0")) == [(None, "f0")]


def test_a_condition_in_other_words_is_the_same() -> None:
    old = 'flow f0 when not (message matches "a*" or message matches "b*")'
    new = 'flow f0 when message not matches "a*" and message not matches "b*"'
    assert triggers(uses(old), uses(new)) == []


def test_products_with_the_same_flows_share_a_region() -> None:
    more = "product solo {\n  flow f0\n}\n"
    found = difference(uses("flow f0") + more, uses("flow f1") + more.replace("f0", "f1"))
    (region,) = found.triggers
    assert region.products == ("duo", "solo")


def test_other_names_and_priorities_in_the_same_order_need_no_prover() -> None:
    lines = [
        f'policy p{number} priority {number} {{ when product.labels.team == "t{number}"  soak {number}h }}\n'
        for number in range(1, 40)
    ]
    old = built("".join(lines))
    new = built("".join(lines).replace("policy p", "policy q").replace(" priority ", " priority 10"))
    found = compare(old, new)
    assert found.empty
    assert not found.unknown
    assert found.statistics[0] == 0


def test_two_policies_that_change_places_are_seen() -> None:
    one = 'policy a priority {} {{ when product.labels.team == "payments"  soak 1h }}\n'
    other = "policy b priority {} {{ when environment.kind == prod  soak 2h }}\n"
    found = difference(one.format(1) + other.format(2), one.format(2) + other.format(1))
    (region,) = found.regions
    assert [getattr(winner.origin, "policy", None) for winner in (region.old, region.new)] == ["b", "a"]
    assert (region.pairs, region.strictness) == (1, LOOSER)
