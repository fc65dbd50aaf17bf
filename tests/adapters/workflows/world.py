"""An Argo Workflows, and the port that runs workflows there over HTTP."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from functools import cache
from typing import Any

import httpx

from adapters.remote.server import ApiServer
from adapters.secrets import Secret
from adapters.workflows.kubernetes import KubernetesApi
from adapters.workflows.rest import RestApi
from adapters.workflows.runs import ArgoWorkflows
from adapters.workflows.transport import Transport
from engine.execute.ports import RunPhase, WorkflowRun, Workflows
from tests.fakes.workflows_controller import Script
from tests.fakes.workflows_server import NAMESPACE, TOKEN, FakeArgo

FOREVER = 10_000_000.0
_ENDS = {RunPhase.SUCCEEDED: "Succeeded", RunPhase.FAILED: "Failed", RunPhase.ERROR: "Error"}


class ArgoWorld:
    """Templates and runs of a fake Argo Workflows."""

    strict = True

    def __init__(self, state: FakeArgo, transport: Transport | None = None) -> None:
        self.state = state
        self.transport: Transport = transport or rest(state)

    def workflows(self) -> Workflows:
        return ArgoWorkflows(self.transport, NAMESPACE, ending=2)

    def template(
        self,
        name: str,
        *,
        ends: RunPhase,
        outputs: Mapping[str, str] | None = None,
        says: str = "",
        lasts: bool = False,
    ) -> None:
        self.state.add(name, Script(_ENDS[ends], FOREVER if lasts else 2.0, outputs or {}, says))

    def started(self, template: str) -> int:
        return self.state.started.get(template, 0)

    def forget(self, run: WorkflowRun) -> None:
        self.state.delete(run.name)
        if self.state.archive is not None:
            self.state.archive.clear()

    def pass_time(self) -> None:
        self.state.pass_time(1)


@cache
def _trusted() -> ssl.SSLContext:
    """Read the authorities once: it takes longer than most tests."""
    return httpx.create_ssl_context()


def rest(state: FakeArgo, *, timeout: float = 30.0, silence: float = 45.0, **how: Any) -> RestApi:
    token = how.pop("token", TOKEN)
    server = ApiServer(how.pop("url", state.url), lambda: Secret(token), _trusted(), timeout, **how)
    return RestApi(server, NAMESPACE, silence)


def kubernetes(state: FakeArgo, token: str = TOKEN, silence: float = 300.0) -> KubernetesApi:
    from lightkube.config.kubeconfig import KubeConfig, SingleConfig
    from lightkube.config.models import Cluster, User

    def config() -> SingleConfig:
        found = KubeConfig.from_one(cluster=Cluster(server=state.url), user=User(token=token)).get()
        assert found is not None
        return found

    return KubernetesApi(config, NAMESPACE, silence=silence)
