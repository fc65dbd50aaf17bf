"""Whether what a commit promoted still stands on its branch, and which later commit took it back."""

from __future__ import annotations

from dataclasses import dataclass

from adapters.git.past import PastRepository, is_after
from engine.execute.spec import SourceSpec, TargetSpec
from engine.plan.ports import DocumentEditor, Edited, EntryKind, Repository


@dataclass(frozen=True, slots=True)
class Overwritten:
    """A later commit that took back what was promoted: which, and in which file."""

    commit: str
    path: str


def overwritten(
    repository: PastRepository, editor: DocumentEditor, target: TargetSpec, source: SourceSpec, commit: str, head: str
) -> Overwritten | None:
    """Return the commit after another one that changed a value which that one had promoted; None where all stand.

    Args:
        repository: the target's.
        editor: compares values.
        target: where they were promoted to.
        source: which they are.
        commit: that has them.
        head: of the branch, which contains it.

    Raises:
        RepositoryError: when the repository cannot be read.
    """
    path = _differing(repository, editor, target, source, commit, head)
    if path is None:
        return None
    culprit = head
    while (before := _before(repository, culprit, commit)) is not None:
        if before == commit or _differing(repository, editor, target, source, commit, before) is None:
            break
        culprit = before
    return Overwritten(culprit, path)


def _before(repository: PastRepository, culprit: str, commit: str) -> str | None:
    """Return the first parent of a commit, not the one itself, that has another in its past or is that."""
    parents = repository.commit(culprit).parents if culprit != commit else ()
    if len(parents) == 1:
        return parents[0]
    return next((parent for parent in parents if is_after(repository, parent, commit)), None)


def _differing(
    repository: Repository, editor: DocumentEditor, target: TargetSpec, source: SourceSpec, commit: str, later: str
) -> str | None:
    """Return the first file whose promoted values differ between two commits."""
    prefix = f"{target.folder}/" if target.folder else ""
    if source.files is None:
        before = {e.path for e in repository.entries(commit, target.folder) if e.kind is EntryKind.FILE}
        pairs: list[tuple[str, tuple[str, ...]]] = [(path, ("*",)) for path in sorted(before)]
    else:
        pairs = [(prefix + promoted.file, promoted.json_paths) for promoted in source.files]
    for path, queries in pairs:
        had, has = repository.read(commit, path), repository.read(later, path)
        if had is None or had == has:
            continue
        if has is None or not _same(editor, path, had, has, queries):
            return path
    return None


def _same(editor: DocumentEditor, path: str, had: bytes, has: bytes, queries: tuple[str, ...]) -> bool:
    if "*" in queries:
        return False
    edited = editor.promote(path=path, source=had, target=has, json_paths=queries)
    return isinstance(edited, Edited) and edited.content == has
