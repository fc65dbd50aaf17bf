"""Whether a commit is what a promotion's pull request became, where its message does not say so.

A squash may keep nothing of a pull request but its title, and then has no trailers, which promotions are known by.
"""

from __future__ import annotations

import logging

from adapters.forge.forges import Forges
from engine.execute.errors import RetryableError, TerminalError
from engine.plan.ports import Repository, RepositoryError
from engine.resolve import made_by_promotion

_log = logging.getLogger("promo.forge")


def became_of_promotion(forges: Forges, repository: Repository, repo_url: str, commit: str) -> bool:
    """Ask the forge of a repository whether a commit is a promotion's pull request, merged in whatever way.

    Costs one request. Where somebody else pushed to the branch last, the commit counts as theirs. Where the forge does
    not tell, however often it is asked, that is logged and the commit counts as somebody's: it holds no release up.

    Args:
        forges: the forges that are configured.
        repository: the repository that has the commit.
        repo_url: its address, as applications write it.
        commit: its object name.

    Raises:
        RepositoryError: when the forge cannot be asked for now, or the repository cannot be read.
    """
    try:
        hosted = forges.of(repo_url)
        if hosted is None:
            return False
        pull = hosted.forge.merged_as(hosted.project, commit)
    except RetryableError as away:
        raise RepositoryError(repository.url, f"its forge cannot be asked about {commit}: {away}") from away
    except TerminalError as refused:
        _log.warning("%s: the forge does not tell what became of %s: %s", repository.url, commit, refused)
        return False
    if pull is None or not made_by_promotion(f"\n{pull.body}"):
        return False
    # The branch may be gone, and its commit with it; then the text of the pull request is all there is.
    tip = repository.resolve(pull.head) if pull.head else None
    return tip is None or made_by_promotion(repository.commit(tip).message)
