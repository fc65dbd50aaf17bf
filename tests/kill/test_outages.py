"""What a release needs goes away in the middle of it, and comes back: it goes on by itself, and nothing happens twice.

The outage is short here, and a minute long with ``PROMO_SOAK=1``.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.effort import SOAK
from tests.support.gitdaemon import GitDaemon
from tests.support.postgres import MISSING, PostgresCluster, programs
from tests.support.release_world import ReleaseWorld, ending, eventually

OUTAGE = 60.0 if SOAK else 2.5
QUICK = ("--product", "storefront", "--flow", "quick")
CHECKED = ("--product", "storefront", "--flow", "checked")


@pytest.fixture(scope="module")
def cluster() -> Iterator[PostgresCluster]:
    if programs() is None:
        pytest.skip(MISSING)
    with PostgresCluster() as started:
        yield started


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[GitDaemon]:
    with GitDaemon(tmp_path, writable=True) as serving:
        yield serving


@pytest.fixture
def world(tmp_path: Path, cluster: PostgresCluster, daemon: GitDaemon) -> ReleaseWorld:
    """A workspace whose store is PostgreSQL and whose repository is reached over the network."""
    made = ReleaseWorld(tmp_path, daemon.url("apps.git"))
    made.environment["PROMO_STORE_URL"] = cluster.new_store()
    return made


def cut(cluster: PostgresCluster, daemon: GitDaemon) -> None:
    daemon.refusing = True
    cluster.stop()


def mend(cluster: PostgresCluster, daemon: GitDaemon) -> None:
    cluster.start()
    daemon.refusing = False


def test_the_database_and_the_remote_go_away_while_a_workflow_runs(
    world: ReleaseWorld, cluster: PostgresCluster, daemon: GitDaemon
) -> None:
    with ending(world.start("run", *CHECKED, "--yes")) as process:
        eventually("the workflow begins", lambda: world.began("gate") == 1)
        cut(cluster, daemon)
        try:
            # It ends while nobody can write that down.
            world.let_end("gate")
            time.sleep(OUTAGE)
            assert process.poll() is None, process.communicate()
        finally:
            mend(cluster, daemon)
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
        assert "the store of releases cannot be reached" in err
        assert "the store of releases is there again" in err
        assert "qa: succeeded" in out
        assert (world.began("gate"), world.promotions("qa")) == (1, 1)


def test_they_go_away_while_a_push_is_on_its_way(
    world: ReleaseWorld, cluster: PostgresCluster, daemon: GitDaemon
) -> None:
    hook = world.bare.path / "hooks" / "post-receive"
    hook.parent.mkdir(exist_ok=True)
    shared = world.shared
    hook.write_text(f"#!/bin/sh\necho push >> {shared}/pushed\nwhile [ ! -e {shared}/go ]; do sleep 0.05; done\n")
    hook.chmod(0o755)
    with ending(world.start("run", *QUICK, "--yes")) as process:
        eventually("something is pushed", lambda: (shared / "pushed").exists())
        cut(cluster, daemon)
        try:
            (shared / "go").touch()
            time.sleep(OUTAGE)
            assert process.poll() is None, process.communicate()
        finally:
            mend(cluster, daemon)
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
        assert "qa: succeeded" in out
        assert world.promotions("qa") == 1
        assert (shared / "pushed").read_text().splitlines() == ["push"]


def test_only_the_remote_goes_away(world: ReleaseWorld, daemon: GitDaemon) -> None:
    with ending(world.start("run", *CHECKED, "--yes")) as process:
        eventually("the workflow begins", lambda: world.began("gate") == 1)
        daemon.refusing = True
        world.let_end("gate")
        before = daemon.connections
        eventually("it tries to push", lambda: daemon.connections > before)
        time.sleep(OUTAGE)
        assert process.poll() is None, process.communicate()
        daemon.refusing = False
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
        assert "qa: succeeded" in out
        assert (world.began("gate"), world.promotions("qa")) == (1, 1)


def test_the_disk_is_full_for_a_while(tmp_path: Path) -> None:
    world = ReleaseWorld(tmp_path)
    with ending(world.start("run", *CHECKED, "--yes")) as process:
        eventually("the workflow begins", lambda: world.began("gate") == 1)
        # What this process writes is refused from now on, as a full disk does; the workflow is not its business.
        _, hard = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (0, hard))
        world.let_end("gate")
        time.sleep(OUTAGE)
        assert process.poll() is None, process.communicate()
        assert world.promotions("qa") == 0, "nothing is begun that cannot be written down"
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (hard, hard))
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
        assert "qa: succeeded" in out
        assert (world.began("gate"), world.promotions("qa")) == (1, 1)
