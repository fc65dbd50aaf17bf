"""Runs a program: from the first template to the exit handler."""

from __future__ import annotations

import asyncio
from collections import ChainMap
from collections.abc import Mapping, MutableMapping

from adapters.local.interpret import composed
from adapters.local.interpret.book import Book, Spot
from adapters.local.interpret.durations import seconds
from adapters.local.interpret.leaves import LeafCall, Leaves
from adapters.local.interpret.nodes import Node, Phase, Status
from adapters.local.interpret.retry import retried
from adapters.local.interpret.scope import AbortedError, NodeError, failures, workflow_values
from adapters.local.interpret.shapes import Dag, Process, Program, Steps, Suspend, Template
from adapters.local.interpret.tags import UnresolvedError, fill

MOST_NODES = 2000
"""Nodes that a run may have unless told otherwise."""

_AT_ONCE = 16
_LONGEST_VALUE = 256 * 1024

Values = Mapping[str, str]


class Interpreter:
    """One run of a program."""

    def __init__(
        self, program: Program, name: str, arguments: Values, leaves: Leaves, *, most_nodes: int = MOST_NODES
    ) -> None:
        """Prepare a run; nothing begins yet.

        Args:
            program: what is run.
            name: of the run.
            arguments: parameters of the workflow; those that are left out have their defaults.
            leaves: runs its processes.
            most_nodes: how many nodes it may have.

        What `stopping` says is the message of nodes that run when the run is cancelled.
        """
        self.book = Book(name, leaves, most_nodes)
        self.leaves = leaves
        self.stopping = "it was terminated"
        self._program, self._name = program, name
        given = {one.name: one.default for one in program.parameters if one.default is not None} | dict(arguments)
        self._given = given
        self.values: MutableMapping[str, str] = workflow_values(
            name, program.namespace, program.service_account, given, self.book.status.started
        )
        self._slots = asyncio.Semaphore(program.parallelism or _AT_ONCE)

    async def run(self) -> Status:
        """Run everything, the exit handler last.

        Raises:
            asyncio.CancelledError: when it is cancelled; its nodes have ended then, and the status says so.
        """
        try:
            phase, message = await self._main()
            if self._program.exit is not None:
                phase, message = await self._leave(phase, message)
        except AbortedError as aborted:
            phase, message = Phase.ERROR, str(aborted)
            self.book.interrupt(message)
        except asyncio.CancelledError:
            self.book.interrupt(self.stopping)
            raise
        self.book.conclude(phase, message)
        return self.book.status

    async def _main(self) -> tuple[Phase, str]:
        try:
            deadline = seconds(fill(self._program.deadline, self.values)) if self._program.deadline else None
        except (ValueError, UnresolvedError) as wrong:
            return Phase.ERROR, f"activeDeadlineSeconds: {wrong}"
        try:
            async with asyncio.timeout(deadline):
                node = await self.template(self._program.entry, self._given, Spot(self._name, self._name))
        except TimeoutError:
            message = f"it ran for longer than its activeDeadlineSeconds, {deadline:g} s"
            self.book.interrupt(message)
            return Phase.FAILED, message
        return node.phase, node.message

    async def _leave(self, phase: Phase, message: str) -> tuple[Phase, str]:
        assert self._program.exit is not None
        begun = self.values["workflow.creationTimestamp"]
        self.values["workflow.status"] = phase.value
        self.values["workflow.failures"] = failures(self.book.status.nodes.values())
        self.values["workflow.duration"] = f"{_seconds_since(begun, self.leaves):.6f}"
        name = f"{self._name}.onExit"
        node = await self.template(self._program.exit, self._given, Spot(name, name))
        if node.phase.bad:
            why = f"the exit handler failed: {node.message}"
            return node.phase, f"{message}; {why}" if message else why
        return phase, message

    def find(self, key: tuple[str, str]) -> Template:
        """Return a template of the program."""
        return self._program.templates[key]

    async def template(self, key: tuple[str, str], passed: Values, spot: Spot) -> Node:
        """Run a template, as often as it takes.

        Args:
            key: of the template.
            passed: its arguments.
            spot: where its node goes.
        """
        template = self.find(key)
        inputs: dict[str, str] = {}
        for one in template.inputs:
            value = passed.get(one.name, one.default)
            if value is None:
                return self.book.add(spot, _kind(template), Phase.ERROR, f"nothing is passed as `{one.name}`", key[1])
            try:
                inputs[one.name] = fill(value, self.values) if one.name not in passed else value
            except UnresolvedError as wrong:
                return self.book.add(spot, _kind(template), Phase.ERROR, str(wrong), key[1])
        if template.retry is None:
            return await self.once(template, inputs, spot, {})
        return await retried(self, template, template.retry, inputs, spot)

    async def once(self, template: Template, inputs: dict[str, str], spot: Spot, more: Values) -> Node:
        """Run a template once.

        Args:
            template: what is run.
            inputs: its parameters.
            spot: where its node goes.
            more: further tags, of tries before.
        """
        node = self.book.begin(spot, _kind(template), template.name, inputs)
        scope = ChainMap(
            {
                **{f"inputs.parameters.{name}": value for name, value in inputs.items()},
                "node.name": node.name,
                "pod.name": node.id,
                **more,
            },
            self.values,
        )
        try:
            return await self._body(template, node, scope, spot)
        except (NodeError, UnresolvedError) as wrong:
            return self.book.end(node, Phase.ERROR, str(wrong))

    async def _body(self, template: Template, node: Node, scope: ChainMap[str, str], spot: Spot) -> Node:
        match template.body:
            case Process():
                return await self._process(template, template.body, node, scope, spot)
            case Suspend(duration=duration):
                try:
                    time = seconds(fill(duration, scope)) if duration else None
                except ValueError as wrong:
                    raise NodeError(f"suspend.duration: {wrong}") from wrong
                await self.leaves.resumed(node.id, time)
                phase, message = Phase.SUCCEEDED, ""
            case Steps():
                phase, message = await composed.steps(self, template, template.body, node, scope)
            case Dag():
                phase, message = await composed.dag(self, template, template.body, node, scope)
        if phase is Phase.SUCCEEDED:
            self._export(template, node, {}, scope)
        return self.book.end(node, phase, message)

    async def _process(
        self, template: Template, body: Process, node: Node, scope: ChainMap[str, str], spot: Spot
    ) -> Node:
        call = _leaf_call(template, body, node, scope, spot)
        async with self._slots:
            end = await self.leaves.run(call)
        node.code = end.code
        if spot.wants_result:
            node.result = end.result.removesuffix("\n")
        try:
            self._export(template, node, end.files, scope)
        except (NodeError, UnresolvedError) as wrong:
            # What failed before it could write its outputs failed for its own reason.
            if end.phase is Phase.SUCCEEDED:
                return self.book.end(node, Phase.ERROR, str(wrong))
        return self.book.end(node, end.phase, end.message)

    def _export(self, template: Template, node: Node, files: Values, scope: ChainMap[str, str]) -> None:
        """Set a node's output parameters, and those of the workflow; all that can be, before the first that cannot."""
        missing: Exception | None = None
        for one in template.outputs:
            try:
                value = _output(one.path, one.value, one.default, files.get(one.name), scope)
            except (NodeError, UnresolvedError) as wrong:
                missing = missing or NodeError(f"the output parameter `{one.name}`: {wrong}")
                continue
            node.outputs[one.name] = value
            if one.global_name:
                name = fill(one.global_name, scope)
                self.book.status.outputs[name] = value
                self.values[f"workflow.outputs.parameters.{name}"] = value
        if missing is not None:
            raise missing


