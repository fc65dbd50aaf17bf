"""Comments of pull requests on GitHub, GitHub Enterprise, Gitea and Forgejo, whose API has the same form.

Source: GitHub's REST API, "issue comments", version 2022-11-28; Gitea's API, "issue".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from adapters.ci.client import Client
from adapters.ci.comments import Comment, account, pages, read

_JOB_ACCOUNTS = ("gitea-actions", "forgejo-actions")
"""Who a job's own token is, on forges whose accounts of programs have no type."""


@dataclass(frozen=True, slots=True)
class IssueComments:
    """The comments of one pull request.

    Attributes:
        client: reaches the API.
        repository: ``owner/name``.
        number: the pull request.
        limit: the most characters of a comment.
    """

    client: Client
    repository: str
    number: int
    limit: int = 65_536

    def all(self) -> Iterator[Comment]:
        """Return the comments, the oldest first."""
        own = account(self.client)
        path = f"/repos/{self.repository}/issues/{self.number}/comments"
        for item in pages(self.client, path, {"per_page": 100, "limit": 50}):
            yield read(item, "user", lambda user: _is_ours(user, own))

    def add(self, body: str) -> None:
        """Write a new one."""
        self.client.ask("POST", f"/repos/{self.repository}/issues/{self.number}/comments", body={"body": body})

    def replace(self, identity: int, body: str) -> None:
        """Give one another text."""
        self.client.ask("PATCH", f"/repos/{self.repository}/issues/comments/{identity}", body={"body": body})

    def remove(self, identity: int) -> None:
        """Delete one."""
        self.client.ask("DELETE", f"/repos/{self.repository}/issues/comments/{identity}")


def _is_ours(user: dict[str, Any], own: int | None) -> bool:
    if own is not None:
        return user.get("id") == own
    # A person who may comment must not be able to pass a text off as the job's, so that accounts of people are none.
    return user.get("type") == "Bot" or user.get("login") in _JOB_ACCOUNTS
