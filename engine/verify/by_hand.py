"""What a requirement asks of a promotion into one environment by hand.

Such a promotion follows no flow, so there is no "before" that the rules could know: whoever makes it chooses the
source. `passed ENV` speaks about flows, and who may promote by hand is for `access` rules to say. See
`docs/adr/0006-what-passed-means.md`.
"""

from __future__ import annotations

from typing import assert_never

from engine.model.conditions import (
    ALWAYS,
    Always,
    Bound,
    Condition,
    Conjunction,
    Disjunction,
    Matching,
    Membership,
    Negation,
    PassedThrough,
    atoms,
)
from engine.verify.folding import NEVER

BY_HAND_HELP = (
    "`passed` speaks of flows: a promotion by hand is not held to it; `access` rules say who may make one, "
    'and `flow.name matches "*"` in the requirement forbids it'
)
"""For the help of every finding about a requirement that asks `passed`."""


def asks_passed(condition: Condition) -> bool:
    """Say whether a condition asks for an environment to have been passed."""
    return any(isinstance(atom, PassedThrough) for atom in atoms(condition))


def asked_by_hand(condition: Condition) -> Condition:
    """Return what is left of a requirement's `that` for a promotion by hand.

    Every `passed ENV` and every `not passed ENV` counts as met, so what is left fails only where it would
    whatever the change had been through.

    Args:
        condition: any condition.

    Returns:
        A condition without `passed`; the same one where it has none.
    """
    return _met(condition, True) if asks_passed(condition) else condition


def _met(condition: Condition, wanted: bool) -> Condition:
    """Return a condition, or its opposite, with every `passed` in it counting as what is wanted of it."""
    match condition:
        case Always():
            return ALWAYS if wanted else NEVER
        case PassedThrough():
            return ALWAYS
        case Membership() | Matching() | Bound():
            return condition if wanted else Negation(condition)
        case Negation():
            return _met(condition.operand, not wanted)
        case Conjunction() | Disjunction():
            operands = tuple(_met(operand, wanted) for operand in condition.operands)
            joined = Conjunction if isinstance(condition, Conjunction) is wanted else Disjunction
            return joined(operands)
        case _:
            assert_never(condition)
