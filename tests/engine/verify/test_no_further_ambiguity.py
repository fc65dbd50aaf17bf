"""V102 notices when V101 overlooks something: one ambiguity is hidden from its list, and the proof must fail."""

from __future__ import annotations

from dataclasses import replace

from engine.verify import Proved, Questions, Refuted
from engine.verify.ambiguities import Ambiguities
from engine.verify.remaining import prove_no_others
from tests.engine.verify.promo_text import workspace

TEXT = """
environment prod { kind prod }
product shop { labels team = "payments" }
policy a { when product.labels.team == "payments"  action pr }
policy b { when environment.kind == prod  action commit }
policy c { when product.labels.team == "search"  action commit }
"""


def test_a_hidden_ambiguity_is_found_and_the_whole_list_is_proved_complete() -> None:
    questions = Questions(workspace(TEXT))
    ambiguities = Ambiguities(questions)
    (tier,) = (tier for tier in ambiguities.tiers if tier.contests)
    assert isinstance(prove_no_others(questions, ambiguities, tier), Proved)
    tie = {_number(questions, "a"), _number(questions, "b")}
    (contest,) = (contest for contest in tier.contests if {contest.first, contest.second} == tie)
    hidden = replace(tier, contests=tuple(other for other in tier.contests if other is not contest))
    verdict = prove_no_others(questions, ambiguities, hidden)
    assert isinstance(verdict, Refuted)
    assert ("team", "payments") in {
        (attribute.key, value) for attribute, values in verdict.witness.product.values for value in values
    }


def _number(questions: Questions, name: str) -> int:
    return next(number for number, policy in enumerate(questions.index.policies) if policy.name == name)
