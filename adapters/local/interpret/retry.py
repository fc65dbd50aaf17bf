"""Tries a template again. Source: Argo, `retryStrategy`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.local.interpret.book import Spot
from adapters.local.interpret.durations import seconds
from adapters.local.interpret.nodes import Node, Phase
from adapters.local.interpret.shapes import Retry, Template
from adapters.local.interpret.tags import UnresolvedError, fill

if TYPE_CHECKING:
    from adapters.local.interpret.run import Interpreter

_ALWAYS = {"OnFailure": (Phase.FAILED,), "OnError": (Phase.ERROR,), "Always": (Phase.FAILED, Phase.ERROR)}


async def retried(run: Interpreter, template: Template, retry: Retry, inputs: dict[str, str], spot: Spot) -> Node:
    """Run a template until it succeeds, or its strategy gives up."""
    node = run.book.begin(spot, "Retry", template.name, inputs)
    scope = {f"inputs.parameters.{name}": value for name, value in inputs.items()} | dict(run.values)
    try:
        limit = int(fill(retry.limit, scope)) if retry.limit is not None else None
        pauses = _Pauses(retry, scope)
    except (ValueError, UnresolvedError) as wrong:
        return run.book.end(node, Phase.ERROR, f"retryStrategy: {wrong}")
    begun = run.leaves.now()
    last: dict[str, str] = {}
    attempt = 0
    while True:
        name = f"({attempt})"
        place = Spot(spot.name + name, spot.display + name, spot.boundary, (node.id,), spot.wants_result)
        child = await run.once(template, inputs, place, {"retries": str(attempt), **last})
        node.outputs, node.result, node.code = dict(child.outputs), child.result, child.code
        if child.phase not in _ALWAYS[retry.policy]:
            return run.book.end(node, child.phase, child.message)
        if limit is not None and attempt >= limit:
            return run.book.end(node, child.phase, f"No more retries left: {child.message}")
        pause = pauses.after(attempt)
        spent = (run.leaves.now() - begun).total_seconds()
        if pauses.most is not None and spent + pause > pauses.most:
            return run.book.end(node, child.phase, f"Max duration limit exceeded: {child.message}")
        attempt += 1
        last = _last(child)
        if pause:
            await run.leaves.pause(pause)


class _Pauses:
    """The time between two tries: it grows by a factor, up to a cap."""

    def __init__(self, retry: Retry, scope: dict[str, str]) -> None:
        self._first = seconds(fill(retry.duration, scope)) if retry.duration else 0.0
        self._factor = float(fill(retry.factor, scope)) if retry.factor else 1.0
        self._cap = seconds(fill(retry.cap, scope)) if retry.cap else None
        self.most = seconds(fill(retry.most, scope)) if retry.most else None
        if not 0 < self._factor < 1000:
            raise ValueError("`backoff.factor` must be more than 0")

    def after(self, attempt: int) -> float:
        """Return the seconds after a try; the first is number 0."""
        try:
            pause = self._first * self._factor**attempt
        except OverflowError:
            pause = float("inf")
        return pause if self._cap is None else min(pause, self._cap)


def _last(child: Node) -> dict[str, str]:
    values = {"lastRetry.status": child.phase.value, "lastRetry.message": child.message}
    return values | {"lastRetry.exitCode": "-1" if child.code is None else str(child.code)}
