"""What a change is compared with: the commit it would be merged into, or the one that was there before a push."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from adapters.ci.event import at, read_event
from adapters.ci.history import History
from adapters.ci.place import Forge, find_forge


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the surroundings name as the base.

    Attributes:
        revision: a commit, or a branch of the remote.
        forked: whether the base is where HEAD's history left the revision, and not the revision itself.
    """

    revision: str
    forked: bool


def find_base(history: History, given: str | None, environment: Mapping[str, str]) -> str | None:
    """Find the commit that HEAD is compared with; it is fetched where the checkout does not have it.

    Args:
        history: the checkout.
        given: a branch, a tag or a commit that was asked for; HEAD is compared with where it left it.
        environment: what the runner says, for when nothing was asked for.

    Returns:
        The commit's full name; None where nothing names a base.

    Raises:
        CiError: when the base cannot be found, or the event that started the run cannot be read.
    """
    wanted = _wanted(history, environment) if given is None else Wanted(given, forked=True)
    if wanted is None:
        return None
    commit = history.commit(wanted.revision)
    return history.fork(commit, wanted.revision) if wanted.forked else commit


def _wanted(history: History, environment: Mapping[str, str]) -> Wanted | None:
    match find_forge(environment):
        case Forge.GITHUB | Forge.GITEA:
            return _wanted_by_event(history, environment)
        case Forge.GITLAB:
            return _wanted_by_gitlab(history, environment)
        case None:
            return None


def _wanted_by_event(history: History, environment: Mapping[str, str]) -> Wanted | None:
    event = read_event(environment)
    head, base = at(event, "pull_request", "head", "sha"), at(event, "pull_request", "base", "sha")
    if base:
        # The checkout is what merging would give. Its first parent is newer than the event, and what it is merged into.
        parents = history.parents()
        return Wanted(parents[0], forked=False) if parents[1:] == [head] else Wanted(base, forked=True)
    return _pushed(at(event, "before"), at(event, "repository", "default_branch"))


def _wanted_by_gitlab(history: History, environment: Mapping[str, str]) -> Wanted | None:
    if environment.get("CI_MERGE_REQUEST_EVENT_TYPE") in ("merged_result", "merge_train"):
        parents = history.parents()
        if len(parents) == 2:
            return Wanted(parents[0], forked=False)
    fork = environment.get("CI_MERGE_REQUEST_DIFF_BASE_SHA", "")
    if fork:
        return Wanted(fork, forked=False)
    return _pushed(environment.get("CI_COMMIT_BEFORE_SHA", ""), environment.get("CI_DEFAULT_BRANCH", ""))


def _pushed(before: str, default: str) -> Wanted | None:
    """Return the base of a push: what was there before, or for a new branch where it left the default one."""
    if before.strip("0"):
        return Wanted(before, forked=False)
    return Wanted(default, forked=True) if before and default else None
