"""Argo Workflows through its API server. Source: argo, section 1."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import quote

from adapters.remote.refusals import object_of
from adapters.remote.said import message_of
from adapters.remote.server import Answer, ApiServer
from adapters.remote.shape import NotReadableError, read
from adapters.workflows.answers import failure, is_conflict, says_not_found
from adapters.workflows.stream import log_text, sightings
from adapters.workflows.transport import RELEASE_LABEL, CompletedError, FoundTemplate, Sighting, TakenError
from adapters.workflows.wire import Shape, Workflow, WorkflowTemplate
from engine.execute.errors import AdapterError, RetryableError, TerminalError

_Shape = TypeVar("_Shape", bound=Shape)

_COMPLETED = "cannot shutdown a completed workflow"
_SILENCE = 45.0
"""Seconds without anything in a stream that has a sign of life every 15."""

_LONGEST_LOG = 64 * 1024


@dataclass(frozen=True, slots=True)
class RestApi:
    """Makes calls of Argo's server; see `adapters.workflows.transport.Transport`.

    Attributes:
        server: how it is reached.
        namespace: where workflows are.
        silence: seconds after which a stream without a sign of life is given up.
    """

    server: ApiServer
    namespace: str
    silence: float = _SILENCE

    @property
    def place(self) -> str:
        """Where it is, for people."""
        return f"the namespace `{self.namespace}` of {self.server.host}"

    async def get(self, name: str) -> Workflow | None:
        """Return a workflow, from the archive where it is only there."""
        answer = await self.server.ask("GET", self._path(name))
        if says_not_found(answer):
            return None
        return self._read(Workflow, answer, f"looking for `{name}`", "`get` of `workflows`")

    async def archived(self, name: str) -> Workflow | None:
        """Return the newest of a name that the archive has.

        `get` looks there too, but answers "not found" also where the archive's database is away.
        """
        selector = f"metadata.name={name},metadata.namespace={self.namespace}"
        query = {"listOptions.fieldSelector": selector, "namespace": self.namespace}
        doing, right = f"looking for `{name}` in the archive", "`list` and `get` of `workflows`"
        answer = await self.server.ask("GET", "/api/v1/archived-workflows", query)
        if answer.status == 501:
            return None  # there is no archive
        found = self._items(Workflow, answer, doing, right)
        known = [one.metadata.uid for one in found if one.metadata.name == name and one.metadata.uid]
        if not known:
            return None
        path = f"/api/v1/archived-workflows/{quote(known[0], safe='')}"
        answer = await self.server.ask("GET", path, {"namespace": self.namespace, "name": name})
        return None if says_not_found(answer) else self._read(Workflow, answer, doing, right)

    async def create(self, document: Mapping[str, Any]) -> Workflow:
        """Make a workflow."""
        answer = await self.server.ask("POST", self._path(), body={"workflow": document})
        if answer.status == 409 and not is_conflict(answer):
            raise TakenError
        message = message_of(answer.body)
        template = document["spec"]["workflowTemplateRef"]["name"]
        if answer.status in (400, 404) and "workflowtemplate" in message and f'"{template}" not found' in message:
            # It was there a moment ago: the server sees new templates about a second later.
            raise RetryableError(f"{self.server.host} does not see the workflow template `{template}` yet", after=2)
        return self._read(Workflow, answer, f"starting `{document['metadata']['name']}`", "`create` of `workflows`")

    async def try_create(self) -> None:
        """Ask the cluster, through the server, whether a workflow could be made; none is.

        Kubernetes itself makes the trial, under the rights of the token. Source: Argo Workflows, ``serverDryRun``.

        Raises:
            AdapterError: as `create`.
        """
        document = {
            "metadata": {"generateName": "promo-doctor-", "namespace": self.namespace},
            "spec": {"entrypoint": "main", "templates": [{"name": "main", "suspend": {}}]},
        }
        body = {"namespace": self.namespace, "serverDryRun": True, "workflow": document}
        answer = await self.server.ask("POST", self._path(), body=body)
        if not answer.is_success:
            raise self._failure(answer, "trying to make a workflow", "`create` of `workflows`")

    async def template(self, name: str) -> FoundTemplate | None:
        """Return a workflow template; where the token may not see those of the cluster, they count as missing."""
        right = "`get` of `workflowtemplates`"
        for path, cluster in (
            (f"/api/v1/workflow-templates/{quote(self.namespace, safe='')}/", False),
            ("/api/v1/cluster-workflow-templates/", True),
        ):
            answer = await self.server.ask("GET", path + quote(name, safe=""))
            if says_not_found(answer) or (cluster and answer.status == 403):
                continue
            found = self._read(WorkflowTemplate, answer, f"looking for the workflow template `{name}`", right)
            return FoundTemplate(found, cluster)
        return None

    async def template_names(self) -> list[str]:
        """Return the names of the namespace's workflow templates."""
        answer = await self.server.ask("GET", f"/api/v1/workflow-templates/{quote(self.namespace, safe='')}")
        found = self._items(WorkflowTemplate, answer, "listing workflow templates", "`list` of `workflowtemplates`")
        return [one.metadata.name for one in found]

    async def terminate(self, name: str) -> None:
        """Ask for the end of a workflow; one that has ended is refused with 500, which is no trouble of the server."""
        body = {"name": name, "namespace": self.namespace}
        answer = await self.server.ask("PUT", f"{self._path(name)}/terminate", body=body)
        if answer.is_success or says_not_found(answer):
            return
        if _COMPLETED in message_of(answer.body):
            raise CompletedError
        raise self._failure(answer, f"ending `{name}`", "`update` and `patch` of `workflows`")

    async def log_end(self, name: str, pod: str, lines: int) -> str:
        """Return the last lines of a pod's main container."""
        query = {"podName": pod, "logOptions.container": "main", "logOptions.tailLines": str(lines)}
        answer = await self.server.ask("GET", f"{self._path(name)}/log", query)
        if says_not_found(answer):
            return ""
        if not answer.is_success:
            raise self._failure(answer, f"reading the log of `{pod}`", "`get` of `pods/log`")
        return log_text(self.server.hidden(answer.body[-_LONGEST_LOG:]).decode("utf-8", "replace"))

    @asynccontextmanager
    async def events(self) -> AsyncIterator[AsyncIterator[Sighting | None]]:
        """Return what happens to the workflows of releases from now on."""
        path = f"/api/v1/workflow-events/{quote(self.namespace, safe='')}"
        query = {"listOptions.labelSelector": RELEASE_LABEL}
        # Exactly this kind: with any other the server sends no signs of life.
        async with self.server.open("GET", path, query, accept="text/event-stream", patience=self.silence) as response:
            if response.status_code != 200:
                body = (await response.aread())[:100_000]
                headers = {key.lower(): value for key, value in response.headers.items()}
                answer = Answer(response.status_code, headers, body)
                raise self._failure(answer, "watching workflows", "`watch` and `list` of `workflows`")
            yield sightings(response.aiter_lines(), self.server.host)

    def link(self, workflow: Workflow) -> str:
        """Return where the server's pages show a workflow."""
        found = workflow.metadata
        return (
            f"{self.server.url}/workflows/{quote(self.namespace, safe='')}/{quote(found.name, safe='')}?uid={found.uid}"
        )

    async def version(self) -> tuple[str, dict[str, str]]:
        """Return the server's version and the headers of its answer."""
        answer = await self.server.ask("GET", "/api/v1/version")
        return str(self._object(answer, "asking for the version", "no right").get("version", "")), answer.headers

    def _path(self, name: str = "") -> str:
        path = f"/api/v1/workflows/{quote(self.namespace, safe='')}"
        return f"{path}/{quote(name, safe='')}" if name else path

    def _failure(self, answer: Answer, doing: str, right: str) -> AdapterError:
        return failure(self.server.heard(answer), self.server.host, doing, right)

    def _object(self, answer: Answer, doing: str, right: str) -> dict[str, Any]:
        if not answer.is_success:
            raise self._failure(answer, doing, right)
        return object_of(answer, f"{doing}: {self.server.host}", _URL)

    def _items(self, shape: type[_Shape], answer: Answer, doing: str, right: str) -> list[_Shape]:
        return [self._shaped(shape, one, doing) for one in self._object(answer, doing, right).get("items") or ()]

    def _read(self, shape: type[_Shape], answer: Answer, doing: str, right: str) -> _Shape:
        return self._shaped(shape, self._object(answer, doing, right), doing)

    def _shaped(self, shape: type[_Shape], data: object, doing: str) -> _Shape:
        try:
            return read(shape, data)
        except NotReadableError as wrong:
            raise TerminalError(f"{doing}: the answer of {self.server.host} cannot be read: {wrong}", _URL) from wrong


_URL = "set `url` to the address of Argo's server, with its path if it has one"
