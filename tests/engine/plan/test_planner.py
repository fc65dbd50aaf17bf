from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time

import pytest

from engine.model.argo import Parameter, Source, WorkflowTemplate
from engine.model.attributes import Attribute, Subject
from engine.model.conditions import Membership
from engine.model.entities import Flow, Freeze, Hooks, Policy, PromotedFile, PromotionSpec, Step, Window
from engine.model.values import Action, Approvals, NoWorkflow, Seconds, WindowName, Workflow
from engine.plan.nodes import BlockerCode, GateKind, Plan, PlannedStep, StepState
from tests.support.content import Content, Link, Module
from tests.support.plan_world import PlanWorld, application, below, chart, environment, setting


@pytest.fixture
def world() -> PlanWorld:
    return PlanWorld()


def step_of(plan: Plan, environment: str) -> PlannedStep:
    return next(step for step in plan.steps if step.environment == environment)


def codes(step: PlannedStep) -> set[BlockerCode]:
    return {blocker.code for blocker in step.all_blockers}


def test_each_step_shows_the_diff_on_the_result_of_the_one_before(world: PlanWorld) -> None:
    plan = world.plan()
    assert [step.environment for step in plan.steps] == ["qa", "prod"]
    qa, prod = plan.steps
    assert [change.path for change in qa.applications[0].changes] == [
        "apps/shop-qa/Chart.yaml",
        "apps/shop-qa/values.yaml",
    ]
    assert prod.applications[0].changes[1].diff == (
        "--- a/apps/shop-prod/values.yaml\n"
        "+++ b/apps/shop-prod/values.yaml\n"
        "@@ -1,5 +1,5 @@\n"
        " # tuned by hand\n"
        " image:\n"
        "   repository: shop\n"
        "-  tag: v1  # promoted\n"
        "+  tag: v2  # promoted\n"
        " replicas: 5\n"
    )
    assert prod.applications[0].source is not None
    assert prod.applications[0].source.environment == "qa"
    assert prod.applications[0].source.edited
    assert (prod.applications[0].version_from, prod.applications[0].version_to) == ("1.0.0", "1.1.0")
    assert plan.version == "1.1.0"
    assert (plan.applyable, plan.complete, plan.no_op) == (True, True, False)


def test_a_plan_of_what_was_carried_out_changes_nothing(world: PlanWorld) -> None:
    world.change({**below("apps/shop-qa", chart("1.1.0", "v2")), **below("apps/shop-prod", chart("1.1.0", "v2"))})
    plan = world.plan()
    assert plan.no_op
    assert [step.state for step in plan.steps] == [StepState.NO_CHANGES, StepState.NO_CHANGES]


def test_a_pinned_commit_is_promoted_even_if_a_later_one_exists(world: PlanWorld) -> None:
    pinned = world.repository.resolve("main")
    assert pinned is not None
    world.change(below("apps/shop-dev", chart("9.9.9", "v9")))
    plan = world.plan(shop_dev=pinned)
    assert plan.version == "1.1.0"
    assert step_of(plan, "prod").applications[0].version_to == "1.1.0"
    assert plan.trigger.commit is not None
    assert plan.trigger.commit.sha == pinned


def test_the_target_is_the_head_of_its_branch_whatever_is_pinned(world: PlanWorld) -> None:
    pinned = world.repository.resolve("main")
    assert pinned is not None
    world.change(below("apps/shop-qa", chart("1.0.0", "v1", replicas=7)))
    change = step_of(world.plan(shop_dev=pinned), "qa").applications[0].changes[1]
    assert " replicas: 7\n" in change.diff


def test_steps_come_in_dependency_order_however_they_are_written(world: PlanWorld) -> None:
    world.environments += [environment("eu"), environment("us")]
    world.applications += [application("shop-eu", "eu"), application("shop-us", "us")]
    world.change({**below("apps/shop-eu", chart("1.0.0", "v1")), **below("apps/shop-us", chart("1.0.0", "v1"))})
    world.flow = Flow(
        "standard",
        "dev",
        (Step("prod", ("eu", "us")), Step("eu", ("qa",)), Step("us", ("qa",)), Step("qa", ("dev",))),
    )
    plan = world.plan()
    assert [step.environment for step in plan.steps] == ["qa", "eu", "us", "prod"]
    assert step_of(plan, "prod").applications[0].source.environment == "eu"  # type: ignore[union-attr]


