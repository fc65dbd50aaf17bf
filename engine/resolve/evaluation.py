"""Whether a condition holds for given facts.

Total: every condition has an answer for every set of facts. An attribute without a value fits no test, so a
negated test holds for it. Source: domain, conditions.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import ge, gt, le, lt
from typing import assert_never

from engine.model.conditions import (
    Always,
    Bound,
    Condition,
    Conjunction,
    Disjunction,
    Matching,
    Membership,
    Negation,
    PassedThrough,
)
from engine.model.glob import matches
from engine.resolve.facts import Facts

RELATIONS: dict[str, Callable[[int, int], bool]] = {"<": lt, "<=": le, ">": gt, ">=": ge}
"""What the operators of a `Bound` mean."""


def evaluate(condition: Condition, facts: Facts) -> bool:
    """Say whether a condition holds.

    Args:
        condition: any condition.
        facts: what is known; attributes that are missing hold no value.

    Cost: one look at each test of the condition at most.
    """
    match condition:
        case Always():
            return True
        case Membership():
            return any(value in condition.values for value in facts.of(condition.attribute))
        case Matching():
            return any(
                isinstance(value, str) and matches(glob, value)
                for value in facts.of(condition.attribute)
                for glob in condition.globs
            )
        case Bound():
            holds = RELATIONS[condition.operator]
            return any(
                isinstance(value, int) and holds(value, condition.value) for value in facts.of(condition.attribute)
            )
        case PassedThrough():
            return condition.environment in facts.passed
        case Negation():
            return not evaluate(condition.operand, facts)
        case Conjunction():
            return all(evaluate(operand, facts) for operand in condition.operands)
        case Disjunction():
            return any(evaluate(operand, facts) for operand in condition.operands)
        case _:
            assert_never(condition)
