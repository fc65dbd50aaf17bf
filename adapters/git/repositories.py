"""Finds the repository for an address: a checkout, a local path, or a cached copy of a remote one."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from adapters.git.address import AddressError, LocalAddress, RemoteAddress, normalise, parse_address, redact
from adapters.git.failure import GitError, repository_error
from adapters.git.location import locate
from adapters.git.mirror import Mirrors
from adapters.git.process import Git, find_git
from adapters.git.repository import GitRepository
from adapters.git.upstream import Upstream, object_folder
from engine.plan.ports import RepositoryError

DEFAULT_TIMEOUT = 120.0
"""Seconds that one Git command may take unless told otherwise."""


class GitRepositories:
    """Opens repositories with Git, each once; safe to use from several threads.

    Use as a context manager, or call `close`.
    """

    def __init__(
        self,
        checkouts: Mapping[str, Path],
        cache_dir: Path,
        *,
        over: Mapping[str, Path] | None = None,
        fetch: bool = True,
        base: Path | None = None,
        timeout: float = DEFAULT_TIMEOUT,
    ) -> None:
        """Prepare to open repositories; nothing is read yet.

        Args:
            checkouts: work trees or bare repositories to use for addresses, compared by
                `adapters.git.address.normalise`; relative paths are taken from ``base``.
            cache_dir: where copies of remote repositories are kept; created when needed.
            over: checkouts that win over those of ``checkouts`` for the same repository, however it is spelt.
            fetch: False to stay off the network: what is cached is used as it is, anything else is an error.
            base: the workspace's folder, from which relative paths are taken; None for the current folder.
            timeout: seconds one Git command may take.

        Raises:
            RepositoryError: when a checkout's address is malformed, or two addresses of one repository are given
                different folders by the same mapping.
        """
        self._base = (base or Path.cwd()).absolute()
        self._cache = self._base / cache_dir
        self._fetch = fetch
        self._timeout = timeout
        self._git: Git | None = None
        self._open: dict[str, GitRepository] = {}
        self._places: dict[Path, GitRepository] = {}
        self._fresh: dict[str, Path] = {}
        self._objects: dict[Path, Path] = {}
        self._lock = threading.RLock()
        self._checkouts = self._by_key(checkouts) | self._by_key(over or {})

    def __enter__(self) -> GitRepositories:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close every repository."""
        self.close()

    def close(self) -> None:
        """End all processes; repositories that are used later start them again."""
        with self._lock:
            for repository in self._places.values():
                repository.close()

    def open(self, url: str) -> GitRepository:
        """Return the repository at an address, the same object however the address is spelt.

        1. The checkout given for it. 2. The local repository, for a path or a ``file://`` URL. 3. A copy in the
        cache, brought up to date the first time it is opened. Contents that are not yet in a copy are fetched on
        demand; so are those of a checkout that is a partial clone. A bare repository on this machine never fetches:
        its settings may have come with its content.

        Raises:
            RepositoryError: when it can be neither read locally nor fetched; no text in it holds credentials.
        """
        with self._lock:
            known = self._open.get(url)
            if known is None:
                known = self._open[url] = self._find(url)
            return known

    def refresh(self, url: str) -> GitRepository:
        """Return what `open` returns, with a cached copy brought up to date now rather than when it was first opened.

        Costs one connection when nothing has changed, two otherwise, and none for a local repository or while
        fetching is off. Other repositories need not wait for it.

        Raises:
            RepositoryError: as `open`.
        """
        if self.is_local(url) or not self._fetch:
            return self.open(url)
        address = self._remote_address(url)
        mirrors = Mirrors(self._found_git(), self._cache, fetch=True)
        path = mirrors.path(address)
        before = _identity(path)
        copy = mirrors.ensure(address)
        with self._lock:
            self._fresh[str(path)] = copy
            repository = self.open(url)
        if before is not None and before != _identity(path):
            repository.close()  # its processes read the copy that was replaced
        return repository

    def upstream(self, url: str) -> Upstream:
        """Return a repository for writing, refreshed.

        A checkout or a local path is pushed to where it lies.

        Raises:
            RepositoryError: as `open`; also for a remote repository while fetching is off.
        """
        if self.is_local(url):
            git = self._found_git().allowing(("file",))
            repository = self.open(url)
            address = os.fspath(repository.location.folder)
        elif self._fetch:
            repository = self.refresh(url)
            remote = self._remote_address(url)
            git = Mirrors(self._found_git(), self._cache, fetch=True).reader(remote)
            address = remote.shown
        else:
            raise RepositoryError(
                redact(url), "nothing can be pushed while fetching is off", "allow it, or give a local checkout"
            )
        objects = self._object_folder(repository, git)
        return Upstream(repository, address, git, repository.location, objects, self._cache / "changes")

    def _remote_address(self, url: str) -> RemoteAddress:
        address = parse_address(url)
        assert isinstance(address, RemoteAddress)
        return address

    def _object_folder(self, repository: GitRepository, git: Git) -> Path:
        folder = repository.location.folder
        known = self._objects.get(folder)
        if known is None:
            try:
                known = self._objects[folder] = object_folder(git, repository.location)
            except GitError as failure:
                raise repository_error(repository.url, failure) from failure
        return known

    def is_local(self, url: str) -> bool:
        """Say whether an address is read from this machine: a checkout, a path or a ``file://`` URL.

        Raises:
            RepositoryError: for a malformed address.
        """
        return self._key(url) in self._checkouts or isinstance(parse_address(url), LocalAddress)

    def _find(self, url: str) -> GitRepository:
        key = self._key(url)
        shown = redact(url)
        address = parse_address(url)
        checkout = self._checkouts.get(key)
        if checkout is not None:
            return self._local(shown, checkout)
        match address:
            case LocalAddress(path=path):
                return self._local(shown, self._base / path)
            case RemoteAddress():
                return self._remote(address)

    def _local(self, shown: str, folder: Path) -> GitRepository:
        git = self._found_git()
        location = locate(git, folder, shown)
        known = self._places.get(location.folder)
        if known is None:
            known = GitRepository(shown, git, location, fetch=self._fetch and not location.bare)
            self._places[location.folder] = known
        return known

    def _remote(self, address: RemoteAddress) -> GitRepository:
        mirrors = Mirrors(self._found_git(), self._cache, fetch=self._fetch)
        name = str(mirrors.path(address))
        if name not in self._fresh:
            self._fresh[name] = mirrors.ensure(address)
        git = mirrors.reader(address)
        location = locate(git.allowing(()), self._fresh[name], address.shown)
        known = self._places.get(location.folder)
        if known is None:
            known = GitRepository(
                address.shown, git, location, fetch=self._fetch, on_damage=lambda: mirrors.discard(address)
            )
            self._places[location.folder] = known
        return known

    def git(self) -> Git:
        """Return how Git is run, without any transport.

        Raises:
            RepositoryError: when there is no Git, or it is too old.
        """
        with self._lock:
            return self._found_git()

    def _found_git(self) -> Git:
        if self._git is None:
            self._git = find_git(self._timeout)
        return self._git

    def _by_key(self, checkouts: Mapping[str, Path]) -> dict[str, Path]:
        """Return the folders by what addresses are compared by."""
        folders: dict[str, Path] = {}
        for url, path in checkouts.items():
            folder = self._base / path
            if folders.setdefault(self._key(url), folder) != folder:
                raise RepositoryError(
                    redact(url), "two different checkouts are given for this repository", "keep one of them"
                )
        return folders

    def _key(self, url: str) -> str:
        """Return what addresses are compared by, with relative paths taken from the workspace's folder."""
        try:
            address = parse_address(url)
            if isinstance(address, LocalAddress):
                return normalise("file://" + os.path.join(self._base, address.path).replace("%", "%25"))
            return normalise(url)
        except AddressError as error:
            raise RepositoryError(redact(url), str(error), "write a path, a file://, https:// or ssh:// URL") from error


def _identity(path: Path) -> int | None:
    """Return what tells a folder from another of the same name; None where there is none."""
    try:
        return path.stat().st_ino
    except OSError:
        return None
