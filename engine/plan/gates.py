"""What a step waits for besides the steps it depends on, and whether that is so now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, tzinfo

from engine.model.entities import Freeze, Window
from engine.model.values import Approvals, Seconds, SettingValue, WindowName
from engine.plan.nodes import Blocker, BlockerCode, Gate, GateKind
from engine.resolve import Closed, Facts, Frozen, evaluate, freeze_state, window_state
from grammar.lexical import duration_token
from grammar.vocabulary import listing


def gates_of(
    settings: Mapping[str, SettingValue],
    facts: Facts,
    windows: Mapping[str, Window],
    freezes: Mapping[str, Freeze],
    now: datetime,
    zone: Callable[[str], tzinfo],
    after: tuple[str, ...],
) -> tuple[tuple[Gate, ...], tuple[Blocker, ...]]:
    """Return a step's gates, and a blocker for each that is closed at this moment.

    Args:
        settings: effective values by setting name.
        facts: of the product and the target environment.
        windows: by name.
        freezes: by name.
        now: the plan's moment.
        zone: finds a time zone by name.
        after: the environments the step depends on, which a soak is about.
    """
    gates: list[Gate] = []
    blockers: list[Blocker] = []
    soak = settings.get("soak")
    if isinstance(soak, Seconds) and soak.count:
        where = listing([f"`{name}`" for name in after], "and")
        gates.append(Gate(GateKind.SOAK, f"{duration_token(soak.count)} healthy in {where}", None))
    approvals = settings.get("approvals")
    if isinstance(approvals, Approvals):
        gates.append(Gate(GateKind.APPROVALS, _approvals(approvals), None))
    window_name = settings.get("window")
    if isinstance(window_name, WindowName) and window_name.name in windows:
        gate, blocker = _window(windows[window_name.name], now, zone)
        gates.append(gate)
        blockers += [blocker] if blocker else []
    in_question = [freeze for freeze in freezes.values() if evaluate(freeze.when, facts)]
    for freeze in in_question:
        state = freeze_state(freeze, now, zone)
        if isinstance(state, Frozen):
            until = _text(state.until, zone(freeze.zone))
            gates.append(Gate(GateKind.FREEZE, f"`{freeze.name}` until {until}", False, until))
            blockers.append(
                Blocker(
                    BlockerCode.FROZEN,
                    f"frozen by `{freeze.name}` until {until}",
                    "wait, or change the freeze",
                    clears_at=until,
                )
            )
    if isinstance(window_name, WindowName) and window_name.name in windows:
        blockers += _both(windows[window_name.name], in_question, blockers, now, zone)
    return tuple(gates), tuple(blockers)


_MOST_TURNS = 1_000
"""How often a window and freezes may take turns at being closed before nobody looks any further."""


def _both(
    window: Window, freezes: list[Freeze], closed: list[Blocker], now: datetime, zone: Callable[[str], tzinfo]
) -> list[Blocker]:
    """Return a blocker where the window is closed again when the freezes end, or a freeze holds when it opens.

    Each of the blockers in ``closed`` clears at a time of its own; the step begins when all are clear at once.
    """
    if not closed or any(blocker.clears_at is None for blocker in closed):
        return []
    known = max(datetime.fromisoformat(blocker.clears_at) for blocker in closed if blocker.clears_at)
    at = known
    for _ in range(_MOST_TURNS):
        ends = [state.until for freeze in freezes if isinstance(state := freeze_state(freeze, at, zone), Frozen)]
        opening = window_state(window, at, zone)
        if isinstance(opening, Closed) and opening.opens_at is not None:
            ends.append(opening.opens_at)
        if not ends:
            break
        at = max(ends)
    if at == known:
        return []
    until = _text(at, zone(window.zone))
    message = f"window `{window.name}` and the freezes let it begin at {until}, not before"
    return [Blocker(BlockerCode.WINDOW_CLOSED, message, "wait, or change the window or a freeze", clears_at=until)]


def _approvals(approvals: Approvals) -> str:
    people = f"{approvals.count} approval{'s' if approvals.count != 1 else ''}"
    if not approvals.teams:
        return people
    return f"{people} from {listing([f'`{team}`' for team in approvals.teams])}"


def _window(window: Window, now: datetime, zone: Callable[[str], tzinfo]) -> tuple[Gate, Blocker | None]:
    state = window_state(window, now, zone)
    where = zone(window.zone)
    if not isinstance(state, Closed):
        until = _text(state.until, where) if state.until else None
        text = f"`{window.name}` is open" + (f" until {until}" if until else "")
        return Gate(GateKind.WINDOW, text, True, until), None
    if state.opens_at is None:
        blocker = Blocker(BlockerCode.WINDOW_CLOSED, f"window `{window.name}` never opens", "correct the window")
        return Gate(GateKind.WINDOW, f"`{window.name}` never opens", False), blocker
    opens = _text(state.opens_at, where)
    blocker = Blocker(
        BlockerCode.WINDOW_CLOSED,
        f"window `{window.name}` is closed until {opens}",
        "wait, or change the window",
        clears_at=opens,
    )
    return Gate(GateKind.WINDOW, f"`{window.name}` is closed until {opens}", False, opens), blocker


def _text(moment: datetime, zone: tzinfo) -> str:
    """Return a moment as the clocks of the gate's own zone show it, with the offset."""
    return moment.astimezone(zone).isoformat(timespec="minutes")
