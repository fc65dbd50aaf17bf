"""The Kubernetes API instead of Argo CD's own."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.argocd.kubernetes import KubernetesApi
from adapters.argocd.transport import Address, NotNowError, SyncRequest
from engine.execute.errors import AdapterError, RetryableError, TerminalError
from engine.execute.ports import Life
from tests.adapters.argocd.world import NAME, ArgoWorld, kubernetes
from tests.adapters.execute_contracts.applications_contract import observe, settled, values, watching
from tests.fakes.argocd_server import TOKEN, FakeArgoCd, Fault

HERE = Address(NAME, "", "shop")


@pytest.fixture
def world(tmp_path: Path, argocd: FakeArgoCd) -> ArgoWorld:
    world = ArgoWorld(tmp_path, argocd, automated=False)
    world.transport = kubernetes(argocd)
    return world


def test_a_sync_never_replaces_one_that_somebody_asked_for_in_between(world: ArgoWorld) -> None:
    api = kubernetes(world.state)
    world.push(values("2"))
    seen = asyncio.run(api.get(HERE))
    world.app.touch()
    request = SyncRequest("rel-1/qa/shop/health/1", (), None, seen.version, followed=True)
    with pytest.raises(NotNowError, match="has changed in the meantime"):
        asyncio.run(api.sync(HERE, request))
    assert "operation" not in world.app.document
    asyncio.run(api.sync(HERE, replace(request, version=world.app.document["metadata"]["resourceVersion"])))
    assert world.app.document["operation"]["info"] == [{"name": "promo.io/step", "value": request.step}]
    assert "operationState" not in world.app.status


def test_a_refresh_is_never_waited_for(world: ArgoWorld) -> None:
    world.app.behaviour = replace(world.app.behaviour, stuck=True)
    watch = watching(world, world.push(values("2")))
    seen = observe(world, watch)
    again = observe(world, replace(watch, memory=seen.memory))
    assert "a refresh is under way" in again.message
    world.app.behaviour = replace(world.app.behaviour, stuck=False)
    assert settled(world, replace(watch, memory=again.memory)).life is Life.LANDED


@pytest.mark.parametrize(
    ("fault", "kind", "said"),
    [
        (Fault(403, "forbidden"), TerminalError, "grant `get` and `patch`"),
        (Fault(503, "starting"), RetryableError, "answered 503: starting"),
        (Fault(429, "slow down"), RetryableError, "answered 429"),
        (Fault(422, "invalid"), TerminalError, "answered 422: invalid"),
        (Fault(404, "the server could not find the requested resource"), TerminalError, "install Argo CD there"),
        (Fault(502, untyped=True), RetryableError, "something else refuses what it is asked"),
        (Fault(403, untyped=True), RetryableError, "something else refuses what it is asked"),
    ],
)
def test_refusals(world: ArgoWorld, fault: Fault, kind: type[Exception], said: str) -> None:
    world.state.faults = [fault]
    with pytest.raises(kind, match=said):
        asyncio.run(kubernetes(world.state).get(HERE))


@pytest.mark.parametrize("status", [403, 422, 503])
def test_a_cluster_that_repeats_the_token_is_heard_without_it(world: ArgoWorld, status: int) -> None:
    world.state.faults = [Fault(status, f"who is {TOKEN}?")]
    with pytest.raises(AdapterError) as refused:
        asyncio.run(kubernetes(world.state).get(HERE))
    assert "who is ***?" in str(refused.value)


def test_wrong_credentials_and_applications(world: ArgoWorld) -> None:
    with pytest.raises(TerminalError, match="the credentials of the context are wrong"):
        asyncio.run(kubernetes(world.state, token="wrong").get(HERE))
    with pytest.raises(TerminalError, match="there is no application `shop-typo` in the cluster"):
        asyncio.run(kubernetes(world.state).get(Address("shop-typo", "", "shop")))
    with pytest.raises(TerminalError, match="is in project `shop`, not in `payments`"):
        asyncio.run(kubernetes(world.state).get(Address(NAME, "", "payments")))


def test_a_cluster_that_is_not_configured() -> None:
    from lightkube.core.exceptions import ConfigError

    def nowhere() -> None:
        raise ConfigError("Context 'eu' not found")

    with pytest.raises(TerminalError, match="Context 'eu' not found"):
        asyncio.run(KubernetesApi(nowhere, "argocd").get(HERE))  # type: ignore[arg-type]
