"""Stores of every earlier version become stores of this one, and keep what is in them.

`tests/golden/store/NNNN.sql` is what SQLite says of a store that version NNNN made. A file that is there is never
written again; `pytest --update-golden` adds that of a new version.
"""

from __future__ import annotations

import itertools
import re
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, create_engine, text

import adapters.store.schema as schema
from adapters.store.database import APPLICATION_ID, open_database
from adapters.store.location import PostgresLocation, SqliteLocation, StoreLocation
from adapters.store.origins import Known, Origin
from adapters.store.store import ReleaseStore, open_store
from adapters.store.tables import METADATA
from adapters.store.transactions import Transactions
from engine.execute.release import Approval
from engine.execute.status import EnvironmentStatus, ReleaseStatus, StepStatus
from engine.execute.store import Request, Wish
from engine.model.entities import Concurrency
from tests.support.postgres import PostgresCluster
from tests.support.releases import START, ended, event, release, running, with_environment, with_step
from tests.support.stores import OWNER, claimed, sql, with_store
from tests.support.waiting import eventually

DUMPS = Path(__file__).parents[2] / "golden" / "store"
VERSIONS = sorted(path.stem for path in (Path(schema.__file__).parent / "migrations" / "versions").glob("v*.py"))
DUMPED = sorted(path.stem for path in DUMPS.glob("*.sql"))
NOON = 1_772_445_600_000_000


def script() -> ScriptDirectory:
    configuration = Config()
    configuration.set_main_option("script_location", str(Path(schema.__file__).parent / "migrations"))
    return ScriptDirectory.from_config(configuration)


def test_the_program_knows_its_newest_version() -> None:
    revisions = [found.revision for found in script().walk_revisions()]

    assert revisions[0] == schema.HEAD
    assert revisions == sorted(revisions, reverse=True)
    assert [re.fullmatch(r"v(\d{4})_\w+", name)[1] for name in VERSIONS] == sorted(revisions)  # type: ignore[index]


def test_the_tables_are_what_the_migrations_make(location: StoreLocation) -> None:
    database = open_database(location)
    schema.prepare_schema(Transactions(database, "test"))
    with database.reading.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, METADATA) == []
    database.close()


async def sample(store: ReleaseStore) -> None:
    """Fill a store with something of everything."""
    first = await claimed(store, release("0001aa"))
    states = [first.release, running(first.release)]
    steps = list(first.release.steps)
    states.append(with_step(states[-1], steps[0], StepStatus.SUCCEEDED, started_at=START, outputs={"commit": "c0ffee"}))
    states.append(with_environment(states[-1], "dev", EnvironmentStatus.SUCCEEDED))
    states.append(replace(states[-1], approvals=(Approval("qa", "bob", ("ops",), START),), context={"TICKET": "ä-7"}))
    states.append(with_step(states[-1], steps[3], StepStatus.ERROR, attempt=2, tries=3, look_at=START, message="no"))
    states.append(replace(ended(states[-1], ReleaseStatus.FAILED), message="qa failed", reported="failed"))
    for before, after in itertools.pairwise(states):
        await store.save(first, before, after, [event(f"release.{after.status.value}", after.message)], ())
    await store.sleep(first, None)
    await store.create(release("0002bb"), '{"plan": true}')
    await store.ask("0002bb", Request(0, Wish.TERMINATE, "cleo", START, reason="wrong version"))
    newest = await claimed(store, release("0003cc", "blog", Concurrency.TERMINATE))
    await store.supersede(newest, "dev")
    await store.refuse(Origin("commit:shop:standard:c0ffee", "d1"), "the plan is blocked")
    await store.watch(["https://git.example.com/apps"], at_once=False)
    looking = await store.claim_source(OWNER)
    assert looking is not None
    await store.finish_source(looking, {"main": "c0ffee"}, 0, "", 3600.0)


async def told(store: ReleaseStore) -> str:
    """Tell everything there is in a store."""
    lines = []
    for line in reversed(await store.list()):
        lines += [repr(await store.load(line.id)), await store.plan(line.id)]
        lines += [repr(found) for found in await store.events(line.id)]
    return "\n".join(lines) + "\n"


