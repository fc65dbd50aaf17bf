"""The language of scenarios: plain text that is read line by line, strictly.

    # What this file is about.
    background
      given the workspace shop

    scenario a release runs from dev to prod
      when ada starts shop along standard
      then the release is succeeded
      and these happen in order
        | commit in qa
        | commit in prod

A line is a comment, a heading, a step or, after ``|``, a line of the block that belongs to the step before. A step
begins with given, when or then, or with ``and``, which means the same as the step before it. Indentation and blank
lines mean nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["given", "when", "then"]
KINDS: tuple[Kind, ...] = ("given", "when", "then")


class ScenarioError(Exception):
    """A scenario that cannot be understood; the text says where and why."""

    def __init__(self, file: str, line: int, reason: str) -> None:
        super().__init__(f"{file}:{line}: {reason}")


@dataclass(slots=True)
class Step:
    """One step: its kind, its words and the block below it."""

    kind: Kind
    text: str
    line: int
    block: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Scenario:
    """A scenario with the steps of the background before its own."""

    title: str
    file: str
    line: int
    steps: list[Step] = field(default_factory=list)


def parse(text: str, file: str) -> list[Scenario]:
    """Return the scenarios of a text, in order.

    Raises:
        ScenarioError: for the first line that is not as it should be.
    """
    reading = _Reading(file)
    for number, raw in enumerate(text.splitlines(), 1):
        reading.read(raw.strip(), number)
    return reading.finished()


@dataclass(slots=True)
class _Reading:
    """A file as far as it has been read."""

    file: str
    background: list[Step] | None = None
    scenarios: list[Scenario] = field(default_factory=list)
    steps: list[Step] | None = None
    last: Step | None = None

    def read(self, line: str, number: int) -> None:
        if not line or line.startswith("#"):
            return
        word, _, rest = line.partition(" ")
        rest = rest.strip()
        if word == "|" or line.startswith("|"):
            self._block(line, number)
        elif word == "background":
            self._background(rest, number)
        elif word == "scenario":
            self._scenario(rest, number)
        elif word in (*KINDS, "and"):
            self._step(word, rest, number)
        else:
            raise self._error(number, f"`{word}` begins no line; expected scenario, background, given, when, then, and")

    def finished(self) -> list[Scenario]:
        for scenario in self.scenarios:
            self._check(scenario)
        return self.scenarios

    def _error(self, number: int, reason: str) -> ScenarioError:
        return ScenarioError(self.file, number, reason)

    def _block(self, line: str, number: int) -> None:
        if self.last is None:
            raise self._error(number, "a line of a block stands below no step")
        self.last.block.append(line[1:].removeprefix(" ").rstrip())

    def _background(self, rest: str, number: int) -> None:
        if rest or self.background is not None or self.scenarios:
            raise self._error(number, "`background` stands alone, once, before every scenario")
        self.background = self.steps = []
        self.last = None

    def _scenario(self, title: str, number: int) -> None:
        if not title:
            raise self._error(number, "a scenario needs a title")
        if any(known.title == title for known in self.scenarios):
            raise self._error(number, f"there is another scenario `{title}`")
        self.scenarios.append(Scenario(title, self.file, number))
        self.steps, self.last = self.scenarios[-1].steps, None

    def _step(self, word: str, text: str, number: int) -> None:
        if self.steps is None:
            raise self._error(number, "a step stands before the first scenario")
        if not text:
            raise self._error(number, f"`{word}` says nothing")
        kind = next((kind for kind in KINDS if kind == word), None) or (self.last.kind if self.last else None)
        if kind is None:
            raise self._error(number, "`and` follows no step")
        if self.steps is self.background and kind != "given":
            raise self._error(number, "a background only gives")
        if kind == "given" and self.last is not None and self.last.kind != "given":
            raise self._error(number, "what is given stands before the first `when`")
        if kind == "then" and all(step.kind != "when" for step in self.steps):
            raise self._error(number, "`then` follows no `when`")
        self.last = Step(kind, text, number)
        self.steps.append(self.last)

    def _check(self, scenario: Scenario) -> None:
        if not scenario.steps or scenario.steps[-1].kind != "then":
            raise self._error(scenario.line, f"scenario `{scenario.title}` does not end with `then`: it checks nothing")
        scenario.steps[:0] = self.background or []
