"""What every change in Git is made with, and the steps that commits and pull requests share."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from adapters.git.changes.computed import Computed, counted
from adapters.git.changes.message import commit_message
from adapters.git.changes.promoting import compute_promotion
from adapters.git.changes.reverting import compute_revert
from adapters.git.fast_import import Record, SigningError, make_commit
from adapters.git.identity import (
    Identity,
    MachineSettings,
    SignatureFormat,
    Signing,
    machine_settings,
    parse_identity,
    parse_signing,
)
from adapters.git.pushing import Moved, RefUpdate, push
from adapters.git.repositories import GitRepositories
from adapters.git.revision import branch_reference
from adapters.git.upstream import Upstream, default_branch
from adapters.git.workbench import workbench
from engine.execute.errors import TerminalError
from engine.execute.ports import Change, Clock, Landed
from engine.plan.ports import DocumentEditor
from grammar.suggest import did_you_mean


@dataclass(frozen=True, slots=True)
class Committing:
    """How commits are made.

    Attributes:
        author: whom they are by; None for whom Git is configured to.
        sign: how they are signed; None for not at all.
        sign_as_git: whether Git's own configuration says if they are signed, rather than ``sign``.
    """

    author: Identity | None = None
    sign: Signing | None = None
    sign_as_git: bool = True

    @classmethod
    def of(cls, author: str, sign: str) -> Committing:
        """Return what the keys ``author`` and ``sign`` of a workspace mean; empty texts are for keys without a value.

        Raises:
            ValueError: when one is malformed.
        """
        by = parse_identity(author) if author else None
        return cls(by, parse_signing(sign) if sign else None, sign_as_git=not sign)


@dataclass
class Workshop:
    """Reads, computes, commits and pushes; safe to use from several threads.

    Attributes:
        repositories: opens repositories.
        editor: edits documents.
        clock: dates commits.
        committing: how commits are made.
    """

    repositories: GitRepositories
    editor: DocumentEditor
    clock: Clock
    committing: Committing = field(default_factory=Committing)

    @cached_property
    def _machine(self) -> MachineSettings:
        return machine_settings(self.repositories.git())

    def compute(self, change: Change, upstream: Upstream, head: str) -> Computed:
        """Compute what a change writes onto a commit.

        Raises:
            TerminalError: when it cannot be made.
            RepositoryError: when a repository cannot be read.
            UnreachableError: likewise.
        """
        compute = compute_revert if change.revert else compute_promotion
        return compute(self.repositories, self.editor, change, upstream, head)

    def make_and_push(
        self,
        change: Change,
        upstream: Upstream,
        parent: str,
        computed: Computed,
        reference: str,
        seen: str,
        *marks: str,
    ) -> Landed | Moved:
        """Make the commit of a change on top of another, and move a reference to it.

        Args:
            change: the change.
            upstream: where to.
            parent: the commit it goes onto.
            computed: what it writes there.
            reference: the full name of the branch that moves.
            seen: the object it must still have; empty when it must not exist.
            marks: references that are made together with it, and must not exist.

        Raises:
            AdapterError: when the repository cannot be reached or refuses, or nobody is known as the author.
            GitError: when the commit cannot be made.
            OSError: when there is no room for it.
        """
        record = Record(self._author(), self._now(), commit_message(change), self._signing())
        with workbench(upstream) as folder:
            try:
                made = make_commit(upstream.git.allowing(()), folder, parent, computed.writes, record)
            except ValueError as error:
                raise TerminalError(f"{upstream.repository.url}: {error}") from error
            except SigningError as error:
                raise TerminalError(
                    f"the commit cannot be signed: {error}",
                    "correct `sign` under `[git]` in promo.toml or `user.signingKey` of Git; nobody is asked for a "
                    "passphrase, so the key must have none or be in an agent",
                ) from error
            updates = [RefUpdate(reference, seen, made), *(RefUpdate(mark, "", made) for mark in marks)]
            moved = push(upstream, folder, updates)
        if moved is not None:
            return moved
        when = record.when.isoformat()
        return Landed(made, True, str(record.author), record.message, when, computed.summary)

    def landed(self, upstream: Upstream, commit: str, effect: str) -> Landed:
        """Return what there is to say of a change that is on a branch already.

        Args:
            upstream: the repository.
            commit: the commit that brought it onto the branch.
            effect: the commit that says what changed; usually the same.
        """
        info = upstream.repository.commit(commit)
        files = len(upstream.repository.changed_paths(effect))
        return Landed(commit, True, f"{info.author} <{info.email}>", info.message, info.date, counted(files))

    def _now(self) -> datetime:
        return self.clock.now().replace(microsecond=0)

    def _author(self) -> Identity:
        author = self.committing.author or self._machine.author
        if author is None:
            raise TerminalError(
                "nobody is named as the author of commits",
                'write `author = "Name <address@example.com>"` under `[git]` in promo.toml, '
                "or run `git config --global user.name NAME` and `git config --global user.email ADDRESS`",
            )
        return author

    def _signing(self) -> Signing | None:
        if not self.committing.sign_as_git:
            return self.committing.sign
        return Signing(SignatureFormat.GIT) if self._machine.signs else None


def branch_of(upstream: Upstream, branch: str) -> str:
    """Return the full reference of the branch that an application follows.

    Raises:
        TerminalError: when it is the name of no branch.
        GitError: when the repository cannot be read.
    """
    reference = default_branch(upstream) if branch in ("HEAD", "") else branch_reference(branch)
    if reference is None:
        raise TerminalError(
            f"{upstream.repository.url}: `{branch[:80]}` is not the name of a branch", "let the application follow one"
        )
    return reference


def head_of(upstream: Upstream, reference: str) -> str | None:
    """Return the commit a reference stands at, None where there is no such reference.

    Raises:
        RepositoryError: when the repository cannot be read.
    """
    return upstream.repository.reference(reference)


def require_head(upstream: Upstream, reference: str) -> str:
    """Return the commit a branch stands at.

    Raises:
        TerminalError: when there is no such branch.
        RepositoryError: when the repository cannot be read.
    """
    head = head_of(upstream, reference)
    if head is not None:
        return head
    name = reference.removeprefix("refs/heads/")
    if upstream.repository.reference(f"refs/remotes/origin/{name}") is not None:
        help_text = f"run `git branch {name} origin/{name}` in {upstream.address}"
    elif upstream.repository.reference(f"refs/tags/{name}") is not None:
        help_text = "it is a tag, which no commit can be added to; let the application follow a branch"
    else:
        near = did_you_mean(name, upstream.repository.branches())
        help_text = near or "push the branch, or correct `targetRevision` of the application"
    raise TerminalError(f"{upstream.repository.url} has no branch `{name}`", help_text)
