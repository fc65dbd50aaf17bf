"""The builder: what entities become, and what holds for any declarations."""

from datetime import datetime, time

import pytest
from hypothesis import given, settings

from engine.model.argo import Application, Parameter, WorkflowTemplate
from engine.model.build import build_workspace
from engine.model.conditions import ALWAYS
from engine.model.entities import (
    Cluster,
    Concurrency,
    Environment,
    EnvironmentKind,
    Hooks,
    Metadata,
    Permission,
    PromotedFile,
    PromotionSpec,
    VersionSource,
)
from engine.model.values import Action, Approvals, NoWorkflow, RollbackRule, Seconds, WindowName, Workflow
from engine.model.workspace import PriorityOrder, Workspace
from grammar import nodes
from grammar.diagnostics import in_order
from grammar.parser import parse
from tests.support.ast_strategies import files

WORLD = """
environment dev { kind non-prod }
environment qa { kind non-prod }
environment prod { kind prod }
"""


def built(text: str, **options: object) -> Workspace:
    parsed = parse(text, "t.promo")
    assert parsed.diagnostics == ()
    made = build_workspace([parsed.file], **options)
    assert made.diagnostics == ()
    return made.workspace


def codes(text: str, **options: object) -> list[str]:
    return [found.code for found in build_workspace([parse(text, "t.promo").file], **options).diagnostics]


def test_environment() -> None:
    text = (
        'environment e { kind prod cluster a namespaces x, y cluster "https://b" tags t, u labels k = "v" namespace n }'
    )
    assert built(text).environments["e"] == Environment(
        "e",
        EnvironmentKind.PROD,
        (Cluster("a", ("x", "y")), Cluster("https://b")),
        ("t", "u"),
        Metadata(labels={"k": "v"}, namespace="n"),
    )


def test_items_that_may_stand_several_times_are_joined() -> None:
    made = built('environment e { kind prod tags a labels x = "1" tags b labels y = "2" annotations z = "3" }')
    entity = made.environments["e"]
    assert entity.tags == ("a", "b")
    assert entity.metadata == Metadata(labels={"x": "1", "y": "2"}, annotations={"z": "3"})


def test_product() -> None:
    product = built(
        WORLD
        + 'flow f { trigger dev step qa after dev } template t { version "V" "$.v" }'
        + 'product p { template t description "d" promote "a.yaml" "$.x", "$.y" version "C" "$.z" '
        + "flow f when revision == main flow f concurrency terminate api-version v1beta2 applications a }"
    ).products["p"]
    assert product.template == "t"
    assert product.promotion == PromotionSpec(VersionSource("C", "$.z"), (PromotedFile("a.yaml", ("$.x", "$.y")),))
    assert [use.flow for use in product.flows] == ["f", "f"]
    assert product.flows[1].when == ALWAYS
    assert (product.concurrency, product.api_version) == (Concurrency.TERMINATE, None)
    assert product.applications == ("a",)
    assert product.metadata.description == "d"


def test_a_product_without_promote_leaves_the_files_to_the_template() -> None:
    product = built("product p { }").products["p"]
    assert product.promotion == PromotionSpec(None, None)
    assert (product.concurrency, product.api_version, product.template) == (None, None, None)


def test_policy() -> None:
    policy = built(
        "window w { days mon from 09:00 to 17:00 }"
        'policy p priority -5 { pre-action none post-action "none" action pr soak 90m approvals 2 from a, b window w'
        " rollback on-failure }"
    ).policies["p"]
    assert policy.priority == -5
    assert policy.when == ALWAYS
    assert {setting.name: setting.value for setting in policy.settings} == {
        "pre-action": NoWorkflow(),
        "post-action": Workflow("none"),
        "action": Action.PR,
        "soak": Seconds(5400),
        "approvals": Approvals(2, ("a", "b")),
        "window": WindowName("w"),
        "rollback": RollbackRule.ON_FAILURE,
    }


def test_flow() -> None:
    flow = built(
        WORLD + "flow f { trigger dev { post-action smoke } step qa after dev { on start a } "
        "step prod after qa, dev { action pr } on success b on failure c timeout 6h }"
    ).flows["f"]
    assert flow.trigger == "dev"
    assert [(step.environment, step.after) for step in flow.steps] == [("qa", ("dev",)), ("prod", ("qa", "dev"))]
    assert flow.steps[0].hooks == Hooks(start=Workflow("a"))
    assert flow.hooks == Hooks(success=Workflow("b"), failure=Workflow("c"))
    assert flow.trigger_settings[0].value == Workflow("smoke")
    assert flow.timeout == 21_600


def test_steps_may_be_written_in_any_order() -> None:
    flow = built(WORLD + "flow f { step prod after qa step qa after dev trigger dev }").flows["f"]
    assert [step.environment for step in flow.steps] == ["prod", "qa"]


@pytest.mark.parametrize(
    ("days", "numbers"),
    [
        ("mon", (1,)),
        ("mon to fri", (1, 2, 3, 4, 5)),
        ("fri to mon", (1, 5, 6, 7)),
        ("sun to sun", (7,)),
        ("sat, mon to tue, mon", (1, 2, 6)),
        ("tue to mon", (1, 2, 3, 4, 5, 6, 7)),
    ],
)
def test_days_of_a_window(days: str, numbers: tuple[int, ...]) -> None:
    window = built(f'window w {{ days {days} from 22:00 to 06:00 zone "Europe/Berlin" }}').windows["w"]
    assert window.days == numbers
    assert (window.start, window.end, window.zone) == (time(22), time(6), "Europe/Berlin")


