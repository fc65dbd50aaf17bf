"""Refusals of Argo's server and of what stands before it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from adapters.remote.failures import NoAccessError, StrangerError, UnreachableError
from adapters.remote.server import ApiServer
from adapters.secrets import Secret, SecretError
from adapters.workflows.rest import RestApi
from engine.execute.errors import AdapterError, RetryableError, TerminalError
from engine.execute.ports import RunPhase
from tests.adapters.execute_contracts.workflows_contract import asked, settled
from tests.adapters.workflows.world import ArgoWorld, kubernetes, rest
from tests.fakes.workflows_server import NAMESPACE, TOKEN, FakeArgo, Fault, serving


def failed(api: Any) -> AdapterError:
    with pytest.raises(AdapterError) as caught:
        asyncio.run(api.get("rel-1"))
    assert TOKEN not in f"{caught.value}{caught.value.__cause__}{caught.value.__context__}"
    return caught.value


@pytest.mark.parametrize(
    ("fault", "kind", "told", "help_text"),
    [
        (Fault("", status=400), TerminalError, "answered 400: out of order", ""),
        (Fault("", status=403), TerminalError, "answered 403", "the token needs `get` of `workflows`"),
        (Fault("", status=404, body="404 page not found"), StrangerError, "something else may have", "set `url`"),
        (Fault("", status=404, body='{"code": 5, "mes'), StrangerError, "something else may have", "set `url`"),
        (Fault("", status=404, body='{"code": 12}'), TerminalError, "answered 404", "set `url`"),
        (Fault("", status=302, headers={"location": "https://sso?x=1"}), TerminalError, "`https://sso`", "set `url`"),
        (Fault("", status=200, body="<html>sign in</html>"), RetryableError, "not JSON", "set `url`"),
        (Fault("", status=200, body="[]"), TerminalError, "no object", "set `url`"),
        (Fault("", status=200, body='{"metadata": 1}'), TerminalError, "`metadata`", "set `url`"),
        (Fault("", status=200, body='{"metadata": {"name"'), RetryableError, "is not whole", ""),
        (Fault("", status=503, body=f"token {TOKEN}"), RetryableError, "answered 503", ""),
        (Fault("", status=400, body=f'{{"message": "bad {TOKEN}"}}'), TerminalError, "bad ***", ""),
        (Fault("", status=501), TerminalError, "answered 501", "older than"),
    ],
)
def test_refusals(argo: FakeArgo, fault: Fault, kind: type[AdapterError], told: str, help_text: str) -> None:
    fault.kind = "refuse"
    argo.faults = [fault]
    error = failed(rest(argo))
    assert type(error) is kind
    assert told in error.reason
    assert help_text in error.help


def test_wrong_tokens(argo: FakeArgo) -> None:
    assert "put a new one where `token` points" in failed(rest(argo, token="wrong")).help
    assert "the credentials of the context" in failed(kubernetes(argo, token="wrong")).help

    def missing() -> Secret:
        raise SecretError("the variable `ARGO_TOKEN` is not set", "set `ARGO_TOKEN`")

    error = failed(RestApi(ApiServer(argo.url, missing), NAMESPACE))
    assert (type(error), error.help) == (NoAccessError, "set `ARGO_TOKEN`")


def test_a_server_that_is_not_there() -> None:
    error = failed(rest(FakeArgo(), url="http://127.0.0.1:1"))
    assert type(error) is UnreachableError
    assert error.reason.startswith("127.0.0.1:1 cannot be reached: ")


def test_an_answer_that_is_too_large_is_not_read(argo: FakeArgo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.remote.server.LARGEST", 1024)
    argo.faults = [Fault("refuse", status=200, body="x" * 100_000)]
    assert "is larger than" in failed(rest(argo)).reason


def test_below_a_path(argo: FakeArgo) -> None:
    with serving(FakeArgo(), root="/argo/workflows") as state:
        world = ArgoWorld(state)
        world.template("t", ends=RunPhase.SUCCEEDED)
        assert settled(world, asked("t")).phase is RunPhase.SUCCEEDED
        assert state.complaints == []


@pytest.mark.parametrize("name", ["../../version", "a/b", "A", "", "a?b", "-a"])
def test_what_is_no_name_never_becomes_a_part_of_an_address(argo: FakeArgo, name: str) -> None:
    for run in (asked(name), replace(asked("t"), name=name)):
        with pytest.raises(TerminalError, match="is not the name of a workflow"):
            asyncio.run(ArgoWorld(argo).workflows().ensure(run))
    assert argo.requests == []


def test_a_cluster_without_argo_is_no_missing_workflow(argo: FakeArgo) -> None:
    body = '{"kind": "Status", "reason": "NotFound", "code": 404, "message": "could not find the requested resource"}'
    argo.faults = [Fault("refuse", status=404, headers={"content-type": "application/json"}, body=body)]
    assert failed(kubernetes(argo)).help.startswith("install Argo Workflows there")


@pytest.mark.parametrize("headers", [{}, {"content-type": "text/html"}])
def test_what_stands_before_a_cluster_is_away_for_now(argo: FakeArgo, headers: dict[str, str]) -> None:
    argo.faults = [Fault("refuse", status=502, headers=headers, body="<html>bad gateway</html>")]
    assert type(failed(kubernetes(argo))) is RetryableError


def test_a_cluster_that_is_not_configured() -> None:
    from lightkube.core.exceptions import ConfigError

    from adapters.workflows.kubernetes import KubernetesApi

    def nowhere() -> Any:
        raise ConfigError("Context 'eu' not found")

    error = failed(KubernetesApi(nowhere, NAMESPACE))
    assert "Context 'eu' not found" in error.reason
    assert error.help == "correct `kubernetes` of the runtime"
