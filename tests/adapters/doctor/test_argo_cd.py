"""The check of Argo CDs, against one that answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from adapters.doctor import Result, Situation, Status
from adapters.doctor.checks.argo_cd import ArgoCdServers
from tests.fakes.argocd_server import TOKEN, FakeArgoCd, Fault, serving
from tests.support.gitrepo import GitRepo

URL = "https://git.example.com/shop/apps.git"


@pytest.fixture
def argocd(tmp_path: Path) -> Iterator[FakeArgoCd]:
    repo = GitRepo(tmp_path / "apps", bare=True)
    repo.commit({"qa/values.yaml": "a: 1\n"})
    with serving(FakeArgoCd(repositories={URL: repo})) as state:
        state.add("shop-qa", {"source": {"repoURL": URL, "path": "qa", "targetRevision": "main"}})
        yield state
    assert state.complaints == []


def workspace(folder: Path, *names: str, configuration: str) -> Path:
    folder.mkdir()
    (folder / "promo.toml").write_text(configuration, encoding="utf-8")
    text = "environment qa { kind non-prod  cluster in-cluster }\nproduct shop { }\n"
    (folder / "all.promo").write_text(text, encoding="utf-8")
    for name in names:
        (folder / f"{name}.yaml").write_text(
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\n"
            f"metadata:\n  name: {name}\n  annotations:\n    codefresh.io/product: shop\n"
            f"spec:\n  project: shop\n  source:\n    repoURL: {URL}\n    path: qa\n"
            "  destination:\n    server: https://kubernetes.default.svc\n    namespace: shop\n",
            encoding="utf-8",
        )
    return folder


def checked(folder: Path, *, connections: bool = True, token: str = TOKEN) -> list[Result]:
    situation = Situation(folder, connections=connections, environment={"ARGOCD_TOKEN": token})
    return list(ArgoCdServers().run(situation))


def configured(url: str) -> str:
    return f'[runtimes.main.argocd]\nurl = "{url}"\ntoken = "env:ARGOCD_TOKEN"\n'


def test_one_that_answers(tmp_path: Path, argocd: FakeArgoCd) -> None:
    folder = workspace(tmp_path / "w", "shop-qa", configuration=configured(argocd.url))
    found = checked(folder)
    assert [result.status for result in found] == [Status.OK] * 4
    assert found[0].found == f"main: Argo CD v3.5.0+fake at {argocd.url}"
    assert found[1].found.startswith("agrees with")
    assert found[2].found == "main: the token sees 1 of 1 applications of the workspace"
    assert found[3].found == "main: the token may sync 1 of 1 that Argo CD does not sync by itself"


def test_a_token_that_may_not_sync(tmp_path: Path, argocd: FakeArgoCd) -> None:
    argocd.lacking = ("sync",)
    folder = workspace(tmp_path / "w", "shop-qa", configuration=configured(argocd.url))
    last = checked(folder)[-1]
    assert last.status is Status.FAILED
    assert last.found == "main: the token may not sync `shop-qa`, 1 of 1 that Argo CD does not sync by itself"
    assert last.remedy == "give it `applications, sync` of `shop/*`, or turn on automated sync"


def test_what_is_synced_by_itself_needs_no_such_right(tmp_path: Path, argocd: FakeArgoCd) -> None:
    argocd.lacking = ("sync",)
    folder = workspace(tmp_path / "w", "shop-qa", configuration=configured(argocd.url))
    file = folder / "shop-qa.yaml"
    file.write_text(file.read_text(encoding="utf-8") + "  syncPolicy:\n    automated: {}\n", encoding="utf-8")
    assert [result.status for result in checked(folder)] == [Status.OK] * 3
    assert argocd.asked("can-i") == 0


def test_an_application_in_a_namespace_of_its_own(tmp_path: Path, argocd: FakeArgoCd) -> None:
    source = {"repoURL": URL, "path": "qa", "targetRevision": "main"}
    argocd.add("shop-eu", {"source": source}, namespace="teams")
    folder = workspace(tmp_path / "w", "shop-eu", configuration=configured(argocd.url))
    file = folder / "shop-eu.yaml"
    text = file.read_text(encoding="utf-8").replace("  name: shop-eu\n", "  name: shop-eu\n  namespace: teams\n")
    file.write_text(text, encoding="utf-8")
    assert [result.status for result in checked(folder)] == [Status.OK] * 4
    assert [request for request in argocd.requests if "can-i" in request] == [
        "GET /api/v1/account/can-i/applications/sync/shop/shop-eu",
        "GET /api/v1/account/can-i/applications/sync/shop/teams/shop-eu",
    ]


def test_a_clock_that_is_wrong(tmp_path: Path, argocd: FakeArgoCd, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = workspace(tmp_path / "w", "shop-qa", configuration=configured(argocd.url))
    ahead = datetime.now(UTC) + timedelta(minutes=9)
    monkeypatch.setattr("adapters.doctor.checks.clock.datetime", type("Ahead", (), {"now": lambda zone: ahead}))
    clock = checked(folder)[1]
    assert (clock.status, clock.found) == (Status.FAILED, f"9 minutes ahead of {argocd.url}")
    assert "timedatectl" in clock.remedy


def test_an_application_that_the_token_does_not_see(tmp_path: Path, argocd: FakeArgoCd) -> None:
    folder = workspace(tmp_path / "w", "shop-qa", "shop-other", configuration=configured(argocd.url))
    last = checked(folder)[-2]
    assert last.status is Status.WARNING
    assert last.found == "main: the token sees 1 of 2 applications, not `shop-other`"
    assert "give the token `get` and `sync`" in last.remedy


def test_a_token_that_is_wrong_or_missing(tmp_path: Path, argocd: FakeArgoCd) -> None:
    folder = workspace(tmp_path / "w", "shop-qa", configuration=configured(argocd.url))
    last = checked(folder, token="wrong-token")[-1]
    assert (last.status, "answered 401" in last.found) == (Status.FAILED, True)
    assert "wrong-token" not in last.found + last.remedy
    assert checked(folder, token="")[-1].found == "main: the secret `env:ARGOCD_TOKEN` is empty"


def test_one_that_is_ill_or_not_there(tmp_path: Path, argocd: FakeArgoCd) -> None:
    folder = workspace(tmp_path / "w", "shop-qa", configuration=configured(argocd.url))
    argocd.faults = [Fault(503, "starting")]
    (only,) = checked(folder)
    assert (only.status, only.found.endswith("answered 503: starting")) == (Status.FAILED, True)
    gone = workspace(tmp_path / "v", "shop-qa", configuration=configured("http://127.0.0.1:1"))
    (only,) = checked(gone)
    assert (only.status, "127.0.0.1:1 cannot be reached" in only.found) == (Status.FAILED, True)


def test_what_is_not_asked(tmp_path: Path, argocd: FakeArgoCd) -> None:
    argocd.requests.clear()
    (only,) = checked(workspace(tmp_path / "w", configuration=configured(argocd.url)), connections=False)
    assert (only.status, only.found) == (Status.SKIPPED, "main: not asked")
    (only,) = checked(workspace(tmp_path / "v", configuration=""))
    assert (only.status, only.found) == (Status.OK, "none is configured")
    assert argocd.requests == []


def test_through_kubernetes_without_a_cluster(
    tmp_path: Path, argocd: FakeArgoCd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "none"))
    monkeypatch.setenv("HOME", str(tmp_path))
    text = '[runtimes.main.argocd]\nkubernetes = { context = "eu" }\n'
    (only,) = checked(workspace(tmp_path / "w", "shop-qa", configuration=text))
    assert (only.status, "the cluster cannot be reached" in only.found) == (Status.FAILED, True)
    kubeconfig = (
        "apiVersion: v1\nkind: Config\n"
        f"clusters: [{{name: c, cluster: {{server: '{argocd.url}'}}}}]\n"
        f"users: [{{name: u, user: {{token: {TOKEN}}}}}]\n"
        "contexts: [{name: eu, context: {cluster: c, user: u}}]\n"
    )
    (tmp_path / "none").write_text(kubeconfig, encoding="utf-8")
    found = checked(tmp_path / "w")
    assert [(one.status, one.found) for one in found] == [
        (Status.OK, "main: application `shop-qa` is read through the Kubernetes API"),
        (Status.OK, "main: the account may `get` and `patch` applications in the namespace `argocd`"),
    ]
    argocd.lacking = ("patch applications",)
    last = checked(tmp_path / "w")[-1]
    assert last.status is Status.FAILED
    assert last.found == "main: the account lacks `patch` of `applications` in the namespace `argocd`"
    assert "grant it" in last.remedy