@pytest.mark.parametrize(
    ("dates", "start", "end"),
    [
        ("2026-12-20 to 2027-01-02", datetime(2026, 12, 20), datetime(2027, 1, 3)),
        ("2026-12-20 to 2026-12-20", datetime(2026, 12, 20), datetime(2026, 12, 21)),
        ("2026-12-20T18:30 to 2026-12-20T18:31", datetime(2026, 12, 20, 18, 30), datetime(2026, 12, 20, 18, 31)),
        ("2026-12-20T18:30 to 2026-12-20", datetime(2026, 12, 20, 18, 30), datetime(2026, 12, 21)),
    ],
)
def test_dates_of_a_freeze(dates: str, start: datetime, end: datetime) -> None:
    freeze = built(f"freeze f {{ from {dates} }}").freezes["f"]
    assert (freeze.start, freeze.end, freeze.zone) == (start, end, "UTC")


def test_access_and_require() -> None:
    made = built(
        "environment qa { kind non-prod }"
        "access a { teams x, y allow promote, approve when environment.kind == prod }"
        'require r "title" { that passed qa }'
    )
    assert made.access["a"].teams == ("x", "y")
    assert made.access["a"].allow == (Permission.PROMOTE, Permission.APPROVE)
    assert made.requires["r"].title == "title"
    assert made.requires["r"].when == ALWAYS


def test_files_and_order_never_change_the_meaning() -> None:
    text = WORLD + "flow f { trigger dev step qa after dev } product p { flow f } policy q { action pr }"
    parsed = parse(text, "t.promo").file
    whole = build_workspace([parsed]).workspace
    parts = [nodes.File("t.promo", (declaration,)) for declaration in reversed(parsed.declarations)]
    assert build_workspace(parts).workspace == whole
    assert build_workspace(parts).diagnostics == ()


def test_zones_and_json_paths_are_checked_only_when_somebody_can() -> None:
    text = 'window w { days mon from 09:00 to 17:00 zone "Nowhere" } template t { promote "a" "b" }'
    assert codes(text) == []
    assert codes(text, known_zones=["UTC"], check_json_path=lambda path: f"`{path}` is wrong") == ["M055", "M059"]


def test_without_a_zone_the_known_zones_are_not_looked_at() -> None:
    class Never:
        def __contains__(self, name: object) -> bool:
            raise AssertionError(name)

    assert codes("window w { days mon from 09:00 to 17:00 }", known_zones=Never()) == []


def test_references_to_applications_are_checked_only_when_some_are_loaded() -> None:
    text = 'product p { applications web, "shop/api" }'
    assert codes(text) == []
    assert codes(text, applications=[Application("web", "shop"), Application("api", "shop")]) == []
    assert codes(text, applications=[Application("web", "shop")]) == ["M015"]
    assert codes(text, applications=[Application("web", "a"), Application("web", "b"), Application("api", "shop")]) == [
        "M016"
    ]


def test_workflow_templates_of_one_name_must_agree() -> None:
    here, there = WorkflowTemplate("smoke", "a"), WorkflowTemplate("smoke", "b")
    other = WorkflowTemplate("smoke", "c", (Parameter("APP_NAME"),))
    assert codes("", workflows=[here, there]) == []
    assert codes("", workflows=[here, other]) == ["M017"]
    assert codes("", workflows=[here, here]) == ["M001"]
    assert build_workspace([], workflows=[here, other]).workspace.workflows == {"smoke": here}


def test_of_declarations_with_one_name_the_first_counts() -> None:
    made = build_workspace([parse("policy p { action pr } policy p { action commit }", "t").file])
    assert made.workspace.policies["p"].settings[0].value == Action.PR
    assert [found.code for found in made.diagnostics] == ["M001"]


def test_a_policy_with_a_broken_condition_is_never_one_that_always_matches() -> None:
    made = build_workspace([parse("policy p { action pr when environment.knd == prod }", "t").file])
    assert made.workspace.policies == {}


def test_priority_order_is_kept() -> None:
    assert built("", priority_order=PriorityOrder.LOWEST_WINS).priority_order is PriorityOrder.LOWEST_WINS


@settings(max_examples=150)
@given(files())
def test_any_declarations_give_a_workspace_and_ordered_diagnostics(file: nodes.File) -> None:
    made = build_workspace([file], known_zones=["UTC"], check_json_path=lambda path: None if "$" in path else "no")
    assert made.diagnostics == in_order(made.diagnostics)
    again = build_workspace([file, file], known_zones=["UTC"])
    declared = {type(declaration) for declaration in file.declarations}
    assert any(found.code == "M001" for found in again.diagnostics) == bool(declared)
    for group in ("environments", "products", "templates", "policies", "flows", "requires", "windows"):
        assert all(name == entity.name for name, entity in getattr(made.workspace, group).items())


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("api-version v1beta1", None),
        ("api-version v1beta2", "v1beta2"),
        ("api-version v1beta2 concurrency queue", None),
    ],
)
def test_only_a_version_that_export_would_not_choose_is_kept(said: str, kept: str | None) -> None:
    built = build_workspace([parse(f"product p {{ {said} }}").file])
    assert built.diagnostics == ()
    assert built.workspace.products["p"].api_version == kept


@pytest.mark.parametrize(
    ("expected", "found"),
    [
        ("{ no soak  no window  action pr }", []),
        ("{ no soak }", []),
        ("{ }", ["M003"]),
        ("{ no soak  no soak }", ["M002"]),
        ("{ soak 2h  no soak }", ["M002"]),
        ("{ no action  action pr  action commit }", ["M002", "M002", "M002"]),
    ],
)
def test_what_is_expected_not_to_be_set_is_said_once(expected: str, found: list[str]) -> None:
    world = f"{WORLD}product p {{ }} policy q {{ action pr }}"
    assert codes(f'{world} test "t" {{ product p expect qa {expected} }}') == found
