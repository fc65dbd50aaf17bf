"""Promotion workflows as processes of this machine, behind the port of releases."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from adapters.local.interpret.refusal import RefusedError
from adapters.local.leaf.child import SYSTEM_PATH
from adapters.local.leaf.job import program
from adapters.local.preparing import Manifests, prepare
from adapters.local.running.folder import RunFolder, make_state
from adapters.local.running.pruning import prune
from adapters.local.running.record import Record, digest_of
from adapters.local.running.settings import LocalSettings
from engine.execute.errors import RetryableError, TerminalError
from engine.execute.ports import RunPhase, RunState, WorkflowRun

_LOOK_AGAIN = 1.0
_OVERDUE = 30.0  # seconds that a runner may take to end what its time is over for
_ENDING = 30.0
_POLL = 0.05
_LINES = 10
_PHASES = {"Succeeded": RunPhase.SUCCEEDED, "Failed": RunPhase.FAILED, "Error": RunPhase.ERROR}


class LocalWorkflows:
    """Runs promotion workflows on this machine.

    A run is a process of its own and survives promo. It is started at most once: a run whose process was killed is an
    error, and only another attempt, with another key, starts it again.
    """

    def __init__(
        self,
        state: Path,
        manifests: Callable[[], Manifests],
        settings: LocalSettings,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Prepare to run workflows.

        Args:
            state: the folder that runs are kept in; made when it is needed.
            manifests: returns the workflow templates there are; asked when a run starts.
            settings: what runs may do.
            environment: where the variables that are passed on come from; None for those of this process.
        """
        self._state, self._manifests, self._settings = state, manifests, settings
        self._environment = os.environ if environment is None else environment

    async def ensure(self, run: WorkflowRun) -> RunState:
        """Start a run unless it was started before, and say how it stands."""
        return await asyncio.to_thread(self._ensure, run)

    async def terminate(self, run: WorkflowRun, reason: str) -> None:
        """End a run, if there is one that has not ended."""
        await asyncio.to_thread(self._terminate, run, reason)

    def _ensure(self, run: WorkflowRun) -> RunState:
        folder = self._folder(run.name)
        record = _read(folder)
        if record is None:
            if run.started:
                return RunState(RunPhase.ERROR, f"the run `{run.name}` was started and its folder is gone")
            self.start(self._prepared(run))
            record = _read(folder)
            if record is None:
                raise RetryableError(f"the run `{run.name}` went away while it was started")
        _refuse_another(record, run)
        return state_of(folder, record)

    def _prepared(self, run: WorkflowRun) -> Record:
        try:
            return prepare(
                self._manifests(),
                self._settings,
                key=run.key,
                name=run.name,
                template=run.template,
                parameters=run.parameters,
                open_ended=run.open_ended,
                release=run.release,
            )
        except RefusedError as refused:
            raise TerminalError(str(refused), refused.help) from refused

    def start(self, record: Record) -> bool:
        """Start a run that was prepared, and remove those that ended long ago.

        Returns:
            Whether this call started it; False where it was there.

        Raises:
            RetryableError: when the system could not make the folder or the process.
            TerminalError: when its processes could write into the folders of runs.
        """
        folder = self._folder(record.name)
        self._refuse_exposed(record)
        try:
            make_state(self._state)
            lock = folder.claim(record)
            if lock is None:
                return False
            try:
                self._launch(folder, lock)
            finally:
                os.close(lock)
        except OSError as failure:
            raise RetryableError(f"the run `{record.name}` could not be started: {failure.strerror}") from failure
        prune(self._state, time.time() - self._settings.keep)
        return True

    def _refuse_exposed(self, record: Record) -> None:
        """Refuse to let processes write where it is kept what they are."""
        state = os.path.realpath(self._state)
        for path in record.settings.writable:
            if os.path.commonpath([state, path]) in (state, path):
                raise TerminalError(
                    f"`{path}` is `writable` and has to do with `{state}`, where runs are kept",
                    "make a folder writable that is neither above nor below it",
                )

    def _launch(self, folder: RunFolder, lock: int) -> None:
        """Start the runner, which holds the lock from here on."""
        passed = {
            name: self._environment[name] for name in self._settings.pass_environment if name in self._environment
        }
        with open(folder.path / "runner.log", "ab") as log:
            started = subprocess.Popen(
                [*_runner(), str(folder.path.resolve()), str(lock)],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd="/",
                env={"PATH": SYSTEM_PATH, "LANG": "C.UTF-8"},
                start_new_session=True,
                pass_fds=(lock,),
            )
        with started:
            # The process forks and ends; what it leaves reads the variables.
            started.communicate(json.dumps(passed).encode())

    def _terminate(self, run: WorkflowRun, reason: str) -> None:
        folder = self._folder(run.name)
        record = _read(folder)
        if record is None:
            return
        _refuse_another(record, run)
        end(folder, reason)

    def _folder(self, name: str) -> RunFolder:
        if not name or not name.replace("-", "a").replace(".", "a").isalnum() or name.startswith((".", "-")):
            raise TerminalError(f"`{name}` is no name of a run")
        return RunFolder(self._state / name)


