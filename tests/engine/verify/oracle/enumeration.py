"""All pairs of a small world, with everything that the naive reading says about each."""

from __future__ import annotations

from collections.abc import Iterator

from tests.engine.verify.oracle.naive import (
    Condition,
    Naive,
    Rule,
    Thing,
    TooLargeError,
    everything,
    holds,
    outranks,
    tests_of,
)

MOST_PAIRS = 4_000
"""Worlds with more pairs than this are left out: they say nothing that smaller ones do not."""


class Enumerated:
    """A world as a list of pairs; each pair is the set of its conditions that hold, as bits."""

    def __init__(self, world: Naive, products: list[Thing], environments: list[Thing]) -> None:
        self.world = world
        self.conditions = [*(rule.when for rule in world.rules), *world.extra]
        self.products = _distinct(products, self.conditions)
        self.environments = _distinct(environments, self.conditions)
        self.pairs: list[tuple[int, bool]] = list(self._pairs())
        self.masks = {mask for mask, _ in self.pairs}

    def _pairs(self) -> Iterator[tuple[int, bool]]:
        for thing in self.products:
            for place in self.environments:
                mask = 0
                for number, condition in enumerate(self.conditions):
                    if holds(condition, thing, place):
                        mask |= 1 << number
                yield mask, thing.declared and place.declared

    def exists(self, must: list[int], forbid: list[int], *, declared: bool = False) -> bool:
        wanted = sum(1 << number for number in must)
        unwanted = sum(1 << number for number in forbid)
        return any(mask & wanted == wanted and not mask & unwanted for mask, real in self.pairs if real or not declared)

    def matching(self, mask: int) -> list[Rule]:
        return [rule for number, rule in enumerate(self.world.rules) if mask >> number & 1]

    # --- what the checks should say ------------------------------------------------------------------

    def unmatched(self, *, declared: bool = False) -> set[str]:
        seen = {rule.name for mask in self._masks(declared) for rule in self.matching(mask)}
        return {rule.name for rule in self.world.rules} - seen

    def alive(self, *, declared: bool = False) -> set[tuple[str, str]]:
        """Every rule and setting that is in force somewhere."""
        return {
            (rule.name, setting)
            for mask in self._masks(declared)
            for setting, rule in winners(self.matching(mask), self.world.lowest_wins).items()
        }

    def ties(self, *, declared: bool = False) -> set[tuple[str, str, str]]:
        """Every setting and two rules that tie somewhere, by name."""
        found = set()
        for mask in self._masks(declared):
            matching = self.matching(mask)
            for one in matching:
                for other in matching:
                    for setting in one.settings.keys() & other.settings.keys():
                        if (
                            one.name < other.name
                            and one.priority == other.priority
                            and one.settings[setting] != other.settings[setting]
                            and not any(
                                setting in third.settings and outranks(third, one, self.world.lowest_wins)
                                for third in matching
                            )
                        ):
                            found.add((setting, one.name, other.name))
        return found

    def values(self, setting: str, *, declared: bool = False) -> set[tuple[int, object]]:
        """Every mask with what a setting comes to there; None where nothing sets it."""
        found = set()
        for mask in self._masks(declared):
            rule = winners(self.matching(mask), self.world.lowest_wins).get(setting)
            found.add((mask, None if rule is None else rule.settings[setting]))
        return found

    def _masks(self, declared: bool) -> set[int]:
        return {mask for mask, real in self.pairs if real} if declared else self.masks


def winners(matching: list[Rule], lowest_wins: bool) -> dict[str, Rule]:
    found: dict[str, Rule] = {}
    for rule in matching:
        for setting in rule.settings:
            current = found.get(setting)
            if (
                current is None
                or outranks(rule, current, lowest_wins)
                or (rule.priority == current.priority and rule.name < current.name)
            ):
                found[setting] = rule
    return found


def enumerated(world: Naive) -> Enumerated | None:
    """Return all pairs of a world; None where they are too many."""
    try:
        products, environments = everything(world, "product"), everything(world, "environment")
    except TooLargeError:
        return None
    if len(products) * len(environments) > MOST_PAIRS:
        return None
    return Enumerated(world, products, environments)


def _distinct(things: list[Thing], conditions: list[Condition]) -> list[Thing]:
    """Return one thing for each way to answer all tests, declared and not."""
    what = things[0].what if things else ""
    tests = list(dict.fromkeys(t for c in conditions for t in tests_of(c) if t[1][0] == what))
    found: dict[tuple[bool, ...], Thing] = {}
    for thing in things:
        found.setdefault((thing.declared, *(holds(test, thing) for test in tests)), thing)
    return list(found.values())
