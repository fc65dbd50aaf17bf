"""A whole release by `promo run`, of applications that an Argo CD looks after, in real time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.argocd_controller import Behaviour
from tests.fakes.argocd_server import TOKEN, FakeArgoCd, serving
from tests.fakes.live_clock import LiveClock
from tests.support.release_world import URL, ReleaseWorld

RUN = ("run", "--product", "storefront", "--flow", "quick", "--yes")
RUNTIME = '[runtimes.main.argocd]\nurl = "{url}"\ntoken = "file:token"\n'


@pytest.fixture
def argocd() -> Iterator[FakeArgoCd]:
    with serving(FakeArgoCd(clock=LiveClock())) as state:
        yield state
    assert state.complaints == []


@pytest.fixture
def world(tmp_path: Path, argocd: FakeArgoCd) -> ReleaseWorld:
    world = ReleaseWorld(tmp_path)
    argocd.repositories[URL] = world.bare
    for name in ("dev", "qa"):
        source = {"repoURL": URL, "path": f"apps/storefront/{name}", "targetRevision": "main"}
        app = argocd.add(f"storefront-{name}", {"project": "default", "source": source})
        app.behaviour = Behaviour(sync_takes=0, progressing=0)
    world.write("token", f"{TOKEN}\n")
    world.replace("promo.toml", '[applications]\nadapter = "local"\n', RUNTIME.format(url=argocd.url))
    return world


def test_a_release_waits_until_its_commit_is_live(world: ReleaseWorld, argocd: FakeArgoCd) -> None:
    done = world.promo(*RUN)
    assert done.code == 0, done.err
    assert "health succeeded: Synced and Healthy at" in done.out
    assert world.promotions("qa") == 1
    status = argocd.applications["argocd/storefront-qa"].status
    assert status["sync"]["revision"] == world.bare.git("rev-parse", "main")
    assert argocd.asked("refresh=normal") >= 1
    assert TOKEN not in done.out + done.err + world.promo("release", "list", "--format", "json").out


def test_a_release_fails_with_its_application(world: ReleaseWorld, argocd: FakeArgoCd) -> None:
    app = argocd.applications["argocd/storefront-qa"]
    app.behaviour = Behaviour(sync_takes=0, progressing=0, becomes="Degraded", says="the pods crash")
    done = world.promo(*RUN)
    assert done.code == 4, done.err
    assert "Degraded: the pods crash" in done.out + done.err
