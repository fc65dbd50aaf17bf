"""Promotion workflows that run on paper: each does what the test said it would, and is started once."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from engine.execute.ports import Clock, RunPhase, RunState, WorkflowRun
from tests.fakes.faults import Journal, Port


@dataclass(frozen=True, slots=True)
class Script:
    """What a run of a workflow does.

    Attributes:
        phase: how it ends.
        takes: seconds until then.
        outputs: what it exports.
        message: why it ends so.
    """

    phase: RunPhase = RunPhase.SUCCEEDED
    takes: float = 0.0
    outputs: Mapping[str, str] = field(default_factory=dict)
    message: str = ""


@dataclass(slots=True)
class Run:
    """A run that was started."""

    asked: WorkflowRun
    script: Script
    begun: datetime
    ended: datetime | None = None
    gone: bool = False


class FakeWorkflows(Port):
    """Runs workflows by scripts.

    Attributes:
        runs: by key, in the order they were started.
    """

    def __init__(self, journal: Journal, clock: Clock) -> None:
        super().__init__(journal, clock)
        self.runs: dict[str, Run] = {}
        self._scripts: dict[tuple[str, str], deque[Script]] = {}

    def plan(self, template: str, *scripts: Script, where: str = "") -> None:
        """Say what the next runs of a workflow do; the last script holds for all that follow.

        Args:
            template: the workflow.
            scripts: in the order of runs.
            where: a part of the key, for runs in one place only.
        """
        self._scripts[template, where] = deque(scripts)

    def forget(self, key: str) -> None:
        """Let a run that has ended disappear, as a time to live does."""
        self.runs[key].gone = True

    async def ensure(self, run: WorkflowRun) -> RunState:
        """Start a run unless it was started before, and say how it stands."""
        return await self.journal.through("ensure", run.key, lambda: self._ensure(run))

    async def terminate(self, run: WorkflowRun, reason: str) -> None:
        """End a run, if there is one that has not ended."""
        await self.journal.through("terminate", run.key, lambda: self._terminate(run, reason))

    def _ensure(self, run: WorkflowRun) -> RunState:
        known = self.runs.get(run.key)
        if known is None:
            if run.started:
                return RunState(RunPhase.ERROR, "it was started before, and is gone")
            self.runs[run.key] = known = Run(run, self._script(run), self.clock.now())
            self.happened("run", run.key, run.template)
        elif known.gone:
            return RunState(RunPhase.ERROR, "it was started before, and is gone")
        elif _request(known.asked) != _request(run):
            self.journal.complaints.append(f"{run.key} was asked for in two ways")
        return self._state(known)

    def _state(self, known: Run) -> RunState:
        script = known.script
        url = f"https://argo.example.com/workflows/{known.asked.name}"
        if known.ended is not None:
            return RunState(RunPhase.FAILED, "it was terminated", url=url)
        if self.clock.now() < known.begun + timedelta(seconds=script.takes):
            return RunState(RunPhase.RUNNING, f"runs {known.asked.template}", url=url)
        return RunState(script.phase, script.message, script.outputs, url)

    def _terminate(self, run: WorkflowRun, reason: str) -> None:
        known = self.runs.get(run.key)
        if known is not None and known.ended is None and self._state(known).phase is RunPhase.RUNNING:
            known.ended = self.clock.now()
            self.happened("end run", run.key, run.template)

    def _script(self, run: WorkflowRun) -> Script:
        places = [where for template, where in self._scripts if template == run.template and where in run.key]
        if not places:
            return Script()
        scripts = self._scripts[run.template, max(places, key=len)]
        return scripts.popleft() if len(scripts) > 1 else scripts[0]


def _request(run: WorkflowRun) -> tuple[object, ...]:
    """Return what must be the same whenever a run is asked for."""
    return run.name, run.template, dict(run.parameters), run.open_ended, run.runtime, run.release
