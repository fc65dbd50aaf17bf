"""What Argo Workflows' controller does with a workflow as time passes, told by a script for each template."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

_PRIME, _START = 0x01000193, 0x811C9DC5


def fnv32a(text: str) -> int:
    """Return the hash that identifiers of nodes and names of pods end with."""
    found = _START
    for byte in text.encode():
        found = (found ^ byte) * _PRIME & 0xFFFFFFFF
    return found


@dataclass
class Script:
    """How runs of a template go.

    Attributes:
        ends: the phase they end with.
        seconds: how long they run.
        outputs: exported by the pod under global names.
        says: what the pod prints.
        collected: whether the controller saw the outputs, or only the pod's node has them.
        ttl: seconds after the end until the object is deleted; None for never.
        lingers: seconds that a termination takes.
    """

    ends: str = "Succeeded"
    seconds: float = 2.0
    outputs: Mapping[str, str] = field(default_factory=dict)
    says: str = ""
    collected: bool = True
    ttl: float | None = None
    lingers: float = 0.0


@dataclass
class FakeRun:
    """A workflow.

    Attributes:
        document: metadata and spec, as they were created.
        script: how it goes.
        created: when.
        ended: when it was told to end; None when it was not.
    """

    document: dict[str, Any]
    script: Script
    created: datetime
    ended: datetime | None = None
    logs_gone: bool = False

    @property
    def name(self) -> str:
        return str(self.document["metadata"]["name"])

    @property
    def uid(self) -> str:
        return str(self.document["metadata"]["uid"])

    @property
    def begins(self) -> datetime:
        return self.created + timedelta(seconds=min(1.0, self.script.seconds / 2))

    @property
    def finishes(self) -> datetime:
        natural = self.created + timedelta(seconds=self.script.seconds)
        return natural if self.ended is None else min(natural, self.ended + timedelta(seconds=self.script.lingers))

    @property
    def was_terminated(self) -> bool:
        return self.ended is not None and self.ended < self.created + timedelta(seconds=self.script.seconds)

    def is_finished(self, now: datetime) -> bool:
        return now >= self.finishes

    def is_deleted(self, now: datetime) -> bool:
        ttl = self.script.ttl
        return ttl is not None and now >= self.finishes + timedelta(seconds=ttl)

    def phase(self, now: datetime) -> str:
        if not self.is_finished(now):
            return "Running" if now >= self.begins else ""
        return "Failed" if self.was_terminated else self.script.ends

    @property
    def template_name(self) -> str:
        return "main"

    @property
    def pod(self) -> str:
        return f"{self.name}-work-{fnv32a(self._node_name)}"

    @property
    def _node_name(self) -> str:
        return f"{self.name}[0].work"

    def seen(self, now: datetime) -> dict[str, Any]:
        """Return the whole object as it is now."""
        phase, metadata = self.phase(now), dict(self.document["metadata"])
        metadata["resourceVersion"] = str(int(now.timestamp() * 1000))
        metadata["labels"] = {
            **metadata.get("labels", {}),
            "workflows.argoproj.io/completed": str(self.is_finished(now)).lower(),
        }
        metadata["annotations"] = {
            **metadata.get("annotations", {}),
            "workflows.argoproj.io/pod-name-format": "v2",
        }
        spec = dict(self.document["spec"])
        if self.ended is not None:
            spec["shutdown"] = "Terminate"
        return {"metadata": metadata, "spec": spec, "status": self._status(phase, now) if phase else {"phase": ""}}

    def _status(self, phase: str, now: datetime) -> dict[str, Any]:
        over = self.is_finished(now)
        ended = _text(self.finishes) if over else None
        message = ""
        if self.was_terminated and over:
            message = "Stopped with strategy 'Terminate'"
        elif over and phase != "Succeeded":
            message = f"child '{self.name}-{fnv32a(self._node_name)}' failed"
        status: dict[str, Any] = {
            "phase": phase,
            "startedAt": _text(self.begins),
            "finishedAt": ended,
            "message": message,
            "nodes": self._nodes(phase, ended),
        }
        if over and self.script.collected and self.script.outputs and not self.was_terminated:
            status["outputs"] = {"parameters": [_parameter(*one) for one in self.script.outputs.items()]}
        return status

    def _nodes(self, phase: str, ended: str | None) -> dict[str, Any]:
        pod = f"{self.name}-{fnv32a(self._node_name)}"
        common = {"phase": phase, "startedAt": _text(self.begins), "finishedAt": ended, "templateName": "work"}
        root: dict[str, Any] = {**common, "id": self.name, "name": self.name, "displayName": self.name, "type": "Steps"}
        root |= {"templateName": "main", "children": [pod]}
        leaf: dict[str, Any] = {**common, "id": pod, "name": self._node_name, "displayName": "work", "type": "Pod"}
        leaf["boundaryID"] = self.name
        if ended is not None and phase != "Succeeded":
            leaf["message"] = "terminated" if self.was_terminated else "Error (exit code 1)"
        if ended is not None and self.script.outputs and not self.was_terminated:
            found = [{**_parameter(*one), "globalName": one[0]} for one in self.script.outputs.items()]
            leaf["outputs"] = {"exitCode": "0" if phase == "Succeeded" else "1", "parameters": found}
        return {self.name: root, pod: leaf}


def _parameter(name: str, value: str) -> dict[str, Any]:
    return {"name": name, "value": value}


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
