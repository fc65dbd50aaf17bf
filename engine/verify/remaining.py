"""The proof that a list of contests between policies of one priority is complete."""

from __future__ import annotations

from engine.model.values import SettingValue
from engine.verify.ambiguities import Ambiguities, Tier
from engine.verify.encoding import Formula, Variable
from engine.verify.points import Witness
from engine.verify.question import Questions
from engine.verify.verdict import CoreReason, Proved, ReasonKind, Refuted, Unknown, Verdict


def prove_no_others(questions: Questions, ambiguities: Ambiguities, tier: Tier) -> Verdict:
    """Say whether two policies of a tier, with different values, meet at a point besides the tier's contests.

    Masking by better policies is left out: what never meets is never in a tie, masked or not. In a closed world
    the contests were decided by looking at every declared pair, and this is proved a fortiori.
    """
    formula = _formula(questions, ambiguities, tier)
    if formula is None:
        return Proved()
    from engine.verify.answers import GaveUp, NoModel

    questions.statistics.begin()
    prover = questions.prover
    checks = prover.checks
    goal = prover.goal()
    goal.require_formula(formula, CoreReason(ReasonKind.CONDITION, "two policies meet"))
    answer = goal.check()
    questions.statistics.asked(prover.checks - checks)
    questions.statistics.end()
    match answer:
        case NoModel():
            return Proved()
        case GaveUp():
            return Unknown(answer.reason)
        case _:
            return Refuted(Witness(answer.product, answer.environment))


def _formula(questions: Questions, ambiguities: Ambiguities, tier: Tier) -> Formula | None:
    """Return "two meet that are no contest": linear in the policies but for those in a contest.

    None where there are no other pairs.
    """
    index = questions.index
    contested: dict[int, set[int]] = {}
    for contest in tier.contests:
        contested.setdefault(contest.first, set()).add(contest.second)
        contested.setdefault(contest.second, set()).add(contest.first)
    used: dict[Variable, None] = {}
    bindings: list[str] = []
    groups: dict[SettingValue, list[int]] = {}
    for number in tier.policies:
        formula = questions.prover.encoder.formula(index.policies[number].when)
        used.update(dict.fromkeys(formula.variables))
        bindings.append(f"(m{number} {formula.text})")
        groups.setdefault(ambiguities.value(number, tier.setting), []).append(number)
    ways: list[str] = []
    for value, own in groups.items():
        others = [number for other, found in groups.items() if other != value for number in found]
        quiet = [number for number in own if number not in contested]
        if quiet and others:
            ways.append(f"(and {_or(quiet)} {_or(others)})")
        for number in own:
            if number in contested:
                left = [other for other in others if other in contested and other not in contested[number]]
                if left:
                    ways.append(f"(and m{number} {_or(left)})")
    if not ways:
        return None
    return Formula(f"(let ({' '.join(bindings)}) (or {' '.join(ways)} false))", tuple(used))


def _or(numbers: list[int]) -> str:
    return f"(or {' '.join(f'm{number}' for number in numbers)} false)"
