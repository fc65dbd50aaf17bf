"""What promo needs of a forge, whichever it is.

Methods block; all of them raise `engine.execute.errors.AdapterError`. Whoever has something made looks first whether it
is there.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol

from engine.execute.errors import TerminalError


class PullState(Enum):
    """Whether a pull request is open."""

    OPEN = "open"
    MERGED = "merged"
    CLOSED = "closed"


class Readiness(Enum):
    """Whether an open pull request can be merged.

    Attributes:
        UNKNOWN: the forge is still finding out.
        READY: nothing is in the way.
        WAITING: a review, a check or a rule is.
        CONFLICTS: what it changes was changed in the target, perhaps.
        BEHIND: it must be up to date with the target first.
    """

    UNKNOWN = "unknown"
    READY = "ready"
    WAITING = "waiting"
    CONFLICTS = "conflicts"
    BEHIND = "behind"


@dataclass(frozen=True, slots=True)
class Pull:
    """A pull request.

    Attributes:
        number: within its repository.
        url: where a person looks at it.
        state: whether it is open.
        head: the commit that is proposed.
        base: the short name of the branch it goes into.
        title: its title.
        body: its text.
        draft: whether it is marked as not ready.
        landed: the commit it became, where it is merged and the forge says so; empty otherwise.
        readiness: whether it can be merged; means something while it is open.
        waits_for: what the forge says is in the way, for people.
        closed_by: who closed or merged it; empty when that is not known.
        closed_at: when, ISO 8601; empty when that is not known.
    """

    number: int
    url: str
    state: PullState
    head: str
    base: str
    title: str = ""
    body: str = ""
    draft: bool = False
    landed: str = ""
    readiness: Readiness = Readiness.UNKNOWN
    waits_for: str = ""
    closed_by: str = ""
    closed_at: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A pull request that is wanted.

    Attributes:
        head: the short name of its branch.
        base: the short name of the branch it goes into.
        title: one line.
        body: Markdown.
        draft: whether it is marked as not ready.
        labels: names of labels.
        reviewers: account names.
        teams: teams or groups that review, where the forge knows such.
    """

    head: str
    base: str
    title: str
    body: str
    draft: bool = False
    labels: tuple[str, ...] = ()
    reviewers: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()


class Shown(Enum):
    """The state of a commit that forges can show; GitLab's and Gitea's words differ a little."""

    PENDING = "pending"
    SUCCESS = "success"
    FAILURE = "failure"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Examined:
    """What a forge says about itself and the token.

    Attributes:
        account: whose token it is; empty when that is not known.
        version: of the server; empty when it does not say.
        scopes: what the token may do, as the forge calls it; None when it does not say.
        remaining: requests that are left in this period; None when there is no limit that is told.
        date: the ``Date`` header of an answer.
    """

    account: str = ""
    version: str = ""
    scopes: tuple[str, ...] | None = None
    remaining: int | None = None
    date: str = ""


class Forge(Protocol):
    """One forge. A project is the path of a repository on it, e.g. ``shop/storefront``."""

    def default_branch(self, project: str) -> str:
        """Return the short name of the branch that ``HEAD`` stands for."""

    def find(self, project: str, head: str, base: str) -> Pull | None:
        """Return the pull request of a branch of this repository: an open one before a merged before a closed one."""

    def look(self, project: str, number: int) -> Pull:
        """Return a pull request, with everything that is known."""

    def merged_as(self, project: str, commit: str) -> Pull | None:
        """Return the pull request that became this very commit of its target; None where none did."""

    def create(self, project: str, proposal: Proposal) -> Pull:
        """Open a pull request, without labels and reviewers."""

    def dress(self, project: str, pull: Pull, proposal: Proposal) -> None:
        """Give a pull request its labels and reviewers; what it has already stays."""

    def rewrite(self, project: str, number: int, title: str, body: str) -> None:
        """Give a pull request another title and text."""

    def merge(self, project: str, pull: Pull, title: str, message: str) -> str:
        """Merge a pull request if its head is still ``pull.head``.

        Returns:
            Empty when it was merged; otherwise why it cannot be, for now.
        """

    def comment(self, project: str, number: int, mark: str, text: str) -> None:
        """Comment on a pull request, unless there is a comment that contains a mark."""

    def close(self, project: str, number: int) -> None:
        """Close a pull request that is open; does nothing where it is closed or merged."""

    def show(self, project: str, commit: str, context: str, state: Shown, description: str, url: str) -> None:
        """Show a state on a commit."""

    def examine(self) -> Examined:
        """Say who the token is, and how the server stands."""

    def may_write(self, project: str) -> bool | None:
        """Say whether the token may write to a repository; None when the forge does not tell."""


def text_of(data: Any, *path: str) -> str:
    """Return a text inside an answer; empty where it is missing or is none."""
    for key in path:
        data = data.get(key) if isinstance(data, dict) else None
    return data if isinstance(data, str) else ""


def object_of(data: Any, what: str) -> dict[str, Any]:
    """Return an answer that must be an object.

    Raises:
        TerminalError: when it is none.
    """
    if not isinstance(data, dict):
        raise TerminalError(f"the forge answered {what} with something that is no object", "is `api` that of a forge?")
    return data


def number_of(data: dict[str, Any], key: str) -> int:
    """Return a number inside an answer that must be there.

    Raises:
        TerminalError: when it is missing.
    """
    found = data.get(key)
    if not isinstance(found, int) or isinstance(found, bool):
        raise TerminalError(f"the forge answered with a pull request without `{key}`", "is `api` that of a forge?")
    return found
