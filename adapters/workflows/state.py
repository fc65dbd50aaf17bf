"""How a workflow stands, and what it exported."""

from __future__ import annotations

import re

from adapters.remote.said import said
from adapters.workflows.wire import Node, Workflow
from engine.execute.ports import RunPhase

_PHASES = {"Succeeded": RunPhase.SUCCEEDED, "Failed": RunPhase.FAILED, "Error": RunPhase.ERROR}
_BAD = ("Failed", "Error")
_COMPOSED = ("Steps", "StepGroup", "DAG", "TaskGroup", "Retry")
_NAMED = 5
_OF_A_CHILD = re.compile(r"child '[^']*' (?:failed|errored)")


def phase_of(workflow: Workflow) -> RunPhase:
    """Return how a workflow stands; one that is not known to have ended runs. Its exit handlers belong to it."""
    return _PHASES.get(workflow.status.phase, RunPhase.RUNNING)


def outputs_of(workflow: Workflow) -> dict[str, str]:
    """Return what was exported under global names.

    What a pod exported counts even where it failed and the controller did not wait for the result: its node has it.
    The outputs of composed templates count only where they succeeded; of several the last counts, and what the
    workflow itself says above all. Source: argo, section 5.
    """
    found: dict[str, str] = {}
    for node in sorted(workflow.status.nodes.values(), key=lambda one: (not one.finished_at, one.finished_at, one.id)):
        if node.outputs is None or (node.type in _COMPOSED and node.phase != "Succeeded"):
            continue
        found |= {
            one.global_name: one.value for one in node.outputs.parameters if one.global_name and one.value is not None
        }
    own = workflow.status.outputs
    return found | {one.name: one.value for one in (own.parameters if own else ()) if one.value is not None}


def culprits(workflow: Workflow) -> list[Node]:
    """Return the nodes a workflow failed of, those that did something first; else those that were composed."""
    bad = [node for node in workflow.status.nodes.values() if node.phase in _BAD]
    bad.sort(key=lambda one: (not one.finished_at, one.finished_at, one.id))
    leaves = [node for node in bad if node.type not in _COMPOSED]
    return leaves or [node for node in bad if node.message]


def pod_of(workflow: Workflow, node: Node) -> str:
    """Return the name of a node's pod; empty where it has none that can be named.

    Source: Argo Workflows, names of pods: ``WORKFLOW-TEMPLATE-HASH``, or the node's identifier in the first version.
    """
    if node.type != "Pod":
        return ""
    name = workflow.metadata.name
    if workflow.metadata.annotations.get("workflows.argoproj.io/pod-name-format") == "v1" or node.id == name:
        return node.id
    digits = node.id.removeprefix(f"{name}-")
    template = node.template_name or str((node.template_ref or {}).get("template", ""))
    prefix = name if ".inline" in node.name or not template else f"{name}-{template}"
    return f"{prefix[: 253 - 11]}-{digits}" if digits.isdecimal() else ""


def explained(workflow: Workflow) -> str:
    """Return why a workflow ended, or what it does, without logs."""
    status = workflow.status
    if phase_of(workflow) is RunPhase.RUNNING:
        return _doing(workflow)
    bad = [] if phase_of(workflow) is RunPhase.SUCCEEDED else culprits(workflow)
    # That a child failed, by its identifier, says less than the child does.
    is_told = bool(bad) and _OF_A_CHILD.fullmatch(status.message) is not None
    lines = [said(status.message)] if status.message and not is_told else []
    if phase_of(workflow) is not RunPhase.SUCCEEDED:
        lines += [_told(node) for node in bad[:_NAMED] if node.message != status.message or node.type == "Pod"]
        if len(bad) > _NAMED:
            lines.append(f"and {len(bad) - _NAMED} more")
        if not status.nodes and (status.compressed_nodes or status.offload_node_status_version):
            lines.append("its steps are stored where only Argo's own server reads them")
    return "\n".join(lines)


def _told(node: Node) -> str:
    told = f"`{said(node.display_name or node.name, 100)}` {node.phase.lower()}"
    return f"{told}: {said(node.message)}" if node.message else told


def _doing(workflow: Workflow) -> str:
    if workflow.status.phase in ("", "Pending"):
        return said(workflow.status.message) or "waiting to be started"
    active = [node for node in workflow.status.nodes.values() if node.phase in ("Running", "Pending")]
    leaves = [node for node in active if node.type not in _COMPOSED]
    names = [f"`{said(node.display_name or node.name, 100)}`" for node in leaves[:_NAMED]]
    waiting = all(node.type == "Suspend" for node in leaves)
    if not names:
        return "running"
    return f"{'suspended at' if waiting else 'running'} {', '.join(names)}"
