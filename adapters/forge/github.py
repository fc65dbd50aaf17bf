"""Pull requests and statuses on GitHub and GitHub Enterprise.

Source: GitHub's REST API, version 2022-11-28: "pulls", "issues", "commit statuses".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from adapters.forge.client import Client, StatusError
from adapters.forge.port import Examined, Proposal, Pull, PullState, Readiness, Shown, number_of, object_of, text_of
from adapters.forge.preference import preferred

_READINESS = {
    "clean": (Readiness.READY, ""),
    "has_hooks": (Readiness.READY, ""),
    "unstable": (Readiness.READY, "checks that are not required have not passed"),
    "blocked": (Readiness.WAITING, "a review or a required check"),
    "behind": (Readiness.BEHIND, "its branch must be up to date first"),
    "dirty": (Readiness.CONFLICTS, "it has conflicts"),
    "draft": (Readiness.WAITING, "it is a draft"),
}
"""Source: GitHub's GraphQL API, `MergeStateStatus`, which the REST API shows in lower case as `mergeable_state`."""


def headers(token: str) -> Mapping[str, str]:
    """Return what every request to GitHub carries."""
    return {
        "Authorization": f"Bearer {token}",
        "Accept": "application/vnd.github+json",
        "X-GitHub-Api-Version": "2022-11-28",
    }