def _output(path: str, value: str, default: str | None, content: str | None, scope: Values) -> str:
    try:
        if path and content is None:
            raise NodeError(f"there is no file `{path}`")
        found = content.removesuffix("\n") if content is not None else fill(value, scope)
    except (NodeError, UnresolvedError):
        if default is None:
            raise
        found = fill(default, scope)
    if len(found.encode()) > _LONGEST_VALUE:
        raise NodeError(f"it has more than {_LONGEST_VALUE:,} bytes")
    return found


def _leaf_call(template: Template, body: Process, node: Node, scope: ChainMap[str, str], spot: Spot) -> LeafCall:
    paths = {one.name: fill(one.path, scope) for one in template.outputs if one.path}
    known = scope.new_child({f"outputs.parameters.{name}.path": path for name, path in paths.items()})
    try:
        timeouts = [seconds(fill(text, known)) for text in template.timeouts]
    except ValueError as wrong:
        raise NodeError(f"its time limit: {wrong}") from wrong
    return LeafCall(
        node=node.id,
        display=node.display,
        image=fill(body.image, known),
        command=tuple(fill(text, known) for text in body.command),
        args=tuple(fill(text, known) for text in body.args),
        source=None if body.source is None else fill(body.source, known),
        environment={name: fill(value, known) for name, value in body.environment},
        folder=fill(body.folder, known),
        timeout=min(timeouts, default=None),
        paths=paths,
        optional=frozenset(one.name for one in template.outputs if one.default is not None),
        wants_result=spot.wants_result,
    )


def _kind(template: Template) -> str:
    match template.body:
        case Process():
            return "Pod"
        case Suspend():
            return "Suspend"
        case Steps():
            return "Steps"
        case Dag():
            return "DAG"


def _seconds_since(stamp: str, leaves: Leaves) -> float:
    from datetime import datetime

    return max((leaves.now() - datetime.fromisoformat(stamp)).total_seconds(), 0.0)
