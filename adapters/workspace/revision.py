"""Reads a workspace as it was at a Git revision: from Git's objects, without touching any checkout.

Sources are called ``REV:path``. Nothing outside of the revision's tree can be reached: paths are those of the tree,
and links are followed inside of it only.
"""

from __future__ import annotations

import posixpath
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.workspace.cached_configuration import cached_configuration
from adapters.workspace.configuration import CONFIGURATION_FILE, Configuration
from adapters.workspace.declared import declared
from adapters.workspace.loading import Loaded
from adapters.workspace.patterns import Patterns
from adapters.workspace.reading import decode
from adapters.workspace.sources import Sources
from adapters.workspace.walk import DEEPEST, MOST_FILES
from engine.model.workspace import Workspace
from engine.plan.ports import EntryKind, RepositoryError
from grammar.diagnostics import Diagnostic, error, in_order
from grammar.render import printable
from grammar.span import NOWHERE, Span

if TYPE_CHECKING:
    from adapters.git import GitRepository


def load_revision(folder: Path, revision: str) -> Loaded:
    """Read the workspace that lies in a folder, as it is at a revision of the repository around it.

    Args:
        folder: the workspace's folder, inside a Git repository; it need not exist at the revision, or now.
        revision: a branch, tag or commit; ``~N`` and ``^N`` may follow.

    Returns:
        What was read; everything that is wrong is in its diagnostics, a missing repository or revision included.
    """
    from adapters.git import GitRepositories, discover

    try:
        top = discover(_existing(folder)).top
        inside = _inside(top, folder)
        with GitRepositories({}, top / ".git", fetch=False, base=top) as repositories:
            return _Revision(repositories.open(str(top)), revision, folder, inside).load()
    except RepositoryError as failure:
        return Loaded(folder, diagnostics=(_unreadable(revision, failure.reason, failure.help),))


def _existing(folder: Path) -> Path:
    """Return the nearest folder that exists, upwards."""
    path = folder.absolute()
    while not path.is_dir() and path != path.parent:
        path = path.parent
    return path


def _inside(top: Path, folder: Path) -> str:
    """Return the workspace's folder as a path in the repository; empty for its top."""
    real = folder.absolute().resolve()
    try:
        relative = real.relative_to(top.resolve()).as_posix()
    except ValueError as failure:
        raise RepositoryError(str(folder), "the workspace is not in the repository around it") from failure
    return "" if relative == "." else relative


def _unreadable(revision: str, reason: str, help_text: str) -> Diagnostic:
    text = f"revision `{printable(revision)}` cannot be read: {reason}"
    return error("C011", text, NOWHERE, help=help_text or "name a branch, a tag or a commit of the repository")


class _Revision:
    """Reads one revision."""

    def __init__(self, repository: GitRepository, revision: str, folder: Path, inside: str) -> None:
        self._repository = repository
        self._revision = revision
        self._folder = folder
        self._inside = inside
        self._texts: dict[str, str] = {}
        self._found: list[Diagnostic] = []

    def load(self) -> Loaded:
        sha = self._repository.resolve(self._revision)
        if sha is None:
            hint = "`git branch -a` and `git tag` list names; a shallow clone may lack it"
            return Loaded(self._folder, diagnostics=(_unreadable(self._revision, "there is no such commit", hint),))
        kinds = {entry.path: entry.kind for entry in self._repository.entries(sha, self._inside)}
        prefix = f"{self._inside}/" if self._inside else ""
        tree = {path.removeprefix(prefix): kind for path, kind in kinds.items()}
        if not tree:
            where = f"there is no folder `{self._inside}` in it" if self._inside else "it has no files"
            return Loaded(self._folder, diagnostics=(_unreadable(self._revision, where, ""),))
        configuration = self._configuration(sha, tree)
        if any(diagnostic.is_error for diagnostic in self._found):
            return Loaded(self._folder, configuration, diagnostics=in_order(self._found), sources=Sources(self._texts))
        chosen = self._chosen(tree, configuration)
        self._repository.prefetch(sha, [prefix + path for path in chosen])
        read = [(self._name(path), text) for path in chosen if (text := self._read(sha, path)) is not None]
        return self._declared(configuration, read)

    def _declared(self, configuration: Configuration, read: list[tuple[str, str]]) -> Loaded:
        """Build the model of the files, which are pairs of name and text."""
        promo = [pair for pair in read if pair[0].endswith(".promo")]
        manifests = [pair for pair in read if not pair[0].endswith(".promo")]
        workspace, wrong, passed_over = declared(promo, manifests, configuration.priority, check_json_paths=False)
        self._found += wrong
        if workspace == Workspace(priority_order=configuration.priority) and not any(d.is_error for d in self._found):
            message = "declares nothing" if read else "has no files to read"
            self._found.append(
                error("C002", f"workspace `{self._name('')}` {message}", NOWHERE, help="compare another revision")
            )
        sources = Sources(self._texts)
        return Loaded(self._folder, configuration, workspace, in_order(self._found), sources, passed_over, len(read))

    def _name(self, path: str) -> str:
        """Return what diagnostics call a file of the workspace."""
        return printable(f"{self._revision}:{posixpath.join(self._inside, path)}")

    def _configuration(self, sha: str, tree: dict[str, EntryKind]) -> Configuration:
        if CONFIGURATION_FILE not in tree:
            return Configuration()
        text = self._read(sha, CONFIGURATION_FILE)
        if text is None or self._found:
            return Configuration()
        configuration, problems = cached_configuration(text, self._name(CONFIGURATION_FILE))
        self._found += problems
        return configuration

    def _chosen(self, tree: dict[str, EntryKind], configuration: Configuration) -> list[str]:
        """Return the files that are read, as the walk through folders would choose them, by path."""
        wanted, unwanted = Patterns(configuration.sources), Patterns(configuration.exclude)
        chosen = [
            path
            for path in sorted(tree)
            if tree[path] is not EntryKind.SUBMODULE and _visible(path, unwanted) and wanted.matches(path)
        ]
        deep = next((path for path in chosen if path.count("/") > DEEPEST), None)
        if deep is not None:
            self._report("C008", deep, f"folders are nested more than {DEEPEST} deep")
        if len(chosen) > MOST_FILES:
            self._report("C008", chosen[MOST_FILES], f"more than {MOST_FILES:,} files to read")
            chosen = chosen[:MOST_FILES]
        files = [path for path in chosen if tree[path] is EntryKind.FILE]
        for path in chosen:
            if tree[path] is EntryKind.SYMLINK:
                self._report("C007", path, "is a link, and links are not followed in a revision")
        return files

    def _read(self, sha: str, path: str) -> str | None:
        """Return a file's text; None where there is none that can be read."""
        content = self._repository.read(sha, posixpath.join(self._inside, path))
        name = self._name(path)
        if content is None:
            self._report("C006", path, "is not a file that can be read")
            return None
        before = len(self._found)
        text = decode(content, name, self._found)
        self._texts[name] = text
        return text if len(self._found) == before else None

    def _report(self, code: str, path: str, message: str) -> None:
        span = Span(0, 0, self._name(path))
        self._found.append(error(code, message, span, help="exclude it in `promo.toml`, or compare another revision"))


def _visible(path: str, unwanted: Patterns) -> bool:
    """Say whether neither a path nor a folder above it is hidden or excluded."""
    parts = path.split("/")
    if any(part.startswith(".") for part in parts):
        return False
    return not any(unwanted.matches("/".join(parts[: depth + 1])) for depth in range(len(parts)))
