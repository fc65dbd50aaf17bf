"""Releases are woken as soon as their workflows move, whatever happens to the stream."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from adapters.workflows.watching import Watcher
from tests.adapters.workflows.world import kubernetes, rest
from tests.fakes.workflows_controller import Script
from tests.fakes.workflows_server import FakeArgo, Fault


def create(argo: FakeArgo, name: str, release: str | None) -> None:
    labels = {} if release is None else {"promo.io/release": release}
    with argo.lock:
        argo.create({"metadata": {"name": name, "labels": labels}, "spec": {"workflowTemplateRef": {"name": "t"}}})


async def following(
    argo: FakeArgo, transport: Any, act: Callable[[], None], until: Callable[[list[str]], bool]
) -> list[str]:
    """Follow until a condition holds of the releases that were woken; then let a little time pass."""
    woken: list[str] = []
    stop = asyncio.Event()

    async def wake(release: str) -> None:
        woken.append(release)

    task = asyncio.create_task(Watcher(transport, first=0.01).watch(wake, stop))
    async with asyncio.timeout(30):
        while not argo.asked("workflow-events|watch=true"):
            await asyncio.sleep(0.01)
        act()
        while not until(woken):
            assert not task.done(), task.exception()
            await asyncio.sleep(0.01)
    await asyncio.sleep(0.1)
    stop.set()
    async with asyncio.timeout(10):
        await task
    return woken


@pytest.mark.parametrize("through", [rest, kubernetes])
def test_every_change_of_a_phase_wakes_its_release(argo: FakeArgo, through: Any) -> None:
    argo.add("t", Script(seconds=4))

    def act() -> None:
        create(argo, "a", "rel-1")
        create(argo, "b", None)

    def moved(woken: list[str]) -> bool:
        argo.pass_time(0.02)
        return len(woken) >= 3

    assert asyncio.run(following(argo, through(argo), act, moved)) == ["rel-1"] * 3


def test_the_stream_is_asked_for_as_the_server_wants_it(argo: FakeArgo) -> None:
    asyncio.run(following(argo, rest(argo), lambda: None, lambda _: True))
    assert argo.requests[0] == "GET /api/v1/workflow-events/promotions?listOptions.labelSelector=promo.io/release"


@pytest.mark.parametrize("how", ["cut", "eof"])
def test_a_stream_that_ends_is_opened_again_and_tells_nothing_twice(argo: FakeArgo, how: str) -> None:
    argo.add("t", Script(seconds=1))
    create(argo, "a", "rel-1")
    argo.cuts = [(0, how), (1, how), (1, how), (0, how)]

    def act() -> None:
        argo.pass_time(2)
        create(argo, "b", "rel-2")

    woken = asyncio.run(following(argo, rest(argo), act, lambda found: "rel-2" in found and argo.streams >= 5))
    assert woken.count("rel-2") == 1
    assert woken.count("rel-1") <= 2


def test_a_stream_without_a_sign_of_life_is_given_up(argo: FakeArgo) -> None:
    argo.add("t")
    argo.cuts = [(0, "silent")]
    woken = asyncio.run(
        following(argo, rest(argo, silence=0.5), lambda: create(argo, "a", "rel-1"), lambda found: bool(found))
    )
    assert woken == ["rel-1"]
    assert argo.streams == 2


def test_signs_of_life_keep_a_quiet_stream_open(argo: FakeArgo) -> None:
    async def quiet() -> None:
        stop = asyncio.Event()

        async def wake(release: str) -> None:
            raise AssertionError(release)

        task = asyncio.create_task(Watcher(rest(argo, silence=2.0)).watch(wake, stop))
        await asyncio.sleep(2.6)
        stop.set()
        await task

    asyncio.run(quiet())
    assert argo.streams == 1


@pytest.mark.parametrize(
    "fault",
    [
        Fault("refuse", status=503),
        Fault("refuse", status=200, body="data: {not json\n\n"),
        Fault("refuse", status=200, body='data: {"result": 1}\n\n'),
        Fault("refuse", status=200, body='{"code": 7, "message": "forbidden"}\n'),
    ],
)
def test_a_stream_that_is_refused_or_broken_is_asked_for_again(
    argo: FakeArgo, fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    argo.add("t")
    argo.faults = [fault]
    caplog.set_level("INFO", "promo.workflows")
    woken = asyncio.run(following(argo, rest(argo), lambda: create(argo, "a", "rel-1"), lambda found: bool(found)))
    assert woken == ["rel-1"]
    assert "are not followed for" in caplog.text


def test_what_goes_wrong_while_waking_is_no_trouble_of_the_stream(
    argo: FakeArgo, caplog: pytest.LogCaptureFixture
) -> None:
    argo.add("t", Script(seconds=1e6))
    create(argo, "a", "rel-1")
    argo.cuts = [(2, "cut")]
    told: list[str] = []

    async def wake(release: str) -> None:
        told.append(release)
        if told.count("rel-1") == 1 and release == "rel-1":
            raise OSError("the store is away")

    async def until(count: int) -> None:
        async with asyncio.timeout(30):
            while len(told) < count:
                await asyncio.sleep(0.01)

    async def work() -> None:
        stop = asyncio.Event()
        watcher = Watcher(rest(argo), first=0.01)
        task = asyncio.create_task(watcher.watch(wake, stop))
        await until(1)
        await asyncio.to_thread(create, argo, "b", "rel-2")
        await until(2)
        await until(3)
        assert watcher.is_following
        stop.set()
        await task
        assert not watcher.is_following

    asyncio.run(work())
    assert told == ["rel-1", "rel-2", "rel-1"], "the stream goes on, and the next one tells again what nobody took"
    assert argo.streams == 2
    assert "the release `rel-1` was not told of its workflow" in caplog.text
    assert "the store is away" in caplog.text
