"""A store that cannot be used is refused with what is wrong and what to do, and nothing in it changes."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.store.errors import (
    NewerStoreError,
    StoreError,
    StoreFormatError,
    StoreFullError,
    StoreReadOnlyError,
    StoreSettingError,
    WorkerLockedError,
)
from adapters.store.location import PostgresLocation, SqliteLocation, StoreLocation
from adapters.store.reading import Specs
from adapters.store.store import ReleaseStore, open_store
from engine.execute.status import ReleaseStatus
from engine.execute.store import StoreUnavailableError
from tests.adapters.store.test_upgrades import DUMPED, restored
from tests.support.children import in_child
from tests.support.postgres import PostgresCluster
from tests.support.releases import event, release, running
from tests.support.stores import OWNER, claimed, run, sql, with_store


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "releases.db"


def with_one(path: Path) -> None:
    """Make a store with one release."""

    async def work(store: ReleaseStore) -> None:
        await store.create(release("r"), "{}")

    with_store(SqliteLocation(path), work)


def refused(path: Path) -> StoreError:
    with pytest.raises(StoreError) as error:
        open_store(SqliteLocation(path))
    return error.value


def test_a_new_store_is_for_its_user_alone(tmp_path: Path) -> None:
    path = tmp_path / "shop" / ".promo" / "releases.db"

    async def work(store: ReleaseStore) -> None:
        await store.create(release("r"), "{}")
        modes = {found.name: stat.S_IMODE(found.stat().st_mode) for found in path.parent.iterdir()}
        assert modes == {"releases.db": 0o600, "releases.db-wal": 0o600, "releases.db-shm": 0o600}
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700

    with_store(SqliteLocation(path), work)
    assert [found.name for found in path.parent.iterdir()] == ["releases.db"]


def test_a_store_is_safe_by_its_settings(file: Path) -> None:
    async def work(store: ReleaseStore) -> None:
        settings = {
            name: (await sql(store, f"PRAGMA {name}"))[0][0]
            for name in ("journal_mode", "synchronous", "foreign_keys", "trusted_schema", "busy_timeout")
        }
        assert settings == {
            "journal_mode": "wal",
            "synchronous": 2,
            "foreign_keys": 1,
            "trusted_schema": 0,
            "busy_timeout": 10_000,
        }

    with_store(SqliteLocation(file), work)


@pytest.mark.parametrize(
    "content", [b"hello, this is a text\n" * 100, b"\x00" * 4096, b"SQLite format 3\x00" + b"\xff" * 5000]
)
def test_what_is_no_database_is_left_alone(file: Path, content: bytes) -> None:
    file.write_bytes(content)

    error = refused(file)

    assert isinstance(error, StoreFormatError)
    assert str(file) in error.reason
    assert file.read_bytes() == content


def test_a_database_of_something_else_is_left_alone(file: Path) -> None:
    with sqlite3.connect(file) as other:
        other.execute("CREATE TABLE release (name TEXT)")
    other.close()
    before = file.read_bytes()

    error = refused(file)

    assert isinstance(error, StoreFormatError)
    assert error.reason == f"`{file}` is a database of something else than promo"
    assert file.read_bytes() == before


def test_a_schema_of_postgresql_with_other_tables_is_left_alone(cluster: PostgresCluster) -> None:
    location = PostgresLocation(cluster.new_store())
    schema = location.url.rpartition("%3D")[2]
    cluster.sql(f"CREATE TABLE {schema}.release (name text)")

    with pytest.raises(StoreFormatError, match="something else than promo"):
        open_store(location)

    assert cluster.sql(f"SELECT count(*) FROM information_schema.tables WHERE table_schema = '{schema}'") == "1"


def test_a_folder_is_no_store(tmp_path: Path) -> None:
    error = refused(tmp_path)
    assert isinstance(error, StoreSettingError)
    assert (error.reason, error.help) == (f"the store `{tmp_path}` is a folder", "name a file")


def test_a_newer_store_is_left_alone(location: StoreLocation) -> None:
    async def work(store: ReleaseStore) -> None:
        await store.create(release("r"), "{}")
        await sql(store, "UPDATE alembic_version SET version_num = '0999'")

    with_store(location, work)
    with pytest.raises(NewerStoreError, match=r"version 0999; this promo knows 0\d\d\d") as error:
        open_store(location)
    assert "nothing was changed" in error.value.help


def test_a_damaged_store_is_said_to_be_damaged(file: Path) -> None:
    with_one(file)
    content = bytearray(file.read_bytes())
    content[4096 * 2 :] = b"\xa5" * (len(content) - 4096 * 2)
    file.write_bytes(content)

    with pytest.raises(StoreFormatError, match=f"^the store `{file}` is damaged") as error:
        with_store(SqliteLocation(file), lambda store: store.load("r"))
    assert "restore a backup" in error.value.help


def test_a_release_that_cannot_be_read_holds_up_no_other(location: StoreLocation) -> None:
    async def work(store: ReleaseStore) -> None:
        await store.create(release("bad", "one"), "{}")
        await store.create(release("good", "two"), "{}")
        await sql(store, "UPDATE release SET spec = '{\"format\": \"promo.release/v9\"}' WHERE id = 'bad'")
        store._specs = Specs()

        with pytest.raises(StoreFormatError, match="the release `bad` cannot be read: has the format"):
            await store.load("bad")
        assert [claim.release.id for claim in await store.claim(OWNER, 9)] == ["good"]
        assert await store.claim(OWNER, 9) == ()

    with_store(location, work)


# --- no room, no right to write


@pytest.mark.parametrize("pages", [0, 4])
def test_a_full_disk_loses_nothing(file: Path, pages: int) -> None:
    async def work(store: ReleaseStore) -> None:
        claim = await claimed(store, release("r"))
        ((used,),) = await sql(store, "PRAGMA page_count")
        await sql(store, f"PRAGMA max_page_count = {used + pages}")
        after = running(claim.release)
        events = [event("note", "x" * 1000) for _ in range(50)]
        for _ in range(2):
            with pytest.raises(StoreFullError) as error:
                await store.save(claim, claim.release, after, events, ())
            assert isinstance(error.value, StoreUnavailableError)
            assert error.value.reason == f"there is no room to write the store `{file}`"
        assert (await store.load("r")).status is ReleaseStatus.QUEUED
        assert len(await store.events("r")) == 1

        await sql(store, f"PRAGMA max_page_count = {used + 1000}")
        await store.save(claim, claim.release, after, events, ())
        assert len(await store.events("r")) == 51

    with_store(SqliteLocation(file), work)


def test_a_full_disk_fails_every_write_that_shares_the_commit(file: Path) -> None:
    async def work(store: ReleaseStore) -> None:
        for number in range(6):
            await store.create(release(f"r{number}", f"p{number}"), "{}")
        claims = await store.claim(OWNER, 9)
        ((used,),) = await sql(store, "PRAGMA page_count")
        await sql(store, f"PRAGMA max_page_count = {used + 2}")
        saves = [
            store.save(claim, claim.release, running(claim.release), [event("note", "x" * 4000)] * 3, ())
            for claim in claims
        ]
        results = await asyncio.gather(*saves, return_exceptions=True)

        assert any(isinstance(result, StoreFullError) for result in results)
        for number, result in enumerate(results):
            assert result is None or isinstance(result, StoreFullError)
            assert len(await store.events(f"r{number}")) == (4 if result is None else 1)

    with_store(SqliteLocation(file), work)


def test_a_limit_of_the_system_on_files_is_a_full_disk(file: Path) -> None:
    with_one(file)

    def fill() -> str:
        async def work(store: ReleaseStore) -> str:
            (claim,) = await store.claim(OWNER, 1)
            try:
                await store.save(claim, claim.release, running(claim.release), [event("x" * 1000)] * 2000, ())
            except StoreUnavailableError as error:
                return type(error).__name__
            return "written"

        return run_with(file, work)

    assert in_child(fill, largest_file=500_000) == "StoreFullError"

    async def look(store: ReleaseStore) -> None:
        assert (await store.load("r")).status is ReleaseStatus.QUEUED
        assert len(await store.events("r")) == 1

    with_store(SqliteLocation(file), look)


def run_with(path: Path, work: object) -> str:
    return str(with_store(SqliteLocation(path), work))  # type: ignore[arg-type]


def test_a_store_that_cannot_even_be_made_for_lack_of_room(file: Path) -> None:
    def make() -> str:
        try:
            open_store(SqliteLocation(file))
        except StoreUnavailableError as error:
            return type(error).__name__
        return "made"

    assert in_child(make, largest_file=10_000) == "StoreFullError"
    with_one(file)


@pytest.fixture
def public() -> Iterator[Path]:
    """A folder that other users can look into; pytest's own folders are closed to them."""
    folder = Path(tempfile.mkdtemp(prefix="promo-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def test_a_store_that_may_not_be_written_is_refused(public: Path) -> None:
    path = public / "releases.db"
    with_one(path)
    path.chmod(0o444)
    public.chmod(0o555)
    before = path.read_bytes()

    def write() -> str:
        async def work(store: ReleaseStore) -> str:
            await store.create(release("s"), "{}")
            return "written"

        try:
            return run_with(path, work)
        except StoreReadOnlyError as error:
            return f"{type(error).__name__}: {error.reason}"

    assert in_child(write, as_nobody=True) == f"StoreReadOnlyError: the store `{path}` cannot be written"
    assert path.read_bytes() == before


def test_an_older_store_that_may_not_be_written_is_refused(public: Path) -> None:
    """It was restored from a dump, so that the way it keeps its journal would have to be changed first."""
    path = public / "releases.db"
    restored(DUMPED[0], path)
    path.chmod(0o444)
    public.chmod(0o555)
    before = path.read_bytes()

    def look() -> str:
        try:
            open_store(SqliteLocation(path))
        except StoreReadOnlyError as error:
            return error.reason
        return "opened"

    assert in_child(look, as_nobody=True) == f"the store `{path}` cannot be written"
    assert path.read_bytes() == before


def test_a_folder_that_may_not_be_written_is_refused(public: Path) -> None:
    public.chmod(0o555)

    def make() -> str:
        try:
            open_store(SqliteLocation(public / ".promo" / "releases.db"))
        except StoreReadOnlyError as error:
            return error.reason
        return "made"

    assert in_child(make, as_nobody=True).endswith("cannot be made: Permission denied")


# --- one worker


LOCKING = """
import asyncio, sys
from pathlib import Path
from adapters.store.location import SqliteLocation
from adapters.store.store import open_store

async def main():
    store = open_store(SqliteLocation(Path(sys.argv[1])))
    await store.begin_work()
    claims = await store.claim("dead", 9)
    print(len(claims), flush=True)
    sys.stdin.read()

asyncio.run(main())
"""


def test_one_process_works_while_others_read_and_ask(file: Path) -> None:
    with_one(file)
    worker = subprocess.Popen(
        [sys.executable, "-c", LOCKING, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert worker.stdout is not None
    assert worker.stdin is not None
    try:
        assert worker.stdout.readline() == "1\n"

        async def work(store: ReleaseStore) -> None:
            with pytest.raises(WorkerLockedError, match=f"^the process {worker.pid} already runs the releases"):
                await store.begin_work()
            await store.create(release("s", "other"), "{}")
            assert len(await store.list()) == 2
            worker.kill()
            worker.wait()
            # What it held is free at once, and not only when its lease has run out.
            assert [claim.release.id for claim in await store.claim(OWNER, 9)] == ["s"]
            await store.begin_work()
            await store.begin_work()
            assert {claim.release.id for claim in await store.claim(OWNER, 9)} == {"r", "s"}

        with_store(SqliteLocation(file), work)
    finally:
        worker.kill()
        worker.wait()
        worker.stdin.close()
        worker.stdout.close()


# --- PostgreSQL


@pytest.mark.parametrize(
    ("url", "kind", "reason", "help_text"),
    [
        ("nodatabase", StoreSettingError, "does not exist", "create the database"),
        ("nouser", StoreSettingError, "does not exist", "check the user"),
        ("nohost", StoreUnavailableError, "cannot be reached for now", ""),
    ],
)
def test_a_server_that_refuses_says_why(
    cluster: PostgresCluster, url: str, kind: type[Exception], reason: str, help_text: str
) -> None:
    urls = {
        "nodatabase": cluster.url("nosuch"),
        "nouser": cluster.url(user="mallory:s3cret"),
        "nohost": f"postgresql://promo:s3cret@/x?host={cluster.folder}/nowhere",
    }
    with pytest.raises(kind) as error:
        open_store(PostgresLocation(urls[url]))
    assert reason in str(error.value)
    assert help_text in str(error.value)
    assert "s3cret" not in str(error.value)


def test_two_programs_that_make_one_store_at_once_make_it_once(location: StoreLocation) -> None:
    async def both() -> None:
        stores = await asyncio.gather(*(asyncio.to_thread(open_store, location) for _ in range(6)))
        for number, store in enumerate(stores):
            await store.create(release(f"r{number}", f"p{number}"), "{}")
        assert len(await stores[0].list()) == 6
        for store in stores:
            await store.close()

    run(both())
