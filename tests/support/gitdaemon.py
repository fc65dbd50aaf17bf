"""A real Git server for tests: every connection is handed to ``git daemon``, on a port the system chooses."""

from __future__ import annotations

import socket
import subprocess
import threading
from pathlib import Path
from types import TracebackType

from tests.support.gitrepo import GIT, git_environment, run_git


class GitDaemon:
    """Serves every repository below a folder over ``git://``, with partial clones allowed, and pushes if wanted.

    Attributes:
        connections: how many were accepted so far.
        silent: while True, connections are accepted and never answered.
        refusing: while True, connections are closed at once.
    """

    def __init__(self, folder: Path, *, writable: bool = False) -> None:
        self._folder = folder
        self._services = ["--enable=receive-pack"] if writable else []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._held: list[socket.socket] = []
        self._children: list[subprocess.Popen[bytes]] = []
        self.connections = 0
        self.silent = False
        self.refusing = False

    def __enter__(self) -> GitDaemon:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(timeout=10)
        self._socket.close()
        for connection in self._held:
            connection.close()
        for child in self._children:
            child.kill()
            child.wait()

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens."""
        return ("127.0.0.1", self._socket.getsockname()[1])

    def url(self, name: str) -> str:
        """Return the address of a repository below the folder."""
        return f"git://127.0.0.1:{self._socket.getsockname()[1]}/{name}"

    def clone(self, name: str, target: Path, *options: str) -> None:
        """Clone a repository as a user would."""
        run_git(target.parent, "clone", "-q", *options, self.url(name), str(target))

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            if self.refusing:
                connection.close()
                continue
            if self.silent:
                self._held.append(connection)
                continue
            self._children.append(self._answer(connection))
            connection.close()

    def _answer(self, connection: socket.socket) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [
                *(GIT, "-c", "uploadpack.allowFilter=true", "-c", "safe.directory=*", "daemon", "--inetd"),
                *self._services,
                *("--export-all", f"--base-path={self._folder}", str(self._folder)),
            ],
            stdin=connection.fileno(),
            stdout=connection.fileno(),
            stderr=subprocess.DEVNULL,
            env=git_environment(),
        )
