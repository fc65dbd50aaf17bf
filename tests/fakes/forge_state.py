"""What a forge knows: pull requests over a real bare repository, which merging really changes."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, field

from tests.support.gitrepo import GIT, GitRepo, git_environment

OWN, SOMEBODY = "promo-bot", "ada"
ACCOUNTS = {OWN: 41, SOMEBODY: 7, "bob": 8}
LABELS = {"ready": 1}
MOMENT = "2026-11-02T10:00:00Z"


class RefusedError(Exception):
    """The forge says no, with a status and words."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


@dataclass
class FakePull:
    """A pull request."""

    number: int
    head: str
    base: str
    title: str
    body: str
    draft: bool
    sha: str
    state: str = "open"
    merged: str = ""
    by: str = ""
    labels: list[str] = field(default_factory=list)
    reviewers: list[str] = field(default_factory=list)
    teams: list[str] = field(default_factory=list)
    comments: list[dict[str, object]] = field(default_factory=list)


@dataclass
class ForgeState:
    """One repository on a forge.

    Attributes:
        repo: the repository itself.
        project: its path.
        blocked: why nothing may be merged; empty when anything may.
        unknown_for: how often the forge is still finding out whether something can be merged.
        strict: whether a branch must be up to date to be merged.
        ways: how pull requests may be merged, the best first.
        scopes: what the token may do.
        may_write: whether the token may push.
    """

    repo: GitRepo
    project: str
    pulls: list[FakePull] = field(default_factory=list)
    statuses: list[dict[str, object]] = field(default_factory=list)
    labels: dict[str, int] = field(default_factory=lambda: dict(LABELS))
    blocked: str = ""
    unknown_for: int = 0
    strict: bool = False
    ways: tuple[str, ...] = ("merge", "squash", "rebase")
    scopes: str = "repo"
    may_write: bool = True

    def branch(self, name: str) -> str:
        """Return where a branch stands, empty where there is none."""
        return self.repo.git("for-each-ref", "--format=%(objectname)", f"refs/heads/{name}")

    def refresh(self) -> None:
        """See what pushes have done to open pull requests, as forges do."""
        for pull in self.pulls:
            if pull.state != "open":
                continue
            tip = self.branch(pull.head)
            base = self.branch(pull.base)
            pull.sha = tip or pull.sha
            if base and self._contains(base, pull.sha):
                pull.state, pull.merged, pull.by = "merged", pull.sha, SOMEBODY
            elif not tip:
                pull.state, pull.by = "closed", SOMEBODY

    def find(self, number: int) -> FakePull:
        for pull in self.pulls:
            if pull.number == number:
                return pull
        raise RefusedError(404, "Not Found")

    def with_commit(self, sha: str) -> list[FakePull]:
        """Return the pull requests that became a commit, or whose branch has it."""
        return [pull for pull in self.pulls if sha in (pull.merged, pull.sha)]

    def open(self, head: str, base: str, title: str, body: str, draft: bool) -> FakePull:
        """Open a pull request; at most one is open for a branch."""
        tip, onto = self.branch(head), self.branch(base)
        if not tip or not onto:
            raise RefusedError(422, f"Validation Failed: no branch {base if tip else head}")
        if any(pull.state == "open" and (pull.head, pull.base) == (head, base) for pull in self.pulls):
            raise RefusedError(422, f"A pull request already exists for {self.project}:{head}.")
        if self._contains(onto, tip):
            raise RefusedError(422, f"No commits between {base} and {head}")
        pull = FakePull(len(self.pulls) + 11, head, base, title, body, draft, tip)
        self.pulls.append(pull)
        return pull

    def close(self, pull: FakePull, by: str = OWN) -> None:
        if pull.state == "merged":
            raise RefusedError(422, "state cannot be changed. The pull request has been merged.")
        if pull.state == "open":
            pull.state, pull.by = "closed", by

    def conflicts(self, pull: FakePull) -> bool:
        return self._merged_tree(pull) is None

    def behind(self, pull: FakePull) -> bool:
        return self.strict and not self._contains(pull.sha, self.branch(pull.base))

    def finding_out(self) -> bool:
        """Say whether it is still not known, and count."""
        self.unknown_for = max(0, self.unknown_for - 1)
        return self.unknown_for > 0

    def merge(self, pull: FakePull, how: str, expected: str, message: str, by: str = OWN) -> str:
        """Merge a pull request, really, and return the commit it becomes."""
        if pull.state != "open" or pull.draft or self.conflicts(pull) or self.behind(pull):
            raise RefusedError(405, "Pull Request is not mergeable")
        if by == OWN and self.blocked:
            raise RefusedError(405, self.blocked)
        if how not in self.ways:
            raise RefusedError(405, f"{how} merges are not allowed on this repository")
        if expected and expected != pull.sha:
            raise RefusedError(409, "Head branch was modified. Review and try the merge again.")
        base, tree = self.branch(pull.base), self._merged_tree(pull)
        assert tree is not None
        if how == "rebase":
            message = self.repo.git("log", "-1", "--format=%B", pull.sha)
        parents = ["-p", base, *(["-p", pull.sha] if how == "merge" else [])]
        commit = self.repo.git("commit-tree", *parents, "-m", message, tree)
        try:
            self.repo.git("update-ref", f"refs/heads/{pull.base}", commit, base)
        except AssertionError as failed:
            if "cannot lock ref" not in str(failed):
                raise
            raise RefusedError(405, "Base branch was modified. Review and try the merge again.") from failed
        pull.state, pull.merged, pull.by = "merged", commit, by
        return commit

    def comment(self, pull: FakePull, body: str, by: str = OWN) -> dict[str, object]:
        made: dict[str, object] = {"id": 500 + len(pull.comments), "body": body, "user": by}
        pull.comments.append(made)
        return made

    def show(self, sha: str, state: str, context: str, description: str, url: str) -> dict[str, object]:
        self.repo.git("cat-file", "-e", f"{sha}^{{commit}}")
        made: dict[str, object] = {
            "id": 900 + len(self.statuses),
            "sha": sha,
            "state": state,
            "context": context,
            "description": description,
            "target_url": url,
        }
        self.statuses.append(made)
        return made

    def _contains(self, tip: str, sha: str) -> bool:
        done = subprocess.run(
            [GIT, "merge-base", "--is-ancestor", sha, tip],
            cwd=self.repo.path,
            env=git_environment(),
            capture_output=True,
            check=False,
        )
        return done.returncode == 0

    def _merged_tree(self, pull: FakePull) -> str | None:
        done = subprocess.run(
            [GIT, "merge-tree", "--write-tree", self.branch(pull.base), pull.sha],
            cwd=self.repo.path,
            env=git_environment(),
            capture_output=True,
            check=False,
        )
        return done.stdout.decode().split()[0] if done.returncode == 0 else None