def end(folder: RunFolder, reason: str) -> None:
    """End a run and wait until its processes have ended.

    Raises:
        RetryableError: when they have not within half a minute.
    """
    if not folder.alive():
        return
    folder.ask_to_end(reason)
    for seconds in (_ENDING, 5.0):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if not folder.alive():
                return
            time.sleep(_POLL)
        folder.kill_runner()
    raise RetryableError(f"the run `{folder.path.name}` does not end")


def state_of(folder: RunFolder, record: Record) -> RunState:
    """Say how a run stands; one that outlived its time by far is killed."""
    alive = folder.alive()
    # Read after the lock was looked at: a runner writes how it ended before it lets go.
    status = folder.status() or {}
    outputs = {one["name"]: one["value"] for one in status.get("outputs", {}).get("parameters", ())}
    if status.get("final"):
        return RunState(_PHASES[status["phase"]], _explained(folder, status), outputs, str(folder.path))
    if not alive:
        return RunState(RunPhase.ERROR, "its runner was killed; it is not started again", outputs, str(folder.path))
    if time.time() > record.deadline + _OVERDUE:
        folder.kill_runner()
        return RunState(RunPhase.ERROR, "it outlived its time and was killed", outputs, str(folder.path))
    running = [node for node in status.get("nodes", {}).values() if node["phase"] == "Running"]
    names = [node["displayName"] for node in running if node["type"] in ("Pod", "Suspend")]
    message = f"running {', '.join(f'`{name}`' for name in names[:5])}" if names else "starting"
    return RunState(RunPhase.RUNNING, message, outputs, str(folder.path), _LOOK_AGAIN)


def _explained(folder: RunFolder, status: Mapping[str, Any]) -> str:
    """Return why a run ended, for a failed one with the end of the log of the process that failed first."""
    message = str(status.get("message", ""))
    if status["phase"] == "Succeeded":
        return message
    bad = [node for node in status["nodes"].values() if node["phase"] in ("Failed", "Error")]
    culprit = next((node for node in bad if node["type"] == "Pod"), bad[-1] if bad else None)
    if culprit is None:
        return message
    why = culprit.get("message", "")
    text = (
        f"`{culprit['displayName']}`: {why}" if why and culprit["displayName"] != folder.path.name else why or message
    )
    lines = folder.log_end(culprit["id"]).strip().splitlines()[-_LINES:]
    return "\n".join([text, *lines])


def _refuse_another(record: Record, run: WorkflowRun) -> None:
    if record.key != run.key:
        raise TerminalError(f"the run `{run.name}` belongs to `{record.key}`, not to `{run.key}`")
    if record.digest != digest_of(run.template, run.parameters):
        raise TerminalError(f"the run `{run.name}` was started with another template or other parameters")


def _read(folder: RunFolder) -> Record | None:
    try:
        return folder.record()
    except (OSError, ValueError, TypeError, KeyError) as wrong:
        raise TerminalError(f"the folder of the run `{folder.path.name}` is damaged: {wrong}") from wrong


def _runner() -> list[str]:
    command = program("adapters.local.running.runner")
    # With the installed packages, unlike a keeper: conditions need one of them.
    return [part for part in command if part != "-S"]
