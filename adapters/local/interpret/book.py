"""The nodes of a run: begun, ended, and told to whoever watches."""

from __future__ import annotations

from typing import NamedTuple

from adapters.local.interpret.leaves import Leaves
from adapters.local.interpret.names import node_id
from adapters.local.interpret.nodes import Node, Phase, Status
from adapters.local.interpret.scope import AbortedError


class Spot(NamedTuple):
    """Where a node goes: its whole name, its short one, and the identifiers of what it is in and comes after."""

    name: str
    display: str
    boundary: str = ""
    before: tuple[str, ...] = ()
    wants_result: bool = False


class Book:
    """Holds the status of a run."""

    def __init__(self, workflow: str, leaves: Leaves, most: int) -> None:
        """Begin a run that may have so many nodes."""
        self.status = Status(started=self.stamp(leaves))
        self._workflow, self._leaves, self._most = workflow, leaves, most

    @staticmethod
    def stamp(leaves: Leaves) -> str:
        """Return the time as it is written."""
        return leaves.now().strftime("%Y-%m-%dT%H:%M:%SZ")

    def begin(self, spot: Spot, kind: str, template: str = "", inputs: dict[str, str] | None = None) -> Node:
        """Add a node that runs.

        Raises:
            AbortedError: when there are too many.
        """
        if len(self.status.nodes) >= self._most:
            raise AbortedError(f"the workflow has more than {self._most} nodes")
        made = Node(
            id=node_id(self._workflow, spot.name),
            name=spot.name,
            display=spot.display,
            kind=kind,
            phase=Phase.RUNNING,
            template=template,
            boundary=spot.boundary,
            started=self.stamp(self._leaves),
            inputs=inputs or {},
        )
        self.status.nodes[made.id] = made
        for before in spot.before:
            self.status.nodes[before].children.append(made.id)
        self._leaves.changed(self.status)
        return made

    def end(self, node: Node, phase: Phase, message: str = "") -> Node:
        """End a node."""
        node.phase, node.message = phase, message
        node.finished = self.stamp(self._leaves)
        self._leaves.changed(self.status)
        return node

    def add(self, spot: Spot, kind: str, phase: Phase, message: str, template: str = "") -> Node:
        """Add a node that has ended as it begins."""
        return self.end(self.begin(spot, kind, template), phase, message)

    def interrupt(self, message: str) -> None:
        """End every node that still runs."""
        for node in self.status.nodes.values():
            if node.phase is Phase.RUNNING:
                self.end(node, Phase.FAILED, message)

    def conclude(self, phase: Phase, message: str) -> None:
        """End the run."""
        self.status.phase, self.status.message = phase, message
        self.status.finished = self.stamp(self._leaves)
        self._leaves.changed(self.status)
