"""Runs checks one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from adapters.doctor.check import Check, Result, failed
from adapters.doctor.situation import Situation


@dataclass(frozen=True, slots=True)
class Examined:
    """A result and the check it is from."""

    check: str
    result: Result


def examine(situation: Situation, checks: Iterable[Check]) -> Iterator[Examined]:
    """Yield all results, as soon as they are known.

    A check that breaks is itself a result: somebody who asks what is wrong with their machine must not be left
    with the first thing that nobody had thought of. Only its kind is said, since its text may hold anything.
    """
    for check in checks:
        try:
            for result in check.run(situation):
                yield Examined(check.name, result)
        except Exception as fault:
            found = f"the check itself broke: {type(fault).__name__}"
            yield Examined(check.name, failed(found, "this is a fault of promo; please report it with this line"))
