"""The calls of Argo CD's API, against a server that refuses what the real one refuses."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import pytest

from adapters.argocd.rest import RestApi
from adapters.argocd.seen import ApplicationSeen
from adapters.argocd.transport import Address, NotNowError, SyncRequest
from adapters.remote.server import ApiServer
from adapters.secrets import Secret, SecretError
from engine.execute.errors import AdapterError, RetryableError, TerminalError
from engine.execute.ports import Life
from tests.adapters.argocd.world import NAME, URL, ArgoWorld, rest
from tests.adapters.execute_contracts.applications_contract import observe, settled, values, watching
from tests.fakes.argocd_server import TOKEN, FakeArgoCd, Fault, serving
from tests.support.argo_contract import needs_documents, query_violations, violations

HERE = Address(NAME, "argocd", "shop")
SYNC = SyncRequest("rel-1/qa/shop/health/1", ("CreateNamespace=true",), {"limit": 2}, "1", followed=False)


@pytest.fixture
def world(tmp_path: Path, argocd: FakeArgoCd) -> ArgoWorld:
    return ArgoWorld(tmp_path, argocd)


def refused(world: ArgoWorld, address: Address = HERE, api: RestApi | None = None) -> AdapterError:
    with pytest.raises(AdapterError) as caught:
        asyncio.run((api or rest(world.state)).get(address))
    assert TOKEN not in f"{caught.value}{caught.value.__cause__}{caught.value.__context__}"
    return caught.value


@needs_documents
def test_the_documents_are_strict() -> None:
    body = {"name": "shop", "infos": [{"name": "a", "value": "b"}]}
    assert violations("applicationApplicationSyncRequest", body) == []
    assert violations("applicationApplicationSyncRequest", body | {"info": []})
    assert violations("applicationApplicationSyncRequest", body | {"infos": [{"key": "a"}]})
    assert query_violations("/api/v1/applications/{name}", "get", {"project", "namespace"}) == ["namespace"]


# --- what is always said -----------------------------------------------------------------------------


def test_every_call_names_the_project_and_the_namespace(world: ArgoWorld) -> None:
    api = rest(world.state)
    world.state.requests.clear()
    asyncio.run(api.get(HERE))
    asyncio.run(api.refresh(HERE, hard=True))
    asyncio.run(api.get(Address(NAME, "", "shop")))
    path = f"GET /api/v1/applications/{NAME}?project=shop"
    assert world.state.requests == [f"{path}&appNamespace=argocd", f"{path}&appNamespace=argocd&refresh=hard", path]


def test_a_sync_carries_our_key_and_the_options_of_the_application(tmp_path: Path, argocd: FakeArgoCd) -> None:
    world = ArgoWorld(tmp_path, argocd, automated=False)
    world.push(values("2"))
    asyncio.run(rest(argocd).sync(HERE, SYNC))
    operation = world.app.document["operation"]
    assert operation["info"] == [{"name": "promo.io/step", "value": SYNC.step}]
    assert operation["sync"]["syncOptions"] == ["CreateNamespace=true"]
    assert operation["retry"] == {"limit": 2}


def test_below_a_root_path(tmp_path: Path) -> None:
    with serving(FakeArgoCd(), root="/argo/cd") as state:
        world = ArgoWorld(tmp_path, state)
        world.push(values("2"))
        assert settled(world, watching(world, world.repo.git("rev-parse", "main"))).life is Life.LANDED


def test_a_name_that_needs_quoting_is_no_path(world: ArgoWorld) -> None:
    world.state.requests.clear()
    refused(world, Address("../../session?x=1", "", "shop"))
    assert all("/session" not in request or "%2F" in request for request in world.state.requests)


# --- applications that are not there -----------------------------------------------------------------


def test_missing_application(world: ArgoWorld) -> None:
    missing = refused(world, Address("shop-typo", "argocd", "shop"))
    assert isinstance(missing, TerminalError)
    assert missing.reason.startswith("there is no application `argocd/shop-typo` in project `shop`")


@pytest.mark.parametrize(("secret", "said"), [(False, "there is no application"), (True, "answered 403")])
def test_app_in_another_project(world: ArgoWorld, secret: bool, said: str) -> None:
    """The server's code says 404, its documentation 403; both lead to the same advice."""
    world.state.other_project_is_secret = secret
    other = refused(world, Address(NAME, "argocd", "payments"))
    assert isinstance(other, TerminalError)
    assert said in other.reason
    assert "`payments`" in other.reason + other.help
    assert "project" in other.help


