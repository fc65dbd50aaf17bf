"""Real Git repositories for tests, with the same object names on every run.

    repo = GitRepo(tmp_path / "apps")
    sha = repo.commit({"dev/values.yaml": "tag: 1\n"}, message="first")

Author, date and configuration do not depend on the machine: dates begin at 2026-01-01 and grow by a minute a commit.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.support.content import Content, Executable, Link, Module

GIT = shutil.which("git") or "git"
"""Git itself, whatever a test puts on the search path."""

START = datetime(2026, 1, 1, tzinfo=UTC)


def git_environment() -> dict[str, str]:
    """Return an environment in which no file of the machine changes what Git does."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return kept | {
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "Ada Example",
        "GIT_AUTHOR_EMAIL": "ada@example.com",
        "GIT_COMMITTER_NAME": "Ada Example",
        "GIT_COMMITTER_EMAIL": "ada@example.com",
        "GIT_AUTHOR_DATE": START.isoformat(),
        "GIT_COMMITTER_DATE": START.isoformat(),
        "LC_ALL": "C",
    }


def run_git(folder: Path, *arguments: str, stdin: bytes = b"") -> str:
    """Run Git in a folder and return what it wrote, without the final newline."""
    done = subprocess.run(
        [GIT, "-c", "protocol.file.allow=always", *arguments],
        cwd=folder,
        env=git_environment(),
        input=stdin,
        capture_output=True,
        check=False,
    )
    if done.returncode != 0:
        raise AssertionError(f"git {' '.join(arguments)} failed: {done.stderr.decode('utf-8', 'replace')}")
    return done.stdout.decode("utf-8", "surrogateescape").removesuffix("\n")


class GitRepo:
    """A repository under construction.

    Attributes:
        path: its folder.
        default: the branch that commits go to unless told otherwise.
    """

    def __init__(self, path: Path, *, bare: bool = False, object_format: str = "sha1", branch: str = "main") -> None:
        self.path = path
        self.default = branch
        self.bare = bare
        self._commits = 0
        path.mkdir(parents=True, exist_ok=True)
        kind = ["--bare"] if bare else []
        run_git(
            path, "init", "-q", "--template=", *kind, f"--object-format={object_format}", f"--initial-branch={branch}"
        )

    @property
    def url(self) -> str:
        """The repository as a ``file://`` URL."""
        return f"file://{self.path}"

    def git(self, *arguments: str, stdin: bytes = b"") -> str:
        """Run Git in the repository and return what it wrote."""
        return run_git(self.path, *arguments, stdin=stdin)

    def commit(
        self,
        files: Mapping[str, Content],
        *,
        message: str = "change",
        branch: str | None = None,
        author: str = "Ada Example",
        email: str = "ada@example.com",
        date: datetime | None = None,
        parents: Sequence[str] | None = None,
    ) -> str:
        """Add a commit to a branch and return its object name.

        Args:
            files: what changes against the first parent; None removes a path.
            message: a final newline is added, as Git does.
            branch: made from the default branch where it does not exist.
            author: the author's and committer's name.
            email: their address.
            date: author and committer date; a minute after the previous commit unless given.
            parents: object names; the branch's tip unless given, none for a root.
        """
        name = branch or self.default
        when = date or START + timedelta(minutes=self._commits)
        self._commits += 1
        if parents is None:
            tip = self._tip(name) or self._tip(self.default)
            parents = [tip] if tip else []
        zone = when.strftime("%z")
        person = f"{author} <{email}> {int(when.timestamp())} {zone}"
        lines = [f"reset refs/heads/{name}\n".encode()] if not parents else []
        lines += [f"commit refs/heads/{name}\nmark :1\nauthor {person}\ncommitter {person}\n".encode()]
        lines.append(_data(f"{message}\n".encode()))
        lines += [f"{'merge' if number else 'from'} {parent}\n".encode() for number, parent in enumerate(parents)]
        lines += [_change(path, content) for path, content in files.items()]
        lines.append(b"\nget-mark :1\n")
        sha = self.git("fast-import", "--quiet", "--force", stdin=b"".join(lines))
        if not self.bare and self.git("symbolic-ref", "HEAD") == f"refs/heads/{name}":
            self.git("reset", "-q", "--hard")
        return sha

    def tag(self, name: str, at: str, *, message: str | None = None) -> None:
        """Add a tag; an annotated one where there is a message."""
        annotation = [] if message is None else ["-a", "-m", message]
        self.git("tag", *annotation, name, at)

    def branch(self, name: str, at: str) -> None:
        """Add or move a branch."""
        self.git("update-ref", f"refs/heads/{name}", at)

    def _tip(self, branch: str) -> str | None:
        found = self.git("for-each-ref", "--format=%(objectname)", f"refs/heads/{branch}")
        return found or None


def _change(path: str, content: Content) -> bytes:
    quoted = path.encode("utf-8", "surrogateescape")
    for plain, escaped in ((b"\\", b"\\\\"), (b'"', b'\\"'), (b"\n", b"\\n")):
        quoted = quoted.replace(plain, escaped)
    name = b'"' + quoted + b'"\n'
    match content:
        case None:
            return b"D " + name
        case Link(target=target):
            return b"M 120000 inline " + name + _data(target.encode())
        case Module(sha=sha):
            return b"M 160000 " + sha.encode() + b" " + name
        case Executable(data=data):
            return b"M 100755 inline " + name + _data(data.encode())
        case str():
            return b"M 100644 inline " + name + _data(content.encode())
        case bytes():
            return b"M 100644 inline " + name + _data(content)


def _data(content: bytes) -> bytes:
    return b"data %d\n" % len(content) + content + b"\n"
