"""What the table's rows are made of: the calls of an adapter, and the releases that make them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from tests.fakes.fault_proxy import FaultProxy
from tests.faults.running import Run


class Call(NamedTuple):
    """One call of an adapter.

    Attributes:
        what: it is for.
        method: of the request.
        path: a regular expression that is found in its path and query.
        story: the one it is tried in; empty for the first that makes it.
        first: which of the requests that fit it is, where several calls look alike.
    """

    what: str
    method: str
    path: str
    story: str = ""
    first: int = 1

    def fits(self, method: str, target: str) -> bool:
        """Say whether a request is this call."""
        return method == self.method and re.search(self.path, target) is not None


@dataclass(frozen=True)
class Story:
    """A release that makes some calls.

    Attributes:
        name: of the story.
        begin: makes the world it runs in, anew for each run, and returns what runs it to its end.
        ends: the status that the release must end with, whatever goes wrong for a while.
    """

    name: str
    begin: Callable[[FaultProxy, Path], AbstractContextManager[Run]]
    ends: str = "succeeded"


@dataclass(frozen=True)
class Adapter:
    """An adapter over one API.

    Attributes:
        name: as the table has it.
        calls: everything it asks for while a release runs.
        stories: releases that make these calls; each call belongs to the first that makes it.
        served: the proxy before the server, which all runs share.
    """

    name: str
    calls: Sequence[Call]
    stories: Sequence[Story]
    served: Callable[[Path], AbstractContextManager[FaultProxy]]
