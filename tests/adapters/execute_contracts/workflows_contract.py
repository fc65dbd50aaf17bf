"""What every implementation of `engine.execute.ports.Workflows` must do, the real ones and stand-ins alike.

A test module makes a class of its own from `WorkflowsContract` and gives it a fixture ``world``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from dataclasses import replace
from typing import Any, Protocol, TypeVar

import pytest

from engine.execute.errors import TerminalError
from engine.execute.ports import RunPhase, RunState, WorkflowRun, Workflows

T = TypeVar("T")

_LONGEST = 600


class WorkflowsWorld(Protocol):
    """Workflow templates, and somewhere to run them.

    Attributes:
        strict: whether it knows which templates there are and what a run was started with; a stand-in need not.
    """

    strict: bool

    def workflows(self) -> Workflows:
        """Return the port, without any memory of what was asked before, as after a crash."""

    def template(
        self,
        name: str,
        *,
        ends: RunPhase,
        outputs: Mapping[str, str] | None = None,
        says: str = "",
        lasts: bool = False,
    ) -> None:
        """Add a template with the parameter ``p``, which has a default.

        Args:
            name: of the template.
            ends: how its runs end.
            outputs: what they export by global names.
            says: what they print, or are said to have printed.
            lasts: whether they only end when they are ended.
        """

    def started(self, template: str) -> int:
        """Return how many runs of a template have begun to do something."""

    def forget(self, run: WorkflowRun) -> None:
        """Let a run that has ended disappear."""

    def pass_time(self) -> None:
        """Let a little time pass."""


def run(call: Coroutine[Any, Any, T]) -> T:
    """Wait for a call."""
    return asyncio.run(call)


def asked(template: str, attempt: int = 1, **parameters: str) -> WorkflowRun:
    """Return a run of a template."""
    return WorkflowRun(
        key=f"rel-1/qa/app/pre-action/{attempt}",
        name=f"rel-1-qa-{template}-{attempt}",
        template=template,
        parameters=parameters,
        open_ended=False,
        runtime="",
        started=False,
        release="rel-1",
    )


def settled(world: WorkflowsWorld, wanted: WorkflowRun) -> RunState:
    """Ask until a run has ended, each time without memory."""
    for _ in range(_LONGEST):
        state = run(world.workflows().ensure(wanted))
        if state.phase is not RunPhase.RUNNING:
            return state
        wanted = replace(wanted, started=True)
        world.pass_time()
    raise AssertionError("the run does not end")


class WorkflowsContract:
    """The behaviour of the port."""

    def test_a_run_is_started_once_however_often_it_is_asked_for(self, world: WorkflowsWorld) -> None:
        world.template("t", ends=RunPhase.SUCCEEDED, outputs={"A": "1", "B": "two"})
        assert settled(world, asked("t")).phase is RunPhase.SUCCEEDED
        for started in (False, True):
            state = run(world.workflows().ensure(replace(asked("t"), started=started)))
            assert (state.phase, dict(state.outputs)) == (RunPhase.SUCCEEDED, {"A": "1", "B": "two"})
        assert world.started("t") == 1

    def test_many_who_ask_at_once_start_one_run(self, world: WorkflowsWorld) -> None:
        world.template("t", ends=RunPhase.SUCCEEDED)

        async def crowd() -> list[RunState]:
            return await asyncio.gather(*(world.workflows().ensure(asked("t")) for _ in range(8)))

        run(crowd())
        assert settled(world, asked("t")).phase is RunPhase.SUCCEEDED
        assert world.started("t") == 1

    def test_another_attempt_is_another_run(self, world: WorkflowsWorld) -> None:
        world.template("t", ends=RunPhase.FAILED)
        assert settled(world, asked("t")).phase is RunPhase.FAILED
        assert settled(world, asked("t", attempt=2)).phase is RunPhase.FAILED
        assert world.started("t") == 2

    def test_a_run_that_failed_says_why_and_keeps_what_it_exported(self, world: WorkflowsWorld) -> None:
        world.template("t", ends=RunPhase.FAILED, outputs={"PROMOTION_CONTEXT": '{"a": 1}'}, says="the shop is down")
        state = settled(world, asked("t"))
        assert "the shop is down" in state.message
        assert state.outputs["PROMOTION_CONTEXT"] == '{"a": 1}'

    def test_a_run_that_is_remembered_and_gone_is_an_error_and_not_started(self, world: WorkflowsWorld) -> None:
        world.template("t", ends=RunPhase.SUCCEEDED)
        assert run(world.workflows().ensure(replace(asked("t"), started=True))).phase is RunPhase.ERROR
        settled(world, asked("t", attempt=2))
        world.forget(asked("t", attempt=2))
        again = run(world.workflows().ensure(replace(asked("t", attempt=2), started=True)))
        assert again.phase is RunPhase.ERROR
        assert world.started("t") == 1

    def test_a_run_that_is_terminated_ends_and_stays_so(self, world: WorkflowsWorld) -> None:
        world.template("t", ends=RunPhase.SUCCEEDED, lasts=True)
        assert run(world.workflows().ensure(asked("t"))).phase is RunPhase.RUNNING
        for _ in range(2):
            run(world.workflows().terminate(asked("t"), "by Ada"))
            state = run(world.workflows().ensure(replace(asked("t"), started=True)))
            assert state.phase in (RunPhase.FAILED, RunPhase.ERROR)

    def test_terminating_what_is_not_there_or_has_ended_changes_nothing(self, world: WorkflowsWorld) -> None:
        world.template("t", ends=RunPhase.SUCCEEDED)
        run(world.workflows().terminate(asked("t"), "by Ada"))
        assert world.started("t") == 0
        settled(world, asked("t"))
        run(world.workflows().terminate(asked("t"), "by Ada"))
        assert run(world.workflows().ensure(asked("t"))).phase is RunPhase.SUCCEEDED

    def test_other_parameters_under_the_same_key_are_refused(self, world: WorkflowsWorld) -> None:
        if not world.strict:
            pytest.skip("a stand-in complains to the test instead")
        world.template("t", ends=RunPhase.SUCCEEDED)
        settled(world, asked("t", p="1"))
        with pytest.raises(TerminalError, match="parameters"):
            run(world.workflows().ensure(asked("t", p="2")))
        assert world.started("t") == 1

    def test_another_key_under_the_same_name_is_refused(self, world: WorkflowsWorld) -> None:
        if not world.strict:
            pytest.skip("a stand-in knows runs by their keys")
        world.template("t", ends=RunPhase.SUCCEEDED)
        settled(world, asked("t"))
        with pytest.raises(TerminalError, match="rel-1/qa/app/pre-action/1"):
            run(world.workflows().ensure(replace(asked("t"), key="rel-2/qa/app/pre-action/1")))

    def test_what_is_not_there_or_does_not_fit_is_refused_for_good(self, world: WorkflowsWorld) -> None:
        if not world.strict:
            pytest.skip("a stand-in runs whatever it is asked for")
        world.template("smoke", ends=RunPhase.SUCCEEDED)
        with pytest.raises(TerminalError, match="smok"):
            run(world.workflows().ensure(asked("smok")))
        with pytest.raises(TerminalError, match="`q`"):
            run(world.workflows().ensure(asked("smoke", q="1")))
        assert world.started("smoke") == 0

    def test_of_parameters_on_offer_those_that_are_declared_are_passed(self, world: WorkflowsWorld) -> None:
        if not world.strict:
            pytest.skip("a stand-in runs whatever it is asked for")
        world.template("t", ends=RunPhase.SUCCEEDED)
        assert settled(world, replace(asked("t", p="1", q="2"), open_ended=True)).phase is RunPhase.SUCCEEDED
