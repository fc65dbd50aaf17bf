"""The contract of workflows over HTTP: through Argo's server, and through Kubernetes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine.execute.ports import RunPhase
from tests.adapters.execute_contracts.workflows_contract import WorkflowsContract
from tests.adapters.workflows.real import URL, RealWorld, template_document
from tests.adapters.workflows.world import ArgoWorld, kubernetes
from tests.fakes.workflows_server import FakeArgo
from tests.support.argo_contract import needs_documents
from tests.support.argo_workflows_contract import violations


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


@needs_documents
@pytest.mark.parametrize("outputs", [{}, {"A": "1"}])
def test_what_is_made_on_a_real_server_fits_its_documents(outputs: dict[str, str]) -> None:
    document = template_document("t", "argo", RunPhase.FAILED, outputs, "the shop is down", lasts=True)
    assert violations("WorkflowTemplateCreateRequest", {"template": document}) == []


@pytest.mark.skipif(not URL, reason="PROMO_TEST_ARGO_WORKFLOWS_URL names no server")
class TestRealServer(WorkflowsContract):
    @pytest.fixture
    def world(self) -> Iterator[RealWorld]:
        world = RealWorld()
        yield world
        world.close()
