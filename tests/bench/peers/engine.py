"""What every engine under comparison is made into: something that answers for a pair with all of its settings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from tests.bench.policy_set import SETTINGS, Pair, PolicySet, Rule

Answer = dict[str, str]


@dataclass(frozen=True, slots=True)
class Engine:
    """An engine of the comparison.

    Attributes:
        name: as tables say it.
        prepare: takes policies and returns what decides; everything that can be done once is done here.
    """

    name: str
    prepare: Callable[[PolicySet], Callable[[Pair], Answer]]


def facts(pair: Pair) -> dict[str, str]:
    """Return a pair as the plain input that engines take."""
    return {"product": pair.product, "team": pair.team, "environment": pair.environment, "kind": pair.kind}


def merged(rules: Sequence[Rule], hits: Iterable[int]) -> Answer:
    """Merge the rules that hold, field by field: for engines that only say which ones do.

    Args:
        rules: all of them, best first.
        hits: the numbers of those that hold, ascending.
    """
    answer: Answer = {}
    for number in hits:
        for name, value in rules[number].settings.items():
            if name not in answer:
                answer[name] = value
        if len(answer) == len(SETTINGS):
            break
    return answer
