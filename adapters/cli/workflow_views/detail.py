"""How one run stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grammar.render import printable

if TYPE_CHECKING:
    from adapters.local.running.folder import RunFolder

MARKS = {
    "Succeeded": "✔", "Failed": "✗", "Error": "✗", "Running": "●", "Skipped": "○", "Omitted": "○", "Pending": "◌",
}  # fmt: skip
"""What stands before a node in each phase."""

_GROUPS = ("StepGroup",)


def detail(folder: RunFolder) -> dict[str, Any]:
    """Return how a run stands, as data: its nodes in the order they began."""
    alive = folder.alive()
    status = folder.status() or {}
    phase, message = status.get("phase", "Pending"), status.get("message", "")
    if not status.get("final") and not alive:
        phase, message = "Error", "its runner was killed"
    record = folder.record()
    assert record is not None
    return {
        "name": record.name,
        "template": record.template,
        "phase": phase,
        "message": message,
        "isolation": record.isolation,
        "arguments": dict(record.arguments),
        "startedAt": status.get("startedAt"),
        "finishedAt": status.get("finishedAt"),
        "outputs": {one["name"]: one["value"] for one in status.get("outputs", {}).get("parameters", ())},
        "nodes": list(status.get("nodes", {}).values()),
    }


def detail_text(data: dict[str, Any]) -> str:
    """Return the same for people."""
    lines = [f"{data['name']}  {data['phase'].lower()}  {data['startedAt'] or ''}".rstrip()]
    if data["message"]:
        lines.append(f"  {printable(data['message'])}")
    lines += [f"  {name} = {printable(value)}" for name, value in data["arguments"].items()]
    depth: dict[str, int] = {}
    for node in data["nodes"]:
        level = depth.get(node.get("boundaryID", ""), -1) + 1
        depth[node["id"]] = level
        if node["type"] not in _GROUPS:
            lines.append("  " * level + node_text(node))
    if data["outputs"]:
        lines += ["outputs", *(f"  {name} = {printable(value)}" for name, value in data["outputs"].items())]
    return "\n".join(lines)


def node_text(node: dict[str, Any]) -> str:
    """Return a line about a node."""
    message = f"  {printable(node['message'])}" if node.get("message") else ""
    return f"{MARKS[node['phase']]} {printable(node['displayName'])}  {node['phase'].lower()}{message}"


def log_text(folder: RunFolder, node: str) -> str:
    """Return what a process printed, without what would act on a terminal."""
    lines = folder.log_end(node, 64 * 1024 * 1024).splitlines()
    return "".join(f"{printable(line)}\n" for line in lines)
