"""What moves elsewhere is noticed when it is told, long before the next look; and nobody else looks."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from adapters.service.following import Following
from adapters.service.metrics import Metrics
from adapters.service.service import Service
from adapters.store.location import locate
from adapters.store.store import ReleaseStore, open_store
from engine.execute.store import StoreUnavailableError
from tests.fakes.argocd_controller import Behaviour
from tests.fakes.workflows_controller import Script
from tests.support.estate import Estate, estate
from tests.support.serving import Served, push_hook, served
from tests.support.stores import sql
from tests.support.waiting import eventually

FOREVER = 1e6
OPEN, CLOSED = 'promo_workflow_watches{state="open"}', 'promo_workflow_watches{state="closed"}'
WOKEN = 'promo_releases_woken_total{by="%s"}'


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Estate]:
    with estate(tmp_path, ("trio", "blog"), merge="never", workflow_seconds=0.2) as made:
        yield made


def in_store(here: Estate, work: Callable[[ReleaseStore], Any]) -> Any:
    """Do something with the store that a service has open as well."""

    async def inside() -> Any:
        store = open_store(locate("", here.environment, here.folder))
        try:
            return await work(store)
        finally:
            await store.close()

    return asyncio.run(inside())


def look_much_later(here: Estate, step: str) -> None:
    """Have every release that waits for a step look at it in an hour, as soon as none of them is being looked at."""
    number = f"SELECT release FROM step WHERE role = '{step}' AND status = 'running'"
    later = int((time.time() + 3600) * 1e6)

    async def put_off(store: ReleaseStore) -> bool:
        found = await sql(
            store,
            f"UPDATE release SET next_due = {later} WHERE number IN ({number}) AND owner IS NULL "
            f"AND next_due > {int((time.time() + 0.3) * 1e6)} RETURNING number",
        )
        wanted = await sql(store, number)
        if len(found) < len(wanted) or not wanted:
            return False
        await sql(store, f"UPDATE step SET look_at = {later} WHERE role = '{step}' AND status = 'running'")
        return True

    eventually(lambda: in_store(here, put_off))


def started(here: Estate, service: Served, *products: str) -> None:
    """Start a release of each product, by a push."""
    for number, product in enumerate(products):
        service.http.post("/webhooks/main", **push_hook(here, here.commit(product, f"1.{number}.1")))
    eventually(lambda: len(service.releases()) == len(products))


@contextmanager
def at_the_gate(here: Estate, log: Path) -> Iterator[Served]:
    """Serve until the block ends, with a release whose gate runs, which nobody would look at for long."""
    here.argo.scripts["gate"] = Script(seconds=FOREVER)
    with served(here, log) as service:
        eventually(lambda: service.metric(OPEN) == 1)
        started(here, service, "trio")
        # It was told when the run was made, and when its pod began.
        eventually(lambda: service.metric(WOKEN % "workflow") >= 2)
        look_much_later(here, "pre-action")
        yield service


def status(service: Served, product: str) -> str:
    return next(str(one["status"]) for one in service.releases() if one["product"] == product)


def events(service: Served, product: str) -> list[str]:
    """Return the steps of a release that have ended."""
    release = next(one["id"] for one in service.releases() if one["product"] == product)
    found = service.call("GET", f"/releases/{release}/events").json()["events"]
    return [one["step"] for one in found if one["kind"] == "step.succeeded"]


def end_run(here: Estate, template: str) -> None:
    """End the runs of a template."""
    with here.argo.lock:
        for run in here.argo.runs.values():
            if run.document["spec"]["workflowTemplateRef"]["name"] == template:
                run.script = Script(seconds=0)


def become_healthy(here: Estate, application: str) -> None:
    """End the rollout of an application."""
    with here.argocd.lock:
        app = here.argocd.applications[application]
        assert app.settles is not None
        app.settles = (app.settles[0], 0, "Healthy", "")
        here.argocd.settle()


def test_a_workflow_that_ends_is_noticed_when_it_is_told(here: Estate, tmp_path: Path) -> None:
    with at_the_gate(here, tmp_path / "log") as service:
        end_run(here, "gate")
        eventually(lambda: "pre-action" in events(service, "trio"))


def test_what_happened_while_nobody_could_be_told_is_noticed_afterwards(here: Estate, tmp_path: Path) -> None:
    with at_the_gate(here, tmp_path / "log") as service:
        here.lines["workflows"].down()
        eventually(lambda: (service.metric(OPEN), service.metric(CLOSED)) == (0, 1))
        assert service.http.get("/readyz").json()["workflows"] == "0 of 1 runtimes are followed"
        end_run(here, "gate")
        here.lines["workflows"].up()
        eventually(lambda: "pre-action" in events(service, "trio"))
        eventually(lambda: service.metric(OPEN) == 1)
    assert "are not followed for 1 s" in (tmp_path / "log").read_text(encoding="utf-8")


def test_a_pull_request_and_an_application_wake_who_waits_for_them_and_nobody_else(
    here: Estate, tmp_path: Path
) -> None:
    for name in here.products:
        here.argocd.applications[f"argocd/{name}-qa"].behaviour = Behaviour(sync_takes=0, progressing=FOREVER)
    with served(here, tmp_path / "log") as service:
        started(here, service, "trio", "blog")
        eventually(lambda: len(here.forge.state.pulls) == 2)
        trio, blog = sorted(here.forge.state.pulls, key=lambda pull: "-trio-" not in pull.head.replace("/", "-"))
        look_much_later(here, "action")

        def told(**hook: Any) -> dict[str, Any]:
            return dict(service.http.post("/webhooks/main", **hook).json())

        asked = len(here.forge.exchanges)
        assert told(**here.pull_hook("feature/login")) == {"result": "not awaited"}
        assert told(**here.pull_hook(trio.head, "https://git.example.com/other/apps.git")) == {"result": "not awaited"}
        here.forge.state.merge(trio, "merge", "", "merged", by="ada")
        assert told(**here.pull_hook(trio.head)) == {"result": "accepted"}
        eventually(lambda: "action" in events(service, "trio"))
        paths = [seen.path for seen in here.forge.exchanges[asked:]]
        assert any(path.endswith(f"/pulls/{trio.number}") for path in paths)
        assert not any(f"/pulls/{blog.number}" in path for path in paths), "nobody asked for the other one"
        assert service.metric(WOKEN % "pull request") == 1

        look_much_later(here, "health")
        become_healthy(here, "argocd/trio-qa")
        headers = {"x-promo-token": here.environment["ARGOCD_HOOKS"]}

        def noted(name: str) -> dict[str, Any]:
            note = {"application": name, "namespace": "argocd"}
            return dict(service.http.post("/webhooks/argocd", json=note, headers=headers).json())

        assert noted("blog-qa") == {"result": "not awaited", "woken": 0}
        assert noted("trio-qa") == {"result": "accepted", "woken": 1}
        eventually(lambda: status(service, "trio") == "succeeded")
        assert "action" not in events(service, "blog")


class Broken:
    """Follows, and breaks at once the first two times."""

    is_following = True

    def __init__(self) -> None:
        self.begun = 0

    async def watch(self, wake: Callable[[str], Any], stop: asyncio.Event) -> None:
        self.begun += 1
        if self.begun < 3:
            raise RuntimeError("something is wrong with it")
        await wake("rel-1")
        await stop.wait()


class AwayStore:
    """Takes what it is told the third time."""

    def __init__(self) -> None:
        self.tries = 0
        self.told: list[set[str]] = []

    async def rouse_workflows(self, releases: set[str]) -> int:
        self.tries += 1
        if self.tries < 3:
            raise StoreUnavailableError("the store is away")
        self.told.append(set(releases))
        return len(releases)


def test_what_breaks_begins_again_and_an_outage_of_the_store_loses_nothing(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.service.following._IDLE", 0.02)
    broken, store = Broken(), AwayStore()
    runtimes = ("main",)
    loaded = SimpleNamespace(configuration=SimpleNamespace(adapters=SimpleNamespace(runtimes=runtimes)))
    current, means = SimpleNamespace(loaded=loaded), SimpleNamespace(watchers=lambda loaded: {"main": broken})
    metrics = Metrics()

    async def work() -> None:
        service = Service(cast(Any, store), cast(Any, current), cast(Any, means), metrics=metrics)
        following = Following(service, first=0.01)
        task = asyncio.create_task(following.run())
        async with asyncio.timeout(20):
            while not store.told:
                await asyncio.sleep(0.01)
        assert following.count() == (1, 1)
        service.stop.set()
        await task
        assert following.count() == (0, 0)

    asyncio.run(work())
    assert store.told == [{"rel-1"}]
    told = metrics.text().decode()
    assert "promo_workflow_watch_faults_total 2.0" in told
    assert "promo_store_outages_total 2.0" in told
    assert 'promo_releases_woken_total{by="workflow"} 1.0' in told
    assert caplog.text.count("the workflows of the runtime `main` are not followed") == 2
    assert "something is wrong with it" in caplog.text


class _Tells:
    """Tells of one release after another, as fast as it can."""

    is_following = True

    async def watch(self, wake: Callable[[str], Any], end: asyncio.Event) -> None:
        for number in range(10_000):
            if end.is_set():
                return
            await wake(f"rel-{number}")
            await asyncio.sleep(0.001)


class _Refusing:
    """A store that fails in a given way, a few times over, and keeps how many releases it was told of."""

    def __init__(self, failure: Exception, times: int) -> None:
        self.failure, self.times = failure, times
        self.sizes: list[int] = []

    async def rouse_workflows(self, told: set[str]) -> int:
        self.sizes.append(len(told))
        await asyncio.sleep(0.05)
        if len(self.sizes) <= self.times:
            raise self.failure
        return len(told)


@pytest.mark.parametrize(
    ("failure", "metric"),
    [
        (StoreUnavailableError("away"), "promo_store_outages_total 4.0"),
        (LookupError("what is this"), "promo_workflow_watch_faults_total 4.0"),
    ],
    ids=["an outage", "a fault"],
)
def test_whatever_the_store_answers_the_next_are_woken_and_no_more_are_noted_than_may_be(
    failure: Exception, metric: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.service.following._IDLE", 0.02)
    monkeypatch.setattr("adapters.service.following.MOST_TOLD", 5)
    store, metrics = _Refusing(failure, 4), Metrics()
    loaded = SimpleNamespace(configuration=SimpleNamespace(adapters=SimpleNamespace(runtimes=("main",))))
    current, means = SimpleNamespace(loaded=loaded), SimpleNamespace(watchers=lambda loaded: {"main": _Tells()})

    async def work() -> None:
        service = Service(cast(Any, store), cast(Any, current), cast(Any, means), metrics=metrics)
        task = asyncio.create_task(Following(service).run())
        async with asyncio.timeout(20):
            while len(store.sizes) < 6:
                await asyncio.sleep(0.01)
        service.stop.set()
        await task

    asyncio.run(work())
    assert max(store.sizes) == 5
    assert metric in metrics.text().decode()


def test_a_workspace_that_names_another_server_has_that_one_followed(here: Estate, tmp_path: Path) -> None:
    with served(here, tmp_path / "log") as service:
        eventually(lambda: service.metric(OPEN) == 1)
        file = here.folder / "promo.toml"
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace(here.lines["workflows"].url, here.argo.url), encoding="utf-8")  # type: ignore[attr-defined]
        streams = here.argo.streams
        eventually(lambda: here.argo.streams == streams + 1 and service.metric(OPEN) == 1)
        here.lines["workflows"].down()
        here.argo.scripts["gate"] = Script(seconds=FOREVER)
        started(here, service, "trio")
        eventually(lambda: service.metric(WOKEN % "workflow") >= 2)
