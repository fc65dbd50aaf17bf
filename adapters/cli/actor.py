"""Who gives a command, and what they may do.

The command line trusts the machine it runs on: whoever can write the store could change it anyway. Access rules say
here what is meant, and keep honest people from mistakes; `promo serve` is where they are enforced on others.
"""

from __future__ import annotations

import getpass
import os
from collections.abc import Mapping
from dataclasses import dataclass

from adapters.cli.output import fail
from engine.execute.access import Deed, refusal
from engine.model.workspace import Workspace

VARIABLE = "PROMO_ACTOR"
"""The environment variable that says who gives a command."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who gives a command; ``teams`` are sorted."""

    name: str
    teams: tuple[str, ...]


def current_actor(given: str | None, teams: Mapping[str, tuple[str, ...]]) -> Actor:
    """Return who gives the command: who was said, else ``PROMO_ACTOR``, else Git's address, else the system's user.

    Args:
        given: what ``--as`` says.
        teams: members by team.
    """
    name = given or os.environ.get(VARIABLE) or _git_address() or getpass.getuser()
    if not name.strip() or len(name) > 200 or not name.isprintable():
        fail(f"`{name[:200]!r}` is not how somebody is called", f"say --as NAME, or set {VARIABLE}")
    return Actor(name, tuple(sorted(team for team, members in teams.items() if name in members)))


def require_access(workspace: Workspace, actor: Actor, deed: Deed) -> None:
    """Exit with `INVALID` where access rules do not let somebody do something, saying who may."""
    why = refusal(workspace, deed, actor.teams)
    if why is not None:
        fail(f"{actor.name}: {why}", "teams stand in `[teams]` of promo.toml; --as says who you are")


def _git_address() -> str | None:
    from adapters.git.failure import GitError
    from adapters.git.identity import machine_settings
    from adapters.git.process import find_git
    from engine.plan.ports import RepositoryError

    try:
        author = machine_settings(find_git(10)).author
    except (GitError, RepositoryError):
        return None
    return author.email if author else None
