"""The contract of applications over HTTP: through Argo CD's API and through Kubernetes, for each kind of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.adapters.argocd.world import URL, ArgoWorld, kubernetes
from tests.adapters.execute_contracts.applications_contract import ApplicationsContract
from tests.fakes.argocd_server import FakeArgoCd

SEVERAL = {
    "sources": [
        {"repoURL": "https://charts.example.com", "chart": "shop", "targetRevision": "8.1.0"},
        {"repoURL": URL, "path": "qa", "targetRevision": "main"},
    ]
}
HYDRATED = {
    "sourceHydrator": {
        "drySource": {"repoURL": URL, "path": "qa", "targetRevision": "main"},
        "syncSource": {"targetBranch": "env/qa", "path": "qa"},
    }
}


class TestAutomatedSync(ApplicationsContract):
    @pytest.fixture
    def world(self, tmp_path: Path, argocd: FakeArgoCd) -> ArgoWorld:
        return ArgoWorld(tmp_path, argocd)


class TestOurSync(ApplicationsContract):
    @pytest.fixture
    def world(self, tmp_path: Path, argocd: FakeArgoCd) -> ArgoWorld:
        return ArgoWorld(tmp_path, argocd, automated=False)


class TestThroughKubernetes(ApplicationsContract):
    @pytest.fixture
    def world(self, tmp_path: Path, argocd: FakeArgoCd) -> ArgoWorld:
        world = ArgoWorld(tmp_path, argocd, automated=False)
        world.transport = kubernetes(argocd)
        return world


class TestSeveralSources(ApplicationsContract):
    @pytest.fixture
    def world(self, tmp_path: Path, argocd: FakeArgoCd) -> ArgoWorld:
        return ArgoWorld(tmp_path, argocd, SEVERAL)


class TestHydrated(ApplicationsContract):
    @pytest.fixture
    def world(self, tmp_path: Path, argocd: FakeArgoCd) -> ArgoWorld:
        return ArgoWorld(tmp_path, argocd, HYDRATED)
