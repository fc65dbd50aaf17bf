"""The password of a PostgreSQL store is nowhere but in the variable it is read from, also when the server goes away."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.postgres import MISSING, PostgresCluster, programs
from tests.support.service_world import ServiceWorld, make_world
from tests.support.serving import ROOT, Served, push_hook, served
from tests.world.remains import files, found_in
from tests.world.tokens import TOKENS
from tests.world.waiting import PATIENCE, eventually

pytestmark = pytest.mark.skipif(programs() is None, reason=MISSING)


@dataclass(frozen=True, slots=True)
class Kept(ServiceWorld):
    """A world whose releases are in a database.

    Attributes:
        store: its URL, with a password.
    """

    store: str = ""

    @property
    def environment(self) -> dict[str, str]:
        """Return the variables that secrets are read from."""
        return ServiceWorld(self.folder, self.clone, self.url).environment | {"PROMO_STORE_URL": self.store}


def promo(world: Kept, *arguments: str) -> tuple[int, bytes]:
    """Run a command; return what it ended with and all that it said."""
    done = subprocess.run(
        [sys.executable, "-m", "adapters.cli.main", *arguments],
        cwd=world.folder,
        env=dict(os.environ) | world.environment | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=PATIENCE,
        check=False,
    )
    return done.returncode, done.stdout


def over(service: Served) -> list[str]:
    return [one["status"] for one in service.releases()]


def test_no_password_is_anywhere(tmp_path: Path) -> None:
    plain = make_world(tmp_path)
    seen: list[tuple[str, bytes]] = []
    with PostgresCluster() as server:
        store = server.new_store().replace("promo@/", f"promo:{TOKENS['DATABASE']}@/", 1)
        assert TOKENS["DATABASE"] in store
        world = Kept(plain.folder, plain.clone, plain.url, store)
        with served(world, tmp_path / "log", "--log-format", "json") as service:
            assert (
                service.http.post("/webhooks/main", **push_hook(world, world.commit("trio", "1.1.0"))).status_code
                == 202
            )
            eventually(lambda: over(service) == ["succeeded"])
            (release,) = (one["id"] for one in service.releases())
            for path in ("", "/events", "/plan"):
                seen.append((f"GET {path}", service.call("GET", f"/releases/{release}{path}").content))
            seen.append(("command line", Path(f"/proc/{service.process.pid}/cmdline").read_bytes()))
            code, text = promo(world, "release", "show", release, "--events")
            assert (code, b"succeeded" in text) == (0, True), text
            server.stop()
            answer = service.call("GET", "/releases")
            assert answer.status_code == 503
            eventually(lambda: service.http.get("/readyz").status_code == 503)
            seen += [("GET /releases", answer.content), ("GET /readyz", service.http.get("/readyz").content)]
            for arguments in (("release", "list"), ("doctor", "--connections"), ("run", "--resume", release)):
                code, text = promo(world, *arguments)
                assert code != 0, (arguments, text)
                seen.append((" ".join(arguments), text))
            server.start()
            eventually(lambda: over(service) == ["succeeded"])
        for table in server.sql(
            "SELECT schemaname || '.' || tablename FROM pg_tables WHERE schemaname LIKE 'store%'"
        ).split():
            seen.append((table, server.sql(f"SELECT t::text FROM {table} t").encode()))
        seen += files(server.folder)
    seen += [*files(world.folder), ("log", (tmp_path / "log").read_bytes())]
    assert len(seen) > 20
    assert [found for remain in seen for found in found_in(remain)] == []
