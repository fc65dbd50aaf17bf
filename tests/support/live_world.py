"""A workspace whose applications an Argo CD looks after: a repository, a flow through three environments, a server."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from tests.adapters.execute_contracts.applications_contract import values
from tests.fakes.argocd_server import TOKEN, FakeArgoCd
from tests.support.gitrepo import GitRepo

URL = "https://git.example.com/shop/apps.git"
WHEN = "2026-11-24T10:00+00:00"

_DECLARED = """
environment dev { kind non-prod  cluster in-cluster namespaces dev }
environment qa { kind non-prod  cluster in-cluster namespaces qa }
environment prod { kind prod  cluster in-cluster namespaces prod }
product shop {
  version "values.yaml" "$.image.tag"
  promote "values.yaml" "$.image.tag"
  flow standard
}
policy everywhere { action commit }
flow standard {
  trigger dev
  step qa after dev
  step prod after qa
}
"""

_APPLICATION = """apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: {name}
  annotations:
    codefresh.io/product: shop
spec:
  project: shop
  source:
    repoURL: {url}
    path: {name}
    targetRevision: main
  destination:
    server: https://kubernetes.default.svc
    namespace: {namespace}
"""


@dataclass
class LiveWorld:
    """The workspace; ``names`` are its applications by environment."""

    folder: Path
    argocd: FakeArgoCd
    names: dict[str, tuple[str, ...]] = field(
        default_factory=lambda: {"dev": ("shop-dev",), "qa": ("shop-qa",), "prod": ("shop-eu", "shop-us")}
    )

    def __post_init__(self) -> None:
        """Make the repository, let the Argo CD deploy it, then change dev."""
        self.repo = GitRepo(self.folder / "apps", bare=True)
        self.repo.commit({f"{name}/values.yaml": values("1.0") for name in self.applications}, message="chore: start")
        self.argocd.repositories[URL] = self.repo
        for name in self.applications:
            source = {"repoURL": URL, "path": name, "targetRevision": "main"}
            self.argocd.add(name, {"source": source}, automated=name != "shop-us")
        self.repo.commit({"shop-dev/values.yaml": values("2.0")}, message="feat: two")
        self.workspace = self.folder / "workspace"
        self.workspace.mkdir()
        (self.workspace / "all.promo").write_text(_DECLARED, encoding="utf-8")
        for environment, names in self.names.items():
            for name in names:
                text = _APPLICATION.format(name=name, url=URL, namespace=environment)
                (self.workspace / f"{name}.yaml").write_text(text, encoding="utf-8")
        self.configure(f'[runtimes.main.argocd]\nurl = "{self.argocd.url}"\ntoken = "file:token"\n')
        (self.workspace / "token").write_text(TOKEN, encoding="utf-8")

    @property
    def applications(self) -> tuple[str, ...]:
        """All of them."""
        return tuple(name for names in self.names.values() for name in names)

    def configure(self, text: str) -> None:
        """Write `promo.toml`."""
        checkouts = f'[checkouts]\n"{URL}" = "{self.repo.path}"\n'
        (self.workspace / "promo.toml").write_text(checkouts + text, encoding="utf-8")
