"""Argo Workflows through the Kubernetes API of its cluster, where no server of its own can be reached.

The archive, and steps that the controller stored elsewhere because there are many, are only known to Argo's server.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from adapters.remote.cluster import BUSY, RefusedError, argo_kind, cluster_client
from adapters.remote.cluster_rights import Right, lacking_rights
from adapters.remote.shape import NotReadableError, read
from adapters.workflows.transport import RELEASE_LABEL, FoundTemplate, Sighting, TakenError
from adapters.workflows.wire import Shape, Workflow, WorkflowTemplate
from engine.execute.errors import AdapterError, RetryableError, TerminalError

if TYPE_CHECKING:
    from lightkube import AsyncClient
    from lightkube.config.kubeconfig import SingleConfig

_Shape = TypeVar("_Shape", bound=Shape)

_REMEDY = "correct `kubernetes` of the runtime"
_SILENCE = 300.0
"""Seconds of silence after which a watch, which has no signs of life, is opened anew."""


class KubernetesApi:
    """Makes calls of the Kubernetes API; see `adapters.workflows.transport.Transport`."""

    def __init__(
        self,
        config: Callable[[], SingleConfig],
        namespace: str,
        timeout: float = 30.0,
        silence: float = _SILENCE,
    ) -> None:
        """Prepare to ask.

        Args:
            config: returns how the cluster is reached; `ConfigError` of lightkube where it is not.
            namespace: where workflows are.
            timeout: seconds one call may take.
            silence: seconds without an event after which a watch is opened anew.
        """
        self._config, self._namespace, self._timeout, self._silence = config, namespace, timeout, silence

    @property
    def place(self) -> str:
        """Where it is, for people."""
        return f"the namespace `{self._namespace}` of the cluster"

    async def get(self, name: str) -> Workflow | None:
        """Return a workflow."""
        data = await self._find("Workflow", name, f"looking for `{name}`", "`get` of `workflows`")
        return None if data is None else _shaped(Workflow, data)

    async def archived(self, name: str) -> Workflow | None:
        """Return None: the archive is a database that only Argo's server reads."""
        return None

    async def create(self, document: Mapping[str, Any]) -> Workflow:
        """Make a workflow."""
        kind = argo_kind("Workflow")
        try:
            async with self._client() as client:
                made = await client.create(kind.from_dict(dict(document)), namespace=self._namespace)
        except RefusedError as refused:
            if refused.reason == "AlreadyExists":
                raise TakenError from refused
            doing = f"starting `{document['metadata']['name']}`"
            raise _failure(refused, doing, "`create` of `workflows`") from refused
        return _shaped(Workflow, made.to_dict())

    async def template(self, name: str) -> FoundTemplate | None:
        """Return a workflow template; where we may not see those of the cluster, they count as missing."""
        doing, right = f"looking for the workflow template `{name}`", "`get` of `workflowtemplates`"
        data = await self._find("WorkflowTemplate", name, doing, right)
        if data is not None:
            return FoundTemplate(_shaped(WorkflowTemplate, data), cluster=False)
        data = await self._find("ClusterWorkflowTemplate", name, doing, right)
        return None if data is None else FoundTemplate(_shaped(WorkflowTemplate, data), cluster=True)

    async def template_names(self) -> list[str]:
        """Return the names of the namespace's workflow templates."""
        try:
            async with self._client() as client:
                found = [one async for one in client.list(argo_kind("WorkflowTemplate"), namespace=self._namespace)]
        except RefusedError as refused:
            raise _failure(refused, "listing workflow templates", "`list` of `workflowtemplates`") from refused
        return [str(one.metadata.name) for one in found]

    async def terminate(self, name: str) -> None:
        """Ask for the end of a workflow; the controller leaves alone what has ended."""
        from lightkube.types import PatchType

        try:
            async with self._client() as client:
                await client.patch(
                    argo_kind("Workflow"),
                    name,
                    {"spec": {"shutdown": "Terminate"}},
                    namespace=self._namespace,
                    patch_type=PatchType.MERGE,
                )
        except RefusedError as refused:
            if not refused.is_missing:
                raise _failure(refused, f"ending `{name}`", "`patch` of `workflows`") from refused

    async def log_end(self, name: str, pod: str, lines: int) -> str:
        """Return the last lines of a pod's main container."""
        try:
            async with self._client() as client:
                log = client.log(pod, namespace=self._namespace, container="main", tail_lines=lines)
                return "".join([line async for line in log])
        except RefusedError as refused:
            if refused.is_missing:
                return ""
            raise _failure(refused, f"reading the log of `{pod}`", "`get` of `pods/log`") from refused

    @asynccontextmanager
    async def events(self) -> AsyncIterator[AsyncIterator[Sighting | None]]:
        """Return what happens to the workflows of releases from now on."""
        try:
            async with self._client(streams=True) as client:
                yield self._sightings(client)
        except RefusedError as refused:
            raise _failure(refused, "watching workflows", "`watch` and `list` of `workflows`") from refused

    async def _sightings(self, client: AsyncClient) -> AsyncIterator[Sighting | None]:
        from lightkube import operators

        events = aiter(
            client.watch(argo_kind("Workflow"), namespace=self._namespace, labels={RELEASE_LABEL: operators.exists()})
        )
        while True:
            try:
                event, found = await asyncio.wait_for(anext(events), self._silence)
            except (StopAsyncIteration, TimeoutError):
                return
            workflow = _shaped(Workflow, found.to_dict())
            about = workflow.metadata
            release = about.labels.get(RELEASE_LABEL, "")
            yield Sighting(about.uid or about.name, release, workflow.status.phase, event == "DELETED")

    async def lacking(self) -> list[Right]:
        """Return the rights that releases need in the namespace, and we do not have."""
        wanted = [Right(verb, "workflows") for verb in ("get", "list", "watch", "create", "patch")]
        wanted += [Right("get", "workflowtemplates"), Right("get", "pods/log", "")]
        return await lacking_rights(self._config, self._timeout, _REMEDY, self._namespace, wanted)

    def link(self, workflow: Workflow) -> str:
        """Return nothing: there is no page."""
        return ""

    def _client(self, *, streams: bool = False) -> Any:
        return cluster_client(self._config, self._timeout, _REMEDY, streams=streams)

    async def _find(self, kind: str, name: str, doing: str, right: str) -> Any:
        """Return an object as data; None where there is none."""
        is_global = kind.startswith("Cluster")
        where = {} if is_global else {"namespace": self._namespace}
        try:
            async with self._client() as client:
                found = await client.get(argo_kind(kind), name, **where)
                return found.to_dict()
        except RefusedError as refused:
            if refused.is_missing or (is_global and refused.status in (403, 404)):
                return None
            raise _failure(refused, doing, right) from refused


def _shaped(shape: type[_Shape], data: object) -> _Shape:
    try:
        return read(shape, data)
    except NotReadableError as wrong:
        raise TerminalError(f"an answer of the cluster cannot be read: {wrong}") from wrong


def _failure(refused: RefusedError, doing: str, right: str) -> AdapterError:
    told = f"{doing}: the cluster answered {refused.status}: {refused.message}"
    if refused.status in BUSY or refused.status == 409:
        return RetryableError(told)
    match refused.status:
        case 401:
            return TerminalError(told, "the credentials of the context are wrong or have expired")
        case 403:
            return TerminalError(told, f"grant {right} (`argoproj.io`, but `pods/log`) in that namespace")
        case 404:
            return TerminalError(told, "install Argo Workflows there, or correct `kubernetes` of the runtime")
        case _:
            return TerminalError(told)
