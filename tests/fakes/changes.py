"""Changes of repositories in memory: computed by the code that plans them, made once, found again by their keys."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from adapters.git.changes.message import commit_message
from adapters.yaml import SpliceEditor
from engine.execute.errors import TerminalError
from engine.execute.ports import Change, Clock, Declined, Landed, Proposed
from engine.plan.edits import promote_files
from engine.plan.ports import Edited
from engine.plan.world import Location, World
from tests.fakes.faults import Journal, Port
from tests.support.memory_repositories import MemoryRepositories, MemoryRepository


@dataclass(slots=True)
class Pull:
    """A pull request.

    Attributes:
        change: what it would change.
        url: where people look at it.
        opened: when.
        state: open, merged or closed.
        reason: why it was closed.
    """

    change: Change
    url: str
    opened: datetime
    state: Literal["open", "merged", "closed"] = "open"
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody will do with a pull request: merge or close it, so many seconds after it was opened."""

    who: str
    merges: bool
    after: float


class FakeChanges(Port):
    """Changes in-memory repositories.

    Attributes:
        pulls: pull requests by key, in the order they were opened.
        landed: what is on branches, by key.
        withdrawn: keys of changes of which nothing may come any more.
    """

    def __init__(self, journal: Journal, clock: Clock, repositories: MemoryRepositories) -> None:
        super().__init__(journal, clock)
        self.pulls: dict[str, Pull] = {}
        self.landed: dict[str, Landed] = {}
        self.withdrawn: set[str] = set()
        self._repositories = repositories
        self._decisions: dict[str, Decision] = {}

    def decide(self, environment: str, decision: Decision) -> None:
        """Say what becomes of pull requests of an environment."""
        self._decisions[environment] = decision

    def merge(self, environment: str, who: str) -> None:
        """Merge the open pull requests of an environment."""
        for pull in self._open(environment):
            self._merge(pull, who)

    def close(self, environment: str, who: str) -> None:
        """Close the open pull requests of an environment without merging them."""
        for pull in self._open(environment):
            pull.state, pull.reason = "closed", f"closed by {who}"

    # --- the port ------------------------------------------------------------------------------------

    async def commit(self, change: Change) -> Landed:
        """Put a change onto the application's branch as one commit, unless it is there."""
        return await self.journal.through("commit", change.key, lambda: self._commit(change))

    async def propose(self, change: Change) -> Landed | Proposed | Declined:
        """Open a pull request unless there is one, and say how it stands."""
        return await self.journal.through("propose", change.key, lambda: self._propose(change))

    async def withdraw(self, change: Change, reason: str) -> Landed | None:
        """Make sure that nothing more comes of a change."""
        return await self.journal.through("withdraw", change.key, lambda: self._withdraw(change, reason))

    # --- effects -------------------------------------------------------------------------------------

    def _commit(self, change: Change) -> Landed:
        self._check(change)
        if change.key not in self.landed:
            self.landed[change.key] = self._land(change, "promo")
        return self.landed[change.key]

    def _propose(self, change: Change) -> Landed | Proposed | Declined:
        self._check(change)
        if change.key in self.landed:
            return self.landed[change.key]
        pull = self.pulls.get(change.key)
        if pull is None:
            if not self._files(change):
                self.landed[change.key] = self._land(change, "promo")
                return self.landed[change.key]
            number = len(self.pulls) + 1
            url = f"https://git.example.com/shop/deploy/pull/{number}"
            self.pulls[change.key] = pull = Pull(change, url, self.clock.now())
            self.happened("revert by pull request" if change.revert else "pull request", change.key)
        self._decided(pull)
        match pull.state:
            case "merged":
                return self.landed[change.key]
            case "closed":
                return Declined(pull.url, pull.reason)
            case "open":
                return Proposed(pull.url, "waits for a review")

    def _withdraw(self, change: Change, reason: str) -> Landed | None:
        self.withdrawn.add(change.key)
        pull = self.pulls.get(change.key)
        if pull is not None:
            self._decided(pull)
            if pull.state == "open":
                pull.state, pull.reason = "closed", reason
                self.happened("close pull request", change.key)
        return self.landed.get(change.key)

    def _check(self, change: Change) -> None:
        if change.key in self.withdrawn:
            self.journal.complaints.append(f"{change.key} was asked for after it was withdrawn")

    def _open(self, environment: str) -> list[Pull]:
        found = [pull for pull in self.pulls.values() if pull.change.environment == environment]
        still_open = [pull for pull in found if pull.state == "open"]
        if not still_open:
            raise AssertionError(f"there is no open pull request for {environment}")
        return still_open

    def _decided(self, pull: Pull) -> None:
        """Let somebody do what the test has said, once it is time."""
        decision = self._decisions.get(pull.change.environment)
        if decision is None or pull.state != "open":
            return
        if self.clock.now() < pull.opened + timedelta(seconds=decision.after):
            return
        if decision.merges:
            self._merge(pull, decision.who)
        else:
            pull.state, pull.reason = "closed", f"closed by {decision.who}"

    def _merge(self, pull: Pull, who: str) -> None:
        self.landed[pull.change.key] = self._land(pull.change, who)
        pull.state = "merged"

    def _land(self, change: Change, who: str) -> Landed:
        repository, target = self._target(change)
        files = self._files(change)
        if not files:
            return Landed(target.commit, changed=False)
        message, email, now = commit_message(change), f"{who}@example.com", self.clock.now()
        sha = repository.commit_files(files, message=message, branch=target.branch, author=who, email=email, date=now)
        self.happened("revert" if change.revert else "commit", change.key)
        plural = "s" if len(files) > 1 else ""
        return Landed(sha, True, f"{who} <{email}>", message, now.isoformat(), f"{len(files)} file{plural}")

    def _target(self, change: Change) -> tuple[MemoryRepository, Location]:
        target = change.target
        repository = self._repositories.open(target.repo_url)
        head = repository.resolve(target.branch)
        if head is None:
            raise TerminalError(f"{target.repo_url} has no branch `{target.branch}`")
        return repository, Location(repository, target.repo_url, target.branch, target.folder, head)

    def _files(self, change: Change) -> dict[str, bytes | None]:
        return self._reverted(change) if change.revert else self._promoted(change)

    def _promoted(self, change: Change) -> dict[str, bytes | None]:
        _, target = self._target(change)
        origin = change.source
        opened = self._repositories.open(origin.repo_url)
        if opened.resolve(change.commit) is None:
            raise TerminalError(f"{origin.repo_url} has no commit {change.commit}")
        source = Location(opened, origin.repo_url, origin.branch, origin.folder, change.commit)
        world = World(self._repositories)
        edits = promote_files(world, SpliceEditor(), source, target, origin.files, "")
        if edits.blockers:
            raise TerminalError(edits.blockers[0].message, edits.blockers[0].unblock)
        return {file.path: world.read(target, file.path) for file in edits.changes}

    def _reverted(self, change: Change) -> dict[str, bytes | None]:
        """Return the files a commit changed with the values they had before; what else was edited since is kept."""
        repository, target = self._target(change)
        parent = repository.commit(change.commit).parents[0]
        paths = {target.file(file.file): file.json_paths for file in change.source.files or ()}
        found: dict[str, bytes | None] = {}
        for path in repository.changed_paths(change.commit):
            before, after, now = (repository.read(commit, path) for commit in (parent, change.commit, target.commit))
            if before is not None and now is not None:
                values = _values_that_changed(path, before, after or b"", paths.get(path, ("*",)))
                edited = SpliceEditor().promote(path=path, source=before, target=now, json_paths=values)
                assert isinstance(edited, Edited)
                before = edited.content
            if before != now:
                found[path] = before
        return found


def _values_that_changed(path: str, before: bytes, after: bytes, json_paths: tuple[str, ...]) -> tuple[str, ...]:
    """Return the paths of the values that a change has replaced; the whole file where that is what is promoted."""
    if json_paths == ("*",):
        return json_paths
    edited = SpliceEditor().promote(path=path, source=after, target=before, json_paths=json_paths)
    assert isinstance(edited, Edited)
    return tuple(change.path for change in edited.changes)
