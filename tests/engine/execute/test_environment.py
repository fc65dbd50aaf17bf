"""What happens in one environment when something in it fails, or when the release is ended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from engine.execute.advance import Advanced, admit, advance
from engine.execute.commands import take_up
from engine.execute.effects import (
    CommitEffect,
    Effect,
    ObserveEffect,
    ProposeEffect,
    ReportEffect,
    Result,
    RunEffect,
    WithdrawEffect,
)
from engine.execute.ports import Life, Observation, Proposed, RunPhase, RunState
from engine.execute.record import record
from engine.execute.release import Release, Role, StepId
from engine.execute.rules import Rules
from engine.execute.spec import HooksSpec, ReleaseSpec, WorkflowSpec
from engine.execute.status import EnvironmentStatus, ReleaseStatus, StepStatus
from engine.execute.store import Request, Wish
from engine.model.values import Action
from tests.fakes.worlds import NOW, application, environment, release, spec, workflow
from tests.support.release_answers import CHANGED, UNCHANGED, hoped

RULES = Rules(ZoneInfo, wind_down=600)
LOST = Observation(Life.FAILED, False, "Degraded for good")
Answer = Callable[[Effect], Result | None]


def two(action: Action = Action.COMMIT, **more: object) -> ReleaseSpec:
    both = (application("shop-qa"), application("shop-qa-b"))
    return spec(environment("qa", action=action, rollback=True, applications=both, **more))  # type: ignore[arg-type]


def play(
    of: ReleaseSpec, answer: Answer, until: Callable[[Advanced], bool] | None = None
) -> tuple[Advanced, list[str]]:
    """Run a release with given answers, None for those everybody hopes for; return it and what was asked for."""
    whole, _ = admit(release(of), NOW, RULES)
    asked: list[str] = []
    while True:
        advanced = advance(whole, NOW, RULES)
        whole = advanced.release
        if whole.status.is_final or (until is not None and until(advanced)):
            return advanced, asked
        assert advanced.effects
        for effect in advanced.effects:
            assert not isinstance(effect, ReportEffect)
            asked.append(f"{effect.step.role.value} {effect.step.application or effect.step.environment}")
            given = answer(effect)
            whole, _ = record(whole, effect, hoped(effect) if given is None else given, NOW, RULES)


def ill(application: str) -> Answer:
    def answer(effect: Effect) -> Result | None:
        lost = isinstance(effect, ObserveEffect) and effect.step == StepId("qa", f"argocd/{application}", Role.HEALTH)
        return LOST if lost else None

    return answer


def status(whole: Release, role: Role, application: str = "", where: str = "qa") -> StepStatus:
    return whole.steps[StepId(where, application and f"argocd/{application}", role)].status


def test_a_rollback_undoes_what_the_whole_environment_changed() -> None:
    advanced, asked = play(two(), ill("shop-qa"))
    assert advanced.release.status is ReleaseStatus.FAILED
    assert asked[-4:] == [
        "rollback argocd/shop-qa",
        "rollback argocd/shop-qa-b",
        "rollback-health argocd/shop-qa",
        "rollback-health argocd/shop-qa-b",
    ]


def test_what_had_nothing_to_change_is_not_rolled_back() -> None:
    def answer(effect: Effect) -> Result | None:
        if isinstance(effect, CommitEffect) and effect.step.application == "argocd/shop-qa-b":
            return UNCHANGED
        return ill("shop-qa")(effect)

    advanced, _ = play(two(), answer)
    assert status(advanced.release, Role.ROLLBACK, "shop-qa") is StepStatus.SUCCEEDED
    assert status(advanced.release, Role.ROLLBACK, "shop-qa-b") is StepStatus.SKIPPED


def test_a_rollback_names_the_commit_it_undoes_and_its_health_is_about_the_revert() -> None:
    reverts: list[Effect] = []

    def answer(effect: Effect) -> Result | None:
        role = getattr(effect, "step", StepId("", "", Role.SOAK)).role
        reverts.extend([effect] if role in (Role.ROLLBACK, Role.ROLLBACK_HEALTH) else [])
        return ill("shop-qa")(effect)

    play(two(), answer)
    first, health = reverts[0], reverts[-1]
    assert isinstance(first, CommitEffect)
    assert (first.change.revert, first.change.commit) == (True, CHANGED.commit)
    assert isinstance(health, ObserveEffect)
    assert (health.watch.commit, health.watch.source) == (CHANGED.commit, None)


def test_where_changes_go_by_pull_request_a_rollback_does_too() -> None:
    def answer(effect: Effect) -> Result | None:
        if isinstance(effect, ProposeEffect) and effect.change.revert:
            return Proposed("https://git.example.com/pull/9")
        return ill("shop-qa")(effect)

    advanced, _ = play(two(Action.PR), answer, lambda seen: seen.release.status is ReleaseStatus.SUSPENDED)
    assert advanced.release.environments["qa"].message == (
        "waits for https://git.example.com/pull/9; waits for https://git.example.com/pull/9"
    )


def test_a_success_hook_that_fails_rolls_back_and_is_followed_by_the_failure_hook() -> None:
    hooks = HooksSpec(None, workflow("cheer"), workflow("page"))

    def answer(effect: Effect) -> Result | None:
        if isinstance(effect, RunEffect) and effect.step.role is Role.SUCCESS_HOOK:
            return RunState(RunPhase.FAILED, "nobody is listening")
        return None

    advanced, asked = play(two(hooks=hooks), answer)
    assert asked[-1] == "failure-hook qa"
    assert "rollback argocd/shop-qa" in asked
    assert advanced.release.message == "qa: success hook failed: nobody is listening"


def test_a_workflow_that_needs_what_nobody_passes_is_not_run() -> None:
    needy = WorkflowSpec("needy", ("ticket", "APP_NAME"), ("ticket",))
    of = spec(environment("qa", applications=(application("shop-qa", pre=needy),)))
    advanced, asked = play(of, lambda effect: None)
    assert asked == ["health argocd/shop-dev"]
    assert "workflow `needy` needs `ticket`, which nothing passes to it" in advanced.release.message


def test_parameters_are_kept_from_the_beginning_of_a_step() -> None:
    hooks = HooksSpec(None, None, workflow("page", "FAILED_ENVIRONMENTS", "ERROR_MESSAGE"))
    of = spec(environment("qa", hooks=hooks), environment("eu"))
    passed = []

    def answer(effect: Effect) -> Result | None:
        if isinstance(effect, RunEffect):
            passed.append(dict(effect.run.parameters))
            return RunState(RunPhase.RUNNING if len(passed) < 3 else RunPhase.SUCCEEDED, look_after=0.0)
        return LOST if isinstance(effect, ObserveEffect) and effect.step.environment != "dev" else None

    whole, _ = admit(release(of), NOW, RULES)
    now = NOW
    while not (advanced := advance(whole, now, RULES)).release.status.is_final:
        whole = advanced.release
        for effect in advanced.effects:
            whole, _ = record(whole, effect, answer(effect) or hoped(effect), now, RULES)
        now += timedelta(seconds=1)
    assert len(passed) == 3
    assert passed[0] == passed[1] == passed[2]
    assert passed[0]["FAILED_ENVIRONMENTS"] == '["qa"]'


class TestTermination:
    """What is under way when somebody terminates a release."""

    def ended(self, whole: Release) -> Advanced:
        asked = Request(1, Wish.TERMINATE, "bob", NOW, reason="enough")
        return advance(take_up(whole, asked, NOW, RULES)[0], NOW, RULES)

    def test_a_rollback_is_withdrawn(self) -> None:
        def rolls(seen: Advanced) -> bool:
            return any(isinstance(effect, CommitEffect) and effect.change.revert for effect in seen.effects)

        advanced, _ = play(two(), ill("shop-qa"), rolls)
        effects = self.ended(advanced.release).effects
        assert [type(effect) for effect in effects] == [WithdrawEffect, WithdrawEffect]
        assert all(effect.change.revert for effect in effects if isinstance(effect, WithdrawEffect))

    @pytest.mark.parametrize("where", ["qa", ""])
    def test_nothing_runs_in_a_release_that_was_given_up(self, where: str) -> None:
        hooks = HooksSpec(None, None, workflow("page"))
        of = spec(environment("qa", hooks=hooks if where else HooksSpec()), hooks=HooksSpec() if where else hooks)

        def changes(seen: Advanced) -> bool:
            return any(isinstance(effect, CommitEffect) for effect in seen.effects)

        advanced, _ = play(of, lambda effect: None, changes)
        whole = self.ended(advanced.release).release
        while not isinstance((hook := advance(whole, NOW, RULES).effects[0]), RunEffect):
            whole, _ = record(whole, hook, hoped(hook), NOW, RULES)
        whole = advance(whole, NOW, RULES).release
        late = NOW + timedelta(seconds=600)
        # The hook is being asked about at the very moment the time for it is over.
        waits = advance(whole, late, RULES, frozenset({hook.step}))
        assert waits.release.status is ReleaseStatus.TERMINATING
        over = advance(record(waits.release, hook, RunState(RunPhase.RUNNING), late, RULES)[0], late, RULES)
        assert over.release.status is ReleaseStatus.TERMINATED
        assert status(over.release, Role.FAILURE_HOOK, where=where) is StepStatus.TERMINATED

    def test_what_had_failed_stays_failed(self) -> None:
        of = spec(environment("qa", action=Action.COMMIT), environment("eu", action=Action.PR))

        def answer(effect: Effect) -> Result | None:
            if isinstance(effect, ProposeEffect):
                return Proposed("https://git.example.com/pull/1")
            return ill("shop-qa")(effect)

        def failed(seen: Advanced) -> bool:
            return seen.release.environments["qa"].status is EnvironmentStatus.FAILED

        advanced, _ = play(of, answer, failed)
        over = self.ended(advanced.release)
        (withdraw,) = over.effects
        whole = advance(record(over.release, withdraw, hoped(withdraw), NOW, RULES)[0], NOW, RULES).release
        assert whole.status is ReleaseStatus.TERMINATED
        assert [state.status.value for state in whole.environments.values()] == ["succeeded", "failed", "terminated"]
