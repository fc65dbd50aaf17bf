"""Git."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from adapters.doctor.check import Result, failed, ok
from adapters.doctor.situation import Situation
from engine.plan.ports import RepositoryError


class GitProgram:
    """Git is there and recent enough to be kept from prompting and from running what a repository names."""

    name = "git"

    def run(self, situation: Situation) -> Iterator[Result]:
        """Yield one result."""
        try:
            git = situation.git
        except RepositoryError as wrong:
            yield failed(wrong.reason, wrong.help)
            return
        answer = git.run(Path("/"), "version", limit=4096).decode("utf-8", "replace").strip()
        yield ok(f"{answer.removeprefix('git version ')} at {git.executable}")