def test_missing_right(world: ArgoWorld) -> None:
    world.state.faults = [Fault(403, "permission denied: applications, get, shop/shop-qa, sub: proj:shop:promo")]
    error = refused(world)
    assert isinstance(error, TerminalError)
    assert "the token needs `get` and `sync` of applications for `shop/shop-qa`" in error.help


# --- tokens ------------------------------------------------------------------------------------------


def test_a_wrong_token(world: ArgoWorld) -> None:
    error = refused(world, api=rest(world.state, lambda: Secret("wrong")))
    assert isinstance(error, TerminalError)
    assert "the token is wrong or has expired" in error.help


def test_a_token_that_is_not_there(world: ArgoWorld) -> None:
    def missing() -> Secret:
        raise SecretError("the variable `ARGOCD_TOKEN` is not set", "set `ARGOCD_TOKEN`")

    error = refused(world, api=rest(world.state, missing))
    assert (error.reason, error.help) == ("the variable `ARGOCD_TOKEN` is not set", "set `ARGOCD_TOKEN`")


def test_a_token_that_no_header_can_hold(world: ArgoWorld) -> None:
    error = refused(world, api=rest(world.state, lambda: Secret("tökén-of-mine")))
    assert isinstance(error, TerminalError)
    assert "letters that no token has" in error.reason
    assert "tök" not in f"{error}{error.__cause__}{error.__context__}"


def test_a_server_that_repeats_the_token_is_not_quoted(world: ArgoWorld) -> None:
    world.state.faults = [Fault(403, f"token {TOKEN} may not do that")]
    assert "token *** may not do that" in refused(world).reason


# --- servers in trouble ------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_busy_server_is_asked_again(world: ArgoWorld, status: int) -> None:
    world.state.faults = [Fault(status, "busy", {"Retry-After": "17"})]
    error = refused(world)
    assert isinstance(error, RetryableError)
    assert error.after == 17


def test_a_server_that_is_not_there() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    with pytest.raises(RetryableError, match=f"127.0.0.1:{port} cannot be reached"):
        asyncio.run(RestApi(ApiServer(f"http://127.0.0.1:{port}", lambda: Secret(TOKEN))).get(HERE))


@pytest.mark.parametrize("status", [200, 404, 502])
def test_a_page_that_is_no_api(world: ArgoWorld, status: int) -> None:
    world.state.faults = [Fault(status, broken=True)]
    error = refused(world)
    assert isinstance(error, RetryableError), "a proxy may answer so for a moment"
    assert "127.0.0.1" in error.reason
    assert ("set `url`" in error.help) == (status != 502)


def test_a_redirect_is_not_followed(world: ArgoWorld) -> None:
    world.state.faults = [Fault(302, "found", {"Location": "https://login.example.com/auth?state=s"})]
    error = refused(world)
    assert isinstance(error, TerminalError)
    assert "a redirect to `https://login.example.com/auth` and is not followed" in error.reason


def _answering(answer: Callable[[], httpx.Response]) -> RestApi:
    transport = httpx.MockTransport(lambda request: answer())
    return RestApi(ApiServer("https://argocd.example.com", lambda: Secret(TOKEN), transport=transport))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[]", "no object"),
        ("{}", "`metadata`: field required"),
        ('{"metadata": {"name": "a"}, "spec": {}, "status": {"sync": []}}', "`status.sync`"),
        ('{"metadata": {"name": "a"}, "spec": {}, "status": {"reconciledAt": "never"}}', "`status.reconciledAt`"),
    ],
)
def test_an_answer_that_is_no_application(text: str, said: str) -> None:
    with pytest.raises(TerminalError, match=r"argocd\.example\.com") as caught:
        asyncio.run(_answering(lambda: httpx.Response(200, text=text)).get(HERE))
    assert said in caught.value.reason


