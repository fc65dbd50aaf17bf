"""A store that cannot be used: what is wrong with it is said, and nothing in it is changed."""

from __future__ import annotations

import os
import resource
import sqlite3
import subprocess
import tempfile
from hashlib import sha256
from pathlib import Path

import pytest

from tests.support.children import in_child
from tests.support.release_world import Done, ReleaseWorld

STANDARD = ("--product", "storefront", "--flow", "standard", "--yes", "--no-wait")
READING = (("release", "list"), ("release", "show", "06"))
WRITING = (("run", "--product", "storefront", "--flow", "quick", "--yes", "--detach"),)


@pytest.fixture
def world(tmp_path: Path) -> ReleaseWorld:
    """A workspace with a release that waits for approval."""
    made = ReleaseWorld(tmp_path)
    done = made.promo("run", *STANDARD)
    assert done.code == 0, done.err
    return made


def store_of(world: ReleaseWorld) -> Path:
    return world.folder / ".promo" / "releases.db"


def content(world: ReleaseWorld) -> dict[str, str]:
    """Return what the files of the store hold; a log that is empty is as good as none."""
    return {
        path.name: sha256(path.read_bytes()).hexdigest()
        for path in sorted(store_of(world).parent.glob("releases.db*"))
        if path.stat().st_size and not path.name.endswith(("-shm", ".lock"))
    }


def refused(done: Done, *messages: str) -> None:
    assert done.code in (2, 4), done
    for message in messages:
        assert message in done.err
    assert "internal error" not in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize("arguments", [*READING, *WRITING])
def test_a_damaged_file(world: ReleaseWorld, arguments: tuple[str, ...]) -> None:
    file = store_of(world)
    whole = file.read_bytes()
    file.write_bytes(b"not a database at all" * 400)
    before = content(world)
    refused(world.promo(*arguments), "releases.db", "help: ")
    assert content(world) == before
    file.write_bytes(whole)
    assert world.releases()[0]["status"] == "suspended"


def test_a_file_whose_middle_is_damaged(world: ReleaseWorld) -> None:
    file = store_of(world)
    whole = bytearray(file.read_bytes())
    whole[4096:] = os.urandom(len(whole) - 4096)
    file.write_bytes(whole)
    for arguments in (*READING, *WRITING):
        refused(world.promo(*arguments), "error: ")
    assert file.read_bytes()[4096:8192] == bytes(whole[4096:8192])


def test_another_database(world: ReleaseWorld) -> None:
    store_of(world).unlink()
    with sqlite3.connect(store_of(world)) as database:
        database.execute("CREATE TABLE bookmarks (url TEXT)")
    database.close()
    refused(world.promo("release", "list"), "releases.db", "help: ")
    with sqlite3.connect(store_of(world)) as database:
        assert database.execute("SELECT name FROM sqlite_master").fetchall() == [("bookmarks",)]
    database.close()


@pytest.mark.parametrize("arguments", [*READING, *WRITING])
def test_a_newer_version_has_upgraded_it(world: ReleaseWorld, arguments: tuple[str, ...]) -> None:
    with sqlite3.connect(store_of(world)) as database:
        changed = database.execute("UPDATE alembic_version SET version_num = '9999'").rowcount
    database.close()
    assert changed == 1
    before = content(world)
    refused(world.promo(*arguments), "has tables of version 9999; this promo knows", "use the newer promo")
    assert content(world) == before


def test_a_full_disk(world: ReleaseWorld) -> None:
    release = world.releases()[0]["id"]
    before = content(world)

    def full() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))

    for arguments in (("release", "approve", release, "--as", "grace@example.com"), ("release", "terminate", release)):
        done = subprocess.run(
            world.command(*arguments),
            cwd=world.folder,
            env=world.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            preexec_fn=full,
            timeout=60,
        )
        refused(Done(done.returncode, done.stdout, done.stderr), "no room", "help: ")
        assert "asked to" not in done.stderr
    assert content(world) == before
    assert world.promo("release", "approve", release, "--as", "grace@example.com").code == 0
    assert world.promo("run", "--resume", release).code == 0
    assert (world.promotions("qa"), world.promotions("prod")) == (1, 1)


def test_a_database_that_may_not_be_written() -> None:
    # A folder that other users can look into; pytest's own are closed to them.
    with tempfile.TemporaryDirectory(prefix="promo-", dir="/tmp") as public:
        Path(public).chmod(0o755)
        world = ReleaseWorld(Path(public))
        assert world.promo("run", *STANDARD).code == 0
        release = world.releases()[0]["id"]
        before = content(world)
        store_of(world).chmod(0o444)
        store_of(world).parent.chmod(0o555)

        def unwritable() -> str:
            world.environment["PROMO_CACHE_DIR"] = ""
            done = world.promo("release", "approve", release, "--as", "grace@example.com")
            return f"{done.code}\n{done.err}"

        told = in_child(unwritable, as_nobody=True)
        store_of(world).parent.chmod(0o755)
        code, _, err = told.partition("\n")
        assert code == "2", told
        refused(Done(int(code), "", err), "releases.db` cannot be written", "help: ")
        assert "asked to" not in err
        assert content(world) == before
