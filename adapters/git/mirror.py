"""Cached copies of remote repositories: bare, without file contents, brought up to date when they are opened.

A copy appears under its name only when it is complete (it is made beside it and renamed), one process at a time
changes it (a lock file), and a damaged one is replaced. Readers need no lock: Git never changes an object.
"""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import shutil
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from adapters.git.address import RemoteAddress
from adapters.git.environment import NETWORK
from adapters.git.failure import GitError, GitTimeoutError, is_damage, repository_error
from adapters.git.lock import LockTimeoutError, exclusive
from adapters.git.process import Git
from engine.plan.ports import RepositoryError

_REMOTE = "origin"
_NOWHERE = Path("/")  # a folder in no repository, so that none lends its settings
_OBJECT_NAME = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class References:
    """What a repository offers.

    Attributes:
        names: object names of branches and tags (not peeled) by full reference name.
        head: the full name of the default branch, None where the repository says none.
    """

    names: dict[str, str]
    head: str | None


class Mirrors:
    """The cache of remote repositories below one folder."""

    def __init__(self, git: Git, folder: Path, *, fetch: bool) -> None:
        """Use a cache.

        Args:
            git: how Git is run.
            folder: the cache; created when something is first fetched.
            fetch: False to use only what is there.
        """
        self._git = git
        self._folder = folder
        self._fetch = fetch

    def path(self, address: RemoteAddress) -> Path:
        """Return where the copy of a repository lies, whether or not it exists.

        The transport is part of the name, because objects are fetched on demand from the address the copy was made
        from; credentials are not.
        """
        name = f"{address.transport}://{address.key}"
        words = re.sub(r"[^a-z0-9]+", "-", address.key.lower()).strip("-")[-60:]
        return self._folder / f"{words}-{hashlib.sha256(name.encode()).hexdigest()[:16]}.git"

    def reader(self, address: RemoteAddress) -> Git:
        """Return how Git is run to read a copy, able to fetch its contents on demand with the given credentials."""
        config = {f"url.{address.url}.insteadOf": address.shown} if address.url != address.shown else {}
        git = replace(self._git, config=tuple(config.items()), protocols=NETWORK if self._fetch else ())
        return _with_batch_ssh(git, address) if self._fetch else git

    def ensure(self, address: RemoteAddress) -> Path:
        """Return the up-to-date copy of a repository, made or refreshed as needed.

        Costs one connection when nothing has changed, two otherwise.

        Raises:
            RepositoryError: when it cannot be fetched, or it is not in the cache and fetching is off.
        """
        copy = self.path(address)
        if not self._fetch:
            if not copy.is_dir():
                raise RepositoryError(
                    address.shown,
                    "the repository is not in the cache, and fetching is off",
                    "run once with fetching on, or give a local checkout with --checkout URL=PATH",
                )
            return copy
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with exclusive(copy.with_suffix(".lock"), 2 * self._git.timeout):
                self._update(copy, address)
        except GitError as failure:
            raise repository_error(address.shown, failure) from failure
        except LockTimeoutError as error:
            raise RepositoryError(
                address.shown,
                f"another process has been updating the cached copy `{copy}` for too long",
                "wait for it to end, or stop it",
            ) from error
        except OSError as error:
            raise RepositoryError(
                address.shown, f"the cache cannot be written: {error}", "choose another cache folder, or make room"
            ) from error
        return copy

    def discard(self, address: RemoteAddress) -> None:
        """Remove a damaged copy, so that it is fetched anew the next time.

        It stays when it cannot be fetched again because fetching is off, or when another process is at work on it.
        """
        if not self._fetch:
            return
        copy = self.path(address)
        try:
            with exclusive(copy.with_suffix(".lock"), 0.0):
                _remove(copy)
        except (LockTimeoutError, OSError):
            return  # the caller reports the damage; whoever holds the lock finds it too

    def _update(self, copy: Path, address: RemoteAddress) -> None:
        git = self.reader(address)
        offered = _offered(git, address)
        if copy.exists():
            try:
                _refresh(git, copy, offered)
                return
            except _DamagedError:
                _remove(copy)
        with tempfile.TemporaryDirectory(prefix=copy.stem + ".", suffix=".new", dir=self._folder) as scratch:
            fresh = Path(scratch) / "copy"
            _create(git, fresh, address, offered)
            fresh.rename(copy)


class _DamagedError(Exception):
    """A copy that has to be made anew."""