def test_an_answer_that_no_reader_takes() -> None:
    with pytest.raises(RetryableError, match="not JSON"):
        asyncio.run(_answering(lambda: httpx.Response(200, text="[" * 100_000)).get(HERE))


def test_an_answer_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.remote.server.LARGEST", 1000)
    with pytest.raises(TerminalError, match=r"an answer of argocd\.example\.com is larger than"):
        asyncio.run(_answering(lambda: httpx.Response(200, text="x" * 2000)).get(HERE))


# --- refreshes and syncs -----------------------------------------------------------------------------


def test_refresh_that_blocks(world: ArgoWorld) -> None:
    """The server answers when the controller has looked, which may be never; it is looked at again instead."""
    watch = watching(world, world.push(values("2")))
    world.app.behaviour = replace(world.app.behaviour, stuck=True)
    seen = observe(world, watch)
    assert seen.life is Life.WAITING
    assert (world.state.asked("refresh=normal"), seen.look_after) == (1, 5.0)
    again = observe(world, replace(watch, memory=seen.memory))
    assert "a refresh is under way" in again.message
    assert world.state.asked("refresh=normal") == 1
    world.app.behaviour = replace(world.app.behaviour, stuck=False)
    assert settled(world, replace(watch, memory=again.memory)).life is Life.LANDED


def test_stale_health_is_refreshed(world: ArgoWorld) -> None:
    world.app.behaviour = replace(world.app.behaviour, lags=True, polling=10_000)
    watch = watching(world, world.push(values("2")))
    messages = []
    for _ in range(60):
        seen = observe(world, watch)
        messages.append(seen.message)
        if seen.life is Life.LANDED:
            break
        watch = replace(watch, memory=seen.memory)
        world.pass_time()
    assert seen.life is Life.LANDED
    assert any("Progressing" in message or "after the sync" in message for message in messages)


def test_a_sync_is_asked_for_once(tmp_path: Path, argocd: FakeArgoCd) -> None:
    world = ArgoWorld(tmp_path, argocd, automated=False)
    watch = watching(world, world.push(values("2")))
    assert settled(world, watch).life is Life.LANDED
    assert argocd.asked("/sync") == 1


def test_a_lost_memory_asks_for_no_second_sync(tmp_path: Path, argocd: FakeArgoCd) -> None:
    """What is asked for is looked for on the server, whoever asked."""
    world = ArgoWorld(tmp_path, argocd, automated=False)
    watch = watching(world, world.push(values("2")))
    for _ in range(20):
        if observe(world, watch).life is Life.LANDED:
            break
        argocd.pass_time(2)
    assert argocd.asked("/sync") == 1


def test_a_passive_watch_never_syncs(tmp_path: Path, argocd: FakeArgoCd) -> None:
    world = ArgoWorld(tmp_path, argocd, automated=False)
    watch = watching(world, world.push(values("2")), passive=True)
    for _ in range(10):
        seen = observe(world, watch)
        watch = replace(watch, memory=seen.memory)
        world.pass_time()
    assert "waits until somebody syncs it" in seen.message
    assert argocd.asked("/sync") == 0


def test_a_sync_window_is_waited_for(tmp_path: Path, argocd: FakeArgoCd) -> None:
    world = ArgoWorld(tmp_path, argocd, automated=False)
    world.app.behaviour = replace(world.app.behaviour, window="cannot sync: blocked by sync window")
    watch = watching(world, world.push(values("2")))
    seen = observe(world, watch)
    assert (seen.life, seen.look_after) == (Life.WAITING, 30.0)
    assert "not now: cannot sync: blocked by sync window" in seen.message
    world.app.behaviour = replace(world.app.behaviour, window="")
    assert settled(world, replace(watch, memory=seen.memory)).life is Life.LANDED


