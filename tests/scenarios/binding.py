"""What the words of a step do: patterns with typed places, and the functions behind them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches

from tests.scenarios.language import Kind, Scenario, ScenarioError, Step
from tests.scenarios.world import World

Action = Callable[..., None]

_UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
_DURATION = r"(?:\d+d)?(?:\d+h)?(?:\d+m)?(?:\d+s)?"


def _duration(text: str) -> timedelta:
    return timedelta(**{_UNITS[unit]: int(count) for count, unit in re.findall(r"(\d+)([dhms])", text)})


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _words(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(","))


_TYPES: dict[str, tuple[str, Callable[[str], object]]] = {
    "word": (r"[\w./-]+", str),
    "words": (r"[\w./-]+(?:, [\w./-]+)*", _words),
    "text": (r'"[^"]*"', lambda text: text[1:-1]),
    "count": (r"\d+", int),
    "duration": (rf"(?=\d){_DURATION}", _duration),
    "moment": (r"\d{4}-\d\d-\d\dT\d\d:\d\d", _moment),
}
"""What can stand in a place of a pattern: how it is written, and what it becomes."""


@dataclass(frozen=True, slots=True)
class Binding:
    """A pattern of words and what it does."""

    kind: Kind
    pattern: str
    expression: re.Pattern[str]
    converters: tuple[Callable[[str], object], ...]
    action: Action
    block: bool

    def arguments(self, text: str) -> list[object] | None:
        """Return what stands in the places of a text; None when it is another text."""
        found = self.expression.fullmatch(text)
        if found is None:
            return None
        return [convert(part) for convert, part in zip(self.converters, found.groups(), strict=True)]


BINDINGS: list[Binding] = []


def step(kind: Kind, pattern: str, *, block: bool = False) -> Callable[[Action], Action]:
    """Bind a function to a pattern, in which ``{type}`` is a place; with ``block`` the lines below come last."""

    def bind(action: Action) -> Action:
        parts = re.split(r"\{(\w+)\}", pattern)
        words, types = parts[::2], [_TYPES[name] for name in parts[1::2]]
        expression = re.escape(words[0])
        for (written, _), after in zip(types, words[1:], strict=True):
            expression += f"({written}){re.escape(after)}"
        converters = tuple(convert for _, convert in types)
        BINDINGS.append(Binding(kind, pattern, re.compile(expression), converters, action, block))
        return action

    return bind


def bound(scenario: Scenario, step: Step) -> Callable[[World], None]:
    """Return what a step does.

    Raises:
        ScenarioError: when nothing, or more than one thing, goes by these words.
    """
    found = [
        (binding, arguments)
        for binding in BINDINGS
        if binding.kind == step.kind and (arguments := binding.arguments(step.text)) is not None
    ]
    if len(found) != 1:
        raise ScenarioError(scenario.file, step.line, _unbound(step, [binding for binding, _ in found]))
    binding, arguments = found[0]
    if binding.block != bool(step.block):
        what = "needs lines with `|` below it" if binding.block else "takes no lines below it"
        raise ScenarioError(scenario.file, step.line, f"`{step.kind} {binding.pattern}` {what}")
    if binding.block:
        arguments.append(list(step.block))
    return lambda world: binding.action(world, *arguments)


def _unbound(step: Step, several: list[Binding]) -> str:
    if several:
        return f"`{step.text}` can be {' or '.join(f'`{binding.pattern}`' for binding in several)}"
    elsewhere = [other for other in BINDINGS if other.kind != step.kind and other.arguments(step.text) is not None]
    if elsewhere:
        return f"`{step.text}` is said after `{elsewhere[0].kind}`, not after `{step.kind}`"
    patterns = [binding.pattern for binding in BINDINGS if binding.kind == step.kind]
    near = get_close_matches(step.text, patterns, 1, 0.4)
    hint = f"; is `{near[0]}` meant?" if near else ""
    return f"nothing is known by `{step.kind} {step.text}`{hint}"
