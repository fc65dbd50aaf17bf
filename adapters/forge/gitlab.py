"""Merge requests and statuses on GitLab.

Source: GitLab's REST API v4: "merge requests", "notes", "commits", "personal access tokens".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from adapters.forge.client import Client, StatusError
from adapters.forge.port import Examined, Proposal, Pull, PullState, Readiness, Shown, number_of, object_of, text_of
from adapters.forge.preference import preferred

_DRAFT = "Draft: "
_CHECKING = ("unchecked", "checking", "preparing", "approvals_syncing", "cannot_be_merged_recheck")
_READINESS = {
    "mergeable": (Readiness.READY, ""),
    "can_be_merged": (Readiness.READY, ""),
    "conflict": (Readiness.CONFLICTS, "it has conflicts"),
    "broken_status": (Readiness.CONFLICTS, "it cannot be merged, probably because of conflicts"),
    "cannot_be_merged": (Readiness.CONFLICTS, "it cannot be merged, probably because of conflicts"),
    "need_rebase": (Readiness.BEHIND, "its branch must be rebased first"),
    "not_approved": (Readiness.WAITING, "an approval"),
    "requested_changes": (Readiness.WAITING, "changes that a reviewer asked for"),
    "discussions_not_resolved": (Readiness.WAITING, "threads that are not resolved"),
    "ci_must_pass": (Readiness.WAITING, "a pipeline that must pass"),
    "ci_still_running": (Readiness.WAITING, "a pipeline that still runs"),
    "status_checks_must_pass": (Readiness.WAITING, "status checks that must pass"),
    "external_status_checks": (Readiness.WAITING, "status checks that must pass"),
    "draft_status": (Readiness.WAITING, "it is a draft"),
    "blocked_status": (Readiness.WAITING, "another merge request that must be merged first"),
}
"""Source: GitLab, "merge status"; the first three of an older server come from `merge_status`."""

_WORDS = {Shown.PENDING: "pending", Shown.SUCCESS: "success", Shown.FAILURE: "failed", Shown.ERROR: "canceled"}
_DEVELOPER = 30


def headers(token: str) -> Mapping[str, str]:
    """Return what every request to GitLab carries."""
    return {"PRIVATE-TOKEN": token}


@dataclass(frozen=True, slots=True)
class GitLab:
    """A GitLab; see `adapters.forge.port.Forge`."""

    client: Client

    def default_branch(self, project: str) -> str:
        """Return the branch that ``HEAD`` stands for."""
        return text_of(self.client.ask("GET", _project(project)), "default_branch")

    def find(self, project: str, head: str, base: str) -> Pull | None:
        """Return the merge request of a branch, whatever it goes into."""
        query: dict[str, str | int] = {"source_branch": head, "state": "all", "per_page": 100}
        found = [
            item
            for item in self.client.pages(f"{_project(project)}/merge_requests", query)
            # Those from forks may have a branch of the same name.
            if item.get("source_branch") == head and item.get("source_project_id") == item.get("target_project_id")
        ]
        best = preferred([_pull(item) for item in found])
        return None if best is None else self.look(project, best.number)

    def look(self, project: str, number: int) -> Pull:
        """Return a merge request."""
        path = f"{_project(project)}/merge_requests/{number}"
        return _pull(object_of(self.client.ask("GET", path), "a merge request"))

    def merged_as(self, project: str, commit: str) -> Pull | None:
        """Return the merge request that became a commit."""
        path = f"{_project(project)}/repository/commits/{commit}/merge_requests"
        found = self.client.pages(path, {"per_page": 100})
        return next((pull for pull in map(_pull, found) if pull.landed == commit), None)

    def create(self, project: str, proposal: Proposal) -> Pull:
        """Open a merge request."""
        body = {
            "title": (_DRAFT if proposal.draft else "") + proposal.title,
            "source_branch": proposal.head,
            "target_branch": proposal.base,
            "description": proposal.body,
        }
        made = self.client.ask("POST", f"{_project(project)}/merge_requests", body=body)
        return _pull(object_of(made, "a new merge request"))

    def dress(self, project: str, pull: Pull, proposal: Proposal) -> None:
        """Add labels, which are made where they do not exist, and name reviewers; there are no teams of reviewers."""
        body: dict[str, Any] = {}
        if proposal.labels:
            body["add_labels"] = ",".join(proposal.labels)
        if proposal.reviewers:
            body["reviewer_ids"] = [self._account(name) for name in proposal.reviewers]
        if body:
            self.client.ask("PUT", f"{_project(project)}/merge_requests/{pull.number}", body=body)

    def rewrite(self, project: str, number: int, title: str, body: str) -> None:
        """Give a merge request another title and text; a draft stays one."""
        path = f"{_project(project)}/merge_requests/{number}"
        prefix = _DRAFT if self.look(project, number).draft else ""
        self.client.ask("PUT", path, body={"title": prefix + title, "description": body})

    def merge(self, project: str, pull: Pull, title: str, message: str) -> str:
        """Merge in the way that the project is set to."""
        text = f"{title}\n\n{message}"
        body = {"sha": pull.head, "merge_commit_message": text, "squash_commit_message": text}
        try:
            self.client.ask("PUT", f"{_project(project)}/merge_requests/{pull.number}/merge", body=body)
        except StatusError as refused:
            if refused.status in (405, 406, 409, 422):
                return refused.reason
            raise
        return ""

    def comment(self, project: str, number: int, mark: str, text: str) -> None:
        """Comment on a merge request once."""
        path = f"{_project(project)}/merge_requests/{number}/notes"
        query: dict[str, str | int] = {"per_page": 20, "sort": "asc", "order_by": "created_at"}
        if not any(mark in text_of(item, "body") for item in self.client.pages(path, query)):
            self.client.ask("POST", path, body={"body": text})

    def close(self, project: str, number: int) -> None:
        """Close a merge request."""
        path = f"{_project(project)}/merge_requests/{number}"
        try:
            self.client.ask("PUT", path, body={"state_event": "close"})
        except StatusError as refused:
            if refused.status not in (400, 405, 409, 422):  # it is merged, which whoever asks sees next
                raise

    def show(self, project: str, commit: str, context: str, state: Shown, description: str, url: str) -> None:
        """Show a state on a commit."""
        body = {"state": _WORDS[state], "name": context, "description": description}
        if url:
            body["target_url"] = url
        try:
            self.client.ask("POST", f"{_project(project)}/statuses/{commit}", body=body)
        except StatusError as refused:
            # A status that is as it should be already cannot become so again.
            if refused.status != 400 or "cannot transition status" not in refused.reason.lower():
                raise

    def examine(self) -> Examined:
        """Ask whose token it is, what it may do, and for the server's version."""
        answer = self.client.answer("GET", "/user")
        version = self.client.find("/version")
        own = self._own_token()
        left = answer.headers.get("ratelimit-remaining", "")
        scopes = own.get("scopes") if isinstance(own, dict) else None
        return Examined(
            account=text_of(self.client.ask("GET", "/user"), "username"),
            version=text_of(version, "version"),
            scopes=tuple(str(scope) for scope in scopes) if isinstance(scopes, list) else None,
            remaining=int(left) if left.isdecimal() else None,
            date=answer.headers.get("date", ""),
        )

    def may_write(self, project: str) -> bool | None:
        """Say whether the token's account is at least a developer."""
        permissions = object_of(self.client.ask("GET", _project(project)), "a project").get("permissions")
        if not isinstance(permissions, dict):
            return None
        levels = [
            access.get("access_level")
            for access in (permissions.get("project_access"), permissions.get("group_access"))
            if isinstance(access, dict)
        ]
        known = [level for level in levels if isinstance(level, int)]
        return max(known) >= _DEVELOPER if known else None

    def _own_token(self) -> Any:
        try:
            return self.client.find("/personal_access_tokens/self")
        except StatusError:
            return None  # another kind of token, which cannot be asked about

    def _account(self, name: str) -> int:
        found = self.client.ask("GET", "/users", query={"username": name})
        if isinstance(found, list) and found and isinstance(found[0], dict):
            return number_of(found[0], "id")
        raise StatusError(404, f"there is no account `{name}`")