def test_no_policy_sets_an_action(world: PlanWorld) -> None:
    world.policies = []
    plan = world.plan()
    assert codes(step_of(plan, "qa")) == {BlockerCode.NO_ACTION}
    assert BlockerCode.EARLIER_STEP in codes(step_of(plan, "prod"))
    assert not plan.applyable
    assert not plan.no_op


@pytest.mark.parametrize("pre", [None, NoWorkflow()])
def test_none_needs_a_pre_action(world: PlanWorld, pre: NoWorkflow | None) -> None:
    settings = (setting("action", Action.NONE), *([setting("pre-action", pre)] if pre else []))
    world.policies = [Policy("all", settings=settings)]
    assert BlockerCode.NONE_WITHOUT_PRE_ACTION in codes(step_of(world.plan(), "qa"))


def test_none_with_a_pre_action_is_applyable_but_not_complete(world: PlanWorld) -> None:
    world.policies = [
        Policy("all", settings=(setting("action", Action.NONE), setting("pre-action", Workflow("does-it"))))
    ]
    plan = world.plan()
    assert plan.applyable
    assert not plan.complete
    assert not plan.no_op
    assert all(not app.changes for step in plan.steps for app in step.applications)


def test_no_application_in_the_target(world: PlanWorld) -> None:
    world.applications = world.applications[:2]
    plan = world.plan()
    assert codes(step_of(plan, "prod")) == {BlockerCode.NO_TARGET_APPLICATION}
    assert step_of(plan, "qa").state is StepState.CHANGES


def test_no_application_in_the_trigger_environment(world: PlanWorld) -> None:
    world.applications = world.applications[1:]
    plan = world.plan()
    assert [blocker.code for blocker in plan.blockers] == [BlockerCode.NO_SOURCE_APPLICATION]
    assert not plan.applyable


def test_several_sources_are_refused_and_never_guessed(world: PlanWorld) -> None:
    qa = world.applications[1]
    world.applications[1] = replace(qa, sources=(*qa.sources, *qa.sources))
    plan = world.plan()
    assert codes(step_of(plan, "qa")) == {BlockerCode.UNSUPPORTED_SOURCE}
    assert step_of(plan, "prod").state is StepState.BLOCKED


def test_of_several_sources_the_folder_in_git_is_promoted(world: PlanWorld) -> None:
    qa = world.applications[1]
    alone = step_of(world.plan(), "qa")
    chart = Source("https://charts.example.com", chart="shop", target_revision="8.1.0")
    world.applications[1] = replace(qa, sources=(chart, *qa.sources))
    assert step_of(world.plan(), "qa") == alone


def test_of_several_sources_the_named_one_is_promoted(world: PlanWorld) -> None:
    qa = world.applications[1]
    alone = step_of(world.plan(), "qa")
    other = replace(qa.sources[0], path="elsewhere")
    world.applications[1] = replace(
        qa, sources=(other, *qa.sources), annotations={**qa.annotations, "promo.io/source": "1"}
    )
    assert step_of(world.plan(), "qa") == alone
    world.applications[1] = replace(
        qa, sources=(other, *qa.sources), annotations={**qa.annotations, "promo.io/source": "x"}
    )
    assert codes(step_of(world.plan(), "qa")) == {BlockerCode.UNSUPPORTED_SOURCE}


def test_an_application_that_follows_a_tag(world: PlanWorld) -> None:
    head = world.repository.resolve("main")
    assert head is not None
    world.repository.tag("v1", head)
    world.applications[1] = application("shop-qa", "qa", revision="v1")
    assert codes(step_of(world.plan(), "qa")) == {BlockerCode.NOT_A_BRANCH}


def test_a_revision_and_a_repository_that_do_not_exist(world: PlanWorld) -> None:
    world.applications[1] = application("shop-qa", "qa", revision="gone")
    assert codes(step_of(world.plan(), "qa")) == {BlockerCode.REPOSITORY}
    world.applications[1] = application("shop-qa", "qa", url="https://git.example.com/other.git")
    assert codes(step_of(world.plan(), "qa")) == {BlockerCode.REPOSITORY}


@pytest.mark.parametrize("name", ["../shop-prod/values.yaml", "/etc/passwd", "a/../../values.yaml"])
def test_a_file_outside_the_source_path(world: PlanWorld, name: str) -> None:
    world.product = replace(world.product, promotion=PromotionSpec(None, (PromotedFile(name, ("$.image.tag",)),)))
    plan = world.plan()
    assert codes(step_of(plan, "qa")) == {BlockerCode.OUTSIDE_SOURCE}
    assert not step_of(plan, "qa").applications[0].changes