def _create(git: Git, folder: Path, address: RemoteAddress, offered: References) -> None:
    folder.mkdir()
    sha256 = any(len(oid) == 64 for oid in offered.names.values())
    object_format = "sha256" if sha256 else "sha1"
    git.run(folder, "init", "--quiet", "--bare", "--template=", f"--object-format={object_format}")
    git.run(folder, "config", f"remote.{_REMOTE}.url", address.shown)
    if offered.names:
        _fetch(git, folder)
    if offered.head is not None:
        git.run(folder, "symbolic-ref", "HEAD", offered.head)


def _refresh(git: Git, folder: Path, offered: References) -> None:
    """Make the references of a copy those of its remote.

    Raises:
        _DamagedError: when the copy cannot be read, or the fetch finds that it is incomplete.
    """
    if _present(git.allowing(()), folder) != offered.names:
        try:
            _fetch(git, folder)
        except GitError as failure:
            if is_damage(failure):
                raise _DamagedError from failure
            raise
    if offered.head is not None:
        git.run(folder, "symbolic-ref", "HEAD", offered.head)


def _present(git: Git, folder: Path) -> dict[str, str]:
    """Return the references of a copy; reading the type of each finds one whose objects are gone."""
    try:
        answer = git.run(folder, "for-each-ref", "--format=%(objectname) %(objecttype) %(refname)")
    except GitTimeoutError:
        raise
    except GitError as failure:
        raise _DamagedError from failure
    rows = (line.split(" ", 2) for line in answer.decode("utf-8", "surrogateescape").split("\n") if line)
    return {name: oid for oid, _, name in rows}


def _fetch(git: Git, folder: Path) -> None:
    """Bring all commits and folders that the remote's branches and tags lead to."""
    git.run(
        folder,
        "-c",
        "gc.autoDetach=false",
        "fetch",
        "--quiet",
        "--force",
        "--prune",
        "--no-tags",
        "--no-write-fetch-head",
        "--filter=blob:none",
        "--end-of-options",
        _REMOTE,
        "+refs/heads/*:refs/heads/*",
        "+refs/tags/*:refs/tags/*",
    )


def _offered(git: Git, address: RemoteAddress) -> References:
    answer = git.run(
        _NOWHERE,
        "ls-remote",
        "--quiet",
        "--symref",
        "--end-of-options",
        address.shown,
        "HEAD",
        "refs/heads/*",
        "refs/tags/*",
    ).decode("utf-8", "surrogateescape")
    return parse_references(answer)


def parse_references(answer: str) -> References:
    """Parse what ``git ls-remote --symref`` writes; pure.

    Raises:
        GitError: when a line is malformed.
    """
    names: dict[str, str] = {}
    head = None
    for line in answer.split("\n"):
        value, tab, name = line.partition("\t")
        if not line or name.endswith("^{}"):
            continue
        if value.startswith("ref: refs/heads/") and name == "HEAD":
            head = value.removeprefix("ref: ")
        elif tab and _OBJECT_NAME.fullmatch(value):
            if name.startswith(("refs/heads/", "refs/tags/")):
                names[name] = value
        else:
            raise GitError(128, "fatal: the server's list of references is malformed")
    return References(names, head)


def _with_batch_ssh(git: Git, address: RemoteAddress) -> Git:
    """Keep ssh from asking, without losing the command the user has chosen for it."""
    environment = git.environment
    if address.transport != "ssh" or environment.get("GIT_SSH"):
        return git
    command = environment.get("GIT_SSH_COMMAND") or _configured_ssh(git) or "ssh"
    try:
        words = shlex.split(command)
    except ValueError:
        return git  # Git reports a command it cannot run better than we could
    if words and os.path.basename(words[0]) == "ssh":
        command = f"{command} -o BatchMode=yes"
    return replace(git, environment={**environment, "GIT_SSH_COMMAND": command})


def _configured_ssh(git: Git) -> str:
    try:
        answer = git.run(_NOWHERE, "config", "--includes", "--get", "core.sshCommand")
    except GitError as failure:
        if failure.returncode == 1:
            return ""
        raise
    return answer.decode("utf-8", "surrogateescape").strip()


def _remove(folder: Path) -> None:
    """Remove a copy; it disappears under its name at once, so that nobody opens half of it."""
    if not folder.exists():
        return
    grave = Path(tempfile.mkdtemp(prefix=folder.stem + ".", suffix=".old", dir=folder.parent))
    folder.rename(grave / "copy")
    shutil.rmtree(grave, ignore_errors=True)
