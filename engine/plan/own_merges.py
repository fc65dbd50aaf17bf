"""Whether a merge only brings a promotion: a forge's merge commit carries no trailer, the commit it merges does."""

from __future__ import annotations

from engine.plan.ports import CommitInfo, Repository
from engine.resolve import made_by_promotion


def merges_promotion(repository: Repository, commit: CommitInfo) -> bool:
    """Say whether a commit merges a promotion and nothing else.

    The merged commit must carry a promotion's trailer, and the merge must change no file that it does not change, so
    that a branch of people that has a promotion at its tip still starts a release.

    Raises:
        RepositoryError: when the repository cannot be read.
    """
    if len(commit.parents) != 2:
        return False
    merged = repository.resolve(commit.parents[1])
    if merged is None or not made_by_promotion(repository.commit(merged).message):
        return False
    return set(repository.changed_paths(commit.sha)) <= set(repository.changed_paths(merged))