def test_files_are_never_added_by_selected_paths(world: PlanWorld) -> None:
    world.change({"apps/shop-dev/extra.yaml": "a: 1\n"})
    files = (PromotedFile("extra.yaml", ("$.a",)), PromotedFile("missing.yaml", ("$.a",)))
    world.product = replace(world.product, promotion=PromotionSpec(None, files))
    blockers = step_of(world.plan(), "qa").all_blockers
    assert [(blocker.code, "source" in blocker.message) for blocker in blockers] == [
        (BlockerCode.FILE_MISSING, False),
        (BlockerCode.FILE_MISSING, True),
    ]


@pytest.mark.parametrize("files", [None, (PromotedFile("extra", ("*",)),)])
@pytest.mark.parametrize(
    ("there", "path", "words"),
    [
        (Link("elsewhere"), "extra", "`apps/shop-qa/extra` is a symbolic link"),
        (Module("0" * 40), "extra", "`apps/shop-qa/extra` is a submodule"),
        ("a: 1\n", "extra/deep/down", "`apps/shop-qa/extra` is a folder"),
    ],
)
def test_a_whole_file_takes_the_place_of_nothing_but_a_file(
    world: PlanWorld, files: tuple[PromotedFile, ...] | None, there: Content, path: str, words: str
) -> None:
    world.repository.commit_files({"apps/shop-dev/extra": "new\n", f"apps/shop-qa/{path}": there})
    world.product = replace(world.product, promotion=PromotionSpec(None, files))
    application = step_of(world.plan(), "qa").applications[0]
    (blocker,) = application.blockers
    assert blocker.code is BlockerCode.FILE_MISSING
    assert words in blocker.message
    assert "apps/shop-qa/extra" not in [change.path for change in application.changes]


def test_a_file_cannot_be_below_a_file(world: PlanWorld) -> None:
    world.repository.commit_files({"apps/shop-dev/extra/down": "new\n", "apps/shop-qa/extra": "old\n"})
    world.product = replace(world.product, promotion=PromotionSpec())
    (blocker,) = step_of(world.plan(), "qa").all_blockers
    assert "`apps/shop-qa/extra` is a file" in blocker.message


def test_a_link_is_told_apart_from_a_missing_file(world: PlanWorld) -> None:
    world.repository.commit_files({"apps/shop-qa/values.yaml": Link("../shop-dev/values.yaml")})
    (blocker,) = step_of(world.plan(), "qa").all_blockers
    assert blocker.message.endswith(": `apps/shop-qa/values.yaml` is a symbolic link")
    assert "regular file" in blocker.unblock


def test_a_path_that_matches_nothing(world: PlanWorld) -> None:
    files = (PromotedFile("values.yaml", ("$.image.digest",)),)
    world.product = replace(world.product, promotion=PromotionSpec(None, files))
    blockers = step_of(world.plan(), "qa").all_blockers
    assert [blocker.code for blocker in blockers] == [BlockerCode.PATH_MATCHES_NOTHING]
    assert "`$.image.digest`" in blockers[0].message


def test_a_document_that_cannot_be_edited(world: PlanWorld) -> None:
    world.change({"apps/shop-qa/values.yaml": "image: {tag: v1\n"})
    (blocker,) = step_of(world.plan(), "qa").all_blockers
    assert blocker.code is BlockerCode.EDIT_REFUSED
    assert blocker.message.startswith("apps/shop-qa/values.yaml:")


def test_a_blocked_application_leaves_nothing_behind_for_later_steps(world: PlanWorld) -> None:
    files = (PromotedFile("values.yaml", ("$.image.tag",)), PromotedFile("values.yaml", ("$.nope",)))
    world.product = replace(world.product, promotion=PromotionSpec(None, files))
    world.flow = Flow("standard", "dev", (Step("qa", ("dev",)), Step("prod", ("dev", "qa"))))
    plan = world.plan()
    assert BlockerCode.EARLIER_STEP in codes(step_of(plan, "prod"))


def test_without_files_the_whole_folder_is_promoted_and_nothing_deleted(world: PlanWorld) -> None:
    world.change({"apps/shop-dev/new.yaml": "a: 1\n", "apps/shop-qa/own.yaml": "b: 1\n"})
    world.product = replace(world.product, promotion=PromotionSpec())
    target = step_of(world.plan(), "qa").applications[0]
    assert [(change.path, change.added) for change in target.changes] == [
        ("apps/shop-qa/Chart.yaml", False),
        ("apps/shop-qa/new.yaml", True),
        ("apps/shop-qa/values.yaml", False),
    ]
    assert "only in the target, and kept: own.yaml" in target.notes


