"""A real PostgreSQL for tests: a cluster of its own in a new folder, on a Unix socket only."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from itertools import count
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

MISSING = "PostgreSQL's programs are not installed (on Debian: apt-get install postgresql)"


def programs() -> Path | None:
    """Return the folder with `initdb` and the server, or None where they are not installed."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: _version(path.parts[-3]))
    return installed[-1].parent if installed else None


def _version(name: str) -> int:
    return int(name) if name.isdecimal() else 0


class PostgresCluster:
    """A server that is started, stopped and killed at will. It refuses to run as root, so another user runs it then.

    Attributes:
        folder: where everything is.
    """

    def __init__(self, *, durable: bool = False) -> None:
        """Prepare a cluster; one that is not durable survives a crash of the server, not one of the machine."""
        found = programs()
        if found is None:
            raise RuntimeError(MISSING)
        self._bin = found
        self._user = _unprivileged()
        # The path of a socket has at most 107 characters, which pytest's own folders can exceed.
        self.folder = Path(tempfile.mkdtemp(prefix="promo-pg-", dir="/tmp"))
        self._data = self.folder / "data"
        self._schemas = count(1)
        self._durable = durable

    def __enter__(self) -> PostgresCluster:
        if self._user is not None:
            os.chown(self.folder, self._user.pw_uid, self._user.pw_gid)
        self._run("initdb", "-D", self._data, "-A", "trust", "-U", "promo", "-E", "UTF8", "--locale=C", "-N")
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        shutil.rmtree(self.folder)

    def start(self) -> None:
        """Start the server and wait until it answers."""
        options = f"-k {self.folder} -c listen_addresses= -c max_connections=200 -c shared_buffers=64MB"
        if not self._durable:
            options += " -c fsync=off"
        self._run("pg_ctl", "-D", self._data, "-o", options, "-l", self.folder / "log", "-w", "-t", "60", "start")

    def stop(self) -> None:
        """Stop the server at once, as a crash does."""
        self._run("pg_ctl", "-D", self._data, "-m", "immediate", "-w", "stop", check=False)

    def freeze(self) -> None:
        """Stop the server and its children in the middle of whatever they do; connections stay open."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let them go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        server = int((self._data / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0])
        os.kill(server, number)  # first, so that it makes no further child
        for child in Path(f"/proc/{server}/task/{server}/children").read_text(encoding="utf-8").split():
            os.kill(int(child), number)

    def url(self, database: str = "postgres", user: str = "promo") -> str:
        """Return the URL of a database."""
        return f"postgresql://{user}@/{database}?host={quote(str(self.folder), safe='')}"

    def new_store(self) -> str:
        """Return the URL of an empty schema, which is as good as a database and costs less to make."""
        name = f"store_{next(self._schemas)}"
        self.sql(f"CREATE SCHEMA {name}")
        return f"{self.url()}&options={quote(f'-csearch_path={name}', safe='')}"

    def sql(self, statement: str, database: str = "postgres") -> str:
        """Run a statement and return what it answers, values only."""
        done = self._run(
            "psql", "-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-d", self.url(database), "-c", statement
        )
        return done.stdout.strip()

    def _run(self, program: str, *arguments: str | Path, check: bool = True) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [self._bin / program, *map(str, arguments)],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            # The server inherits what it is started with: a pipe would never end.
            stdout=subprocess.DEVNULL if program == "pg_ctl" else subprocess.PIPE,
            stderr=subprocess.DEVNULL if program == "pg_ctl" else subprocess.PIPE,
            text=True,
            check=False,
            timeout=120,
            user=None if self._user is None else self._user.pw_uid,
            group=None if self._user is None else self._user.pw_gid,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C", "HOME": str(self.folder)},
        )
        if check and done.returncode != 0:
            raise RuntimeError(f"{program} failed: {done.stdout or ''}{done.stderr or ''}{self._log()}")
        return done

    def _log(self) -> str:
        log = self.folder / "log"
        return log.read_text(encoding="utf-8", errors="replace")[-2000:] if log.exists() else ""


def _unprivileged() -> pwd.struct_passwd | None:
    """Return the user that runs the server, or None for the present one."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError("PostgreSQL does not run as root, and there is no user `postgres` or `nobody`")
