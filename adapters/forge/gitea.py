"""Pull requests and statuses on Gitea and Forgejo.

Source: Gitea's API v1, "repository" and "issue"; Forgejo's is the same for every call used.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from adapters.forge.client import Client, StatusError
from adapters.forge.port import Examined, Proposal, Pull, PullState, Readiness, Shown, number_of, object_of, text_of
from adapters.remote.failures import StrangerError
from engine.execute.errors import TerminalError
from grammar.render import printable

_DRAFT = "WIP: "
_FINDS_PULLS = (1, 22)
"""The first Gitea that finds a pull request by its branches or its commit. Source: its changes 29242 and 29243."""

_RELEASE = re.compile(r"v?(\d{1,6})\.(\d{1,6})", re.ASCII)
_FROM_GITEA = re.compile(r"gitea-(\d{1,6})\.(\d{1,6})", re.ASCII)
"""How a Forgejo tells which Gitea it comes from, e.g. ``7.0.1+gitea-1.22.0``."""

_COLOUR = "#4a7bd0"


def headers(token: str) -> Mapping[str, str]:
    """Return what every request to Gitea carries."""
    return {"Authorization": f"token {token}"}


@dataclass(frozen=True, slots=True)
class Gitea:
    """A Gitea or a Forgejo; see `adapters.forge.port.Forge`."""

    client: Client

    def default_branch(self, project: str) -> str:
        """Return the branch that ``HEAD`` stands for."""
        return text_of(self.client.ask("GET", f"/repos/{project}"), "default_branch")

    def find(self, project: str, head: str, base: str) -> Pull | None:
        """Return the pull request of a branch into another one; of several, an open one."""
        first = self._found(f"/repos/{project}/pulls/{quote(base, safe='')}/{quote(head)}")
        if first is None:
            return None
        pull = _pull(object_of(first, "a pull request"))
        if pull.state is PullState.OPEN:
            return pull
        for item in self.client.pages(f"/repos/{project}/pulls", {"state": "open", "limit": 50}):
            own = text_of(item, "head", "repo", "full_name").lower() == project.lower()
            if own and text_of(item, "head", "ref") == head and text_of(item, "base", "ref") == base:
                return _pull(item)
        return self.look(project, pull.number)

    def look(self, project: str, number: int) -> Pull:
        """Return a pull request."""
        return _pull(object_of(self.client.ask("GET", f"/repos/{project}/pulls/{number}"), "a pull request"))

    def merged_as(self, project: str, commit: str) -> Pull | None:
        """Return the pull request that became a commit."""
        found = self._found(f"/repos/{project}/commits/{commit}/pull")
        pull = None if found is None else _pull(object_of(found, "a pull request"))
        return pull if pull is not None and pull.landed == commit else None

    def create(self, project: str, proposal: Proposal) -> Pull:
        """Open a pull request."""
        body = {
            "title": (_DRAFT if proposal.draft else "") + proposal.title,
            "head": proposal.head,
            "base": proposal.base,
            "body": proposal.body,
        }
        return _pull(object_of(self.client.ask("POST", f"/repos/{project}/pulls", body=body), "a new pull request"))

    def dress(self, project: str, pull: Pull, proposal: Proposal) -> None:
        """Add labels, which are made where they do not exist, and ask for reviews."""
        if proposal.labels:
            labels = {"labels": self._labels(project, proposal.labels)}
            self.client.ask("POST", f"/repos/{project}/issues/{pull.number}/labels", body=labels)
        if proposal.reviewers or proposal.teams:
            asked = {"reviewers": list(proposal.reviewers), "team_reviewers": list(proposal.teams)}
            self.client.ask("POST", f"/repos/{project}/pulls/{pull.number}/requested_reviewers", body=asked)

    def rewrite(self, project: str, number: int, title: str, body: str) -> None:
        """Give a pull request another title and text; a draft stays one."""
        prefix = _DRAFT if self.look(project, number).draft else ""
        told = {"title": prefix + title, "body": body}
        self.client.ask("PATCH", f"/repos/{project}/pulls/{number}", body=told)

    def merge(self, project: str, pull: Pull, title: str, message: str) -> str:
        """Merge in the way that the repository allows: a merge commit, else squashed, else rebased."""
        repository = object_of(self.client.ask("GET", f"/repos/{project}"), "a repository")
        ways = (("allow_merge_commits", "merge"), ("allow_squash_merge", "squash"), ("allow_rebase", "rebase"))
        how = next((way for key, way in ways if repository.get(key, True)), "merge")
        body: dict[str, Any] = {"Do": how, "head_commit_id": pull.head}
        if how != "rebase":
            body |= {"MergeTitleField": title, "MergeMessageField": message}
        try:
            self.client.ask("POST", f"/repos/{project}/pulls/{pull.number}/merge", body=body)
        except StatusError as refused:
            if refused.status in (405, 409, 422):
                return refused.reason
            raise
        return ""

    def comment(self, project: str, number: int, mark: str, text: str) -> None:
        """Comment on a pull request once."""
        path = f"/repos/{project}/issues/{number}/comments"
        if not any(mark in text_of(item, "body") for item in self.client.pages(path, {"limit": 50})):
            self.client.ask("POST", path, body={"body": text})

    def close(self, project: str, number: int) -> None:
        """Close a pull request."""
        try:
            self.client.ask("PATCH", f"/repos/{project}/pulls/{number}", body={"state": "closed"})
        except StatusError as refused:
            if refused.status not in (409, 412, 422):  # it is merged, which whoever asks sees next
                raise

    def show(self, project: str, commit: str, context: str, state: Shown, description: str, url: str) -> None:
        """Show a state on a commit."""
        body = {"state": state.value, "context": context, "description": description}
        if url:
            body["target_url"] = url
        self.client.ask("POST", f"/repos/{project}/statuses/{commit}", body=body)

    def examine(self) -> Examined:
        """Ask whose token it is, and for the server's version; what the token may do is not told."""
        answer = self.client.answer("GET", "/version")
        return Examined(
            account=text_of(self.client.ask("GET", "/user"), "login"),
            version=text_of(self.client.find("/version"), "version"),
            date=answer.headers.get("date", ""),
        )

    def may_write(self, project: str) -> bool | None:
        """Say whether the token may push."""
        permissions = object_of(self.client.ask("GET", f"/repos/{project}"), "a repository").get("permissions")
        push = permissions.get("push") if isinstance(permissions, dict) else None
        return push if isinstance(push, bool) else None

    def _found(self, path: str) -> Any:
        """Return what a call answers that older servers do not have; None where there is nothing.

        Raises:
            AdapterError: as `Client.find`; `TerminalError` where the server is too old.
        """
        try:
            return self.client.find(path)
        except StrangerError:
            # An old Gitea says so of a call, in the very words in which Traefik says so of a server: the version tells.
            version = text_of(self.client.ask("GET", "/version"), "version")
            release = _FROM_GITEA.search(version) or _RELEASE.match(version)
            if release is None or (int(release[1]), int(release[2])) >= _FINDS_PULLS:
                raise
            raise TerminalError(
                f"{self.client.host} is version {printable(version)[:50]}, which cannot be asked for a pull request by "
                "its branches or commit",
                "update it to Gitea 1.22, Forgejo 7.0 or newer",
            ) from None

    def _labels(self, project: str, names: tuple[str, ...]) -> list[int]:
        """Return the numbers of labels, which older servers want, and make those that are missing."""
        known: dict[str, int] = {}
        for path in (f"/orgs/{project.partition('/')[0]}/labels", f"/repos/{project}/labels"):
            try:
                items = list(self.client.pages(path, {"limit": 50}))
            except StatusError as refused:
                if refused.status not in (403, 404):  # the owner is a person, who has none
                    raise
                items = []
            known |= {text_of(item, "name"): number_of(item, "id") for item in items}
        for name in names:
            if name not in known:
                new = self.client.ask("POST", f"/repos/{project}/labels", body={"name": name, "color": _COLOUR})
                known[name] = number_of(object_of(new, "a new label"), "id")
        return [known[name] for name in names]


def _pull(item: dict[str, Any]) -> Pull:
    merged = item.get("merged") is True
    state = PullState.MERGED if merged else PullState.OPEN if item.get("state") == "open" else PullState.CLOSED
    title = text_of(item, "title")
    draft = item.get("draft") is True or title.startswith(_DRAFT)
    # Gitea says False while it is finding out, for drafts and for conflicts alike; Git is asked which.
    ready = item.get("mergeable") is True
    readiness = Readiness.READY if ready else Readiness.WAITING if draft else Readiness.CONFLICTS
    return Pull(
        number=number_of(item, "number"),
        url=text_of(item, "html_url"),
        state=state,
        head=text_of(item, "head", "sha"),
        base=text_of(item, "base", "ref"),
        title=title.removeprefix(_DRAFT),
        body=text_of(item, "body"),
        draft=draft,
        landed=text_of(item, "merge_commit_sha") if merged else "",
        readiness=readiness,
        waits_for="" if ready else "it is a draft" if draft else "it cannot be merged yet",
        closed_by=text_of(item, "merged_by", "login"),
        closed_at=text_of(item, "closed_at"),
    )