def test_source_and_target_in_one_folder(world: PlanWorld) -> None:
    world.applications[1] = application("shop-qa", "qa", path="apps/shop-dev")
    assert codes(step_of(world.plan(), "qa")) == {BlockerCode.SAME_TARGET}


def test_inline_settings_and_origins(world: PlanWorld) -> None:
    world.flow = replace(
        world.flow, steps=(Step("qa", ("dev",), (setting("action", Action.PR),)), Step("prod", ("qa",)))
    )
    plan = world.plan()
    assert [(found.name, found.value, found.origin) for found in step_of(plan, "qa").settings] == [
        ("action", "pr", "flow standard")
    ]
    assert step_of(plan, "prod").settings[0].origin == "policy all (priority 0)"


def test_gates(world: PlanWorld) -> None:
    world.policies = [
        Policy(
            "all",
            settings=(
                setting("action", Action.COMMIT),
                setting("soak", Seconds(7200)),
                setting("approvals", Approvals(2, ("sre", "leads"))),
            ),
        )
    ]
    gates = step_of(world.plan(), "prod").gates
    assert [(gate.kind, gate.text, gate.open_now) for gate in gates] == [
        (GateKind.SOAK, "2h healthy in `qa`", None),
        (GateKind.APPROVALS, "2 approvals from `sre` or `leads`", None),
    ]


def test_workflows_get_only_the_parameters_they_declare(world: PlanWorld) -> None:
    world.workflows = [
        WorkflowTemplate("check", parameters=(Parameter("APP_NAME"), Parameter("PATH")), promotion=True),
        WorkflowTemplate(
            "tell",
            parameters=(Parameter("COMMIT_SHA"), Parameter("TICKET"), Parameter("CHANNEL", has_value=True)),
            promotion=True,
        ),
        WorkflowTemplate("open-ticket", exports=("TICKET",), promotion=True),
    ]
    world.policies = [
        Policy(
            "all",
            settings=(
                setting("pre-action", Workflow("check")),
                setting("action", Action.COMMIT),
                setting("post-action", Workflow("tell")),
            ),
        )
    ]
    target = step_of(world.plan(), "qa").applications[0]
    assert target.pre_action is not None
    assert [(argument.name, argument.value) for argument in target.pre_action.arguments] == [
        ("APP_NAME", "shop-qa"),
        ("PATH", "apps/shop-qa"),
    ]
    assert [blocker.code for blocker in target.blockers] == [BlockerCode.WORKFLOW_PARAMETER]
    assert "`TICKET`" in target.blockers[0].message
    world.policies = [
        replace(
            world.policies[0],
            settings=(setting("pre-action", Workflow("open-ticket")), *world.policies[0].settings[1:]),
        )
    ]
    target = step_of(world.plan(), "qa").applications[0]
    assert not target.blockers
    assert target.post_action is not None
    assert [argument.name for argument in target.post_action.arguments] == ["COMMIT_SHA", "TICKET"]


def test_commit_parameters_only_after_a_commit(world: PlanWorld) -> None:
    world.workflows = [WorkflowTemplate("tell", parameters=(Parameter("COMMIT_SHA", has_value=True),), promotion=True)]
    world.policies = [Policy("all", settings=(setting("action", Action.PR), setting("post-action", Workflow("tell"))))]
    call = step_of(world.plan(), "qa").applications[0].post_action
    assert call is not None
    assert call.arguments == ()


def test_hooks_of_the_release_and_of_a_step(world: PlanWorld) -> None:
    world.workflows = [
        WorkflowTemplate("announce", parameters=(Parameter("PRODUCT_NAME"), Parameter("VERSION")), promotion=True),
        WorkflowTemplate("page", parameters=(Parameter("ERROR_MESSAGE"),), promotion=True),
    ]
    world.flow = replace(
        world.flow,
        hooks=Hooks(success=Workflow("announce")),
        steps=(Step("qa", ("dev",), hooks=Hooks(failure=Workflow("page"))), Step("prod", ("qa",))),
    )
    plan = world.plan()
    assert [(hook.event, [(a.name, a.value) for a in hook.call.arguments]) for hook in plan.hooks] == [
        ("success", [("PRODUCT_NAME", "shop"), ("VERSION", "1.1.0")])
    ]
    assert [hook.event for hook in step_of(plan, "qa").hooks] == ["failure"]


