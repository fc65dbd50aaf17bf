"""What would block a step, as far as it can be known without looking into Git."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from engine.model.entities import Flow, Step
from engine.model.values import Action, NoWorkflow, SettingValue, WindowName
from engine.model.workspace import Workspace
from engine.plan.nodes import BlockerCode
from engine.plan.order import in_dependency_order
from engine.resolve.applications import ApplicationMap
from engine.resolve.calendar import Closed, Frozen, Zones, freeze_state, window_state
from engine.resolve.evaluation import evaluate
from engine.resolve.facts import Facts
from engine.resolve.reasons import why_not
from engine.resolve.resolver import Resolver
from engine.testing.given import Given
from engine.testing.outcome import Because

KNOWN_CODES = (
    BlockerCode.NO_ACTION,
    BlockerCode.NONE_WITHOUT_PRE_ACTION,
    BlockerCode.NO_SOURCE_APPLICATION,
    BlockerCode.NO_TARGET_APPLICATION,
    BlockerCode.WINDOW_CLOSED,
    BlockerCode.FROZEN,
    BlockerCode.EARLIER_STEP,
)
"""The blockers that a test can be about; what the others say is found out in Git."""

_TIMED = (BlockerCode.WINDOW_CLOSED, BlockerCode.FROZEN)
_CODE = re.compile(r"P[0-9]{3}\Z")


@dataclass(frozen=True, slots=True)
class Blocked:
    """What blocks a step.

    Attributes:
        names: windows and freezes, or the codes of blockers, in the order they are found out.
        because: the reasoning.
    """

    names: tuple[str, ...]
    because: tuple[Because, ...]


class Blocking:
    """Answers what blocks steps of one workspace."""

    def __init__(self, workspace: Workspace, resolver: Resolver, zone: Zones) -> None:
        """Prepare.

        Args:
            workspace: what is declared.
            resolver: of the workspace.
            zone: finds time zones by name.
        """
        self._workspace = workspace
        self._resolver = resolver
        self._zone = zone

    @cached_property
    def _applications(self) -> ApplicationMap:
        return ApplicationMap(self._workspace)

    def unknowable(self, name: str, given: Given) -> str:
        """Return why it cannot be known whether something blocks; empty when it can."""
        timed = name in self._workspace.windows or name in self._workspace.freezes
        if not timed and _CODE.match(name):
            if name not in [code.value for code in KNOWN_CODES]:
                known = ", ".join(code.value for code in KNOWN_CODES)
                return f"`{name}` is found out in Git, which a test does not read; it can be about {known}"
            timed = name in [code.value for code in _TIMED]
        if timed and given.now is None:
            return f"whether `{name}` blocks depends on the time, and the test has none: add `at`"
        return ""

    def of(self, given: Given, environment: str, name: str) -> Blocked:
        """Return what blocks the promotion of a test's product into an environment at its moment.

        Args:
            given: the test's situation.
            environment: the target.
            name: what is expected to block: for a code, codes are returned, otherwise windows and freezes.
        """
        names: list[str] = []
        codes: list[BlockerCode] = []
        because: list[Because] = []
        settings = self._settings(given, environment)
        if given.now is not None:
            facts = self._resolver.facts_of(given.facts, environment)
            closed = self._window(settings, given.now, because)
            frozen = self._freezes(facts, given.now, because)
            names += closed + frozen
            codes += [BlockerCode.WINDOW_CLOSED] * bool(closed) + [BlockerCode.FROZEN] * bool(frozen)
        if name in self._workspace.windows or name in self._workspace.freezes or not _CODE.match(name):
            return Blocked(tuple(names), tuple(because))
        codes += self._standing(given, environment, settings)
        return Blocked(tuple(code.value for code in codes), tuple(because))

    # --- the clock ---------------------------------------------------------------------------------

    def _window(self, settings: dict[str, SettingValue], now: datetime, because: list[Because]) -> list[str]:
        """Return the window that is set, if it is closed."""
        named = settings.get("window")
        window = self._workspace.windows.get(named.name) if isinstance(named, WindowName) else None
        if window is None:
            because.append(Because("no window is set"))
            return []
        closed = isinstance(window_state(window, now, self._zone), Closed)
        because.append(Because(f"window `{window.name}` is {'closed' if closed else 'open'}", window.span))
        return [window.name] if closed else []

    def _freezes(self, facts: Facts, now: datetime, because: list[Because]) -> list[str]:
        """Return the freezes in force, by name."""
        names: list[str] = []
        for freeze in sorted(self._workspace.freezes.values(), key=lambda one: one.name):
            if not isinstance(freeze_state(freeze, now, self._zone), Frozen):
                because.append(Because(f"freeze `{freeze.name}` is not in force then", freeze.span))
            elif evaluate(freeze.when, facts):
                names.append(freeze.name)
                because.append(Because(f"freeze `{freeze.name}` is in force", freeze.span))
            else:
                reason = why_not(freeze.when, facts)[0]
                because.append(Because(f"freeze `{freeze.name}` is about others: {reason.message}", reason.span))
        return names

    # --- what stands in the way at any time --------------------------------------------------------

    def _standing(self, given: Given, environment: str, settings: dict[str, SettingValue]) -> list[BlockerCode]:
        flow = self._workspace.flows.get(given.flow) if given.flow is not None else None
        if flow is None or flow.step(environment) is None:
            found = _of_settings(settings)
            if flow is not None and flow.trigger == environment:
                found = []
                if not self._applications.of(given.product.name, environment):
                    found = [BlockerCode.NO_SOURCE_APPLICATION]
            elif not self._applications.of(given.product.name, environment):
                found.append(BlockerCode.NO_TARGET_APPLICATION)
            return found
        return self._along(given, flow)[environment]

    def _along(self, given: Given, flow: Flow) -> dict[str, list[BlockerCode]]:
        """Return the standing blockers of every step, each on what those before it have."""
        found: dict[str, list[BlockerCode]] = {}
        for step in in_dependency_order(flow):
            codes = _of_settings(self._settings(given, step.environment))
            codes += [BlockerCode.EARLIER_STEP for name in step.after if found.get(name)][:1]
            found[step.environment] = codes + self._missing(given, step, blocked=bool(codes))
        return found

    def _missing(self, given: Given, step: Step, *, blocked: bool) -> list[BlockerCode]:
        name = given.product.name
        if not self._applications.of(name, step.environment):
            return [BlockerCode.NO_TARGET_APPLICATION]
        if not blocked and not any(self._applications.of(name, earlier) for earlier in step.after):
            return [BlockerCode.NO_SOURCE_APPLICATION]
        return []

    # --- both --------------------------------------------------------------------------------------

    def _settings(self, given: Given, environment: str) -> dict[str, SettingValue]:
        decision = self._resolver.decide(given.facts, environment, flow=given.flow)
        return {name: effective.value for name, effective in decision.effective.items()}


def _of_settings(settings: dict[str, SettingValue]) -> list[BlockerCode]:
    action, pre = settings.get("action"), settings.get("pre-action")
    if action is None:
        return [BlockerCode.NO_ACTION]
    if action is Action.NONE and (pre is None or isinstance(pre, NoWorkflow)):
        return [BlockerCode.NONE_WITHOUT_PRE_ACTION]
    return []
