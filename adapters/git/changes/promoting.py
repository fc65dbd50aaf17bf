"""The edit of a promotion, computed by the code that plans it."""

from __future__ import annotations

from adapters.git.changes.computed import Computed, refuse_blockers, turns_of
from adapters.git.fast_import import Write
from adapters.git.repositories import GitRepositories
from adapters.git.repository import GitRepository
from adapters.git.upstream import Upstream
from engine.execute.errors import TerminalError
from engine.execute.ports import Change
from engine.plan.edits import promote_files
from engine.plan.ports import DocumentEditor
from engine.plan.world import Location, World


def compute_promotion(
    repositories: GitRepositories, editor: DocumentEditor, change: Change, upstream: Upstream, head: str
) -> Computed:
    """Compute what a promotion writes onto a commit of the target's branch.

    A file keeps its executable bit; one that is new gets the source's.

    Args:
        repositories: where the source is read, at the pinned commit.
        editor: edits documents.
        change: the promotion.
        upstream: the target's repository.
        head: the commit that is changed.

    Raises:
        TerminalError: when something blocks the edit, as a plan would say.
        RepositoryError: when a repository cannot be read.
        UnreachableError: likewise.
    """
    spec = change.source
    origin = _origin(repositories, change, upstream)
    source = Location(origin, spec.repo_url, spec.branch, spec.folder, change.commit)
    target = Location(upstream.repository, change.target.repo_url, change.target.branch, change.target.folder, head)
    world = World(repositories)
    edits = promote_files(world, editor, source, target, spec.files, "")
    refuse_blockers(edits.blockers)
    writes = []
    for file in edits.changes:
        if file.added:
            below = file.path[len(target.folder) + 1 if target.folder else 0 :]
            like = origin.item(change.commit, source.file(below) or "")
        else:
            like = upstream.repository.item(head, file.path)
        writes.append(Write(file.path, world.read(target, file.path), like is not None and like.is_executable))
    return Computed(tuple(writes), {place: turn for file in edits.changes for place, turn in turns_of(file).items()})


def _origin(repositories: GitRepositories, change: Change, upstream: Upstream) -> GitRepository:
    """Return the repository that has the pinned commit; a copy that does not have it yet is refreshed."""
    repository = repositories.open(change.source.repo_url)
    if repository is not upstream.repository and repository.resolve(change.commit) != change.commit:
        repository = repositories.refresh(change.source.repo_url)
    require_commit(repository, change.commit)
    return repository


def require_commit(repository: GitRepository, sha: str) -> None:
    """Make sure that a repository has a commit.

    Raises:
        TerminalError: when it does not.
    """
    if repository.resolve(sha) != sha:
        raise TerminalError(
            f"{repository.url} has no commit {sha[:80]}",
            "it is on no branch there any more; start another release from a commit that is",
        )