def test_the_newest_version_has_its_dump(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    path = DUMPS / f"{schema.HEAD}.sql"
    if not path.exists() and request.config.getoption("--update-golden"):
        file = tmp_path / "releases.db"

        async def work(store: ReleaseStore) -> str:
            await sample(store)
            return await told(store)

        path.with_suffix(".txt").write_text(
            with_store(SqliteLocation(file), work, clock=lambda: NOON), encoding="utf-8"
        )
        with sqlite3.connect(file) as connection:
            path.write_text("\n".join(connection.iterdump()) + "\n", encoding="utf-8")
        connection.close()
    assert path.exists(), f"{path} is missing: run pytest with --update-golden and review what it writes"


@pytest.mark.parametrize("version", DUMPED)
def test_a_store_of_an_earlier_version_keeps_everything(
    location: StoreLocation, version: str, tmp_path: Path, golden: Callable[[Path, str], None]
) -> None:
    dumped = restored(version, tmp_path / "dumped.db")
    if isinstance(location, PostgresLocation):
        copied(dumped, location, version)
    else:
        dumped.rename(location.path)

    text_of_all = with_store(location, told)

    assert text_of_all == (DUMPS / f"{version}.txt").read_text(encoding="utf-8")

    async def goes_on(store: ReleaseStore) -> None:
        await store.begin_work()
        assert (await sql(store, "SELECT version_num FROM alembic_version"))[0][0] == schema.HEAD
        claims = {claim.release.id: claim for claim in await store.claim(OWNER, 9)}
        waiting = claims["0002bb"]
        (asked,) = await store.requests(waiting)
        assert (asked.wish, asked.actor, asked.reason) == (Wish.TERMINATE, "cleo", "wrong version")
        after = ended(waiting.release, ReleaseStatus.TERMINATED)
        await store.save(waiting, waiting.release, after, [event("x")], [asked.id])
        await store.create(release("0004dd"), "{}")
        await keeps_sources(store, version)
        assert len(await store.list()) == 4

    with_store(location, goes_on)


async def keeps_sources(store: ReleaseStore, version: str) -> None:
    """What version 0002 added is kept since, and there to be used."""
    key = "commit:shop:standard:c0ffee"
    kept = Known(None, "d1", "the plan is blocked") if version >= "0002" else None
    assert await store.known(key) == kept
    await store.watch(["https://git.example.com/apps"], at_once=False)
    assert await store.push("https://git.example.com/apps")
    looking = await store.claim_source(OWNER)
    assert looking is not None
    assert looking.heads == ({"main": "c0ffee"} if version >= "0002" else {})


def restored(version: str, file: Path) -> Path:
    connection = sqlite3.connect(file)
    connection.executescript((DUMPS / f"{version}.sql").read_text(encoding="utf-8"))
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.commit()
    connection.close()
    return file


def copied(dumped: Path, location: PostgresLocation, version: str) -> None:
    """Make the tables of a version in PostgreSQL, and copy the rows of a dump into them."""
    source, target = create_engine(f"sqlite:///{dumped}"), open_database(location)
    with target.writing.begin() as writing, source.connect() as reading:
        schema.migrations()(writing, version)
        known = MetaData()
        known.reflect(reading)
        there = MetaData()
        there.reflect(writing)
        for table in known.sorted_tables:
            rows = [dict(row._mapping) for row in reading.execute(table.select())]
            if rows and table.name != "alembic_version":
                writing.execute(there.tables[table.name].insert(), rows)
        for name in ("release.number", "request.id", "event.id"):
            table_name, column = name.split(".")
            writing.execute(text(f"SELECT setval(pg_get_serial_sequence('{table_name}', '{column}'), 1000)"))
    source.dispose()
    target.close()


def test_an_upgrade_whose_connection_is_lost_is_run_again(
    cluster: PostgresCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, runs = schema.migrations, []

    def interrupted() -> Callable[[Connection, str], None]:
        upgrade = whole()

        def run(connection: Connection, revision: str) -> None:
            upgrade(connection, revision)
            runs.append(revision)
            if len(runs) == 1:
                server = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
                cluster.sql(f"SELECT pg_terminate_backend({server})")

        return run

    monkeypatch.setattr(schema, "migrations", interrupted)
    open_store(PostgresLocation(cluster.new_store())).close_now()

    assert runs == ["head", "head"]


def test_who_opens_a_store_waits_as_long_as_another_one_upgrades_it(cluster: PostgresCluster) -> None:
    location = PostgresLocation(
        cluster.new_store() + quote(" -c lock_timeout=50 -c idle_in_transaction_session_timeout=60000")
    )
    other = open_database(location)
    with ThreadPoolExecutor(1) as threads:
        with other.writing.begin() as upgrading:
            upgrading.execute(text(f"SELECT pg_advisory_xact_lock({schema._ADVISORY_LOCK})"))
            opening = threads.submit(open_store, location)
            eventually(lambda: "advisory" in cluster.sql("SELECT locktype FROM pg_locks WHERE NOT granted"))
            time.sleep(0.3)
        opening.result(30).close_now()
    other.close()


def test_an_upgrade_that_fails_leaves_the_store_as_it_was(
    location: StoreLocation, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = schema.migrations

    def broken() -> Callable[[Connection, str], None]:
        def run(connection: Connection, revision: str) -> None:
            whole()(connection, revision)
            raise RuntimeError("power cut")

        return run

    monkeypatch.setattr(schema, "migrations", broken)
    with pytest.raises(RuntimeError):
        open_store(location)
    monkeypatch.undo()

    async def empty(store: ReleaseStore) -> int:
        return len(await store.list())

    assert with_store(location, empty) == 0
