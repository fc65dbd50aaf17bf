"""Applications without a server: one is as healthy as its folder on its branch is right."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import secrets
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path

from adapters.git.overwritten import overwritten
from adapters.git.past import PastRepositories, PastRepository, is_after
from adapters.local.confine import NoIsolationError
from adapters.local.health.command import CheckCommand
from adapters.local.health.folder import problems
from adapters.local.running.folder import make_state
from engine.execute.errors import RetryableError, TerminalError
from engine.execute.ports import Clock, Life, Observation, Watch
from engine.execute.spec import TargetSpec
from engine.plan.ports import DocumentEditor, EntryKind, RepositoryError

_SOON = 1.0


class LocalApplications:
    """Watches folders of repositories."""

    def __init__(
        self,
        repositories: Callable[[], AbstractContextManager[PastRepositories]],
        editor: DocumentEditor,
        clock: Clock,
        state: Path,
        check: CheckCommand | None = None,
    ) -> None:
        """Prepare to watch.

        Args:
            repositories: opens the repositories, brought up to date; asked for each look.
            editor: compares promoted values.
            clock: tells since when an application is healthy.
            state: the folder that is remembered in; made when it is needed.
            check: a program that has the last word; None for none.
        """
        self._repositories, self._editor, self._clock = repositories, editor, clock
        self._state, self._check = state, check

    async def observe(self, watch: Watch) -> Observation:
        """Say how an application stands; nothing has to be synced or refreshed."""
        return await asyncio.to_thread(self._observe, watch)

    def _observe(self, watch: Watch) -> Observation:
        try:
            with self._repositories() as repositories:
                return self._look(repositories.open(watch.target.repo_url), watch)
        except RepositoryError as failure:
            raise RetryableError(str(failure), failure.help) from failure

    def _look(self, repository: PastRepository, watch: Watch) -> Observation:
        target = watch.target
        head = repository.resolve(target.branch)
        if head is None:
            return Observation(Life.FAILED, False, f"there is no branch `{target.branch}` in {repository.url}")
        healthy, message = self._health(repository, target, head)
        since = self._since(target, healthy)
        if watch.commit is not None and not _is_in(repository, head, watch.commit):
            waiting = f"{watch.commit[:10]} is not on `{target.branch}` yet, which is at {head[:10]}"
            return Observation(Life.WAITING, healthy is True, waiting, since, commit=head)
        lost = self._lost(repository, watch, head)
        if lost:
            return Observation(Life.FAILED, healthy is True, lost, since, commit=head)
        if healthy is None:
            return Observation(Life.WAITING, False, message, None, _SOON, commit=head)
        if not healthy:
            return Observation(Life.FAILED, False, message, commit=head)
        return Observation(Life.LANDED, True, f"the folder is right at {head[:10]}", since, commit=head)

    def _lost(self, repository: PastRepository, watch: Watch, head: str) -> str:
        """Say which later commit took back what was promoted; empty where everything stands."""
        if watch.commit is None or watch.source is None or head == watch.commit:
            return ""
        found = overwritten(repository, self._editor, watch.target, watch.source, watch.commit, head)
        return "" if found is None else f"`{found.path}` was overwritten by {found.commit[:10]}"

    def _health(self, repository: PastRepository, target: TargetSpec, head: str) -> tuple[bool | None, str]:
        """Return whether a folder is right, None while its check runs, and why."""
        wrong = problems(repository, head, target.folder)
        if wrong:
            more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
            return False, f"{wrong[0]}{more}"
        if self._check is None:
            return True, ""
        told = {"APP_NAME": target.name, "APP_NAMESPACE": target.namespace, "COMMIT_SHA": head}
        try:
            verdict = self._check.ask(_files(repository, target, head), told)
        except NoIsolationError as missing:
            raise TerminalError(str(missing), missing.help) from missing
        except OSError as failure:
            raise TerminalError(str(failure), "mend `check` in `[applications.local]`") from failure
        return (None, "its check runs") if verdict is None else (verdict.healthy, verdict.message)

    def _since(self, target: TargetSpec, healthy: bool | None) -> datetime | None:
        """Return since when an application is healthy; what is known survives this process."""
        identity = json.dumps([target.key, target.runtime, target.repo_url, target.branch, target.folder])
        file = self._state / f"{hashlib.sha256(identity.encode()).hexdigest()[:32]}.since"
        if not healthy:
            if healthy is False:
                file.unlink(missing_ok=True)
            return None
        try:
            return datetime.fromisoformat(file.read_text(encoding="ascii"))
        except FileNotFoundError:
            now = self._clock.now()
        make_state(self._state)
        part = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
        part.write_text(now.isoformat(), encoding="ascii")
        os.replace(part, file)
        return now


def _is_in(repository: PastRepository, head: str, commit: str) -> bool:
    known = repository.resolve(commit)
    return known is not None and is_after(repository, head, known)


def _files(repository: PastRepository, target: TargetSpec, head: str) -> dict[str, bytes]:
    prefix = f"{target.folder}/" if target.folder else ""
    found = {}
    for entry in repository.entries(head, target.folder):
        content = repository.read(head, entry.path) if entry.kind is EntryKind.FILE else None
        if content is not None:
            found[entry.path.removeprefix(prefix)] = content
    return found