def _project(project: str) -> str:
    return f"/projects/{quote(project, safe='')}"


def _pull(item: dict[str, Any]) -> Pull:
    states = {"merged": PullState.MERGED, "closed": PullState.CLOSED}
    state = states.get(text_of(item, "state"), PullState.OPEN)
    word = text_of(item, "detailed_merge_status") or text_of(item, "merge_status")
    readiness, waits_for = _READINESS.get(word, (Readiness.WAITING, word.replace("_", " ")))
    if word in _CHECKING or not word:
        readiness, waits_for = Readiness.UNKNOWN, "GitLab is finding out whether it can be merged"
    head = text_of(item, "sha")
    landed = text_of(item, "merge_commit_sha") or text_of(item, "squash_commit_sha") or head
    title = text_of(item, "title")
    who = "merge_user" if state is PullState.MERGED else "closed_by"
    return Pull(
        number=number_of(item, "iid"),
        url=text_of(item, "web_url"),
        state=state,
        head=head,
        base=text_of(item, "target_branch"),
        title=title.removeprefix(_DRAFT),
        body=text_of(item, "description"),
        draft=item.get("draft") is True,
        landed=landed if state is PullState.MERGED else "",
        readiness=readiness,
        waits_for=waits_for,
        closed_by=text_of(item, who, "username"),
        closed_at=text_of(item, "closed_at") or text_of(item, "merged_at"),
    )
