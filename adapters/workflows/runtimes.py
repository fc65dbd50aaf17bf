"""Which Argo Workflows runs a promotion workflow."""

from __future__ import annotations

from collections.abc import Mapping

from engine.execute.errors import TerminalError
from engine.execute.ports import RunState, WorkflowRun, Workflows
from grammar.suggest import did_you_mean


class RuntimeWorkflows:
    """Runs each workflow in the runtime it names; implements `engine.execute.ports.Workflows`."""

    def __init__(self, runtimes: Mapping[str, Workflows], control: str = "") -> None:
        """Prepare to choose.

        Args:
            runtimes: what runs workflows, by the runtime's name.
            control: the runtime of hooks, and of applications that name none; empty for the only one there is.
        """
        self._runtimes = dict(runtimes)
        self._control = control or (next(iter(self._runtimes)) if len(self._runtimes) == 1 else "")

    async def ensure(self, run: WorkflowRun) -> RunState:
        """Start a run in its runtime unless it was started before, and say how it stands."""
        return await self._of(run).ensure(run)

    async def terminate(self, run: WorkflowRun, reason: str) -> None:
        """End a run in its runtime, if there is one that has not ended."""
        await self._of(run).terminate(run, reason)

    def _of(self, run: WorkflowRun) -> Workflows:
        name = run.runtime or self._control
        found = self._runtimes.get(name)
        if found is not None:
            return found
        if not name:
            raise TerminalError(
                f"no runtime is said to run the workflow `{run.template}`",
                "set `control = true` in one of the tables `[runtimes.NAME]` of promo.toml",
            )
        raise TerminalError(
            f"no Argo Workflows is configured for the runtime `{name}`",
            did_you_mean(name, self._runtimes) or f"add `[runtimes.{name}.workflows]` to promo.toml",
        )
