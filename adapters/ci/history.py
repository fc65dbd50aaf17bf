"""A checkout whose history may be cut off: what is missing is fetched from where the checkout came from."""

from __future__ import annotations

import re
from pathlib import Path

from adapters.ci.failure import CiError
from adapters.git.environment import NETWORK
from adapters.git.failure import GitError, explain
from adapters.git.process import find_git
from engine.plan.ports import RepositoryError
from grammar.render import printable

_TIMEOUT = 600.0  # seconds; the history of a large repository may have to be fetched
_NAME = re.compile(r"[A-Za-z0-9@_][A-Za-z0-9@_./~^#=,-]{0,254}")
_HELP = "let the checkout fetch the history: `fetch-depth: 0` on GitHub, `GIT_DEPTH: 0` on GitLab"


class History:
    """The repository around a folder, for as long as a job runs; methods raise `CiError`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        try:
            self._git = find_git(_TIMEOUT).allowing(NETWORK)
        except RepositoryError as failed:
            raise CiError(failed.reason, failed.help) from failed
        self._run("rev-parse", "--git-dir")

    def parents(self) -> list[str]:
        """Return HEAD's parents, also those the checkout does not have."""
        lines = self._run("cat-file", "commit", "HEAD").partition("\n\n")[0].splitlines()
        return [line.removeprefix("parent ") for line in lines if line.startswith("parent ")]

    def commit(self, revision: str) -> str:
        """Return the commit a revision names at ``origin`` or here, fetching it where it is missing."""
        if not _NAME.fullmatch(revision):
            raise CiError(f"the base `{printable(revision)}` is no name of a branch, a tag or a commit")
        found = self._known(f"refs/remotes/origin/{revision}") or self._known(revision)
        if found is not None:
            return found
        depth = ["--depth=1"] if self._is_shallow() else []
        try:
            self._text("fetch", "--quiet", "--no-tags", *depth, "--", "origin", revision)
        except GitError as failed:
            reason, _ = explain(failed)
            raise CiError(f"the base `{revision}` is not in this checkout: {reason}", _HELP) from failed
        return self._run("rev-parse", "--verify", "FETCH_HEAD^{commit}")

    def fork(self, commit: str, revision: str) -> str:
        """Return the commit at which HEAD's history left another one, which a message calls by its revision."""
        found = self._optional("merge-base", commit, "HEAD")
        if found is None and self._is_shallow():
            self._run("fetch", "--quiet", "--no-tags", "--unshallow", "--", "origin")
            found = self._optional("merge-base", commit, "HEAD")
        if found is None:
            raise CiError(f"HEAD and the base `{revision}` have no history in common", _HELP)
        return found

    def has_workspace(self, commit: str, folder: Path) -> bool:
        """Say whether a workspace lies in a folder of the checkout at a commit, whatever it holds now."""
        prefix = self._text("-C", str(folder.absolute()), "rev-parse", "--show-prefix")
        names = self._optional("ls-tree", "--name-only", "-z", "--full-tree", f"{commit}:{prefix}") or ""
        return any(name == "promo.toml" or name.endswith(".promo") for name in names.split("\0"))

    def _known(self, revision: str) -> str | None:
        return self._optional("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")

    def _is_shallow(self) -> bool:
        return self._run("rev-parse", "--is-shallow-repository") == "true"

    def _optional(self, *arguments: str) -> str | None:
        try:
            return self._text(*arguments)
        except GitError:
            return None

    def _run(self, *arguments: str) -> str:
        try:
            return self._text(*arguments)
        except GitError as failed:
            raise CiError(*explain(failed)) from failed

    def _text(self, *arguments: str) -> str:
        return self._git.run(self._folder, *arguments).decode("utf-8", "replace").strip()