def test_a_sync_while_another_runs_is_refused_for_now(tmp_path: Path, argocd: FakeArgoCd) -> None:
    world = ArgoWorld(tmp_path, argocd, automated=False)
    world.push(values("2"))
    asyncio.run(rest(argocd).sync(HERE, SYNC))
    with pytest.raises(NotNowError, match="another operation is already in progress"):
        asyncio.run(rest(argocd).sync(HERE, SYNC))


def test_who_is_overtaken_by_another_sync_looks_again_soon(tmp_path: Path, argocd: FakeArgoCd) -> None:
    @dataclass(frozen=True)
    class Overtaken(RestApi):
        async def get(self, address: Address) -> ApplicationSeen:
            seen = await RestApi.get(self, address)
            await self.sync(address, SYNC)
            return seen

    world = ArgoWorld(tmp_path, argocd, automated=False)
    watch = watching(world, world.push(values("2")))
    usual = rest(argocd)
    observe(world, replace(watch, passive=True))
    world.pass_time()
    world.transport = Overtaken(usual.server, usual.patience)
    seen = observe(world, watch)
    assert (seen.life, seen.look_after) == (Life.WAITING, 5.0)
    assert seen.message.endswith("not now: another operation is already in progress")
    world.transport = usual
    assert settled(world, watch).life is Life.LANDED
    assert argocd.syncs == [SYNC.step]


def test_a_failed_sync_is_a_failure_and_a_further_attempt_syncs_again(world: ArgoWorld) -> None:
    world.app.behaviour = replace(world.app.behaviour, sync_fails="quota exceeded")
    watch = watching(world, world.push(values("2")))
    seen = settled(world, watch)
    assert (seen.life, "quota exceeded" in seen.message) == (Life.FAILED, True)
    world.app.behaviour = replace(world.app.behaviour, sync_fails="")
    again = settled(world, replace(watch, key=watch.key.removesuffix("1") + "2"))
    assert again.life is Life.LANDED
    assert world.state.asked("/sync") == 1


def test_a_comparison_error_is_confirmed_by_a_hard_refresh(world: ArgoWorld) -> None:
    world.app.behaviour = replace(world.app.behaviour, compare_fails="helm template failed: no such value")
    seen = settled(world, watching(world, world.push(values("2"))))
    assert (seen.life, "no such value" in seen.message) == (Life.FAILED, True)
    assert world.state.asked("refresh=hard") == 1


def test_a_paused_rollout_is_waited_for(world: ArgoWorld) -> None:
    world.app.behaviour = replace(world.app.behaviour, becomes="Suspended", says="CanaryPauseStep")
    watch = watching(world, world.push(values("2")))
    for _ in range(10):
        seen = observe(world, watch)
        assert seen.life is Life.WAITING
        watch = replace(watch, memory=seen.memory)
        world.pass_time()
    assert "CanaryPauseStep" in seen.message
    assert world.app.settles is not None
    synced, progressing, _, _ = world.app.settles
    world.app.settles = (synced, progressing, "Healthy", "")
    assert settled(world, watch).life is Life.LANDED


def test_a_hydrator_whose_branch_is_merged_by_squashing(tmp_path: Path, argocd: FakeArgoCd) -> None:
    spec = {
        "sourceHydrator": {
            "drySource": {"repoURL": URL, "path": "qa", "targetRevision": "main"},
            "syncSource": {"targetBranch": "env/qa", "path": "qa"},
            "hydrateTo": {"targetBranch": "env/qa-next"},
        }
    }
    world = ArgoWorld(tmp_path, argocd, spec)
    git = world.repo.git

    def squash() -> None:
        tree, parent = git("rev-parse", "env/qa-next^{tree}"), git("rev-parse", "main")
        git("update-ref", "refs/heads/env/qa", git("commit-tree", "-p", parent, "-m", "squashed", tree))

    watch = watching(world, world.push(values("2")))
    for _ in range(8):
        watch = replace(watch, memory=observe(world, watch).memory)
        if git("for-each-ref", "refs/heads/env/qa-next"):
            squash()
        world.pass_time()
    seen = settled(world, watch)
    assert (seen.life, seen.commit) == (Life.LANDED, watch.commit)
