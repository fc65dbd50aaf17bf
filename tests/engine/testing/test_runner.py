"""Tests that pass, tests that fail, and what is said about those."""

from __future__ import annotations

import pytest

from engine.model.argo import PRODUCT_KEY, Application
from tests.support.testing_world import ran, told, workspace_of

WORLD = """
environment dev { kind non-prod  cluster in-cluster namespaces dev }
environment qa { kind non-prod  cluster in-cluster namespaces qa }
environment prod { kind prod  cluster in-cluster namespaces prod  labels region = "eu" }
environment lab { kind non-prod  cluster in-cluster namespaces lab }

product shop {
  labels team = "web"
  tags revenue
  flow hotfix when message matches "hotfix:*"
  flow standard when branch == "main" and author != "bot <bot@example.com>"
  flow tagged when revision matches "v*"
}
flow standard { trigger dev  step qa after dev  step prod after qa { soak 2h } }
flow hotfix { trigger dev  step prod after dev { window always } }
flow tagged { trigger dev  step qa after dev  step lab after dev  step prod after qa, lab }

policy everywhere { action commit  post-action smoke }
policy reviewed priority 100 {
  when environment.kind == prod
  action pr
  approvals 2 from sre, leads
  window hours
}
policy web priority 100 {
  when product.labels.team == "web" and environment.kind == prod
  pre-action none
  action commit
}
policy mobile priority 200 {
  when product.labels.team == "mobile"
  action none
}
policy labelled priority 300 {
  when product.labels.tier == "1" and product.tags in [revenue]
  soak 1d
  rollback on-failure
}
window hours { days mon to fri  from 09:00 to 17:00 }
window always { days mon to sun  from 00:00 to 00:00 }
freeze year-end { from 2026-12-20 to 2027-01-02  when environment.kind == prod }
"""

COMMIT = 'commit message "feat: x" branch "main"'
HOTFIX = 'commit message "hotfix: x" branch "main"'


def one(body: str, *, applications: tuple[Application, ...] = ()) -> list[str]:
    return told(workspace_of(WORLD, f'test "one" {{ {body} }}', applications=applications))


@pytest.mark.parametrize(
    "body",
    [
        f"product shop {COMMIT} expect flow standard expect order dev, qa, prod",
        f"product shop {COMMIT} expect order dev, prod",
        f"product shop {COMMIT} expect order dev",
        f"product shop {COMMIT} expect prod {{ soak 2h window hours action pr }}",
        f"product shop {HOTFIX} expect flow hotfix expect prod {{ window always }}",
        'product shop commit message "feat: x" revision "v1.2" expect flow tagged expect order dev, lab, prod',
        'product shop commit message "x" branch "main" author "bot <bot@example.com>" expect no flow',
        'product shop commit message "x\\n\\nPromo-Step: abc" branch "main" expect no flow',
        "product shop expect prod { action pr pre-action none approvals 2 from sre, leads }",
        'product shop labels tier = "1" expect qa { soak 1d rollback on-failure post-action smoke }',
        'product new labels team = "mobile" expect dev { action none }',
        "product new tags revenue expect dev { action commit }",
        "product shop expect qa { no soak action commit no window no approvals }",
        f"product shop {COMMIT} at 2026-11-21T12:00 expect blocked prod by hours",
        f"product shop {COMMIT} at 2026-11-21 expect blocked prod by P012",
        f"product shop {HOTFIX} at 2026-12-24T12:00 expect blocked prod by year-end expect blocked prod by P013",
        f"product shop {COMMIT} at 2027-01-02T23:59 expect blocked prod by year-end",
        'product new labels team = "mobile" expect blocked dev by P002',
        "product shop expect blocked qa by P004",
        f"product shop {COMMIT} expect blocked qa by P004",
        f"product shop {COMMIT} expect blocked prod by P015",
        f"product shop {COMMIT} expect blocked dev by P003",
    ],
)
def test_passes(body: str) -> None:
    assert one(body) == []


