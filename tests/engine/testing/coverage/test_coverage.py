"""Coverage with known answers."""

from __future__ import annotations

import pytest

from engine.model.workspace import Workspace
from engine.testing.coverage import Coverage, Kind, measure
from engine.testing.coverage.branches import branches
from tests.support.testing_world import ran, workspace_of

WORLD = """
environment dev { kind non-prod }
environment qa { kind non-prod }
environment eu { kind prod }
environment us { kind prod }
product shop {
  labels team = "web"
  flow fix  when message matches ["fix:*", "revert:*"]
  flow main when branch == "main" and message not matches "*wip*"
}
product quiet { }
flow main { trigger dev { post-action smoke }  step qa after dev  step eu after qa  step us after qa { soak 1h } }
flow fix { trigger dev  step eu after dev }
policy all { action commit  soak 5m }
policy prod priority 10 { when environment.kind == prod  action pr }
policy teams priority 20 {
  when product.labels.team in ["web", "app"] and (environment.name == eu or environment.name == us)
  soak 2h
}
policy most priority 30 { when environment.kind == prod and product.name not in [quiet, shop]  rollback never }
"""
MAIN = 'commit message "x" branch "main"'


def coverage(*tests: str) -> Coverage:
    world = workspace_of(WORLD, *(f'test "{number}" {{ {test} }}' for number, test in enumerate(tests)))
    return measure(world, ran(world).values())


def exercised(*tests: str) -> list[str]:
    found = coverage(*tests)
    return [item.words for item in found.items if item in found.exercised]


def test_everything_is_listed_and_nothing_is_exercised_without_tests() -> None:
    found = coverage()
    assert {kind: found.count(kind) for kind in Kind} == {
        Kind.POLICY: (0, 4),
        Kind.SETTING: (0, 7),
        Kind.BRANCH: (0, 9),
        Kind.EDGE: (0, 4),
        Kind.TRIGGER: (0, 4),
    }
    assert found.percent() == 0
    assert [item.words for item in found.items if item.kind is Kind.BRANCH] == [
        "policy `teams` where `product.labels.team` is `web`",
        "policy `teams` where `product.labels.team` is `app`",
        'policy `teams` where environment.name == "eu"',
        'policy `teams` where environment.name == "us"',
        "policy `most` except where `product.name` is `quiet`",
        "policy `most` except where `product.name` is `shop`",
        "product `shop`: flow `fix` where `message` matches `fix:*`",
        "product `shop`: flow `fix` where `message` matches `revert:*`",
        "product `shop`: flow `main` except where `message` matches `*wip*`",
    ]
    assert all(item.span.source == "0.promo" for item in found.items)


def test_nothing_to_exercise_is_all_of_it() -> None:
    assert measure(Workspace(), ()).percent() == 100


def test_a_pair_exercises_the_policies_that_match_and_the_settings_that_are_expected_of_them() -> None:
    assert exercised("product shop expect eu { soak 2h }") == [
        "policy `all` matches",
        "policy `prod` matches",
        "policy `teams` matches",
        "policy `teams` decides `soak 2h`",
        "policy `teams` where `product.labels.team` is `web`",
        'policy `teams` where environment.name == "eu"',
        "policy `most` except where `product.name` is `shop`",
    ]


def test_an_exclusion_is_exercised_only_where_it_alone_excludes() -> None:
    assert "policy `most` except where `product.name` is `shop`" not in exercised("product shop expect qa { soak 5m }")


def test_an_expected_value_that_is_not_so_exercises_all_the_same() -> None:
    assert "policy `all` decides `soak 5m`" in exercised("product shop expect qa { soak 7m }")


def test_a_flow_is_exercised_by_orders_pairs_and_inline_settings() -> None:
    assert exercised(f"product shop {MAIN} expect order dev, eu") == [
        "flow `main` from `dev` to `qa`",
        "flow `main` from `qa` to `eu`",
        "product `shop`: flow `fix` is not started",
        "product `shop`: flow `main` is started",
    ]
    inline = exercised(f"product shop {MAIN} expect us {{ soak 1h }}")
    assert "flow `main` decides `soak 1h` in `us`" in inline
    assert "flow `main` from `qa` to `us`" in inline
    assert "policy `teams` decides `soak 2h`" not in inline
    assert not [words for words in inline if words.startswith("product")]
    assert "flow `main` decides `post-action smoke` in `dev`" in exercised(
        f"product shop {MAIN} expect dev {{ post-action smoke }}"
    )


@pytest.mark.parametrize(
    ("commit", "expected"),
    [
        (
            'message "revert: x" branch "main"',
            ["flow `fix` is started", "flow `fix` where `message` matches `revert:*`"],
        ),
        (
            'message "a wip" branch "main"',
            [
                "flow `fix` is not started",
                "flow `main` is not started",
                "flow `main` except where `message` matches `*wip*`",
            ],
        ),
        ('message "a wip" branch "other"', ["flow `fix` is not started", "flow `main` is not started"]),
        ('message "x\\n\\nPromo-Step: 1" branch "main"', []),
    ],
)
def test_a_commit_exercises_the_flows_it_reaches(commit: str, expected: list[str]) -> None:
    flow = "flow fix" if "revert" in commit else "no flow"
    found = exercised(f"product shop commit {commit} expect {flow}")
    assert [words.removeprefix("product `shop`: ") for words in found] == expected


def test_branches_of_negated_groups() -> None:
    world = workspace_of(
        'policy p { when not (product.name == a and product.labels.x == "1") or environment.kind == prod }'
    )
    assert [branch.words for branch in branches(world.policies["p"].when)] == [
        'where not (product.name == "a" and product.labels.x == "1")',
        'where product.name != "a"',
        "except where `product.name` is `a`",
        'where product.labels.x != "1"',
        "except where `product.labels.x` is `1`",
        "where environment.kind == prod",
    ]
