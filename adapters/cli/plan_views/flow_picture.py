"""What a picture of a plan shows, before it is drawn: a card for every environment, an arrow for every dependency."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from adapters.cli.plan_views.wording import Outlook, file_count, gate_text, outlook, outlook_text, step_versions
from engine.plan.nodes import Gate, Plan, PlannedStep


class Role(Enum):
    """What a card stands for."""

    TRIGGER = "trigger"
    STEP = "step"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class GateMark:
    """A gate in a picture: what sort, whether it is open (None: the release decides), and all that is known of it."""

    kind: str
    open_now: bool | None
    detail: str


@dataclass(frozen=True, slots=True)
class Card:
    """One environment. Texts are raw; who draws them escapes them.

    Attributes:
        name: of the environment.
        role: what it is in this plan; `MISSING` when steps depend on it but the plan does not have it.
        kind: ``prod`` or ``non-prod``; empty where the plan does not say.
        outlook: what to expect of the step; None for anything else.
        state: the outlook in a few words.
        action: ``commit``, ``pr``, ``none`` or empty.
        versions: e.g. ``1.4 → 1.5``, those of all applications.
        files: how many change.
        gates: what it waits for.
    """

    name: str
    role: Role
    kind: str = ""
    outlook: Outlook | None = None
    state: str = ""
    action: str = ""
    versions: tuple[str, ...] = ()
    files: int = 0
    gates: tuple[GateMark, ...] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """Cards, the trigger first and steps in their order, and edges between them as indices into ``cards``."""

    cards: tuple[Card, ...]
    edges: tuple[tuple[int, int], ...]


def picture(plan: Plan) -> Picture:
    """Return what to draw of a plan."""
    cards = [Card(plan.trigger.environment, Role.TRIGGER, state="the release begins here")]
    cards += [_card(step) for step in plan.steps]
    place: dict[str, int] = {}
    for index, card in enumerate(cards):
        place.setdefault(card.name, index)
    edges: dict[tuple[int, int], None] = {}
    for index, step in enumerate(plan.steps, start=1):
        for name in step.after:
            if name not in place:
                place[name] = len(cards)
                cards.append(Card(name, Role.MISSING, state="not in this plan"))
            if place[name] != index:
                edges[(place[name], index)] = None
    return Picture(tuple(cards), tuple(edges))


def _about(gate: Gate) -> str:
    return f"{gate.kind.value}: {gate.text}"


def _card(step: PlannedStep) -> Card:
    return Card(
        name=step.environment,
        role=Role.STEP,
        kind=step.kind,
        outlook=outlook(step),
        state=outlook_text(step),
        action=step.action or "",
        versions=step_versions(step, "→"),
        files=file_count((step,)),
        gates=tuple(
            GateMark(gate.kind.value, gate.open_now, ", ".join(filter(None, (_about(gate), gate_text(gate)))))
            for gate in step.gates
        ),
    )
