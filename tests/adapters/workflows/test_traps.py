"""What Argo Workflows does that a naive caller falls for. Source: argo, section 1 and 5."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from adapters.remote.shape import read
from adapters.workflows.runs import ArgoWorkflows
from adapters.workflows.state import outputs_of, pod_of
from adapters.workflows.transport import CompletedError, Transport
from adapters.workflows.wire import Workflow
from engine.execute.errors import RetryableError, TerminalError
from engine.execute.ports import RunPhase, RunState, WorkflowRun
from tests.adapters.execute_contracts.workflows_contract import asked, settled
from tests.adapters.workflows.world import FOREVER, ArgoWorld, kubernetes, rest
from tests.fakes.workflows_controller import Script, fnv32a
from tests.fakes.workflows_server import NAMESPACE, FakeArgo, Fault
from tests.support.argo_contract import needs_documents
from tests.support.argo_workflows_contract import crd_violations, query_violations, violations

RUN = asked("t")
AGAIN = replace(RUN, started=True)


def ensure(state: FakeArgo, run: WorkflowRun = RUN, transport: Transport | None = None, **how: Any) -> RunState:
    return asyncio.run(ArgoWorkflows(transport or rest(state), NAMESPACE, **how).ensure(run))


def refused(state: FakeArgo, run: WorkflowRun = RUN, transport: Transport | None = None) -> TerminalError:
    with pytest.raises(TerminalError) as caught:
        ensure(state, run, transport)
    return caught.value


@needs_documents
def test_the_documents_are_strict() -> None:
    document = {"metadata": {"name": "a"}, "spec": {"workflowTemplateRef": {"name": "t"}}}
    assert violations("WorkflowCreateRequest", {"workflow": document}) == []
    assert violations("WorkflowCreateRequest", {"workflow": document, "dryRun": True})
    assert violations("WorkflowCreateRequest", {"workflow": {**document, "spec": {"workflowTemplate": {}}}})
    assert crd_violations({**document, "spec": {"arguments": {"parameters": [{"value": "1"}]}}})
    assert query_violations("/api/v1/workflows/{namespace}/{name}", "get", {"namespace", "fields"}) == ["namespace"]


# --- what is created ---------------------------------------------------------------------------------


def test_what_is_created_carries_the_key_the_digest_and_the_release(argo: FakeArgo) -> None:
    argo.add("t")
    ensure(argo, asked("t", p="a=b,c"), service_account="promo-runs")
    document = argo.runs[RUN.name].document
    assert document["metadata"]["labels"] == {"promo.io/release": "rel-1"}
    assert document["metadata"]["annotations"]["promo.io/step"] == RUN.key
    assert len(document["metadata"]["annotations"]["promo.io/parameters"]) == 64
    assert document["spec"] == {
        "workflowTemplateRef": {"name": "t"},
        "arguments": {"parameters": [{"name": "p", "value": "a=b,c"}]},
        "serviceAccountName": "promo-runs",
    }


def test_a_template_of_the_cluster_is_taken_where_the_namespace_has_none(argo: FakeArgo) -> None:
    argo.add("t", cluster=True)
    ensure(argo)
    assert argo.runs[RUN.name].document["spec"]["workflowTemplateRef"] == {"name": "t", "clusterScope": True}
    argo.add("t")
    ensure(argo, asked("t", 2))
    assert argo.runs[asked("t", 2).name].document["spec"]["workflowTemplateRef"] == {"name": "t"}


@pytest.mark.parametrize("through", [rest, kubernetes])
def test_templates_of_the_cluster_that_may_not_be_seen_count_as_missing(argo: FakeArgo, through: Any) -> None:
    argo.add("smoke")
    argo.forbidden = "cluster-workflow-templates"
    error = refused(argo, asked("smoek"), through(argo))
    assert error.reason.startswith("there is no workflow template `smoek` in the namespace `promotions` of ")
    assert error.help == "did you mean `smoke`?"


def test_a_name_that_is_too_long_is_never_sent(argo: FakeArgo) -> None:
    assert "at most 63" in refused(argo, replace(RUN, name="a" * 64)).reason
    assert argo.requests == []


def test_inputs_of_the_first_template_are_parameters(argo: FakeArgo) -> None:
    inputs = {"parameters": [{"name": "APP_NAME"}, {"name": "PATH", "default": "."}]}
    argo.add("t", arguments={}, templates=[{"name": "main", "inputs": inputs, "container": {"image": "alpine"}}])
    assert "needs the parameter `APP_NAME`, which nothing passes" in refused(argo).reason
    ensure(argo, asked("t", APP_NAME="shop"))
    spec = argo.runs[RUN.name].document["spec"]
    assert spec["arguments"] == {"parameters": [{"name": "APP_NAME", "value": "shop"}]}


def test_of_what_is_on_offer_only_what_is_declared_is_passed(argo: FakeArgo) -> None:
    argo.add("t")
    ensure(argo, replace(asked("t", p="1", q="2"), open_ended=True))
    assert argo.runs[RUN.name].document["spec"]["arguments"] == {"parameters": [{"name": "p", "value": "1"}]}


def test_every_parameter_that_is_missing_is_named(argo: FakeArgo) -> None:
    argo.add("t", arguments={"parameters": [{"name": "a"}, {"name": "b"}, {"name": "c", "value": "1"}]})
    assert "needs the parameters `a`, `b`, which nothing passes" in refused(argo).reason
    assert argo.asked("POST") == 0


# --- names that are taken ----------------------------------------------------------------------------


def test_a_workflow_that_no_release_started_is_left_alone(argo: FakeArgo) -> None:
    argo.add("t", Script(seconds=FOREVER))
    spec = {"workflowTemplateRef": {"name": "t"}}
    argo.create({"metadata": {"name": RUN.name}, "spec": spec})
    assert "that no release started" in refused(argo).reason
    with pytest.raises(TerminalError, match="that no release started"):
        asyncio.run(ArgoWorld(argo).workflows().terminate(RUN, "by Ada"))
    assert argo.asked("PUT") == 0


def test_a_conflict_of_versions_is_no_name_that_is_taken(argo: FakeArgo) -> None:
    argo.add("t")
    body = '{"code": 6, "message": "Operation cannot be fulfilled: the object has been modified"}'
    argo.faults = [Fault("refuse", "^POST", 409, body=body)]
    with pytest.raises(RetryableError, match="the object has been modified"):
        ensure(argo)
    assert argo.started == {}
    ensure(argo)
    assert argo.started == {"t": 1}


def test_a_name_that_was_taken_and_is_free_again_is_tried_again(argo: FakeArgo) -> None:
    argo.add("t")
    argo.faults = [Fault("refuse", "^POST", 409, body='{"code": 6, "message": "already exists"}')]
    with pytest.raises(RetryableError, match="was there and went away"):
        ensure(argo)


def test_a_template_that_the_server_does_not_see_yet_is_waited_for(argo: FakeArgo) -> None:
    argo.add("t")
    body = '{"code": 5, "message": "workflowtemplates.argoproj.io \\"t\\" not found"}'
    argo.faults = [Fault("refuse", "^POST", 404, body=body)]
    with pytest.raises(RetryableError, match="does not see the workflow template `t` yet") as caught:
        ensure(argo)
    assert caught.value.after == 2
    ensure(argo)
    assert argo.started == {"t": 1}


# --- what is deleted and archived --------------------------------------------------------------------


def test_a_run_that_its_ttl_deleted_is_found_in_the_archive(argo: FakeArgo) -> None:
    argo.add("t", Script(ttl=0, outputs={"A": "1"}))
    ensure(argo)
    argo.pass_time(60)
    assert RUN.name not in argo.runs
    for run in (RUN, AGAIN):
        state = ensure(argo, run)
        assert (state.phase, dict(state.outputs)) == (RunPhase.SUCCEEDED, {"A": "1"})
    assert argo.started == {"t": 1}


def test_a_run_that_was_deleted_without_archive_is_never_started_again(argo: FakeArgo) -> None:
    argo.archive = None
    argo.add("t", Script(ttl=0))
    ensure(argo)
    argo.pass_time(60)
    state = ensure(argo, AGAIN)
    assert state.phase is RunPhase.ERROR
    assert "was started and is gone; it is not started again" in state.message
    assert argo.started == {"t": 1}


def test_an_archive_that_is_away_for_now_is_waited_for(argo: FakeArgo) -> None:
    argo.add("t", Script(ttl=0))
    ensure(argo)
    argo.pass_time(60)
    # The server says "not found" of a workflow whose archive it cannot ask.
    not_found = '{"code": 5, "message": "not found"}'
    argo.faults = [
        Fault("refuse", "^GET .*/workflows/", 404, body=not_found),
        Fault("refuse", "^GET /api/v1/archived-workflows", 500),
    ]
    with pytest.raises(RetryableError, match="looking for `rel-1-qa-t-1` in the archive"):
        ensure(argo, AGAIN)
    argo.faults = [Fault("refuse", "^GET .*/workflows/", 404, body=not_found)]
    assert ensure(argo, AGAIN).phase is RunPhase.SUCCEEDED


def test_an_archive_that_may_not_be_seen_is_said_and_not_taken_for_empty(argo: FakeArgo) -> None:
    argo.add("t")
    argo.forbidden = "archived-workflows"
    assert refused(argo, AGAIN).help == "the token needs `list` and `get` of `workflows` in that namespace"


# --- how it stands -----------------------------------------------------------------------------------


def test_what_it_does_is_told(argo: FakeArgo) -> None:
    argo.add("t", Script(seconds=4))
    assert ensure(argo).message == "waiting to be started"
    argo.pass_time(1)
    assert ensure(argo).message == "running `work`"
    state = ensure(argo)
    assert state.url == f"{argo.url}/workflows/promotions/{RUN.name}?uid={argo.runs[RUN.name].uid}"


def test_a_failed_run_tells_the_step_and_the_end_of_its_log(argo: FakeArgo) -> None:
    says = "\n".join(f"line {number}" for number in range(1, 31))
    argo.add("t", Script("Failed", says=says))
    state = settled(ArgoWorld(argo), RUN)
    told = state.message.splitlines()
    assert told[:2] == ["`work` failed: Error (exit code 1)", "the end of the log of `work`:"]
    assert told[2:] == [f"line {number}" for number in range(21, 31)]


def test_a_log_is_cut_where_it_is_too_long_and_cleaned(argo: FakeArgo) -> None:
    argo.add("t", Script("Failed", says="\x1b[31m" + "x" * 5000))
    message = settled(ArgoWorld(argo), RUN).message
    assert "\x1b" not in message
    assert len(message) < 1000


def test_logs_that_are_gone_or_may_not_be_read_are_no_trouble(argo: FakeArgo) -> None:
    argo.add("t", Script("Failed", says="the shop is down"))
    settled(ArgoWorld(argo), RUN)
    argo.runs[RUN.name].logs_gone = True
    assert ensure(argo).message.splitlines()[-1] == "`work` failed: Error (exit code 1)"
    argo.forbidden = "/log"
    assert "the log of `work` cannot be read: reading the log of" in ensure(argo).message


def test_outputs_that_only_the_pod_has_count_though_it_failed(argo: FakeArgo) -> None:
    argo.add("t", Script("Failed", outputs={"PROMOTION_CONTEXT": "{}"}, collected=False))
    assert dict(settled(ArgoWorld(argo), RUN).outputs) == {"PROMOTION_CONTEXT": "{}"}


def _node(name: str, kind: str, phase: str, value: str, second: int) -> dict[str, Any]:
    outputs = {"parameters": [{"name": "out", "globalName": "A", "value": value}, {"name": "own", "value": "x"}]}
    finished = f"2026-01-01T00:00:0{second}Z"
    return {"id": name, "name": name, "type": kind, "phase": phase, "finishedAt": finished, "outputs": outputs}


@pytest.mark.parametrize(
    ("nodes", "own", "expected"),
    [
        ([_node("a", "Pod", "Failed", "1", 2), _node("b", "Pod", "Succeeded", "2", 1)], None, "1"),
        ([_node("a", "Pod", "Failed", "1", 1), _node("b", "DAG", "Failed", "2", 2)], None, "1"),
        ([_node("a", "Pod", "Failed", "1", 1), _node("b", "DAG", "Succeeded", "2", 2)], None, "2"),
        ([_node("a", "Pod", "Succeeded", "1", 1)], "3", "3"),
    ],
)
def test_the_last_who_exports_a_name_counts(nodes: list[dict[str, Any]], own: str | None, expected: str) -> None:
    status: dict[str, Any] = {"phase": "Failed", "nodes": {one["id"]: one for one in nodes}}
    if own is not None:
        status["outputs"] = {"parameters": [{"name": "A", "value": own}]}
    assert outputs_of(read(Workflow, {"metadata": {"name": "w"}, "status": status})) == {"A": expected}


@pytest.mark.parametrize(
    ("annotations", "node", "expected"),
    [
        ({}, {"templateName": "work"}, f"w-work-{fnv32a('w.work')}"),
        ({}, {"templateRef": {"name": "lib", "template": "deep"}}, f"w-deep-{fnv32a('w.work')}"),
        ({"workflows.argoproj.io/pod-name-format": "v1"}, {"templateName": "work"}, f"w-{fnv32a('w.work')}"),
        ({}, {"templateName": "x" * 300}, f"w-{'x' * 240}-{fnv32a('w.work')}"),
        ({}, {"type": "Suspend"}, ""),
        ({}, {"id": "w"}, "w"),
    ],
)
def test_names_of_pods(annotations: dict[str, str], node: dict[str, Any], expected: str) -> None:
    whole = {"id": f"w-{fnv32a('w.work')}", "name": "w.work", "type": "Pod", "phase": "Failed"} | node
    document = {"metadata": {"name": "w", "annotations": annotations}, "status": {"nodes": {"n": whole}}}
    workflow = read(Workflow, document)
    assert pod_of(workflow, workflow.status.nodes["n"]) == expected


def test_steps_that_are_stored_elsewhere_are_said(argo: FakeArgo) -> None:
    from adapters.workflows.state import explained

    document = {"metadata": {"name": "w"}, "status": {"phase": "Failed", "nodes": None, "compressedNodes": "H4sI"}}
    assert "only Argo's own server reads them" in explained(read(Workflow, document))


def test_null_is_what_is_not_there() -> None:
    document = {
        "metadata": {"name": "w", "labels": None, "annotations": None, "creationTimestamp": None},
        "status": {"phase": None, "finishedAt": None, "nodes": None, "outputs": None},
    }
    workflow = read(Workflow, document)
    assert (workflow.status.phase, outputs_of(workflow)) == ("", {})


# --- termination -------------------------------------------------------------------------------------


def test_a_run_that_ended_between_the_look_and_the_request_is_no_trouble(argo: FakeArgo) -> None:
    argo.add("t")
    settled(ArgoWorld(argo), RUN)
    with pytest.raises(CompletedError):
        asyncio.run(rest(argo).terminate(RUN.name))
    body = '{"code": 13, "message": "cannot shutdown a completed workflow"}'
    argo.add("slow", Script(seconds=FOREVER, lingers=0))
    ensure(argo, asked("slow"))
    argo.faults = [Fault("late", "^PUT", 500, body=body)]
    asyncio.run(ArgoWorld(argo).workflows().terminate(asked("slow"), "by Ada"))


def test_a_run_that_does_not_end_in_time_is_asked_about_again(argo: FakeArgo) -> None:
    argo.add("t", Script(seconds=FOREVER, lingers=30))
    ensure(argo)
    workflows = ArgoWorkflows(rest(argo), NAMESPACE, ending=0.3)
    with pytest.raises(RetryableError, match="was told to end and has not yet"):
        asyncio.run(workflows.terminate(RUN, "by Ada"))
    argo.pass_time(31)
    asyncio.run(workflows.terminate(RUN, "by Ada"))
    assert argo.asked("PUT") == 1
    assert "Stopped with strategy 'Terminate'" in ensure(argo).message
