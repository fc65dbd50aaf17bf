"""The port for promotion workflows, for those that Argo Workflows runs."""

from __future__ import annotations

import asyncio

from adapters.remote.said import said
from adapters.workflows.asked import check_names, document_of, refuse_another
from adapters.workflows.state import culprits, explained, outputs_of, phase_of, pod_of
from adapters.workflows.transport import CompletedError, TakenError, Transport
from adapters.workflows.wire import Workflow
from engine.execute.errors import AdapterError, RetryableError, TerminalError
from engine.execute.ports import RunPhase, RunState, WorkflowRun
from grammar.suggest import did_you_mean

_LOGS = 2
"""Failed pods whose logs are looked at."""

_LINES, _LONGEST_LINE, _LONGEST_LOG = 10, 500, 4000
_ENDING, _POLL = 20.0, 0.25
"""Seconds that the end of a workflow is waited for, and between two looks."""


class ArgoWorkflows:
    """Runs promotion workflows in one namespace of one server; implements `engine.execute.ports.Workflows`."""

    def __init__(
        self,
        server: Transport,
        namespace: str,
        *,
        service_account: str = "",
        ending: float = _ENDING,
    ) -> None:
        """Prepare to run workflows; nothing is asked yet.

        Args:
            server: how it is reached.
            namespace: where workflows run.
            service_account: that they run as; empty for what the template or the server says.
            ending: seconds that the end of a terminated workflow is waited for.
        """
        self._server, self._namespace = server, namespace
        self._service_account, self._ending = service_account, ending

    async def ensure(self, run: WorkflowRun) -> RunState:
        """Start a run unless it was started before, and say how it stands.

        It is looked for first, because the server keeps a name only as long as the object is there; one that is
        remembered and neither there nor in the archive is an error.

        Raises:
            AdapterError: `RetryableError` where the server cannot be reached, `TerminalError` where the run cannot be
                started or its name belongs to another.
        """
        check_names(run)
        found = await self._server.get(run.name)
        if found is None and run.started:
            found = await self._server.archived(run.name)
            if found is None:
                return RunState(RunPhase.ERROR, f"the workflow `{run.name}` was started and is gone; {_GONE}")
        if found is None:
            found = await self._start(run)
        refuse_another(found, run)
        return await self._state(found)

    async def terminate(self, run: WorkflowRun, reason: str) -> None:
        """End a run, if there is one that has not ended; its exit handlers do not run.

        Argo Workflows keeps no reason: the release does.

        Raises:
            AdapterError: `RetryableError` also where it has not ended within some seconds.
        """
        check_names(run)
        found = await self._server.get(run.name)
        if found is None:
            return
        refuse_another(found, run)
        if phase_of(found) is not RunPhase.RUNNING:
            return
        try:
            await self._server.terminate(run.name)
        except CompletedError:
            pass  # between the look and the request; the next look sees it
        await self._until_ended(run)

    async def _until_ended(self, run: WorkflowRun) -> None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._ending
        while True:
            found = await self._server.get(run.name)
            if found is None or phase_of(found) is not RunPhase.RUNNING:
                return
            if loop.time() >= deadline:
                raise RetryableError(f"the workflow `{run.name}` was told to end and has not yet")
            await asyncio.sleep(_POLL)

    async def _start(self, run: WorkflowRun) -> Workflow:
        template = await self._server.template(run.template)
        if template is None:
            raise TerminalError(
                f"there is no workflow template `{run.template}` in {self._server.place}", await self._hint(run)
            )
        document = document_of(run, template, self._namespace, self._service_account)
        try:
            return await self._server.create(document)
        except TakenError as taken:
            found = await self._server.get(run.name)
            if found is None:
                raise RetryableError(f"the workflow `{run.name}` was there and went away") from taken
            return found

    async def _hint(self, run: WorkflowRun) -> str:
        try:
            near = did_you_mean(run.template, await self._server.template_names())
        except AdapterError:
            near = ""  # only a hint: not every token may list templates
        return near or "correct the policy, or add the template to that namespace or to the cluster"

    async def _state(self, workflow: Workflow) -> RunState:
        phase, message = phase_of(workflow), explained(workflow)
        if phase in (RunPhase.FAILED, RunPhase.ERROR):
            message = "\n".join([message or workflow.status.phase.lower(), *await self._logs(workflow)])
        return RunState(phase, message, outputs_of(workflow), self._server.link(workflow))

    async def _logs(self, workflow: Workflow) -> list[str]:
        """Return the ends of the logs of what failed; servers that cannot say leave a note instead."""
        told: list[str] = []
        for node in culprits(workflow)[:_LOGS]:
            pod = pod_of(workflow, node)
            if not pod:
                continue
            try:
                text = await self._server.log_end(workflow.metadata.name, pod, _LINES)
            except AdapterError as failure:
                told.append(f"the log of `{said(node.display_name, 100)}` cannot be read: {failure.reason}")
                continue
            lines = [said(line, _LONGEST_LINE) for line in text[-_LONGEST_LOG:].splitlines()[-_LINES:]]
            told += [f"the end of the log of `{said(node.display_name, 100)}`:", *lines] if lines else []
        return told


_GONE = "it is not started again. Where its TTL removed it, raise `ttlStrategy` or turn the archive on"
