"""What tags stand for, at one place of a run."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from adapters.local.interpret.nodes import Node, Phase
from adapters.local.interpret.shapes import Call


class NodeError(Exception):
    """A node cannot be run; the text says why."""


class AbortedError(Exception):
    """The whole run cannot go on; the text says why."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a step or a task.

    Attributes:
        phase: of it as a whole.
        nodes: one, or one for each item.
        repeated: whether it was done for items.
        id: of its node.
    """

    phase: Phase
    nodes: tuple[Node, ...]
    repeated: bool
    id: str

    def ways(self) -> frozenset[str]:
        """Return what `depends` can say of it."""
        word = {Phase.ERROR: "Errored"}.get(self.phase, self.phase.value)
        found = {word}
        if self.repeated and self.nodes:
            if any(node.phase is Phase.SUCCEEDED for node in self.nodes):
                found.add("AnySucceeded")
            if all(node.phase.bad for node in self.nodes):
                found.add("AllFailed")
        return frozenset(found)


def together(nodes: Iterable[Node]) -> Phase:
    """Return the phase of nodes as a whole: the worst, and skipped only when all were."""
    phases = [node.phase for node in nodes]
    for phase in (Phase.ERROR, Phase.FAILED):
        if phase in phases:
            return phase
    return Phase.SKIPPED if all(phase is Phase.SKIPPED for phase in phases) else Phase.SUCCEEDED


def published(kind: str, call: Call, outcome: Outcome) -> dict[str, str]:
    """Return the tags that later steps may use of one that ended.

    Args:
        kind: ``steps`` or ``tasks``.
        call: what was called.
        outcome: what became of it.
    """
    prefix = f"{kind}.{call.name}"
    values = {f"{prefix}.id": outcome.id, f"{prefix}.status": outcome.phase.value}
    if not outcome.repeated:
        node = outcome.nodes[0]
        values[f"{prefix}.startedAt"] = node.started
        values[f"{prefix}.finishedAt"] = node.finished
        if node.code is not None:
            values[f"{prefix}.exitCode"] = str(node.code)
        if node.result is not None:
            values[f"{prefix}.outputs.result"] = node.result
        for name, value in node.outputs.items():
            values[f"{prefix}.outputs.parameters.{name}"] = value
        return values
    given = [node for node in outcome.nodes if node.phase is not Phase.SKIPPED]
    values[f"{prefix}.outputs.result"] = _json([node.result for node in given if node.result is not None])
    values[f"{prefix}.outputs.parameters"] = _json([node.outputs for node in given if node.outputs])
    for name in {name: None for node in given for name in node.outputs}:
        listed = [node.outputs[name] for node in given if name in node.outputs]
        values[f"{prefix}.outputs.parameters.{name}"] = _json(listed)
    return values


def workflow_values(
    name: str, namespace: str, account: str, arguments: Mapping[str, str], begun: str
) -> dict[str, str]:
    """Return the tags that are the same in a whole run."""
    listed = _json([{"name": key, "value": value} for key, value in arguments.items()])
    return {
        "workflow.name": name,
        "workflow.namespace": namespace,
        "workflow.uid": name,
        "workflow.serviceAccountName": account,
        "workflow.creationTimestamp": begun,
        "workflow.parameters": listed,
        "workflow.parameters.json": listed,
        **{f"workflow.parameters.{key}": value for key, value in arguments.items()},
    }


def failures(nodes: Iterable[Node]) -> str:
    """Return what ``{{workflow.failures}}`` stands for: a JSON list of the processes that failed."""
    return _json(
        [
            {
                "displayName": node.display,
                "message": node.message,
                "templateName": node.template,
                "phase": node.phase.value,
                "podName": node.id,
                "finishedAt": node.finished,
            }
            for node in nodes
            if node.kind == "Pod" and node.phase.bad
        ]
    )


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
