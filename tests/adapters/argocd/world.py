"""A repository, an Argo CD that follows it, and the port that watches it over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from adapters.argocd.ancestry import GitAncestry
from adapters.argocd.applications import ArgoCdApplications
from adapters.argocd.kubernetes import KubernetesApi
from adapters.argocd.rest import RestApi
from adapters.argocd.transport import Transport
from adapters.git import GitRepositories
from adapters.remote.server import ApiServer
from adapters.secrets import Secret
from adapters.yaml import SpliceEditor
from engine.execute.ports import Applications
from engine.execute.spec import TargetSpec
from tests.adapters.execute_contracts.applications_contract import values
from tests.fakes.argocd_controller import FakeApplication
from tests.fakes.argocd_server import OWN_NAMESPACE, TOKEN, FakeArgoCd
from tests.support.gitrepo import GitRepo

URL = "https://git.example.com/shop/apps.git"
NAME = "shop-qa"


class ArgoWorld:
    """An application of a fake Argo CD."""

    def __init__(self, folder: Path, state: FakeArgoCd, spec: dict[str, Any] | None = None, **how: Any) -> None:
        self.folder, self.state = folder, state
        self.repo = GitRepo(folder / "apps", bare=True)
        self.repo.commit({"dev/values.yaml": values("2"), "qa/values.yaml": values("1")})
        state.repositories[URL] = self.repo
        source = {"repoURL": URL, "path": "qa", "targetRevision": "main"}
        self.app: FakeApplication = state.add(NAME, spec or {"source": source}, **how)
        self.target = TargetSpec(
            key=NAME, name=NAME, namespace="", project="shop", runtime="", repo_url=URL, branch="main", folder="qa"
        )
        self.transport: Transport = rest(state)

    def applications(self) -> Applications:
        repositories = GitRepositories({URL: self.repo.path}, self.folder / "cache", base=self.folder, timeout=30)
        ancestry = GitAncestry(repositories, SpliceEditor())
        return ArgoCdApplications({"": self.transport}, ancestry, self.state.clock)

    def push(self, content: str) -> str:
        return self.repo.commit({"qa/values.yaml": content})

    def push_elsewhere(self) -> str:
        return self.repo.commit({"README.md": "hello\n"})

    def fall_ill(self) -> None:
        self.app.behaviour = replace(self.app.behaviour, becomes="Degraded", says="the pods crash")

    def now(self) -> datetime:
        return self.state.clock.now()

    def pass_time(self) -> None:
        self.state.pass_time(5)


def rest(state: FakeArgoCd, token: Callable[[], Secret] = lambda: Secret(TOKEN)) -> RestApi:
    return RestApi(ApiServer(state.url, token), patience=0.3)


def kubernetes(state: FakeArgoCd, token: str = TOKEN) -> KubernetesApi:
    from lightkube.config.kubeconfig import KubeConfig, SingleConfig
    from lightkube.config.models import Cluster, User

    def config() -> SingleConfig:
        found = KubeConfig.from_one(cluster=Cluster(server=state.url), user=User(token=token)).get()
        assert found is not None
        return found

    return KubernetesApi(config, OWN_NAMESPACE)
