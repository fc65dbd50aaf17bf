"""Random releases live through random events: what must always hold, holds, and each comes to its end.

What happens here is what the reconciler does, one move at a time: a release is moved on and saved, effects are asked
for, answers come in any order, people ask for things, time passes, and the process dies and begins again from what
was saved.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from engine.execute.advance import Advanced, admit, advance
from engine.execute.codec import from_data, to_data
from engine.execute.commands import take_up
from engine.execute.effects import Effect, ReportEffect, Result, RunEffect
from engine.execute.parameters import CONTEXT_PARAMETER
from engine.execute.ports import RunPhase, RunState
from engine.execute.record import record
from engine.execute.release import Event, Release, Role, StepId
from engine.execute.rules import Rules
from engine.execute.spec import ReleaseSpec
from engine.execute.status import ReleaseStatus, StepStatus
from engine.execute.store import Request, Wish
from tests.fakes.worlds import NOW, release
from tests.support.effort import examples
from tests.support.release_answers import answers, healthy_since, hoped
from tests.support.release_invariants import broken, key_of
from tests.support.release_strategies import NAMES, TEAMS, release_specs

RULES = Rules(ZoneInfo, url="https://promo.example.com", reports=True, wind_down=900)

REPEATED = (Role.FAILURE_HOOK, Role.ROLLBACK, Role.ROLLBACK_HEALTH, Role.SUPERSEDE)
"""What a retry does again though it succeeded, because it came of the failure or has to hold once more."""

UNDONE = (Role.ACTION, Role.HEALTH, Role.POST_ACTION)
"""What a retry does again where it was reverted."""

CONTEXTS = ('{"ticket": "SHOP-1"}', '{"ticket": 7, "RELEASE_ID": "mine"}', "no JSON", "[]")


class ReleaseLife(RuleBasedStateMachine):
    """A release, the effects that were asked for and not answered, and what was saved."""

    @initialize(spec=release_specs())
    def create(self, spec: ReleaseSpec) -> None:
        self.now = NOW
        self.release = self.saved = release(spec)
        self.asked: dict[StepId | None, Effect] = {}
        self.requests: dict[tuple[str, str], object] = {}
        self.events: list[Event] = []
        self.saved_events: list[Event] = []
        self.end: Release | None = None

    # --- what the reconciler does ----------------------------------------------------------------

    @rule()
    def move_on(self) -> None:
        """Move the release on, save it, and ask for what is due."""
        if self.release.status is ReleaseStatus.QUEUED:
            self._have(*admit(self.release, self.now, RULES))
        self._advance()

    def _advance(self) -> Advanced:
        busy = frozenset(step for step in self.asked if step is not None)
        advanced = advance(self.release, self.now, RULES, busy, reporting=None in self.asked)
        self._have(advanced.release, advanced.events)
        self.saved, self.saved_events = self.release, list(self.events)
        for effect in advanced.effects:
            step = None if isinstance(effect, ReportEffect) else effect.step
            assert step not in self.asked, "what is being done is asked for again"
            self.asked[step] = effect
            self._check_request(effect)
        if not self.asked:
            assert broken(advanced, self.now, RULES) == []
        return advanced

    @precondition(lambda self: self.asked)
    @rule(data=st.data())
    def answer(self, data: st.DataObject) -> None:
        """Let one of the effects be answered, one way or another."""
        step = data.draw(st.sampled_from(sorted(self.asked, key=str)))
        effect = self.asked.pop(step)
        self._answer(effect, data.draw(st.sampled_from(answers(effect))))

    @precondition(lambda self: any(isinstance(effect, RunEffect) for effect in self.asked.values()))
    @rule(data=st.data(), text=st.sampled_from(CONTEXTS))
    def answer_with_context(self, data: st.DataObject, text: str) -> None:
        """Let a workflow end that exports a promotion context."""
        running = sorted((step for step, effect in self.asked.items() if isinstance(effect, RunEffect)), key=str)
        effect = self.asked.pop(data.draw(st.sampled_from(running)))
        self._answer(effect, RunState(RunPhase.SUCCEEDED, outputs={CONTEXT_PARAMETER: text, "report": "fine"}))

    @precondition(lambda self: any(step and step.role is Role.SOAK for step in self.asked))
    @rule(minutes=st.integers(0, 90))
    def seen_healthy_since(self, minutes: int) -> None:
        """Let a soak see that everything is healthy since a while."""
        step = next(step for step in self.asked if step and step.role is Role.SOAK)
        effect = self.asked.pop(step)
        since = healthy_since(self.now - timedelta(minutes=minutes))
        self._answer(effect, (since,) * len(getattr(effect, "watches", ())))

    @rule()
    def die(self) -> None:
        """Lose everything that was not saved, and what was asked for; another process loads what is in the store."""
        spec = from_data(to_data(self.saved.spec))
        assert spec == self.saved.spec
        self.release = replace(deepcopy(self.saved), spec=spec)
        self.asked = {}
        self.events = list(self.saved_events)

    # --- what the world does ---------------------------------------------------------------------

    @rule(seconds=st.sampled_from((1, 30, 90, 700, 4000, 30_000)))
    def pass_time(self, seconds: int) -> None:
        """Let some time pass."""
        self.now += timedelta(seconds=seconds)

    @rule()
    def sleep(self) -> None:
        """Let time pass until the release wakes."""
        advanced = self._advance()
        if advanced.wake is not None:
            self.now = advanced.wake

    @precondition(lambda self: not self.asked)  # a pass takes up what people ask for before it asks for anything
    @rule(who=st.sampled_from(("ann", "ben", "cy")), where=st.sampled_from(NAMES), team=st.sampled_from(TEAMS))
    def approve(self, who: str, where: str, team: str) -> None:
        """Let somebody approve an environment."""
        self._ask(Request(1, Wish.APPROVE, who, self.now, where, (team,)))

    @precondition(lambda self: not self.asked)
    @rule()
    def terminate(self) -> None:
        """Let somebody terminate the release."""
        self._ask(Request(2, Wish.TERMINATE, "ann", self.now, reason="it is wrong"))

    @precondition(lambda self: self.release.status is ReleaseStatus.FAILED and not self.asked)
    @rule()
    def retry(self) -> None:
        """Let somebody retry the release: nothing that succeeded is done again, apart from what was undone."""
        before = self.release
        self.end = None
        self._ask(Request(3, Wish.RETRY, "ben", self.now))
        for step in before.steps.values():
            role, after = step.id.role, self.release.steps[step.id]
            undone = before.steps.get(step.id._replace(role=Role.ROLLBACK))
            reverted = role in UNDONE and undone is not None and undone.status is StepStatus.SUCCEEDED
            if step.status is StepStatus.SUCCEEDED and role not in REPEATED and not reverted:
                assert after is step
            else:
                assert after.status is StepStatus.PENDING or after is step
        assert not any(step.status.is_failure for step in self.release.steps.values())

    # --- what must hold --------------------------------------------------------------------------

    @invariant()
    def the_end_is_final(self) -> None:
        if self.end is not None:
            assert _apart_from_reports(self.release) == _apart_from_reports(self.end)
        elif self.saved.status.is_final and self.release == self.saved:
            self.end = self.release

    @invariant()
    def the_trail_tells_the_status(self) -> None:
        if not self.events:
            return
        kinds = [event.kind for event in self.events if event.kind.startswith("release.")]
        if kinds:
            assert kinds[-1] == f"release.{self.release.status.value}"
        for name, state in self.release.environments.items():
            told = [e.kind for e in self.events if e.environment == name and e.kind.startswith("environment.")]
            if told:
                assert told[-1] == f"environment.{state.status.value}"

    def teardown(self) -> None:
        """With answers that everybody hopes for, every release comes to an end."""
        if not hasattr(self, "release"):
            return
        for _ in range(3_000):
            if self.release.status is ReleaseStatus.QUEUED:
                self._have(*admit(self.release, self.now, RULES))
            advanced = self._advance()
            answered = list(self.asked)
            for step in answered:
                effect = self.asked.pop(step)
                self._answer(effect, hoped(effect))
            if not answered:
                if self.release.status.is_final:
                    return
                assert advanced.wake is not None, "it waits for ever"
                self.now = advanced.wake
        raise AssertionError(f"it never ends: {self.release.status} {self.release.message}")

    # --- inside ----------------------------------------------------------------------------------

    def _answer(self, effect: Effect, result: Result) -> None:
        self._have(*record(self.release, effect, result, self.now, RULES))

    def _ask(self, request: Request) -> None:
        self._have(*take_up(self.release, request, self.now, RULES))

    def _have(self, whole: Release, events: tuple[Event, ...]) -> None:
        self.release = whole
        self.events += events

    def _check_request(self, effect: Effect) -> None:
        """The same key is always asked for with the same request, whoever asks and however often."""
        if isinstance(effect, ReportEffect):
            return
        key = key_of(self.release, effect)
        for kind in ("run", "change", "watch"):
            request = getattr(effect, kind, None)
            if request is None:
                continue
            plain = replace(
                request, **{"started": True} if kind == "run" else {"memory": ""} if kind == "watch" else {}
            )
            assert self.requests.setdefault((kind, key), plain) == plain


def _apart_from_reports(whole: Release) -> Release:
    return replace(whole, reported="", report_at=None)


TestReleaseLife = ReleaseLife.TestCase
TestReleaseLife.settings = settings(max_examples=examples(200, soak=5_000), stateful_step_count=30)
