"""A change as a pull request on a forge: found or opened, watched, merged when that is allowed, closed.

The branch is Git's business (`adapters.git.changes.branch`). How the pull request stands is asked of the forge; that it
has landed is verified in Git.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from adapters.forge.change_in_git import ChangeInGit
from adapters.forge.client import StatusError
from adapters.forge.ended import closed, merged
from adapters.forge.forges import Hosted
from adapters.forge.port import Proposal, Pull, PullState, Readiness
from adapters.forge.wording import (
    UNDRESSED,
    body_of,
    is_marked,
    title_of,
    trailer_lines,
    withdrawal,
    withdrawal_mark,
)
from adapters.git.changes.branch import (
    Foreign,
    NothingToPush,
    Pushed,
    ensure_branch,
    remove_branch,
)
from adapters.git.changes.landing import Patience
from adapters.git.changes.lookup import effects
from adapters.git.changes.workshop import Workshop, head_of, require_head
from adapters.git.pushing import Moved
from adapters.git.upstream import Upstream
from engine.execute.errors import RetryableError, TerminalError
from engine.execute.ports import Change, Declined, Landed, Proposed

_SOON = 3.0
"""Seconds until a forge that is still finding out is asked again."""


@dataclass(slots=True)
class Pulling:
    """One change on its way through a forge.

    Attributes:
        workshop: reads, commits and pushes.
        hosted: the target's repository on its forge.
        change: what is proposed.
        patience: how often a push that somebody else was quicker than is tried.
        found: the pull request, once it was found.
        git: knows how the change stands in Git.
    """

    workshop: Workshop
    hosted: Hosted
    change: Change
    patience: Patience
    found: Pull | None = None
    git: ChangeInGit = field(init=False)

    def __post_init__(self) -> None:
        """Prepare to ask Git."""
        self.git = ChangeInGit(self.workshop, self.change)

    def find(self) -> Pull | None:
        """Return the pull request of the change's branch.

        Raises:
            AdapterError: when the forge cannot be asked.
        """
        self.found = self.hosted.forge.find(self.hosted.project, self.change.proposed, self.base())
        return self.found

    def base(self) -> str:
        """Return the short name of the branch that the application follows."""
        branch = self.change.target.branch
        if branch in ("", "HEAD"):
            return self.hosted.forge.default_branch(self.hosted.project)
        return branch.removeprefix("refs/heads/")

    def stands(self, pull: Pull | None) -> Landed | Proposed | Declined:
        """Say how a change stands whose pull request was looked at, and open one where there is none.

        Raises:
            AdapterError: when it cannot be done, now or ever.
            RepositoryError: when a repository cannot be read.
            UnreachableError: likewise.
            GitError: when Git fails locally.
            OSError: when there is no room for the commit.
        """
        if pull is None:
            return self._without()
        if not is_marked(pull.body, self.change) and not self.git.holds(pull):
            raise TerminalError(
                f"{pull.url} is from the branch `{self.change.proposed}`, and not from this release",
                "close it and remove or rename its branch, then retry",
            )
        match pull.state:
            case PullState.OPEN:
                return self._open(pull)
            case PullState.MERGED:
                return merged(self.git, pull, self.base())
            case PullState.CLOSED:
                return closed(self.git, pull)

    def withdraw(self, pull: Pull | None, reason: str) -> Landed | None:
        """Close the pull request, saying why, and remove its branch where only promo pushed to it.

        Returns:
            Where the change is, if it is merged all the same.

        Raises:
            AdapterError: as `stands`, and likewise the others.
        """
        forge, project = self.hosted.forge, self.hosted.project
        if pull is not None and (is_marked(pull.body, self.change) or self.git.holds(pull)):
            if pull.state is PullState.OPEN:
                forge.comment(project, pull.number, withdrawal_mark(self.change), withdrawal(self.change, reason))
                forge.close(project, pull.number)
                pull = forge.look(project, pull.number)
            if pull.state is PullState.MERGED:
                landed = merged(self.git, pull, self.base())
                return landed if isinstance(landed, Landed) else None
        for attempt in range(self.patience.attempts):
            upstream, reference = self.git.upstream()
            head = head_of(upstream, reference)
            if head is not None and (landed_here := self.git.landed(upstream, head)) is not None:
                return landed_here
            if remove_branch(self.change, upstream, head) is None:
                return None
            self.patience.pause(attempt)
        raise self.git.overtaken(self.patience)

    # --- there is none yet ---

    def _without(self) -> Landed | Proposed | Declined:
        for attempt in range(self.patience.attempts):
            upstream, reference = self.git.upstream()
            head = require_head(upstream, reference)
            landed = self.git.landed(upstream, head)
            if landed is not None:
                return landed
            outcome = ensure_branch(self.workshop, self.change, upstream, head)
            match outcome:
                case Moved():
                    self.patience.pause(attempt)
                    continue
                case NothingToPush(tip=None):
                    return Landed(head, False)
                case NothingToPush():
                    return self.git.otherwise(upstream, head)
                case Foreign():
                    raise TerminalError(
                        f"{upstream.repository.url} has a branch `{self.change.proposed}` "
                        "that is not from this release",
                        "remove or rename it, then retry",
                    )
                case Pushed():
                    return self._create(upstream, head)
        raise self.git.overtaken(self.patience)

    def _create(self, upstream: Upstream, head: str) -> Landed | Proposed | Declined:
        """Open the pull request, or adopt the one that somebody else opened in this moment."""
        forge, project, settings = self.hosted
        proposal = Proposal(
            head=self.change.proposed,
            base=self.base(),
            title=title_of(self.change),
            body=self._body(upstream, head),
            draft=settings.draft,
            labels=settings.labels,
            reviewers=settings.reviewers,
            teams=settings.teams,
        )
        bare = not (proposal.labels or proposal.reviewers or proposal.teams)
        asked = proposal if bare else replace(proposal, body=f"{proposal.body}\n{UNDRESSED}\n")
        try:
            forge.create(project, asked)
        except StatusError as refused:
            if refused.status not in (400, 409, 422):
                raise
            if self.find() is None:
                raise
        # What was created is read again: some forges answer before they know it all.
        pull = self.find()
        if pull is None:
            raise RetryableError(f"the forge does not show the pull request of `{self.change.proposed}` yet", after=1.0)
        return self.stands(pull)

    # --- it is open ---

    def _open(self, pull: Pull) -> Landed | Proposed | Declined:
        if pull.base != self.base():
            return Proposed(pull.url, f"goes into `{pull.base}`; it must be merged into `{self.base()}`")
        if UNDRESSED in pull.body:
            self._dress(pull)
        if pull.readiness in (Readiness.CONFLICTS, Readiness.BEHIND):
            answer = self._renew(pull)
            if answer is not None:
                return answer
        elif pull.readiness is Readiness.READY and self.hosted.settings.merge == "auto" and not pull.draft:
            return self._merge(pull)
        return self._waiting(pull, pull.waits_for)

    def _waiting(self, pull: Pull, waits_for: str) -> Proposed:
        note = f"waits to be merged into `{pull.base}`"
        if pull.draft:
            waits_for = "it is a draft"
        look_after = _SOON if pull.readiness is Readiness.UNKNOWN else None
        return Proposed(pull.url, f"{note}: {waits_for}" if waits_for else note, look_after)

    def _dress(self, pull: Pull) -> None:
        """Set labels and reviewers, once; where the forge refuses, its reason stands in the text."""
        forge, project, settings = self.hosted
        wanted = Proposal(
            pull.head,
            pull.base,
            pull.title,
            pull.body,
            labels=settings.labels,
            reviewers=settings.reviewers,
            teams=settings.teams,
        )
        body = pull.body.replace(UNDRESSED, "").rstrip() + "\n"
        try:
            forge.dress(project, pull, wanted)
        except StatusError as refused:
            body = f"> promo could not set labels and reviewers: {refused.reason}\n\n{body}"
        forge.rewrite(project, pull.number, pull.title, body)

    def _renew(self, pull: Pull) -> Landed | Proposed | Declined | None:
        """Make the branch again on what the target is now; None where there is nothing to be made again."""
        for attempt in range(self.patience.attempts):
            upstream, reference = self.git.upstream()
            head = require_head(upstream, reference)
            behind = pull.readiness is Readiness.BEHIND
            outcome = ensure_branch(self.workshop, self.change, upstream, head, current=behind)
            match outcome:
                case Moved():
                    self.patience.pause(attempt)
                    continue
                case NothingToPush():
                    return self._superfluous(pull, upstream, head)
                case Foreign():
                    return self._waiting(pull, f"others changed its branch, and {pull.waits_for}")
                case Pushed(tip=tip) if tip == pull.head:
                    if self.git.is_amended(upstream, tip, head):
                        return self._waiting(pull, f"others pushed to its branch, and {pull.waits_for}")
                    return None
                case Pushed():
                    forge, project, _ = self.hosted
                    forge.rewrite(project, pull.number, title_of(self.change), self._body(upstream, head))
                    # Whether it can be merged is about the old commit until the forge has found out again.
                    return self._waiting(replace(pull, readiness=Readiness.UNKNOWN), "")
        raise self.git.overtaken(self.patience)

    def _superfluous(self, pull: Pull, upstream: Upstream, head: str) -> Landed | Declined:
        """Close a pull request whose values are all in the target."""
        forge, project, _ = self.hosted
        reason = f"{pull.base} has all of its values since other changes"
        forge.comment(project, pull.number, withdrawal_mark(self.change), withdrawal(self.change, reason))
        forge.close(project, pull.number)
        return self.git.otherwise(upstream, head)

    def _merge(self, pull: Pull) -> Landed | Proposed | Declined:
        forge, project, _ = self.hosted
        upstream, reference = self.git.upstream()
        head = require_head(upstream, reference)
        if effects(upstream, self.change, pull.head, head)[:1] != (pull.head,):
            return self._waiting(pull, "others pushed to its branch, so that somebody has to merge it")
        refused = forge.merge(project, pull, title_of(self.change), trailer_lines(self.change))
        if refused:
            return self._waiting(pull, refused)
        after = forge.look(project, pull.number)
        if after.state is PullState.OPEN:
            return self._waiting(replace(after, readiness=Readiness.UNKNOWN), "it is being merged")
        return self.stands(after)

    def _body(self, upstream: Upstream, head: str) -> str:
        turns = self.workshop.compute(self.change, upstream, head).turns
        return body_of(self.change, turns, self.change.settings)
