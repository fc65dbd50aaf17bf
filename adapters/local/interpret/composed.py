"""Runs steps and tasks. Source: Argo, `executeSteps`, `executeDAG` and `assessDAGPhase`."""

from __future__ import annotations

import asyncio
from collections import ChainMap
from collections.abc import Coroutine
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import TYPE_CHECKING, Any

from adapters.local.interpret.book import Spot
from adapters.local.interpret.calls import Caller
from adapters.local.interpret.depends import met, named
from adapters.local.interpret.nodes import Node, Phase
from adapters.local.interpret.scope import Outcome, published
from adapters.local.interpret.shapes import Call, Dag, Steps, Template

if TYPE_CHECKING:
    from adapters.local.interpret.run import Interpreter


async def steps(
    run: Interpreter, template: Template, body: Steps, node: Node, scope: ChainMap[str, str]
) -> tuple[Phase, str]:
    """Run groups one after the other; the first that fails is the last. The scope grows with what they give.

    Returns:
        The phase of the whole, and why.
    """
    caller = Caller(run, template, node, scope, _limit(template))
    before: tuple[str, ...] = (node.id,)
    for index, group in enumerate(body.groups):
        name = f"[{index}]"
        part = run.book.begin(Spot(node.name + name, name, node.id, before), "StepGroup")
        outcomes = await _at_once(*(caller.call(call, f"{part.name}.", (part.id,), grouped=False) for call in group))
        problem = ""
        for call, outcome in zip(group, outcomes, strict=True):
            scope.update(published("steps", call, outcome))
            problem = problem or _problem(call, outcome)
        run.book.end(part, Phase.FAILED if problem else Phase.SUCCEEDED, problem)
        if problem:
            return Phase.FAILED, problem
        before = tuple(one.id for outcome in outcomes for one in outcome.nodes) or (part.id,)
    return Phase.SUCCEEDED, ""


def _problem(call: Call, outcome: Outcome) -> str:
    if not outcome.phase.bad or continues(call, outcome.phase):
        return ""
    bad = next(node for node in outcome.nodes if node.phase.bad)
    return f"child '{bad.id}' failed"


def continues(call: Call, phase: Phase) -> bool:
    """Say whether what is after a step goes on although it ended so."""
    return (phase is Phase.FAILED and call.continue_failed) or (phase is Phase.ERROR and call.continue_error)


async def _at_once(*calls: Coroutine[Any, Any, Outcome]) -> list[Outcome]:
    """Run calls at once; when one cannot go on, none does."""
    tasks = [asyncio.create_task(call) for call in calls]
    try:
        return await asyncio.gather(*tasks)
    finally:
        await _cancelled([task for task in tasks if not task.done()])


def _limit(template: Template) -> AbstractAsyncContextManager[object]:
    return asyncio.Semaphore(template.parallelism) if template.parallelism else nullcontext()


async def dag(
    run: Interpreter, template: Template, body: Dag, node: Node, scope: ChainMap[str, str]
) -> tuple[Phase, str]:
    """Run tasks, each once those it depends on have ended. The scope grows with what they give.

    Returns:
        The phase of the whole, and why.
    """
    caller = Caller(run, template, node, scope, _limit(template))
    return await _Graph(run, body, node, caller).run()


class _Graph:
    """One run of the tasks of a template."""

    def __init__(self, run: Interpreter, body: Dag, node: Node, caller: Caller) -> None:
        self._run, self._body, self._node, self._caller = run, body, node, caller
        self._after = {call.name: named(call.depends) if call.depends else () for call in body.tasks}
        needed = {name for names in self._after.values() for name in names}
        self._targets = body.targets or tuple(name for name in self._after if name not in needed)
        wanted = self._reached()
        self._tasks = {call.name: call for call in body.tasks if call.name in wanted}
        self._ended: dict[str, Outcome] = {}
        self._running: dict[asyncio.Task[Outcome], str] = {}

    def _reached(self) -> set[str]:
        found: set[str] = set()
        waiting = list(self._targets)
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += self._after[name]
        return found

    async def run(self) -> tuple[Phase, str]:
        waiting = dict(self._tasks)
        try:
            while True:
                self._begin(waiting)
                if not self._running:
                    break
                done, _ = await asyncio.wait(self._running, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    name = self._running.pop(task)
                    self._end(self._tasks[name], task.result())
        finally:
            await _cancelled(list(self._running))
        return self._verdict()

    def _begin(self, waiting: dict[str, Call]) -> None:
        """Begin every task that is due, and leave out those whose condition was not met."""
        again = True
        while again and not (self._body.fail_fast and self._failed()):
            again = False
            for name, call in list(waiting.items()):
                after = self._after[name]
                if any(other not in self._ended for other in after):
                    continue
                del waiting[name]
                ids = tuple(self._ended[other].id for other in after) or (self._node.id,)
                if call.depends is None or met(call.depends, {other: self._ended[other].ways() for other in after}):
                    coroutine = self._caller.call(call, f"{self._node.name}.", ids, grouped=True)
                    self._running[asyncio.create_task(coroutine)] = name
                    continue
                spot = Spot(f"{self._node.name}.{name}", name, self._node.id, ids)
                left = self._run.book.add(spot, "Skipped", Phase.OMITTED, "omitted: depends condition not met")
                self._end(call, Outcome(Phase.OMITTED, (left,), False, left.id))
                again = True

    def _end(self, call: Call, outcome: Outcome) -> None:
        self._ended[call.name] = outcome
        self._caller.scope.update(published("tasks", call, outcome))

    def _branch(self, name: str) -> Phase | None:
        """Return how the branch to a task stands: a task that was left out has the phase of those before it."""
        outcome = self._ended.get(name)
        if outcome is None:
            return None
        if outcome.phase in (Phase.SUCCEEDED, Phase.FAILED, Phase.ERROR):
            return outcome.phase
        before = [self._branch(other) for other in self._after[name]]
        return next((phase for phase in (Phase.ERROR, Phase.FAILED) if phase in before), Phase.SUCCEEDED)

    def _failed(self) -> str:
        """Return the first target that failed; empty when none did."""
        for name in self._targets:
            phase = self._branch(name)
            if phase is not None and phase.bad and not continues(self._tasks[name], phase):
                return name
        return ""

    def _verdict(self) -> tuple[Phase, str]:
        name = self._failed()
        if not name:
            return Phase.SUCCEEDED, ""
        phase = self._branch(name)
        assert phase is not None
        bad = next((node for outcome in self._ended.values() for node in outcome.nodes if node.phase is phase), None)
        return phase, f"child '{bad.id}' failed" if bad is not None else ""


async def _cancelled(tasks: list[asyncio.Task[Outcome]]) -> None:
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks)
