"""Servers that outlive the workers: what was done in them is counted, whoever was killed while doing it.

Each behaves as a real one does, no better: a branch takes a commit only onto the head it was made for, and takes the
same change twice if it is sent twice; a workflow's name can be taken once only while the run exists. Whether something
is done twice is therefore up to who asks.
"""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path

TABLES = """
CREATE TABLE IF NOT EXISTS effect (
    number INTEGER PRIMARY KEY, kind TEXT NOT NULL, step TEXT NOT NULL, key TEXT NOT NULL, product TEXT NOT NULL,
    release TEXT NOT NULL, at REAL NOT NULL, worker INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS branch (name TEXT NOT NULL, parent INTEGER NOT NULL, key TEXT NOT NULL,
    number INTEGER PRIMARY KEY AUTOINCREMENT, UNIQUE (name, parent));
CREATE TABLE IF NOT EXISTS run (name TEXT PRIMARY KEY, key TEXT NOT NULL, ready_at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS pull (branch TEXT PRIMARY KEY, key TEXT NOT NULL, ready_at REAL NOT NULL, landed INTEGER);
CREATE TABLE IF NOT EXISTS absorbed (key TEXT NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class Mortality:
    """How likely a worker kills itself around an effect, so that the moments between effect and record are met.

    ``at_first_commit`` is certain death after the first commit of all, once.
    """

    before: float = 0.0
    after: float = 0.0
    at_first_commit: bool = False


class World:
    """The servers, as one worker reaches them; any number of processes may."""

    def __init__(self, path: Path, mortality: Mortality = Mortality(), seed: int = 0) -> None:
        self._database = sqlite3.connect(path, timeout=30, isolation_level=None)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = OFF")
        self._database.executescript(TABLES)
        self._mortality = mortality
        self._random = random.Random(seed ^ os.getpid())

    def row(self, query: str, *values: object) -> tuple[object, ...] | None:
        found: tuple[object, ...] | None = self._database.execute(query, values).fetchone()
        return found

    def rows(self, query: str, *values: object) -> list[tuple[object, ...]]:
        return self._database.execute(query, values).fetchall()

    def write(self, query: str, *values: object) -> None:
        self._database.execute(query, values)

    def commit_onto(self, name: str, parent: int, key: str) -> int | None:
        """Push a commit onto the head it was made for; None where the branch has moved."""
        return self._make("commit", key, "INSERT INTO branch (name, parent, key) VALUES (?, ?, ?)", name, parent, key)

    def create_run(self, name: str, key: str, ready_at: float) -> None:
        """Create a workflow, unless there is one of that name."""
        if self._make("run", key, "INSERT INTO run VALUES (?, ?, ?)", name, key, ready_at) is None:
            self.write("INSERT INTO absorbed VALUES (?)", key)

    def create_pull(self, branch: str, key: str, ready_at: float) -> None:
        """Open a pull request, unless there is one for the branch."""
        if self._make("pull", key, "INSERT INTO pull VALUES (?, ?, ?, NULL)", branch, key, ready_at) is None:
            self.write("INSERT INTO absorbed VALUES (?)", key)

    def _make(self, kind: str, key: str, statement: str, *values: object) -> int | None:
        """Do something and count it, both or neither, and perhaps die before anybody is told.

        What a server does it also knows of: a worker that is killed at that instant takes neither back. What stands
        before the attempt in a key is the step; releases are called ``product-number`` here.

        Returns:
            The number of what was made; None where it is there already.
        """
        self._perhaps_die(self._mortality.before)
        release = key.partition("/")[0]
        counted = (kind, key.rpartition("/")[0], key, release.rpartition("-")[0], release, time.time(), os.getpid())
        self.write("BEGIN IMMEDIATE")
        try:
            made = self._database.execute(statement, values).lastrowid
        except sqlite3.IntegrityError:
            self.write("ROLLBACK")
            return None
        self.write(
            "INSERT INTO effect (kind, step, key, product, release, at, worker) VALUES (?, ?, ?, ?, ?, ?, ?)", *counted
        )
        self.write("COMMIT")
        if self._mortality.at_first_commit and kind == "commit":
            commits = self.rows("SELECT kind FROM effect WHERE kind = 'commit'")
            self._perhaps_die(1.0 if len(commits) == 1 else 0.0)
        self._perhaps_die(self._mortality.after)
        return made

    def _perhaps_die(self, likelihood: float) -> None:
        if likelihood and self._random.random() < likelihood:
            os.kill(os.getpid(), signal.SIGKILL)
