"""Whether a commit is part of a branch, and whether what it brought still stands there."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from engine.execute.spec import SourceSpec, TargetSpec
from engine.plan.ports import DocumentEditor, Edited, EntryKind, Repository

_MOST_COMMITS = 50_000


def contains(repository: Repository, head: str, commit: str) -> bool:
    """Say whether a commit is another one, or one before it; at most 50,000 commits are looked at.

    Raises:
        RepositoryError: when the repository cannot be read.
    """
    seen = {head}
    waiting = deque([head])
    while waiting and len(seen) <= _MOST_COMMITS:
        sha = waiting.popleft()
        if sha == commit:
            return True
        for parent in repository.commit(sha).parents:
            if parent not in seen:
                seen.add(parent)
                waiting.append(parent)
    return False


@dataclass(frozen=True, slots=True)
class Overwritten:
    """A later commit that took back what was promoted: which, and in which file."""

    commit: str
    path: str


def overwritten(
    repository: Repository, editor: DocumentEditor, target: TargetSpec, source: SourceSpec, commit: str, head: str
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
    since = _since(repository, head, commit)
    culprit = head
    while before := [parent for parent in since[culprit] if parent in since and parent != culprit]:
        if before[0] == commit or _differing(repository, editor, target, source, commit, before[0]) is None:
            break
        culprit = before[0]
    return Overwritten(culprit, path)


def _since(repository: Repository, head: str, commit: str) -> dict[str, tuple[str, ...]]:
    """Return the parents of the commits between two, both included: those that have the earlier one in their past."""
    parents: dict[str, tuple[str, ...]] = {commit: ()}
    waiting = [head]
    while waiting and len(parents) <= _MOST_COMMITS:
        sha = waiting.pop()
        if sha not in parents:
            parents[sha] = repository.commit(sha).parents
            waiting += parents[sha]
    children: dict[str, list[str]] = {}
    for sha, those in parents.items():
        for parent in those:
            children.setdefault(parent, []).append(sha)
    after = {commit}
    waiting = [commit]
    while waiting:
        for child in children.get(waiting.pop(), ()):
            if child not in after:
                after.add(child)
                waiting.append(child)
    return {sha: parents[sha] for sha in after}


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
