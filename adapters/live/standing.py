"""How what is deployed stands to the branch, asked of Git."""

from __future__ import annotations

from dataclasses import replace

from adapters.git import GitRepositories
from adapters.git.past import is_after
from adapters.git.repository import GitRepository
from adapters.live.answer import Drift, Said, Standing
from engine.model.argo import Application, Source
from engine.model.entities import Product
from engine.model.promoted_source import promoted_source
from engine.plan.ports import RepositoryError
from engine.plan.request import Surroundings
from engine.plan.targets import version_of
from engine.plan.world import Location, UnreachableError, World
from engine.resolve import compose

_MOST = 100
"""Commits that are counted."""


class Branches:
    """Knows where the branches of applications stand; each repository is read as it was when it was first opened."""

    def __init__(self, surroundings: Surroundings, repositories: GitRepositories) -> None:
        """Prepare to ask.

        Args:
            surroundings: of the plan.
            repositories: those of the plan; nothing is fetched that the plan did not need.
        """
        self._surroundings, self._repositories = surroundings, repositories
        self._world = World(repositories)
        self._located: dict[str, Location | str] = {}
        self._unreachable: dict[str, str] = {}

    def locate(self, application: Application) -> Location | str:
        """Return where an application's files are on its branch, or why that cannot be said.

        What was found is remembered, and a repository that cannot be reached is tried once, which may take long.
        """
        if application.key not in self._located:
            self._located[application.key] = self._locate(application)
        return self._located[application.key]

    def _locate(self, application: Application) -> Location | str:
        source = promoted_source(application)
        url = source.repo_url if isinstance(source, Source) else ""
        if url in self._unreachable:
            return self._unreachable[url]
        try:
            return self._world.locate(application, writable=False)
        except UnreachableError as unreachable:
            if unreachable.repository:
                self._unreachable[url] = unreachable.reason
            return unreachable.reason

    def standing(self, product: Product, application: Application, source: Application | None, said: Said) -> Standing:
        """Say how what is deployed of an application stands to its branch.

        Args:
            product: it belongs to; says where a version is written.
            application: the one.
            source: where the plan takes its values from; None for none.
            said: of whoever deploys it.
        """
        location = self.locate(application)
        if isinstance(location, str):
            return Standing(Drift.UNKNOWN, location)
        unknown = Standing(Drift.UNKNOWN, branch=location.branch, head=location.commit)
        if not said.revision:
            return replace(unknown, detail="what is deployed is not known")
        try:
            repository = self._repositories.open(location.repo_url)
            commit = repository.resolve(said.revision)
            if commit is None:
                return replace(unknown, detail=f"the repository does not have `{said.revision[:10]}`")
            composed = compose(self._surroundings.workspace, product, source or application)
            version = version_of(self._surroundings, self._world, replace(location, commit=commit), composed)
            return replace(_drift(repository, location, commit, said), version=version)
        except RepositoryError as failure:
            return replace(unknown, detail=failure.reason)


def _drift(repository: GitRepository, location: Location, commit: str, said: Said) -> Standing:
    """Compare a deployed commit with the head of the branch, in the folder of the application."""
    head, folder = location.commit, location.folder
    found = Standing(Drift.NONE, branch=location.branch, head=head)
    if not _is_same(repository, commit, head, folder):
        if not is_after(repository, head, commit):
            return replace(found, drift=Drift.ELSEWHERE, detail=f"`{location.branch}` does not have {commit[:10]}")
        later = len(repository.log(commit, head, folder, _MOST))
        if later:
            return replace(found, drift=Drift.BEHIND, commits=later)
    if said.sync == "OutOfSync":
        some = ", ".join(said.unsynced[:3]) + (" and others" if len(said.unsynced) > 3 else "")
        return replace(found, drift=Drift.EDITED, detail=some)
    return found


def _is_same(repository: GitRepository, commit: str, head: str, folder: str) -> bool:
    """Say whether a folder holds the same at two commits; of the root only the commits are compared."""
    if commit == head:
        return True
    if not folder:
        return False
    before, now = repository.item(commit, folder), repository.item(head, folder)
    return before is not None and now is not None and before.oid == now.oid