@pytest.mark.parametrize(
    ("body", "failures"),
    [
        (
            f"product shop {COMMIT} expect flow hotfix",
            ["flow: expected flow hotfix, actual flow standard"],
        ),
        (
            "product shop expect prod { no pre-action no approvals no soak }",
            [
                "prod: expected no pre-action, actual pre-action none",
                "prod: expected no approvals, actual approvals 2 from sre, leads",
            ],
        ),
        (f"product shop {COMMIT} expect no flow", ["flow: expected no flow, actual flow standard"]),
        (
            'product shop commit message "x" expect flow standard',
            ["flow: expected flow standard, actual no flow"],
        ),
        (
            "product shop expect order dev, qa",
            ["order: expected order dev, qa, actual no flow is started"],
        ),
        (
            f"product shop {HOTFIX} expect order dev, qa, prod",
            ["order: expected order dev, qa, prod, actual flow `hotfix` does not go to `qa`"],
        ),
        (
            f"product shop {HOTFIX} expect order qa",
            ["order: expected order qa, actual flow `hotfix` does not go to `qa`"],
        ),
        (
            f"product shop {COMMIT} expect order prod, qa, dev",
            [
                "order: expected order prod, qa, dev, actual flow `standard` does not pass `prod` before `qa`",
                "order: expected order prod, qa, dev, actual flow `standard` does not pass `qa` before `dev`",
            ],
        ),
        (
            f"product shop {COMMIT} expect prod {{ soak 1h action commit rollback never }}",
            [
                "prod: expected soak 1h, actual soak 2h",
                "prod: expected action commit, actual action pr",
                "prod: expected rollback never, actual no rollback",
            ],
        ),
        ("product shop expect prod { soak 2h }", ["prod: expected soak 2h, actual no soak"]),
        ("product shop expect qa { pre-action none }", ["qa: expected pre-action none, actual no pre-action"]),
        (
            'product shop expect prod { pre-action "none" }',
            ['prod: expected pre-action "none", actual pre-action none'],
        ),
        (
            "product shop expect prod { approvals 2 from leads, sre }",
            ["prod: expected approvals 2 from leads, sre, actual approvals 2 from sre, leads"],
        ),
        (
            f"product shop {COMMIT} at 2026-11-20T12:00 expect blocked prod by hours",
            ["prod: expected blocked by hours, actual not blocked"],
        ),
        (
            f"product shop {COMMIT} expect blocked prod by year-end",
            ["prod: expected blocked by year-end, actual not to be known"],
        ),
        (
            f"product shop {COMMIT} expect blocked prod by P007",
            ["prod: expected blocked by P007, actual not to be known"],
        ),
    ],
)
def test_fails(body: str, failures: list[str]) -> None:
    assert one(body) == failures


def application(environment: str) -> Application:
    return Application(
        f"shop-{environment}", cluster="in-cluster", target_namespace=environment, annotations={PRODUCT_KEY: "shop"}
    )


def test_applications_remove_the_blockers_they_are_about() -> None:
    everywhere = tuple(map(application, ("dev", "qa", "prod")))
    assert one(f"product shop {COMMIT} expect blocked prod by P015", applications=everywhere) == [
        "prod: expected blocked by P015, actual not blocked"
    ]
    assert one(f"product shop {COMMIT} expect blocked qa by P003", applications=everywhere[1:]) == []
    assert one(f"product shop {COMMIT} expect blocked prod by P015", applications=everywhere[1:]) == []
    assert one(f"product shop {COMMIT} expect blocked prod by P004", applications=everywhere[:2]) == []


def test_a_failed_setting_says_who_set_it_over_whom_and_what_would_have_set_it() -> None:
    world = workspace_of(WORLD, 'test "one" { product shop  expect prod { action none } }')
    (failure,) = ran(world)["one"].failures
    assert [line.message for line in failure.because] == [
        "set by policy `reviewed` (priority 100)",
        "ties with policy `web` (priority 100), which sets commit, and only its name comes later",
        "over policy `everywhere` (priority 0), which sets commit",
        "policy `mobile` (priority 200) would set it so, but does not match: "
        "`product.labels.team` is `web`, not `mobile`",
    ]
    assert all(line.span.source == "0.promo" for line in failure.because)
    assert failure.span.source == "1.promo"


def test_a_failed_flow_says_what_became_of_every_flow() -> None:
    world = workspace_of(WORLD, f'test "one" {{ product shop  {HOTFIX}  expect flow tagged }}')
    (failure,) = ran(world)["one"].failures
    assert [line.message for line in failure.because] == [
        "1. `hotfix` is started: the first whose conditions all hold",
        "2. `standard` would hold too, but `hotfix` stands before it",
        "3. `tagged`: `revision` holds `main`, which does not match `v*`",
    ]


def test_a_failed_block_says_what_is_open_and_whom_the_freeze_is_about() -> None:
    world = workspace_of(
        WORLD, f'test "one" {{ product shop  {COMMIT}  at 2026-12-24T12:00  expect blocked qa by year-end }}'
    )
    (failure,) = ran(world)["one"].failures
    assert [line.message for line in failure.because] == [
        "no window is set",
        "freeze `year-end` is about others: `environment.kind` is non-prod, not prod",
    ]


def test_what_a_test_adds_stands_beside_what_is_declared() -> None:
    world = workspace_of(WORLD, 'test "one" { product shop  labels tier = "1"  tags x  expect prod { soak 1d } }')
    given = ran(world)["one"].given
    assert given.product.tags == ("revenue", "x")
    assert given.product.metadata.labels == {"team": "web", "tier": "1"}
