"""Comments of merge requests on GitLab.

Source: GitLab's REST API, "notes".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from adapters.ci.client import Client
from adapters.ci.comments import Comment, account, pages, read


@dataclass(frozen=True, slots=True)
class MergeRequestNotes:
    """The comments of one merge request.

    Attributes:
        client: reaches the API.
        project: the project's number.
        number: the merge request's number within it.
        limit: the most characters of a comment.
    """

    client: Client
    project: str
    number: int
    limit: int = 1_000_000

    def all(self) -> Iterator[Comment]:
        """Return the comments, the oldest first; not what GitLab itself notes."""
        own = account(self.client)
        # Notes can have a million characters each, so that a page holds few.
        query: dict[str, str | int] = {"per_page": 20, "sort": "asc", "order_by": "created_at"}
        for item in pages(self.client, self._path, query):
            if item.get("system") is not True:
                yield read(item, "author", lambda author: own is not None and author.get("id") == own)

    def add(self, body: str) -> None:
        """Write a new one."""
        self.client.ask("POST", self._path, body={"body": body})

    def replace(self, identity: int, body: str) -> None:
        """Give one another text."""
        self.client.ask("PUT", f"{self._path}/{identity}", body={"body": body})

    def remove(self, identity: int) -> None:
        """Delete one."""
        self.client.ask("DELETE", f"{self._path}/{identity}")

    @property
    def _path(self) -> str:
        return f"/projects/{self.project}/merge_requests/{self.number}/notes"
