"""The repository ports over dictionaries: an honest stand-in for Git, built the way `GitRepo` is.

    apps = MemoryRepository("https://example.com/apps.git")
    sha = apps.commit({"dev/values.yaml": "tag: 1\n"}, message="first")
    repositories = MemoryRepositories(apps)

One contract suite holds it and the Git adapter to the same behaviour.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from adapters.git.address import normalise, redact
from adapters.git.revision import parse_revision
from engine.plan.ports import CommitInfo, EntryKind, RepositoryError, TreeEntry
from tests.support.content import Content, Executable, Link, Module

_START = datetime(2026, 1, 1, tzinfo=UTC)
_Files = dict[str, Content]


class MemoryRepository:
    """A repository whose commits are dictionaries of all their files."""

    def __init__(self, url: str, *, branch: str = "main") -> None:
        self._url = redact(url)
        self.default = branch
        self._commits: dict[str, tuple[CommitInfo, _Files]] = {}
        self._branches: dict[str, str] = {}
        self._tags: dict[str, str] = {}

    @property
    def url(self) -> str:
        """The address, without credentials."""
        return self._url

    def commit_files(
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
        """Add a commit to a branch and return its name; the arguments are those of `GitRepo.commit`."""
        name = branch or self.default
        when = (date or _START + timedelta(minutes=len(self._commits))).isoformat()
        if parents is None:
            tip = self._branches.get(name) or self._branches.get(self.default)
            parents = [tip] if tip else []
        content = dict(self._commits[parents[0]][1]) if parents else {}
        for path, value in files.items():
            _place(content, path, value)
        identity = repr((sorted(content.items()), tuple(parents), author, email, when, message))
        sha = hashlib.sha1(identity.encode("utf-8", "surrogateescape")).hexdigest()
        self._commits[sha] = (CommitInfo(sha, author, email, when, message, tuple(parents)), content)
        self._branches[name] = sha
        return sha

    def tag(self, name: str, at: str, *, message: str | None = None) -> None:
        """Add a tag; annotated or not makes no difference to a reader."""
        self._tags[name] = at

    def branch(self, name: str, at: str) -> None:
        """Add or move a branch."""
        self._branches[name] = at

    def resolve(self, revision: str) -> str | None:
        """Return the commit a branch, tag or object name stands for."""
        parsed = parse_revision(revision, 40)
        for candidate in parsed.candidates:
            found = self._candidate(candidate.name)
            if found is not None:
                return self._ancestor(found, parsed.steps)
        return None

    def commit(self, sha: str) -> CommitInfo:
        """Return a commit's record."""
        return self._record(sha)[0]

    def read(self, sha: str, path: str) -> bytes | None:
        """Return a regular file's content."""
        match self._record(sha)[1].get(path):
            case str() as text:
                return text.encode()
            case bytes() as data:
                return data
            case Executable(data=text):
                return text.encode()
            case Link() | Module() | None:
                return None

    def entries(self, sha: str, folder: str) -> tuple[TreeEntry, ...]:
        """Return every entry below a folder, sorted by path."""
        prefix = "" if folder.rstrip("/") in ("", ".") and folder != "/" else folder.removesuffix("/") + "/"
        files = self._record(sha)[1]
        return tuple(_entry(path, files[path]) for path in sorted(files) if path.startswith(prefix))

    def changed_paths(self, sha: str) -> tuple[str, ...]:
        """Return the paths that differ from the first parent, sorted."""
        info, after = self._record(sha)
        before = self._record(info.parents[0])[1] if info.parents else {}
        return tuple(sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path)))

    def branches_with(self, sha: str) -> tuple[str, ...]:
        """Return the branches that contain a commit, sorted."""
        self._record(sha)
        return tuple(sorted(name for name, tip in self._branches.items() if sha in self._history(tip)))

    def tags_at(self, sha: str) -> tuple[str, ...]:
        """Return the tags at a commit, sorted."""
        self._record(sha)
        return tuple(sorted(name for name, target in self._tags.items() if target == sha))

    def _record(self, sha: str) -> tuple[CommitInfo, _Files]:
        found = self._commits.get(sha)
        if found is None:
            raise RepositoryError(self._url, f"there is no commit {sha}", "resolve it first")
        return found

    def _candidate(self, name: str) -> str | None:
        if name == "HEAD":
            return self._branches.get(self.default)
        if name.startswith("refs/heads/"):
            return self._branches.get(name.removeprefix("refs/heads/"))
        if name.startswith("refs/tags/"):
            return self._tags.get(name.removeprefix("refs/tags/"))
        matching = [] if name.startswith("refs/") else [sha for sha in self._commits if sha.startswith(name)]
        if len(matching) > 1:
            raise RepositoryError(self._url, f"`{name}` stands for several objects", "give more digits")
        return matching[0] if matching else None

    def _ancestor(self, sha: str, steps: str) -> str | None:
        at: str | None = sha
        for step in steps.replace("~", " ~").replace("^", " ^").split():
            count = int(step[1:] or "1")
            for _ in range(count if step[0] == "~" else min(count, 1)):
                number = 0 if step[0] == "~" else count - 1
                parents = self._record(at)[0].parents if at else ()
                at = parents[number] if number < len(parents) else None
        return at

    def _history(self, tip: str) -> set[str]:
        seen: set[str] = set()
        pending = [tip]
        while pending:
            sha = pending.pop()
            if sha not in seen:
                seen.add(sha)
                pending.extend(self._record(sha)[0].parents)
        return seen


class MemoryRepositories:
    """Finds in-memory repositories by address, compared as the Git adapter does."""

    def __init__(self, *repositories: MemoryRepository) -> None:
        self._repositories = {normalise(repository.url): repository for repository in repositories}

    def open(self, url: str) -> MemoryRepository:
        """Return the repository at an address."""
        found = self._repositories.get(normalise(url))
        if found is None:
            raise RepositoryError(redact(url), "there is no such repository", "add it to the test")
        return found


def _place(files: _Files, path: str, value: Content) -> None:
    """Change one path; a file takes the place of a folder of its name, and of files that are folders on its way."""
    for other in [name for name in files if name == path or name.startswith(path + "/")]:
        del files[other]
    if value is None:
        return
    for cut in range(len(path)):
        if path[cut] == "/":
            files.pop(path[:cut], None)
    files[path] = value


def _entry(path: str, content: Content) -> TreeEntry:
    match content:
        case str():
            return TreeEntry(path, EntryKind.FILE, len(content.encode()))
        case bytes():
            return TreeEntry(path, EntryKind.FILE, len(content))
        case Executable(data=text):
            return TreeEntry(path, EntryKind.FILE, len(text.encode()))
        case Link(target=target):
            return TreeEntry(path, EntryKind.SYMLINK, len(target.encode()))
        case Module():
            return TreeEntry(path, EntryKind.SUBMODULE, 0)
        case None:
            raise AssertionError(f"a removed path was kept: {path}")
