"""From `promo.toml` to a run: what is configured is what is asked, and each workflow runs in its runtime."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.workflows.configured import WorkflowsConfiguration
from adapters.workflows.connecting import argo_workflows, watchers
from adapters.workflows.runtimes import RuntimeWorkflows
from engine.execute.errors import TerminalError
from engine.execute.ports import RunPhase
from tests.adapters.execute_contracts.workflows_contract import asked
from tests.fakes.workflows_controller import Script
from tests.fakes.workflows_server import NAMESPACE, TOKEN, FakeArgo, serving


def configured(state: FakeArgo) -> WorkflowsConfiguration:
    return WorkflowsConfiguration(NAMESPACE, state.url, "file:token", service_account="promo-runs")


def test_each_workflow_runs_in_its_runtime(tmp_path: Path, argo: FakeArgo) -> None:
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    with serving(FakeArgo()) as other:
        for state in (argo, other):
            state.add("t", Script(seconds=1e6))
        port = argo_workflows({"main": configured(argo), "eu": configured(other)}, "main", tmp_path)
        asyncio.run(port.ensure(asked("t")))
        asyncio.run(port.ensure(replace(asked("t", 2), runtime="eu")))
        assert (list(argo.runs), list(other.runs)) == ([asked("t").name], [asked("t", 2).name])
        assert argo.runs[asked("t").name].document["spec"]["serviceAccountName"] == "promo-runs"
        asyncio.run(port.terminate(replace(asked("t", 2), runtime="eu"), "by Ada"))
        assert asyncio.run(port.ensure(replace(asked("t", 2), runtime="eu"))).phase is RunPhase.FAILED
        with pytest.raises(TerminalError, match="no Argo Workflows is configured for the runtime `ue`") as caught:
            asyncio.run(port.ensure(replace(asked("t"), runtime="ue")))
        assert caught.value.help == "did you mean `eu`?"
        assert other.complaints == []


def test_a_token_that_is_replaced_is_found(tmp_path: Path, argo: FakeArgo) -> None:
    argo.add("t")
    port = argo_workflows({"main": configured(argo)}, "", tmp_path)
    with pytest.raises(TerminalError, match="`token` cannot be read"):
        asyncio.run(port.ensure(asked("t")))
    (tmp_path / "token").write_text(TOKEN)
    assert asyncio.run(port.ensure(asked("t"))).phase is RunPhase.RUNNING


def test_a_file_of_certificates_that_is_none(tmp_path: Path) -> None:
    server = WorkflowsConfiguration(NAMESPACE, "https://127.0.0.1:1", "env:A", ca="ca.pem")
    with pytest.raises(TerminalError, match=r"the certificates in `ca\.pem` cannot be read: No such file"):
        argo_workflows({"main": server}, "", tmp_path)
    (tmp_path / "ca.pem").write_text("no certificate")
    with pytest.raises(TerminalError, match="it holds no certificates"):
        watchers({"main": server}, tmp_path)


def test_several_runtimes_of_which_none_is_for_hooks(argo: FakeArgo) -> None:
    port = RuntimeWorkflows({})
    with pytest.raises(TerminalError, match="no runtime"):
        asyncio.run(port.ensure(asked("t")))