def test_one_environment_with_settings_by_hand(world: PlanWorld) -> None:
    world.policies = []
    plan = world.plan_to("prod", "dev", setting("action", Action.PR))
    (step,) = plan.steps
    assert step.settings[0].origin == "given by hand"
    assert step.applications[0].changes
    assert plan.flow is None
    assert plan.applyable


def test_inputs_name_every_branch_that_was_read(world: PlanWorld) -> None:
    (digest,) = world.plan().inputs
    assert (digest.kind, digest.digest) == ("branch", world.repository.resolve("main"))


def test_two_spellings_of_one_repository_share_edits(world: PlanWorld) -> None:
    world.applications[1] = application("shop-qa", "qa", url="https://git.example.com/shop/deploy")
    plan = world.plan()
    assert step_of(plan, "prod").applications[0].version_to == "1.1.0"


OFFICE = Window("office", (1, 2, 3, 4), time(9), time(16), "Europe/Berlin")


@pytest.mark.parametrize(
    ("now", "state", "until"),
    [
        (datetime(2026, 11, 23, 10, tzinfo=UTC), StepState.CHANGES, "2026-11-23T16:00+01:00"),
        (datetime(2026, 11, 26, 15, tzinfo=UTC), StepState.WAITS, "2026-11-30T09:00+01:00"),
    ],
)
def test_a_closed_window_is_waited_for_until_it_opens(
    world: PlanWorld, now: datetime, state: StepState, until: str
) -> None:
    world.policies = [
        Policy("all", settings=(setting("action", Action.COMMIT), setting("window", WindowName("office"))))
    ]
    world.more = {"windows": {"office": OFFICE}}
    world.now = now
    plan = world.plan()
    qa = step_of(plan, "qa")
    assert qa.state is state
    assert qa.gates[0].changes_at == until
    assert plan.applyable
    assert [blocker.clears_at for blocker in qa.all_blockers] == ([until] if state is StepState.WAITS else [])


def test_a_window_that_never_opens_blocks_for_good(world: PlanWorld) -> None:
    world.policies = [
        Policy("all", settings=(setting("action", Action.COMMIT), setting("window", WindowName("never"))))
    ]
    world.more = {"windows": {"never": Window("never", (), time(9), time(16))}}
    assert not world.plan().applyable


@pytest.mark.parametrize(
    ("now", "freeze", "until"),
    [
        # The window is open now, but is closed when the freeze ends: on a Friday evening, before the weekend.
        (datetime(2026, 11, 23, 10, tzinfo=UTC), (datetime(2026, 11, 20), datetime(2026, 11, 27)), 30),
        # The freeze has not begun, but holds when the window opens.
        (datetime(2026, 11, 27, 10, tzinfo=UTC), (datetime(2026, 11, 29), datetime(2026, 12, 1)), 1),
        # It ends while the window is open: nothing more is to be waited for.
        (datetime(2026, 11, 23, 10, tzinfo=UTC), (datetime(2026, 11, 20), datetime(2026, 11, 24, 10)), None),
    ],
)
def test_a_window_and_a_freeze_are_waited_for_together(
    world: PlanWorld, now: datetime, freeze: tuple[datetime, datetime], until: int | None
) -> None:
    world.policies = [
        Policy("all", settings=(setting("action", Action.COMMIT), setting("window", WindowName("office"))))
    ]
    world.more = {"windows": {"office": OFFICE}, "freezes": {"sale": Freeze("sale", *freeze)}}
    world.now = now
    blockers = step_of(world.plan(), "qa").all_blockers
    together = [blocker for blocker in blockers if "and the freezes" in blocker.message]
    moments = [datetime.fromisoformat(blocker.clears_at) for blocker in together if blocker.clears_at]
    month = 12 if until == 1 else 11
    assert moments == ([] if until is None else [datetime(2026, month, until, 8, tzinfo=UTC)])


def test_a_freeze_holds_only_where_its_condition_does(world: PlanWorld) -> None:
    prod = Membership(Attribute(Subject.ENVIRONMENT, "kind"), ("prod",))
    world.more = {"freezes": {"sale": Freeze("sale", datetime(2026, 11, 20), datetime(2026, 12, 1), when=prod)}}
    plan = world.plan()
    assert step_of(plan, "qa").state is StepState.CHANGES
    assert [(blocker.code, blocker.clears_at) for blocker in step_of(plan, "prod").all_blockers] == [
        (BlockerCode.FROZEN, "2026-12-01T00:00+00:00")
    ]
    assert step_of(plan, "prod").applications[0].changes
