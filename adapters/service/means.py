"""What the service is given by whoever puts it together: the parts that depend on the workspace's configuration."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from adapters.git import GitRepositories
    from adapters.workflows.watching import Watcher
    from adapters.workspace import Loaded
    from engine.execute.ports import Ports
    from engine.execute.rules import Rules
    from engine.plan.request import Surroundings


class MeansError(Exception):
    """A workspace's configuration cannot be worked with; the text says why."""


@dataclass(frozen=True, slots=True)
class Means:
    """Makers of everything that is made anew when the workspace changes.

    Attributes:
        load: reads the workspace.
        repositories: opens the repositories of a workspace, brought up to date; may raise `MeansError`.
        surroundings: returns what a dry run reads.
        ports: returns what releases act through; may raise `MeansError`.
        rules: returns how time and addresses are told.
        watchers: returns what follows the workflows of each runtime, by its name; may raise `MeansError`.
        own_merge: says whether a commit of a repository is what a promotion's pull request became, by what its forge
            tells; may raise `RepositoryError`.
    """

    load: Callable[[], Loaded]
    repositories: Callable[[Loaded], AbstractContextManager[GitRepositories]]
    surroundings: Callable[[Loaded, GitRepositories, datetime], Surroundings]
    ports: Callable[[Loaded, GitRepositories], Ports]
    rules: Callable[[Loaded], Rules]
    watchers: Callable[[Loaded], Mapping[str, Watcher]]
    own_merge: Callable[[Loaded, GitRepositories, str, str], bool]
