"""Several services on one PostgreSQL: each answers for all, a commit starts one release, a dead one is no loss."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.store.location import locate
from adapters.store.store import open_store
from tests.fakes.fault_proxy import Fault, FaultProxy, Kind
from tests.support.estate import Estate, estate
from tests.support.postgres import PostgresCluster
from tests.support.serving import Served, push_hook, served
from tests.support.stores import cluster
from tests.support.waiting import eventually

__all__ = ["cluster"]


@pytest.fixture
def here(tmp_path: Path, cluster: PostgresCluster) -> Iterator[Estate]:
    with estate(tmp_path, ("trio", "blog"), cluster=cluster) as made:
        yield made


def holders(here: Estate) -> dict[str, str]:
    """Return who holds which release."""

    async def ask() -> dict[str, str]:
        store = open_store(locate("", here.environment, here.folder))
        try:
            return await store.holders()
        finally:
            await store.close()

    return asyncio.run(ask())


def test_one_webhook_to_each_of_two_starts_one_release_and_both_tell_of_it(here: Estate, tmp_path: Path) -> None:
    with served(here, tmp_path / "one") as one, served(here, tmp_path / "two", beside=one) as two:
        both = (one, two)
        commits = [here.commit("trio", f"1.{number}.0") for number in range(1, 3)]
        for sha in commits:
            for service in both:
                assert service.http.post("/webhooks/main", **push_hook(here, sha)).status_code == 202
        eventually(lambda: [found["status"] for found in one.releases()] == ["succeeded"] * 2)
        assert [found["commit"] for found in one.releases()] == commits
        assert one.releases() == two.releases()
        started = [service.metric('promo_triggers_total{result="started"}') for service in both]
        assert sum(started) == 2
        assert (here.promotions("trio"), here.runs("trio")) == (2, {"gate": 2, "verify": 2})


def test_the_other_one_takes_over_from_one_that_dies_in_the_middle_of_a_call(here: Estate, tmp_path: Path) -> None:
    line = here.lines["forge"]
    assert isinstance(line, FaultProxy)
    with served(here, tmp_path / "one") as one, served(here, tmp_path / "two", beside=one) as two:
        # Whoever opens the pull request gets no answer, and goes on waiting for one.
        line.faults.append(Fault(Kind.HANG, "POST", "/pulls$", done=True))
        one.http.post("/webhooks/main", **push_hook(here, here.commit("trio", "1.1.0")))
        eventually(lambda: len(here.forge.state.pulls) == 1)
        (owner,) = holders(here).values()
        dead, left = (one, two) if f":{one.process.pid}:" in owner else (two, one)
        assert f":{dead.process.pid}:" in owner
        dead.stop(signal.SIGKILL)
        eventually(lambda: left.releases()[0]["status"] == "succeeded")
        assert left.call("GET", f"/releases/{left.releases()[0]['id']}/notes").status_code == 200
        assert len(here.forge.state.pulls) == 1
        assert (here.promotions("trio"), here.runs("trio")) == (1, {"gate": 1, "verify": 1})
        assert left.http.get("/readyz").json()["ready"] is True
        # What the dead one would have looked at is looked at by the other.
        left.http.post("/webhooks/main", **push_hook(here, here.commit("blog", "1.1.0")))
        eventually(lambda: done(left, "blog"))


def test_two_that_share_the_work_are_told_to_end_while_they_do_it(here: Estate, tmp_path: Path) -> None:
    with served(here, tmp_path / "one") as one, served(here, tmp_path / "two", beside=one) as two:
        commits = [(name, here.commit(name, f"2.{number}.0")) for number in range(2) for name in ("trio", "blog")]
        for _, sha in commits:
            one.http.post("/webhooks/main", **push_hook(here, sha))
        eventually(lambda: len(two.releases()) == len(commits))
        assert one.stop() == 0
        eventually(lambda: all(found["status"] == "succeeded" for found in two.releases()))
        assert [(found["product"], found["commit"]) for found in two.releases()] == commits
        assert two.stop() == 0
    for name in ("trio", "blog"):
        assert (here.promotions(name), here.runs(name)) == (2, {"gate": 2, "verify": 2})
    assert holders(here) == {}


def done(service: Served, product: str) -> bool:
    return any((one["product"], one["status"]) == (product, "succeeded") for one in service.releases())
