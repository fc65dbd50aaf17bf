"""Runs one step or task: whether at all, how often, and with which arguments."""

from __future__ import annotations

import asyncio
import json
import re
from collections import ChainMap
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any

from adapters.local.interpret.book import Spot
from adapters.local.interpret.conditions import ConditionError
from adapters.local.interpret.names import item_name, item_text
from adapters.local.interpret.nodes import Node, Phase
from adapters.local.interpret.scope import AbortedError, NodeError, Outcome, together
from adapters.local.interpret.shapes import Call, Dag, Steps, Template
from adapters.local.interpret.tags import UnresolvedError, fill, tags
from adapters.local.interpret.when import holds

if TYPE_CHECKING:
    from adapters.local.interpret.run import Interpreter

_RESULT = re.compile(r"(?:steps|tasks)\.(.+)\.outputs\.result")
_MOST_ITEMS = 1000


class Caller:
    """Calls the steps of one composed node."""

    def __init__(
        self,
        run: Interpreter,
        template: Template,
        node: Node,
        scope: ChainMap[str, str],
        limit: AbstractAsyncContextManager[object],
    ) -> None:
        """Prepare to call the steps of a template in a node; `scope` grows as they end."""
        self._run, self._node, self.scope, self._limit = run, node, scope, limit
        self._results = {
            match[1] for text in texts(template) for tag in tags(text) if (match := _RESULT.fullmatch(tag))
        }

    async def call(self, call: Call, prefix: str, before: tuple[str, ...], *, grouped: bool) -> Outcome:
        """Run a step for each of its items, or once.

        Args:
            call: the step.
            prefix: of its name.
            before: identifiers of what it comes after.
            grouped: whether items have a node that holds them together.
        """
        spot = Spot(f"{prefix}{call.name}", call.name, self._node.id, before, call.name in self._results)
        if not call.repeated:
            node = await self._one(call, self.scope, spot)
            return Outcome(node.phase, (node,), False, node.id)
        try:
            items = self._items(call)
        except (NodeError, UnresolvedError) as wrong:
            node = self._run.book.add(spot, "Skipped", Phase.ERROR, str(wrong))
            return Outcome(Phase.ERROR, (node,), True, node.id)
        if not items:
            node = self._run.book.add(spot, "Skipped", Phase.SKIPPED, "there are no items")
            return Outcome(Phase.SKIPPED, (), True, node.id)
        group = self._run.book.begin(spot, "TaskGroup") if grouped else None
        spots = spot if group is None else spot._replace(before=(group.id,))
        nodes = await self._each(call, items, spots)
        phase = together(nodes)
        if group is not None:
            bad = next((node for node in nodes if node.phase.bad), None)
            self._run.book.end(group, phase, f"child '{bad.id}' failed" if bad else "")
        return Outcome(phase, tuple(nodes), True, group.id if group is not None else nodes[0].id)

    async def _each(self, call: Call, items: list[Any], spot: Spot) -> list[Node]:
        tasks = []
        for index, item in enumerate(items):
            name = item_name(index, item)
            place = spot._replace(name=spot.name + name, display=spot.display + name)
            scope = self.scope.new_child(_item_values(item))
            tasks.append(asyncio.create_task(self._one(call, scope, place)))
        try:
            return await asyncio.gather(*tasks)
        finally:
            left = [task for task in tasks if not task.done()]
            for task in left:
                task.cancel()
            if left:
                await asyncio.wait(left)

    async def _one(self, call: Call, scope: ChainMap[str, str], spot: Spot) -> Node:
        try:
            if call.when:
                condition = fill(call.when, scope)
                if not holds(condition):
                    return self._run.book.add(spot, "Skipped", Phase.SKIPPED, f"when '{condition}' evaluated false")
            passed = self._passed(call, scope)
        except ConditionError as wrong:
            message = f"the condition '{condition}': {wrong}; texts need quotes"
            return self._run.book.add(spot, "Skipped", Phase.ERROR, message)
        except (NodeError, UnresolvedError) as wrong:
            return self._run.book.add(spot, "Skipped", Phase.ERROR, str(wrong))
        async with self._limit:
            return await self._run.template((call.owner, call.template), passed, spot)

    def _passed(self, call: Call, scope: ChainMap[str, str]) -> dict[str, str]:
        """Return the arguments; one whose tags have no value is left out where the template has a default."""
        defaults = {one.name for one in self._run.find((call.owner, call.template)).inputs if one.default is not None}
        passed = {}
        for name, text in call.arguments:
            try:
                passed[name] = fill(text, scope)
            except UnresolvedError:
                if name not in defaults:
                    raise
        return passed

    def _items(self, call: Call) -> list[Any]:
        if call.items is not None:
            found = [_filled(item, self.scope) for item in call.items]
        elif call.sequence is not None:
            found = list(_sequence({key: fill(text, self.scope) for key, text in call.sequence.items()}))
        else:
            text = fill(call.items_from, self.scope)
            try:
                found = json.loads(text)
            except (ValueError, RecursionError) as wrong:
                raise NodeError(f"withParam is no JSON: `{text[:80]}`") from wrong
            if not isinstance(found, list):
                raise NodeError(f"withParam is no JSON list: `{text[:80]}`")
        if len(found) > _MOST_ITEMS:
            raise AbortedError(f"`{call.name}` has more than {_MOST_ITEMS} items")
        return found


def texts(template: Template) -> Iterator[str]:
    """Yield the texts of a composed template that may hold tags of its steps."""
    yield from (one.value for one in template.outputs)
    calls: tuple[Call, ...] = ()
    if isinstance(template.body, Steps):
        calls = tuple(call for group in template.body.groups for call in group)
    elif isinstance(template.body, Dag):
        calls = template.body.tasks
    for call in calls:
        yield from (call.when, call.items_from)
        yield from (value for _, value in call.arguments)
        yield from (call.sequence or {}).values()
        if call.items is not None:
            yield json.dumps(call.items, ensure_ascii=False)


def _filled(item: Any, scope: ChainMap[str, str]) -> Any:
    if isinstance(item, str):
        return fill(item, scope)
    if isinstance(item, list):
        return [_filled(one, scope) for one in item]
    if isinstance(item, dict):
        return {key: _filled(one, scope) for key, one in item.items()}
    return item


def _item_values(item: Any) -> dict[str, str]:
    values = {"item": item_text(item)}
    if isinstance(item, dict):
        values |= {f"item.{key}": item_text(value) for key, value in item.items()}
    return values


def _sequence(given: dict[str, str]) -> Iterator[str]:
    try:
        start = int(given.get("start", "0"))
        end = int(given["end"]) if "end" in given else start + int(given["count"]) - 1
    except ValueError as wrong:
        raise NodeError(f"withSequence: {wrong}") from wrong
    if abs(end - start) >= _MOST_ITEMS:
        raise AbortedError(f"withSequence has more than {_MOST_ITEMS} items")
    if "count" in given and end < start:
        return
    for number in range(start, end + 1) if end >= start else range(start, end - 1, -1):
        yield str(number)
