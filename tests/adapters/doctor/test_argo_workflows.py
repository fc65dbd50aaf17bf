"""The check of Argo Workflows, against one that answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.doctor import Result, Situation, Status
from adapters.doctor.checks.argo_workflows import ArgoWorkflowsServers
from tests.fakes.workflows_server import TOKEN, FakeArgo, Fault, serving


@pytest.fixture
def argo() -> Iterator[FakeArgo]:
    with serving(FakeArgo()) as state:
        state.add("smoke-tests")
        yield state
    assert state.complaints == []


def checked(
    tmp_path: Path, url: str, *, connections: bool = True, token: str = TOKEN, namespace: str = "promotions"
) -> list[Result]:
    (tmp_path / "promo.toml").write_text(
        f'[runtimes.main.workflows]\nnamespace = "{namespace}"\nurl = "{url}"\ntoken = "env:ARGO_TOKEN"\n'
    )
    (tmp_path / "a.promo").write_text("environment dev { kind non-prod }\n")
    return list(ArgoWorkflowsServers().run(Situation(tmp_path, connections, environment={"ARGO_TOKEN": token})))


def test_one_that_answers(tmp_path: Path, argo: FakeArgo) -> None:
    found = checked(tmp_path, argo.url)
    assert [result.status for result in found] == [Status.OK] * 4
    assert found[0].found == f"main: Argo Workflows v4.1.0+fake at {argo.url}"
    assert found[1].found == f"agrees with {argo.url}"
    assert found[2].found == "main: workflows can be looked at; 1 template in `promotions`: `smoke-tests`"
    assert found[3].found == "main: the token may make workflows in `promotions` and follow them"
    assert argo.runs == {}


@pytest.mark.parametrize(
    ("forbidden", "right"),
    [("^POST", "`create` of `workflows`"), ("workflow-events", "`watch` and `list` of `workflows`")],
)
def test_a_right_that_is_missing_is_named(tmp_path: Path, argo: FakeArgo, forbidden: str, right: str) -> None:
    argo.forbidden = forbidden
    last = checked(tmp_path, argo.url)[-1]
    assert (last.status, last.remedy) == (Status.FAILED, f"the token needs {right} in that namespace")
    assert "answered 403" in last.found


def test_a_namespace_without_templates(tmp_path: Path, argo: FakeArgo) -> None:
    argo.templates.clear()
    last = checked(tmp_path, argo.url)[-2]
    assert (last.status, last.found) == (Status.WARNING, "main: the namespace `promotions` has no workflow template")


def test_a_token_that_is_wrong_missing_or_weak(tmp_path: Path, argo: FakeArgo) -> None:
    (wrong,) = checked(tmp_path, argo.url, token="wrong-token")
    assert (wrong.status, "answered 401" in wrong.found) == (Status.FAILED, True)
    assert "wrong-token" not in wrong.found + wrong.remedy
    (empty,) = checked(tmp_path, argo.url, token="")
    assert empty.found == "main: the secret `env:ARGO_TOKEN` is empty"
    argo.forbidden = "workflow-templates"
    weak = checked(tmp_path, argo.url)[-1]
    assert weak.status is Status.FAILED
    assert weak.remedy == "the token needs `list` of `workflowtemplates` in that namespace"


def test_one_that_is_ill_or_not_there(tmp_path: Path, argo: FakeArgo) -> None:
    argo.faults = [Fault("refuse", "version", 503)]
    (only,) = checked(tmp_path, argo.url)
    assert (only.status, only.found.endswith("answered 503: out of order")) == (Status.FAILED, True)
    (only,) = checked(tmp_path, "http://127.0.0.1:1")
    assert (only.status, "127.0.0.1:1 cannot be reached" in only.found) == (Status.FAILED, True)


def test_what_is_not_asked(tmp_path: Path, argo: FakeArgo) -> None:
    (only,) = checked(tmp_path, argo.url, connections=False)
    assert (only.status, only.found) == (Status.SKIPPED, "main: not asked")
    (tmp_path / "promo.toml").write_text("")
    (only,) = ArgoWorkflowsServers().run(Situation(tmp_path, True))
    assert (only.status, only.found) == (Status.OK, "none is configured")
    assert argo.requests == []


def test_through_kubernetes(tmp_path: Path, argo: FakeArgo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "config"))
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "promo.toml").write_text(
        '[runtimes.main.workflows]\nnamespace = "promotions"\nkubernetes = { context = "eu" }\n'
    )
    (tmp_path / "a.promo").write_text("environment dev { kind non-prod }\n")
    (only,) = ArgoWorkflowsServers().run(Situation(tmp_path, True))
    assert (only.status, "the cluster cannot be reached" in only.found) == (Status.FAILED, True)
    (tmp_path / "config").write_text(
        "apiVersion: v1\nkind: Config\n"
        f"clusters: [{{name: c, cluster: {{server: '{argo.url}'}}}}]\n"
        f"users: [{{name: u, user: {{token: {TOKEN}}}}}]\n"
        "contexts: [{name: eu, context: {cluster: c, user: u}}]\n"
    )
    looks, rights = ArgoWorkflowsServers().run(Situation(tmp_path, True))
    assert looks.found == "main: workflows can be looked at; 1 template in `promotions`: `smoke-tests`"
    assert (rights.status, "may make workflows in `promotions`" in rights.found) == (Status.OK, True)
    argo.lacking = ("create workflows", "get pods/log")
    *_, rights = ArgoWorkflowsServers().run(Situation(tmp_path, True))
    assert rights.status is Status.FAILED
    lacks = "main: the account lacks `create` of `workflows` and `get` of `pods/log` in the namespace `promotions`"
    assert rights.found == lacks
    assert "grant it" in rights.remedy
