"""Pairs of small random worlds, and every change there is between them by the naive reading of the domain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from random import Random

from engine.verify.diff import Region
from engine.verify.points import Side
from tests.support.effort import examples

from .oracle.naive import Naive, Rule, Thing, TooLargeError, everything, merged
from .oracle.random_worlds import NAMES, SETTINGS, _Maker, random_world

MOST_POINTS = examples(250, soak=6_000)
"""Points of a world that are looked at; of a larger world as many, chosen at random."""

Key = tuple[str | None, str | None, str, str | None, str | None]
"""The product that moved, the environment that moved, the setting, and the names of the winners."""


def world_pair(seed: int) -> tuple[Naive, Naive]:
    """A world, and the same one after a few edits, ties and changed labels among them."""
    old = random_world(seed)
    random = Random(seed + 1_000_003)
    maker = _Maker(Random(seed), True)
    maker.random = random
    new = Naive(list(old.products), list(old.environments), list(old.rules), old.lowest_wins)
    for number in range(random.randint(0, 4)):
        _edit(new, maker, random, f"q{number}")
    if random.random() < 0.05:
        new.lowest_wins = not new.lowest_wins
    return old, new


def _edit(world: Naive, maker: _Maker, random: Random, name: str) -> None:
    share = random.random()
    if share < 0.15 or not world.rules:
        world.rules.append(maker.rule(name))
        return
    at = random.randrange(len(world.rules))
    rule = world.rules[at]
    if share < 0.3:
        del world.rules[at]
    elif share < 0.45:
        world.rules[at] = replace(rule, priority=random.choice((0, 1, 2)))
    elif share < 0.6:
        world.rules[at] = replace(rule, when=maker.condition())
    elif share < 0.7:
        world.rules[at] = Rule(name, rule.priority, rule.when, dict(rule.settings))
    elif share < 0.85:
        settings = dict(rule.settings)
        settings[random.choice(SETTINGS)] = random.randint(0, 2)
        world.rules[at] = replace(rule, settings=settings)
    else:
        things = random.choice((world.products, world.environments))
        what = "product" if things is world.products else "environment"
        if things and random.random() < 0.7:
            number = random.randrange(len(things))
            things[number] = maker.thing(what, things[number].name)
        elif things and random.random() < 0.3:
            things.pop()
        else:
            free = [found for found in NAMES if found not in {thing.name for thing in things}]
            things.append(maker.thing(what, random.choice(free)))


class JointWorld:
    """Both worlds, point by point."""

    def __init__(self, old: Naive, new: Naive) -> None:
        self.old, self.new = old, new
        self.declared = {
            "product": ({t.name: t for t in old.products}, {t.name: t for t in new.products}),
            "environment": ({t.name: t for t in old.environments}, {t.name: t for t in new.environments}),
        }
        together = {what: {**one, **other} for what, (one, other) in self.declared.items()}
        self._questions = Naive(
            list(together["product"].values()), list(together["environment"].values()), [*old.rules, *new.rules]
        )

    def things(self, what: str) -> list[tuple[Thing, Thing]]:
        """Everything there can be, as it is before and after."""
        return [self.both(what, thing) for thing in everything(self._questions, what)]

    def both(self, what: str, thing: Thing) -> tuple[Thing, Thing]:
        old, new = self.declared[what]
        if thing.name in old or thing.name in new:
            return old.get(thing.name, new.get(thing.name, thing)), new.get(thing.name, old.get(thing.name, thing))
        return thing, thing

    def points(self, seed: int) -> list[tuple[tuple[Thing, Thing], tuple[Thing, Thing]]]:
        """Every point there can be, or a choice of them; none of a world that is too large to be spelt out."""
        try:
            products, environments = self.things("product"), self.things("environment")
        except TooLargeError:
            return []
        if len(products) * len(environments) <= MOST_POINTS:
            return [(product, environment) for product in products for environment in environments]
        random = Random(seed)
        return [(random.choice(products), random.choice(environments)) for _ in range(MOST_POINTS)]

    def changes(self, product: tuple[Thing, Thing], environment: tuple[Thing, Thing]) -> Iterator[tuple[str, str, str]]:
        """The settings whose value changes at a point, with both winners; nobody is an empty name."""
        before = merged(self.old, product[0], environment[0])
        after = merged(self.new, product[1], environment[1])
        for setting in SETTINGS:
            one, other = before.get(setting), after.get(setting)
            was = None if one is None else one.settings[setting]
            now = None if other is None else other.settings[setting]
            if was != now:
                yield setting, "" if one is None else one.name, "" if other is None else other.name


def thing_of(what: str, side: Side) -> Thing:
    """A side of a witness as the oracle sees it."""
    values = {
        (what, attribute.field, *([attribute.key] if attribute.key is not None else [])): tuple(map(str, held))
        for attribute, held in side.values
    }
    return Thing(what, side.declared, values)


def winners(region: Region) -> tuple[str, str, str]:
    """A region as `JointWorld.changes` names it."""
    names = [getattr(winner.origin, "policy", "") for winner in (region.old, region.new)]
    return region.setting, names[0], names[1]


def slice_of(region: Region) -> tuple[str, str]:
    """What moved, by name."""
    part = region.part
    return part.product.new.name if part.product else "", part.environment.new.name if part.environment else ""
