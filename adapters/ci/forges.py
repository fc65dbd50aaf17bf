"""The comments of a change, whatever the forge."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import assert_never

from adapters.ci.client import Client
from adapters.ci.comments import Comments
from adapters.ci.github import IssueComments
from adapters.ci.gitlab import MergeRequestNotes
from adapters.ci.place import Forge, Place


def comments_of(place: Place, number: int, token: str, sleep: Callable[[float], None] = time.sleep) -> Comments:
    """Return how to reach the comments of a change; ``sleep`` waits for some seconds where the server is busy."""
    match place.forge:
        case Forge.GITHUB:
            headers = {
                "Authorization": f"Bearer {token}",
                "Accept": "application/vnd.github+json",
                "X-GitHub-Api-Version": "2022-11-28",
            }
            return IssueComments(Client(place.api, headers, token, sleep), place.repository, number)
        case Forge.GITEA:
            headers = {"Authorization": f"token {token}"}
            return IssueComments(Client(place.api, headers, token, sleep), place.repository, number)
        case Forge.GITLAB:
            headers = {"PRIVATE-TOKEN": token}
            return MergeRequestNotes(Client(place.api, headers, token, sleep), place.repository, number)
        case unknown:
            assert_never(unknown)
