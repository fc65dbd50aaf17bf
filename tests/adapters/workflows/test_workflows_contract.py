"""The contract of workflows over HTTP: through Argo's server, and through Kubernetes."""

from __future__ import annotations

import pytest

from tests.adapters.execute_contracts.workflows_contract import WorkflowsContract
from tests.adapters.workflows.world import ArgoWorld, kubernetes
from tests.fakes.workflows_server import FakeArgo


class TestRest(WorkflowsContract):
    @pytest.fixture
    def world(self, argo: FakeArgo) -> ArgoWorld:
        return ArgoWorld(argo)


class TestWithoutArchive(WorkflowsContract):
    @pytest.fixture
    def world(self, argo: FakeArgo) -> ArgoWorld:
        argo.archive = None
        return ArgoWorld(argo)


class TestThroughKubernetes(WorkflowsContract):
    @pytest.fixture
    def world(self, argo: FakeArgo) -> ArgoWorld:
        return ArgoWorld(argo, kubernetes(argo))
