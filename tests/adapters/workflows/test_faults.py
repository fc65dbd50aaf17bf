"""Every call, gone wrong in every way: one run is started, and what cannot be known now is asked again."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace

import pytest

from adapters.workflows.runs import ArgoWorkflows
from engine.execute.errors import RetryableError
from engine.execute.ports import RunPhase, RunState, WorkflowRun
from tests.adapters.execute_contracts.workflows_contract import asked
from tests.adapters.workflows.world import FOREVER, kubernetes, rest
from tests.fakes.workflows_controller import Script
from tests.fakes.workflows_server import NAMESPACE, FakeArgo, Fault

CALLS = {
    "look": r"^GET /api/v1/workflows/[^/]*/[^/]*$",
    "template": r"^GET /api/v1/workflow-templates/",
    "create": r"^POST /api/v1/workflows/",
    "log": r"^GET .*/log",
}
FAULTS = {
    "429": Fault("refuse", status=429, headers={"retry-after": "7"}),
    "500": Fault("refuse", status=500),
    "503": Fault("refuse", status=503),
    "502 of a proxy": Fault("refuse", status=502, body="<html>bad gateway</html>"),
    "late 500": Fault("late", status=500),
    "late 503": Fault("late", status=503),
    "cut": Fault("cut"),
    "truncated": Fault("truncate"),
    "never answered": Fault("hang"),
    "delivered twice": Fault("twice"),
}
RUN = asked("t")


def port(state: FakeArgo, timeout: float = 30.0) -> ArgoWorkflows:
    return ArgoWorkflows(rest(state, timeout=timeout), NAMESPACE, ending=2)


def patiently(workflows: ArgoWorkflows, state: FakeArgo, run: WorkflowRun = RUN) -> RunState:
    """Ask as releases do: again after whatever may pass, and with the memory that it was started once that is sure."""
    for _ in range(30):
        try:
            found = asyncio.run(workflows.ensure(run))
        except RetryableError:
            continue
        if found.phase is not RunPhase.RUNNING:
            return found
        run = replace(run, started=True)
        state.pass_time(1)
    raise AssertionError("the run does not end")


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("call", CALLS)
def test_one_run_is_started_whatever_goes_wrong(argo: FakeArgo, call: str, fault: str) -> None:
    argo.add("t", Script("Failed", says="the shop is down", outputs={"A": "1"}))
    argo.faults = [replace(FAULTS[fault], where=CALLS[call])]
    workflows = port(argo, 1.0 if fault == "never answered" else 30.0)
    found = patiently(workflows, argo)
    assert found.phase is RunPhase.FAILED
    assert dict(found.outputs) == {"A": "1"}
    assert argo.started == {"t": 1}
    assert argo.faults[0].times == 0, "nothing went wrong"
    if call != "log":
        assert "the shop is down" in found.message


@pytest.mark.parametrize("fault", FAULTS)
def test_a_run_ends_whatever_goes_wrong_with_its_termination(argo: FakeArgo, fault: str) -> None:
    argo.add("t", Script(seconds=FOREVER))
    workflows = port(argo, 1.0 if fault == "never answered" else 30.0)
    assert asyncio.run(workflows.ensure(RUN)).phase is RunPhase.RUNNING
    argo.faults = [replace(FAULTS[fault], where="^PUT .*/terminate")]
    for _ in range(10):
        try:
            asyncio.run(workflows.terminate(RUN, "by Ada"))
            break
        except RetryableError:
            continue
    assert argo.faults[0].times == 0
    assert asyncio.run(workflows.ensure(replace(RUN, started=True))).phase is RunPhase.FAILED
    assert argo.started == {"t": 1}


def test_a_busy_server_is_left_alone_as_long_as_it_asks(argo: FakeArgo) -> None:
    argo.add("t")
    argo.faults = [replace(FAULTS["429"], where="^POST")]
    with pytest.raises(RetryableError, match="answered 429") as caught:
        asyncio.run(port(argo).ensure(RUN))
    assert caught.value.after == 7


@pytest.mark.parametrize("kind", ["cut", "truncate", "refuse", "late"])
def test_one_run_is_started_through_kubernetes_whatever_goes_wrong(argo: FakeArgo, kind: str) -> None:
    argo.add("t")
    argo.faults = [Fault(kind, method) for method in ("^POST", "^GET .*/workflows/", "^GET .*/workflowtemplates/")]
    workflows = ArgoWorkflows(kubernetes(argo), NAMESPACE)
    assert patiently(workflows, argo).phase is RunPhase.SUCCEEDED
    assert argo.started == {"t": 1}
    assert [fault.times for fault in argo.faults] == [0, 0, 0]


@pytest.mark.parametrize("seed", range(12))
def test_one_run_is_started_in_any_order_of_faults_crowds_and_deletions(argo: FakeArgo, seed: int) -> None:
    chance = random.Random(seed)
    script = Script(chance.choice(["Succeeded", "Failed", "Error"]), seconds=chance.choice([1, 3]), outputs={"A": "1"})
    argo.add("t", replace(script, ttl=chance.choice([None, 0, 2])))
    kinds = [fault for name, fault in FAULTS.items() if name != "never answered"]
    argo.faults = [replace(chance.choice(kinds), where=chance.choice(list(CALLS.values()))) for _ in range(6)]

    async def crowd(run: WorkflowRun) -> list[RunState | BaseException]:
        calls = [port(argo).ensure(run) for _ in range(chance.choice([1, 4]))]
        return await asyncio.gather(*calls, return_exceptions=True)

    run = RUN
    for _ in range(40):
        answers = asyncio.run(crowd(run))
        assert all(isinstance(one, RunState | RetryableError) for one in answers), answers
        states = [one for one in answers if isinstance(one, RunState)]
        if states:
            run = replace(run, started=True)
        if states and states[-1].phase is not RunPhase.RUNNING:
            break
        argo.pass_time(1)
    assert states[-1].phase.value == script.ends.lower()
    assert dict(states[-1].outputs) == {"A": "1"}
    assert argo.started == {"t": 1}
