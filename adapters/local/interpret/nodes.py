"""How a run stands, node by node, in the shape that Argo's status has."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Any


class Phase(Enum):
    """How a node stands."""

    PENDING = "Pending"
    RUNNING = "Running"
    SUCCEEDED = "Succeeded"
    SKIPPED = "Skipped"
    FAILED = "Failed"
    ERROR = "Error"
    OMITTED = "Omitted"

    @property
    def bad(self) -> bool:
        """Whether it failed, or could not be run."""
        return self in (Phase.FAILED, Phase.ERROR)


@dataclass(slots=True)
class Node:
    """One node of a run.

    Attributes:
        id: its identifier.
        name: its whole name.
        display: its short name.
        kind: ``Pod``, ``Steps``, ``StepGroup``, ``DAG``, ``TaskGroup``, ``Retry``, ``Skipped`` or ``Suspend``.
        phase: how it stands.
        template: the template it runs; empty for a group.
        boundary: the identifier of the composed node it is in; empty for the first.
        message: why.
        started: when, ISO 8601 in UTC.
        finished: when; empty while it runs.
        inputs: parameters it got.
        outputs: parameters it gave.
        result: the end of its standard output, where somebody asks for it.
        code: the exit code of its process.
        children: identifiers of what comes after or within it.
    """

    id: str
    name: str
    display: str
    kind: str
    phase: Phase
    template: str = ""
    boundary: str = ""
    message: str = ""
    started: str = ""
    finished: str = ""
    inputs: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    result: str | None = None
    code: int | None = None
    children: list[str] = field(default_factory=list)

    def data(self) -> dict[str, Any]:
        """Return the node as Argo writes one."""
        outputs: dict[str, Any] = {}
        if self.outputs:
            outputs["parameters"] = _parameters(self.outputs)
        if self.result is not None:
            outputs["result"] = self.result
        if self.code is not None:
            outputs["exitCode"] = str(self.code)
        optional = {
            "templateName": self.template,
            "boundaryID": self.boundary,
            "message": self.message,
            "inputs": {"parameters": _parameters(self.inputs)} if self.inputs else {},
            "outputs": outputs,
            "children": self.children,
        }
        return {
            "id": self.id,
            "name": self.name,
            "displayName": self.display,
            "type": self.kind,
            "phase": self.phase.value,
            "startedAt": self.started or None,
            "finishedAt": self.finished or None,
            **{key: value for key, value in optional.items() if value},
        }


@dataclass(slots=True)
class Status:
    """How a run stands.

    Attributes:
        phase: how.
        message: why.
        started: when, ISO 8601 in UTC.
        finished: when; empty while it runs.
        nodes: by identifier, in the order they began.
        outputs: parameters with a global name.
    """

    phase: Phase = Phase.RUNNING
    message: str = ""
    started: str = ""
    finished: str = ""
    nodes: dict[str, Node] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)

    def data(self) -> dict[str, Any]:
        """Return the status as Argo writes one."""
        return {
            "phase": self.phase.value,
            "message": self.message,
            "startedAt": self.started or None,
            "finishedAt": self.finished or None,
            "outputs": {"parameters": _parameters(self.outputs)} if self.outputs else {},
            "nodes": {node.id: node.data() for node in self.nodes.values()},
        }


def _parameters(values: dict[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in values.items()]
