"""One Git repository, read-only, behind the port of the dry run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import TracebackType

from adapters.git.environment import NETWORK
from adapters.git.failure import GitError, GitTimeoutError, is_damage, repository_error
from adapters.git.location import Location
from adapters.git.malformed import MalformedObjectError
from adapters.git.process import Git
from adapters.git.record import CommitObject
from adapters.git.revision import parse_revision
from adapters.git.store import ObjectStore, missing
from adapters.git.trees import FOLDER, SUBMODULE, SYMLINK, TreeItem, changed, find, walk
from engine.plan.ports import CommitInfo, EntryKind, RepositoryError, TreeEntry


class GitRepository:
    """Reads a repository through Git; safe to use from several threads.

    Git objects never change, so commits and trees are remembered; branches and tags are looked up each time. Use as
    a context manager, or call `close`; a later read opens what it needs again.
    """

    def __init__(
        self,
        url: str,
        git: Git,
        location: Location,
        *,
        fetch: bool = True,
        on_damage: Callable[[], None] | None = None,
    ) -> None:
        """Open a repository.

        Args:
            url: the address it was asked for by, without credentials.
            git: how Git is run.
            location: where it lies.
            fetch: whether missing objects of a partial clone may be fetched.
            on_damage: called when the clone turns out to be damaged.
        """
        self._url = url
        self._git = git.allowing(NETWORK if fetch else ())
        self._location = location
        self._on_damage = on_damage
        self._store = ObjectStore(self._git, location)

    @property
    def url(self) -> str:
        """The address the repository was asked for by, never with credentials."""
        return self._url

    @property
    def location(self) -> Location:
        """Where it lies on disk."""
        return self._location

    def __enter__(self) -> GitRepository:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """End the processes that serve this repository."""
        self._store.close()

    def resolve(self, revision: str) -> str | None:
        """Return the commit a branch, tag or object name (full or abbreviated) stands for.

        The order in which meanings are tried is that of `adapters.git.revision.parse_revision`. A tag, annotated or
        not, stands for the commit it points at; one that points at no commit stands for none.

        Raises:
            RepositoryError: when an abbreviated name stands for several commits, or the repository cannot be read.
        """
        parsed = parse_revision(revision, self._location.oid_size * 2)
        with self._reading():
            for candidate in parsed.candidates:
                found = self._store.find_commit(candidate.name)
                if found is None and candidate.prefix:
                    self._refuse_ambiguous(candidate.prefix)
                if found is None or not found.info.sha.startswith(candidate.prefix):
                    continue
                if parsed.steps:
                    found = self._store.find_commit(found.info.sha + parsed.steps)
                return None if found is None else found.info.sha
        return None

    def reference(self, name: str) -> str | None:
        """Return the commit that exactly this full reference stands for, None where there is none.

        Raises:
            RepositoryError: when the repository cannot be read.
        """
        with self._reading():
            found = self._store.find_commit(name)
        return None if found is None else found.info.sha

    def commit(self, sha: str) -> CommitInfo:
        """Return the record of a commit that `resolve` returned.

        Raises:
            RepositoryError: when there is no such commit, or the repository cannot be read.
        """
        return self._commit(sha).info

    def read(self, sha: str, path: str) -> bytes | None:
        """Return a regular file's content at a commit.

        Returns:
            None where there is nothing, a folder, a symbolic link or a submodule.

        Raises:
            RepositoryError: when there is no such commit, the file is larger than 10 MiB, or the repository cannot be
                read.
        """
        tree = self._commit(sha).tree
        with self._reading():
            *folder, name = _split(path)
            parent = find(self._store, tree, tuple(folder))
            if parent is None or parent.kind != FOLDER:
                return None
            item = find(self._store, parent.oid, (name,))
            if item is None or not item.is_file:
                return None
            return self._store.content(parent.oid, item, path)

    def item(self, sha: str, path: str) -> TreeItem | None:
        """Return what a path is at a commit: its mode and its object; None where there is nothing.

        Raises:
            RepositoryError: when there is no such commit, or the repository cannot be read.
        """
        tree = self._commit(sha).tree
        with self._reading():
            return find(self._store, tree, _split(path))

    def entries(self, sha: str, folder: str) -> tuple[TreeEntry, ...]:
        """Return every entry below a folder at a commit, sorted by path.

        In a partial clone the files below the folder are fetched together, since their sizes are part of the answer.

        Args:
            sha: a commit that `resolve` returned.
            folder: from the repository's root; empty or ``.`` for all of it.

        Returns:
            Empty where there is no such folder. Paths that are not UTF-8 hold surrogate escapes.

        Raises:
            RepositoryError: when there is no such commit, or the repository cannot be read.
        """
        tree = self._commit(sha).tree
        names = _split_folder(folder)
        with self._reading():
            top = find(self._store, tree, names)
            if top is None or top.kind != FOLDER:
                return ()
            prefix = b"".join(name + b"/" for name in names)
            rows = list(walk(self._store, top.oid, prefix))
            sizes = self._store.sizes(top.oid, [item.oid for _, item in rows if item.kind != SUBMODULE])
            return tuple(sorted((_entry(path, item, sizes) for path, item in rows), key=lambda entry: entry.path))

    def changed_paths(self, sha: str) -> tuple[str, ...]:
        """Return the paths a commit changed against its first parent, sorted.

        All of its paths for a commit without a parent. A renamed file counts with both names, a changed mode counts
        as a change.

        Raises:
            RepositoryError: when there is no such commit, its parent was cut off from a shallow clone, or the
                repository cannot be read.
        """
        commit = self._commit(sha)
        with self._reading():
            if not commit.info.parents:
                return tuple(sorted(_text(path) for path, _ in walk(self._store, commit.tree)))
            before = self._parent(commit.info)
            return tuple(sorted(_text(path) for path in changed(self._store, before.tree, commit.tree)))

    def branches_with(self, sha: str) -> tuple[str, ...]:
        """Return the short names of the branches that contain a commit, sorted.

        Branches of the remote ``origin`` count under their short name, since a checkout in a pipeline often has no
        local branch.

        Raises:
            RepositoryError: when there is no such commit, or the repository cannot be read.
        """
        self._commit(sha)
        names: set[str] = set()
        for name in self._references(f"--contains={sha}", "refs/heads/", "refs/remotes/origin/"):
            names.add(name.removeprefix("refs/heads/").removeprefix("refs/remotes/origin/"))
        return tuple(sorted(names - {"HEAD"}))

    def branches(self) -> tuple[str, ...]:
        """Return the short names of its own branches, sorted.

        Raises:
            RepositoryError: when the repository cannot be read.
        """
        return tuple(sorted(name.removeprefix("refs/heads/") for name in self._references(None, "refs/heads/")))

    def tags_at(self, sha: str) -> tuple[str, ...]:
        """Return the short names of the tags that point at a commit, sorted.

        Raises:
            RepositoryError: when there is no such commit, or the repository cannot be read.
        """
        self._commit(sha)
        return tuple(
            sorted(name.removeprefix("refs/tags/") for name in self._references(f"--points-at={sha}", "refs/tags/"))
        )

    def log(self, since: str | None, until: str, folder: str, limit: int) -> tuple[CommitInfo, ...]:
        """Return the commits that changed a folder and came after another commit, newest first; merges are left out.

        Args:
            since: a commit whose ancestors, itself included, are left out; None for none.
            until: the newest commit.
            folder: from the repository's root; empty for all of it.
            limit: how many at most.

        Raises:
            RepositoryError: when there is no such commit, or the repository cannot be read.
        """
        for sha in (until, *([since] if since else [])):
            self._commit(sha)
        arguments = ["rev-list", "--no-merges", f"--max-count={limit}", until, *([f"^{since}"] if since else []), "--"]
        with self._reading():
            # A folder is named as it is: Git would otherwise take `*` and `:` in it for patterns.
            answer = self._git.run(
                self._location.folder, "--literal-pathspecs", *arguments, *([folder] if folder else [])
            )
        return tuple(self.commit(sha) for sha in answer.decode("ascii").split())

    def line(self, since: str | None, until: str, limit: int) -> tuple[str, ...]:
        """Return the commits that came to a branch after another commit, oldest first; a merge counts as one commit.

        Args:
            since: a commit whose ancestors, itself included, are left out; None for none.
            until: where the branch stands.
            limit: how many at most, counted from the newest.

        Raises:
            RepositoryError: when there is no such commit, or the repository cannot be read.
        """
        for sha in (until, *([since] if since else [])):
            self._commit(sha)
        arguments = ["--first-parent", "--reverse", f"--max-count={limit}", until, *([f"^{since}"] if since else [])]
        with self._reading():
            answer = self._git.run(self._location.folder, "rev-list", *arguments, "--")
        return tuple(answer.decode("ascii").split())

    def is_ancestor(self, earlier: str, later: str) -> bool:
        """Say whether a commit is another one or in its past; what is older than both is not looked at.

        Raises:
            RepositoryError: when there is no such commit, or the repository cannot be read.
        """
        for sha in (earlier, later):
            self._commit(sha)
        with self._reading():
            try:
                self._git.run(self._location.folder, "merge-base", "--is-ancestor", "--end-of-options", earlier, later)
            except GitError as failure:
                if failure.returncode == 1:
                    return False
                raise
        return True

    def prefetch(self, sha: str, paths: Iterable[str]) -> None:
        """Fetch files of a partial clone that will be read, all in one go; does nothing in a complete clone.

        Raises:
            RepositoryError: when there is no such commit, or the files cannot be fetched.
        """
        tree = self._commit(sha).tree
        with self._reading():
            items = [find(self._store, tree, _split(path)) for path in paths]
            self._store.bring(tree, [item.oid for item in items if item is not None and item.is_file])

    def _references(self, condition: str | None, *patterns: str) -> list[str]:
        conditions = () if condition is None else (condition,)
        with self._reading():
            answer = self._git.run(
                self._location.folder, "for-each-ref", *conditions, "--format=%(refname)", "--", *patterns
            )
            return [_text(line) for line in answer.split(b"\n") if line]

    def _commit(self, sha: str) -> CommitObject:
        with self._reading():
            found = self._store.commit(sha)
        if found is None:
            raise RepositoryError(
                self._url,
                f"there is no commit {sha[:80]!r}",
                "use the full object name of a commit; in a shallow clone, run `git fetch --unshallow`",
            )
        return found

    def _refuse_ambiguous(self, prefix: str) -> None:
        """Raise where an abbreviation leads to no commit because it leads to several."""
        count = self._store.count_commits(prefix)
        if count > 1:
            raise RepositoryError(
                self._url, f"`{prefix}` stands for {count} commits", "give more digits of the object name"
            )

    def _parent(self, info: CommitInfo) -> CommitObject:
        found = self._store.commit(info.parents[0])
        if found is not None:
            return found
        if not self._location.shallow:
            missing(f"the parent of commit {info.sha}")
        raise RepositoryError(
            self._url,
            f"the parent of commit {info.sha} was cut off from this shallow clone, so its changes are unknown",
            "run `git fetch --unshallow`, or let the pipeline clone with a depth of at least 2",
        )

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """Turn what goes wrong while reading into the error of the port."""
        try:
            yield
        except GitError as failure:
            damaged = is_damage(failure) and not isinstance(failure, GitTimeoutError)
            if damaged and self._on_damage is not None:
                self._on_damage()
                raise RepositoryError(
                    self._url, "the cached clone is damaged", "run again: it will be fetched anew"
                ) from failure
            raise repository_error(self._url, failure) from failure
        except MalformedObjectError as error:
            raise RepositoryError(
                self._url, f"the repository holds a malformed object: {error}", "run `git fsck` in it"
            ) from error


def _entry(path: bytes, item: TreeItem, sizes: dict[str, int]) -> TreeEntry:
    if item.kind == SUBMODULE:
        return TreeEntry(_text(path), EntryKind.SUBMODULE, 0)
    if item.oid not in sizes:
        missing(f"the content of `{_text(path)}`")
    return TreeEntry(_text(path), EntryKind.SYMLINK if item.kind == SYMLINK else EntryKind.FILE, sizes[item.oid])


def _text(path: bytes) -> str:
    return path.decode("utf-8", "surrogateescape")


def _split(path: str) -> tuple[bytes, ...]:
    """Return a path's names; for text that cannot be bytes, a name that no tree can hold."""
    try:
        return tuple(path.encode("utf-8", "surrogateescape").split(b"/"))
    except UnicodeEncodeError:
        return (b"",)


def _split_folder(folder: str) -> tuple[bytes, ...]:
    return () if folder.rstrip("/") in ("", ".") and folder != "/" else _split(folder.removesuffix("/"))
