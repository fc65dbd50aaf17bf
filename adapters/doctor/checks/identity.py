"""Who Git says makes commits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from adapters.doctor.check import Result, ok, skipped, warning
from adapters.doctor.situation import Situation
from adapters.git.failure import GitError
from engine.plan.ports import RepositoryError

_NOWHERE = Path("/")  # in no repository, so that none lends its settings


class GitIdentity:
    """Git has an author for commits; planning and proving need none."""

    name = "git identity"

    def run(self, situation: Situation) -> Iterator[Result]:
        """Yield one result."""
        try:
            name, email = (_setting(situation, f"user.{part}") for part in ("name", "email"))
        except (RepositoryError, GitError):
            yield skipped("Git has to be well first")
            return
        if name and email:
            yield ok(f"{name} <{email}>")
        else:
            lacking = " and ".join(part for part, value in (("user.name", name), ("user.email", email)) if not value)
            yield warning(
                f"{lacking} not set; plans and proofs need no author, commits do",
                "git config --global user.name NAME; git config --global user.email ADDRESS",
            )


def _setting(situation: Situation, key: str) -> str:
    """Return a setting; empty where there is none, for which Git ends with 1."""
    try:
        return situation.git.run(_NOWHERE, "config", "--includes", "--get", key).decode("utf-8", "replace").strip()
    except GitError as failure:
        if failure.returncode == 1:
            return ""
        raise
