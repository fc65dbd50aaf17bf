from __future__ import annotations

import json
from dataclasses import replace

import pytest

from engine.execute.parameters import (
    CONTEXT_PARAMETER,
    LONGEST_CONTEXT,
    action_offer,
    failed_environments,
    hook_offer,
    passed,
    read_context,
)
from engine.execute.release import EnvironmentState, Release, Role, StepId
from engine.execute.spec import WorkflowSpec
from engine.execute.status import EnvironmentStatus, StepStatus
from engine.model.values import Action
from tests.fakes.worlds import application, environment, release, spec, workflow

COMMIT = ("COMMIT_SHA", "COMMIT_AUTHOR", "COMMIT_MESSAGE", "COMMIT_DATE")
ALWAYS = {"APP_NAMESPACE", "APP_NAME", "REPO_URL", "BRANCH", "PATH", "RUNTIME"}


def test_only_what_a_workflow_declares_is_passed() -> None:
    found = passed(WorkflowSpec("check", ("B", "C", "D"), ("C", "D")), {"A": "1", "B": "2", "D": "4"})
    assert (dict(found.values), found.missing, found.open_ended) == ({"B": "2", "D": "4"}, ("C",), False)


def test_where_nobody_knows_what_is_declared_everything_is_on_offer() -> None:
    found = passed(WorkflowSpec("check"), {"A": "1"})
    assert (dict(found.values), found.missing, found.open_ended) == ({"A": "1"}, (), True)


def made(action: Action, *, exported: bool = False) -> tuple[Release, dict[str, str]]:
    whole = release(
        spec(environment("qa", action=action, applications=(application("shop-qa", pre=workflow("check")),)))
    )
    steps = dict(whole.steps)
    change, before = (StepId("qa", "argocd/shop-qa", role) for role in (Role.ACTION, Role.PRE_ACTION))
    outputs = {"commit": "abc", "author": "promo", "message": "Promote", "date": "2026-11-23"}
    if change in steps:
        steps[change] = replace(steps[change], status=StepStatus.SUCCEEDED, outputs=outputs)
    if exported:
        steps[before] = replace(steps[before], outputs={"output:report": "42", "run": "started"})
    whole = replace(whole, steps=steps)
    qa = whole.spec.environment("qa")
    return whole, action_offer(whole, steps, qa, qa.applications[0], Role.POST_ACTION)


def test_a_pre_action_is_offered_where_it_runs() -> None:
    whole, _ = made(Action.COMMIT)
    qa = whole.spec.environment("qa")
    offer = action_offer(whole, whole.steps, qa, qa.applications[0], Role.PRE_ACTION)
    assert set(offer) == ALWAYS
    assert (offer["APP_NAME"], offer["PATH"], offer["BRANCH"]) == ("shop-qa", "apps/shop-qa", "main")


def test_a_post_action_is_offered_the_commit_only_after_a_commit() -> None:
    assert {name: made(Action.COMMIT)[1][name] for name in COMMIT} == {
        "COMMIT_SHA": "abc",
        "COMMIT_AUTHOR": "promo",
        "COMMIT_MESSAGE": "Promote",
        "COMMIT_DATE": "2026-11-23",
    }
    for action in (Action.PR, Action.NONE):
        assert set(made(action)[1]) == ALWAYS


def test_what_the_pre_action_exports_is_offered_to_the_post_action() -> None:
    assert made(Action.NONE, exported=True)[1]["report"] == "42"


def test_the_trigger_is_offered_the_commit_that_is_promoted() -> None:
    whole = release(spec(environment("qa")))
    dev = whole.spec.environment("dev")
    offer = action_offer(whole, whole.steps, dev, dev.applications[0], Role.POST_ACTION)
    assert offer["COMMIT_SHA"] == whole.spec.commit.sha
    assert offer["COMMIT_MESSAGE"] == "feat: cards"


def test_what_promo_says_wins_over_the_context() -> None:
    whole = replace(release(spec(environment("qa"))), context={"ticket": "7", "RELEASE_ID": "mine"})
    offer = hook_offer(whole, Role.START_HOOK, "https://promo", "", ())
    assert (offer["RELEASE_ID"], offer["ticket"], offer["RELEASE_URL"]) == ("r1", "7", "https://promo")
    assert "ERROR_MESSAGE" not in offer


def test_a_failure_hook_is_told_what_failed() -> None:
    offer = hook_offer(release(spec(environment("qa"))), Role.FAILURE_HOOK, "", "it broke", ("qa", "eu"))
    assert (offer["ERROR_MESSAGE"], json.loads(offer["FAILED_ENVIRONMENTS"])) == ("it broke", ["qa", "eu"])


def test_failed_environments_are_told_in_order() -> None:
    statuses = {"a": EnvironmentStatus.FAILED, "b": EnvironmentStatus.SUCCEEDED, "c": EnvironmentStatus.TERMINATED}
    states = {name: EnvironmentState(name, status) for name, status in statuses.items()}
    assert failed_environments(states, "") == ("a", "c")
    assert failed_environments(states, "b") == ("a", "b", "c")


def test_a_context_is_a_json_object_of_anything() -> None:
    text = '{"a": "text", "b": 7, "c": ["x"], "d": null, "e": true}'
    assert read_context(text) == {"a": "text", "b": "7", "c": '["x"]', "d": "null", "e": "true"}


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("ticket 7", f"`{CONTEXT_PARAMETER}` is not JSON"),
        ("[1]", f"`{CONTEXT_PARAMETER}` is not a JSON object"),
        ("[" * 100_000, "has 100000 characters"),
        ("[" * 60_000, "is not JSON"),
        ('{"a": "' + "x" * LONGEST_CONTEXT + '"}', "at most 65536 are taken"),
    ],
)
def test_what_is_no_context_is_told(text: str, wrong: str) -> None:
    found = read_context(text)
    assert isinstance(found, str)
    assert wrong in found
