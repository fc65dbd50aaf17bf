"""The comments of a change, on each kind of forge."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from adapters.ci.client import Client
from adapters.ci.failure import CiError, RefusedError

_MOST_PAGES = 500


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment as the forge has it.

    Attributes:
        identity: its number.
        body: its text.
        ours: whether the token's own account wrote it, as far as the forge lets it know.
    """

    identity: int
    body: str
    ours: bool


class Comments(Protocol):
    """What can be done with the comments of one change; methods raise `CiError` and what belongs to it."""

    @property
    def limit(self) -> int:
        """Return the most characters a comment may have."""

    def all(self) -> Iterator[Comment]:
        """Return the comments, the oldest first."""

    def add(self, body: str) -> None:
        """Write a new one."""

    def replace(self, identity: int, body: str) -> None:
        """Give one another text."""

    def remove(self, identity: int) -> None:
        """Delete one."""


def pages(client: Client, path: str, query: dict[str, str | int]) -> Iterator[dict[str, Any]]:
    """Return what all pages of a list hold.

    The list ends with a page that brings nothing new: some servers send fewer than were asked for, and some send
    the whole list whatever page is asked for.

    Raises:
        CiError: when a page is not a list of objects with numbers, or there is no end.
    """
    seen: set[int] = set()
    for page in range(1, _MOST_PAGES + 1):
        found = client.ask("GET", path, query=query | {"page": page})
        if not isinstance(found, list):
            raise CiError("the server's list of comments is not a list", "is the address that of an API?")
        fresh = [item for item in found if _identity(item) not in seen]
        if not fresh:
            return
        seen |= {_identity(item) for item in fresh}
        yield from fresh
    raise CiError(f"the change has more than {_MOST_PAGES} pages of comments")


def _identity(item: Any) -> int:
    identity = item.get("id") if isinstance(item, dict) else None
    if not isinstance(identity, int):
        raise CiError("the server's list holds something that is no comment", "is the address that of an API?")
    return identity


def read(item: dict[str, Any], author: str, is_ours: Callable[[dict[str, Any]], bool]) -> Comment:
    """Read a comment from what the forge sends.

    Args:
        item: what it sends.
        author: the key that says who wrote it.
        is_ours: tells from that whether it is the token's own account.
    """
    body, who = item.get("body"), item.get(author)
    return Comment(item["id"], body if isinstance(body, str) else "", isinstance(who, dict) and is_ours(who))


def account(client: Client) -> int | None:
    """Return the number of the token's own account; None where the token may not ask.

    A job's token has no account that it could ask for, a person's or a project's token has one.
    """
    try:
        user = client.ask("GET", "/user")
    except RefusedError:
        return None
    identity = user.get("id") if isinstance(user, dict) else None
    return identity if isinstance(identity, int) else None