@dataclass(frozen=True, slots=True)
class GitHub:
    """A GitHub; see `adapters.forge.port.Forge`."""

    client: Client

    def default_branch(self, project: str) -> str:
        """Return the branch that ``HEAD`` stands for."""
        return text_of(self.client.ask("GET", f"/repos/{project}"), "default_branch")

    def find(self, project: str, head: str, base: str) -> Pull | None:
        """Return the pull request of a branch, whatever it goes into."""
        query: dict[str, str | int] = {
            "head": f"{project.partition('/')[0]}:{head}",
            "state": "all",
            "per_page": 100,
        }
        found = [
            item
            for item in self.client.pages(f"/repos/{project}/pulls", query)
            if text_of(item, "head", "ref") == head
            and text_of(item, "head", "repo", "full_name").lower() == project.lower()
        ]
        best = preferred([_pull(item) for item in found])
        return None if best is None else self.look(project, best.number)

    def look(self, project: str, number: int) -> Pull:
        """Return a pull request."""
        pull = _pull(object_of(self.client.ask("GET", f"/repos/{project}/pulls/{number}"), "a pull request"))
        if pull.state is not PullState.CLOSED:
            return pull
        # Who closed it is known of the issue that every pull request is.
        issue = self.client.ask("GET", f"/repos/{project}/issues/{number}")
        return replace(pull, closed_by=text_of(issue, "closed_by", "login"))

    def merged_as(self, project: str, commit: str) -> Pull | None:
        """Return the pull request that became a commit."""
        found = self.client.pages(f"/repos/{project}/commits/{commit}/pulls", {"per_page": 100})
        return next((pull for pull in map(_pull, found) if pull.landed == commit), None)

    def create(self, project: str, proposal: Proposal) -> Pull:
        """Open a pull request."""
        body = {
            "title": proposal.title,
            "head": proposal.head,
            "base": proposal.base,
            "body": proposal.body,
            "draft": proposal.draft,
        }
        return _pull(object_of(self.client.ask("POST", f"/repos/{project}/pulls", body=body), "a new pull request"))

    def dress(self, project: str, pull: Pull, proposal: Proposal) -> None:
        """Add labels, which are made where they do not exist, and ask for reviews."""
        if proposal.labels:
            labels = {"labels": list(proposal.labels)}
            self.client.ask("POST", f"/repos/{project}/issues/{pull.number}/labels", body=labels)
        if proposal.reviewers or proposal.teams:
            asked = {"reviewers": list(proposal.reviewers), "team_reviewers": list(proposal.teams)}
            self.client.ask("POST", f"/repos/{project}/pulls/{pull.number}/requested_reviewers", body=asked)

    def rewrite(self, project: str, number: int, title: str, body: str) -> None:
        """Give a pull request another title and text."""
        self.client.ask("PATCH", f"/repos/{project}/pulls/{number}", body={"title": title, "body": body})

    def merge(self, project: str, pull: Pull, title: str, message: str) -> str:
        """Merge in the way that the repository allows: a merge commit, else squashed, else rebased."""
        repository = self.client.ask("GET", f"/repos/{project}")
        ways = (("allow_merge_commit", "merge"), ("allow_squash_merge", "squash"), ("allow_rebase_merge", "rebase"))
        # Who may not administer a repository is not told; then a merge commit is tried.
        how = next((way for key, way in ways if object_of(repository, "a repository").get(key, True)), "merge")
        body: dict[str, Any] = {"sha": pull.head, "merge_method": how}
        if how != "rebase":
            body |= {"commit_title": title, "commit_message": message}
        try:
            self.client.ask("PUT", f"/repos/{project}/pulls/{pull.number}/merge", body=body)
        except StatusError as refused:
            if refused.status in (405, 409, 422):
                return refused.reason
            raise
        return ""

    def comment(self, project: str, number: int, mark: str, text: str) -> None:
        """Comment on a pull request once."""
        path = f"/repos/{project}/issues/{number}/comments"
        if not any(mark in text_of(item, "body") for item in self.client.pages(path, {"per_page": 100})):
            self.client.ask("POST", path, body={"body": text})

    def close(self, project: str, number: int) -> None:
        """Close a pull request."""
        try:
            self.client.ask("PATCH", f"/repos/{project}/pulls/{number}", body={"state": "closed"})
        except StatusError as refused:
            if refused.status != 422:  # it is merged, which whoever asks sees next
                raise

    def show(self, project: str, commit: str, context: str, state: Shown, description: str, url: str) -> None:
        """Show a state on a commit."""
        body = {"state": state.value, "context": context, "description": description}
        if url:
            body["target_url"] = url
        self.client.ask("POST", f"/repos/{project}/statuses/{commit}", body=body)

    def examine(self) -> Examined:
        """Ask whose token it is; the answer's headers tell the rest."""
        answer = self.client.answer("GET", "/user")
        told = answer.headers
        left, scopes = told.get("x-ratelimit-remaining", ""), told.get("x-oauth-scopes")
        return Examined(
            account=text_of(self.client.ask("GET", "/user"), "login"),
            version=told.get("x-github-enterprise-version", ""),
            scopes=None if scopes is None else tuple(part.strip() for part in scopes.split(",") if part.strip()),
            remaining=int(left) if left.isdecimal() else None,
            date=told.get("date", ""),
        )

    def may_write(self, project: str) -> bool | None:
        """Say whether the token may push."""
        permissions = object_of(self.client.ask("GET", f"/repos/{project}"), "a repository").get("permissions")
        push = permissions.get("push") if isinstance(permissions, dict) else None
        return push if isinstance(push, bool) else None


def _pull(item: dict[str, Any]) -> Pull:
    merged = bool(item.get("merged_at"))
    state = PullState.MERGED if merged else PullState.OPEN if item.get("state") == "open" else PullState.CLOSED
    unknown = (Readiness.UNKNOWN, "GitHub is finding out whether it can be merged")
    readiness, waits_for = _READINESS.get(text_of(item, "mergeable_state"), unknown)
    if item.get("mergeable") is None and "mergeable" in item:
        readiness, waits_for = unknown
    return Pull(
        number=number_of(item, "number"),
        url=text_of(item, "html_url"),
        state=state,
        head=text_of(item, "head", "sha"),
        base=text_of(item, "base", "ref"),
        title=text_of(item, "title"),
        body=text_of(item, "body"),
        draft=item.get("draft") is True,
        landed=text_of(item, "merge_commit_sha") if merged else "",
        readiness=readiness,
        waits_for=waits_for,
        closed_by=text_of(item, "merged_by", "login"),
        closed_at=text_of(item, "closed_at"),
    )
