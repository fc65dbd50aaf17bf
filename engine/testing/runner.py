"""Runs `test` declarations: puts what they expect beside what the engine says.

Without a commit a test is about a promotion by hand; with one, the settings are those along the flow it starts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from engine.model.settings import SETTING_NAMES
from engine.model.values import SettingValue, written
from engine.model.workspace import Workspace
from engine.resolve.calendar import Zones
from engine.resolve.resolver import Resolver
from engine.testing.blocking import Blocking
from engine.testing.expected_values import expected_value
from engine.testing.flow_steps import passed_before
from engine.testing.given import Given, given_by
from engine.testing.outcome import Because, Failure, LookedAt, Ran
from engine.testing.reasoning import why_flow, why_order, why_setting
from grammar import nodes
from grammar.lexical import name_token
from grammar.span import Span


class Runner:
    """Runs tests against one workspace."""

    def __init__(self, workspace: Workspace, zone: Zones) -> None:
        """Prepare.

        Args:
            workspace: a workspace without errors.
            zone: finds time zones by name.
        """
        self.workspace = workspace
        self.resolver = Resolver(workspace)
        self._blocking = Blocking(workspace, self.resolver, zone)

    def run(self, test: nodes.Test) -> Ran:
        """Run a test; every expectation is looked at, also behind one that does not hold."""
        given = given_by(self.workspace, test)
        looked_at: list[LookedAt] = []
        failures = tuple(failure for item in test.items for failure in self._expect(item, given, looked_at))
        return Ran(test, given, failures, tuple(looked_at))

    def run_all(self, tests: Iterable[nodes.Test]) -> tuple[Ran, ...]:
        """Run tests, in order."""
        return tuple(self.run(test) for test in tests)

    def passes(self, test: nodes.Test) -> bool:
        """Say whether a test passes, without finding out why not; quicker than `run` for one that fails."""
        given = given_by(self.workspace, test)
        return not any(next(self._expect(item, given, [], brief=True), None) for item in test.items)

    def _expect(
        self, item: nodes.TestItem, given: Given, looked_at: list[LookedAt], *, brief: bool = False
    ) -> Iterator[Failure]:
        match item:
            case nodes.ExpectFlow():
                yield from _flow(item, given)
            case nodes.ExpectOrder():
                yield from self._order(item, given)
            case nodes.ExpectSettings():
                yield from self._settings(item, given, looked_at, brief=brief)
            case nodes.ExpectBlocked():
                yield from self._blocked(item, given, looked_at)
            case _:
                return

    def _order(self, item: nodes.ExpectOrder, given: Given) -> Iterator[Failure]:
        names = [name.text for name in item.environments]
        expected = f"order {', '.join(map(name_token, names))}"
        flow = self.workspace.flows.get(given.flow) if given.flow is not None else None
        if flow is None:
            because = why_flow(given.choice) if given.choice is not None else (Because("the test has no commit"),)
            yield Failure("order", expected, "no flow is started", because, item.span)
            return
        reached = {flow.trigger, *(step.environment for step in flow.steps)}
        strange = [name for name in names if name not in reached]
        if strange:
            actual = f"flow `{flow.name}` does not go to `{strange[0]}`"
            yield Failure("order", expected, actual, why_order(flow), _span(item, strange[0]))
            return
        for earlier, later in pairwise(names):
            if earlier not in passed_before(flow, later):
                actual = f"flow `{flow.name}` does not pass `{earlier}` before `{later}`"
                yield Failure("order", expected, actual, why_order(flow), _span(item, later))

    def _settings(
        self, item: nodes.ExpectSettings, given: Given, looked_at: list[LookedAt], *, brief: bool
    ) -> Iterator[Failure]:
        environment = item.environment.text
        decision = self.resolver.decide(given.facts, environment, flow=given.flow)
        asked = frozenset(one.keyword for one in item.expected)
        looked_at.append(LookedAt(environment, decision, asked))
        facts = self.resolver.facts_of(given.facts, environment)
        for one in item.expected:
            expected = expected_value(one) if isinstance(one, nodes.Setting) else None
            actual = decision.value(one.keyword)
            if actual != expected:
                because = () if brief else why_setting(self.resolver, facts, decision, one.keyword, expected)
                words = _setting_words(one.keyword, expected), _setting_words(one.keyword, actual)
                yield Failure(environment, *words, because, one.span)

    def _blocked(self, item: nodes.ExpectBlocked, given: Given, looked_at: list[LookedAt]) -> Iterator[Failure]:
        environment, by = item.environment.text, item.by.text
        decision = self.resolver.decide(given.facts, environment, flow=given.flow)
        looked_at.append(LookedAt(environment, decision, self._asked_by_blocker(by)))
        expected = f"blocked by {name_token(by)}"
        unknowable = self._blocking.unknowable(by, given)
        if unknowable:
            yield Failure(environment, expected, "not to be known", (Because(unknowable),), item.span)
            return
        blocked = self._blocking.of(given, environment, by)
        if by not in blocked.names:
            actual = f"blocked by {', '.join(map(name_token, blocked.names))}" if blocked.names else "not blocked"
            yield Failure(environment, expected, actual, blocked.because, item.span)

    def _asked_by_blocker(self, by: str) -> frozenset[str]:
        """Return the settings that decide whether something blocks."""
        if by in self.workspace.windows or by == "P012":
            return frozenset({"window"})
        found = {"P001": {"action"}, "P002": {"action", "pre-action"}}.get(by, set())
        return frozenset(name for name in SETTING_NAMES if name in found)


def _setting_words(name: str, value: SettingValue | None) -> str:
    return f"no {name}" if value is None else f"{name} {written(value)}"


def _flow(item: nodes.ExpectFlow, given: Given) -> Iterator[Failure]:
    expected = None if item.name is None else item.name.text
    if given.flow == expected:
        return
    because = why_flow(given.choice) if given.choice is not None else (Because("the test has no commit"),)
    yield Failure("flow", _flow_words(expected), _flow_words(given.flow), because, item.span)


def _flow_words(name: str | None) -> str:
    return "no flow" if name is None else f"flow {name_token(name)}"


def _span(item: nodes.ExpectOrder, name: str) -> Span:
    return next((one.span for one in item.environments if one.text == name), item.span)
