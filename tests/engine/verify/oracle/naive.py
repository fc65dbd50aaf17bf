"""A naive reading of the domain: no index, no solver, no automaton, and nothing of the engine.

Conditions are plain tuples; the world is everything that can be spelt with a small alphabet. Whatever the
engine proves must hold here, and whatever point it shows must be what it says when it is looked at from here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from itertools import combinations, product

ALPHABET = "ab-.1"
LONGEST = 4
ENDS = "ab1xyz"  # letters and digits: how a name begins and ends

MOST_WAYS = 150


class TooLargeError(Exception):
    """There is more than can be enumerated."""


Condition = tuple  # ("always",) ("in", attribute, values) ("matches", attribute, globs) ("not", c) ("and"/"or", cs)
Attribute = tuple  # ("product", "name") ("environment", "labels", "team") ...


@dataclass(frozen=True)
class Thing:
    """A product or an environment; `values` holds those attributes that have any value."""

    what: str
    declared: bool
    values: dict[Attribute, tuple[str, ...]]

    @property
    def name(self) -> str:
        return self.values[self.what, "name"][0]


@dataclass(frozen=True)
class Rule:
    name: str
    priority: int
    when: Condition
    settings: dict[str, object]


@dataclass
class Naive:
    """A workspace in plain data."""

    products: list[Thing]
    environments: list[Thing]
    rules: list[Rule]
    lowest_wins: bool = False
    extra: list[Condition] = field(default_factory=list)


def fits(glob: str, text: str) -> bool:
    """Whether a pattern with `*` stands for a text: letter by letter, as a person would check it."""
    reached = {0}
    for at, sign in enumerate(glob):
        if sign == "*":
            reached = {end for begin in reached for end in range(begin, len(text) + 1)}
        else:
            reached = {begin + 1 for begin in reached if begin < len(text) and text[begin] == sign}
        if not reached:
            return False
        assert at < len(glob)
    return len(text) in reached


def holds(condition: Condition, *things: Thing) -> bool:
    kind = condition[0]
    if kind == "always":
        return True
    if kind == "not":
        return not holds(condition[1], *things)
    if kind == "and":
        return all([holds(part, *things) for part in condition[1]])
    if kind == "or":
        return any([holds(part, *things) for part in condition[1]])
    _, attribute, wanted = condition
    (thing,) = [found for found in things if found.what == attribute[0]]
    values = thing.values.get(attribute, ())
    if kind == "in":
        return any(value == want for value in values for want in wanted)
    assert kind == "matches"
    return any(fits(want, value) for value in values for want in wanted)


def outranks(one: Rule, other: Rule, lowest_wins: bool) -> bool:
    if one.priority == other.priority:
        return False
    return (one.priority < other.priority) == lowest_wins


def merged(world: Naive, thing: Thing, place: Thing) -> dict[str, Rule]:
    """The rule that each setting comes from: nobody who matches outranks it; among equals the first name."""
    matching = [rule for rule in world.rules if holds(rule.when, thing, place)]
    found: dict[str, Rule] = {}
    for setting in {name for rule in matching for name in rule.settings}:
        setters = [rule for rule in matching if setting in rule.settings]
        best = [rule for rule in setters if not any(outranks(other, rule, world.lowest_wins) for other in setters)]
        found[setting] = min(best, key=lambda rule: rule.name)
    return found


def ambiguous(world: Naive, thing: Thing, place: Thing) -> set[tuple[str, str, str]]:
    """Triples (setting, rule, rule): both match, neither is outranked, and they say different things."""
    matching = [rule for rule in world.rules if holds(rule.when, thing, place)]
    found = set()
    for one, other in combinations(sorted(matching, key=lambda rule: rule.name), 2):
        for setting in one.settings:
            if (
                setting in other.settings
                and one.priority == other.priority
                and one.settings[setting] != other.settings[setting]
                and not any(setting in third.settings and outranks(third, one, world.lowest_wins) for third in matching)
            ):
                found.add((setting, one.name, other.name))
    return found


# --- everything that can be spelt ------------------------------------------------------------------


@lru_cache(maxsize=4)
def spelt(alphabet: str, longest: int) -> tuple[str, ...]:
    return tuple("".join(letters) for length in range(longest + 1) for letters in product(alphabet, repeat=length))


def is_name(word: str) -> bool:
    return bool(word) and word[0] in ENDS and word[-1] in ENDS


def tests_of(condition: Condition) -> list[Condition]:
    if condition[0] in ("in", "matches"):
        return [condition]
    if condition[0] == "always":
        return []
    parts = [condition[1]] if condition[0] == "not" else condition[1]
    return [test for part in parts for test in tests_of(part)]


def asked(world: Naive) -> dict[Attribute, set[tuple[str, str]]]:
    """What is asked about each attribute: pairs of the kind of test and a text."""
    found: dict[Attribute, set[tuple[str, str]]] = {}
    for condition in [rule.when for rule in world.rules] + world.extra:
        for kind, attribute, wanted in tests_of(condition):
            found.setdefault(attribute, set()).update((kind, want) for want in wanted)
    return found


def answers(questions: list[tuple[str, str]], word: str) -> tuple[bool, ...]:
    return tuple(word == want if kind == "in" else fits(want, word) for kind, want in questions)


def representatives(questions: set[tuple[str, str]], words: list[str]) -> list[str]:
    """One word, the shortest, for each way to answer all questions."""
    ordered = sorted(questions)
    found: dict[tuple[bool, ...], str] = {}
    for word in words:
        found.setdefault(answers(ordered, word), word)
    return list(found.values())


def several(questions: list[tuple[str, str]], words: list[str]) -> list[tuple[str, ...]]:
    """One set of words for each way in which some words, or none, answer all questions together."""
    none = (False,) * len(questions)
    found: dict[tuple[bool, ...], tuple[str, ...]] = {none: ()}
    each = [(word, answers(questions, word)) for word in words]
    for _ in range(4):
        for together, chosen in list(found.items()):
            for word, own in each:
                joined = tuple(one or other for one, other in zip(together, own, strict=True))
                found.setdefault(joined, (*chosen, word))
        if len(found) > MOST_WAYS:
            raise TooLargeError
    return list(found.values())


def everything(world: Naive, what: str) -> list[Thing]:
    """Every product, or environment, that there can be: the declared ones, and all others up to what is asked."""
    declared = world.products if what == "product" else world.environments
    taken = {thing.name for thing in declared}
    questions = asked(world)
    mentioned = [want for found in questions.values() for kind, want in found if kind == "in"]
    words = list(dict.fromkeys([*spelt(ALPHABET, LONGEST), "x", "xyz", *mentioned]))
    names = [word for word in words if is_name(word) and word not in taken]
    choices: list[list[tuple[Attribute, tuple[str, ...]]]] = [
        [((what, "name"), (word,)) for word in representatives(questions.get((what, "name"), set()), names)]
    ]
    if what == "environment":
        choices.append([((what, "kind"), (kind,)) for kind in ("prod", "non-prod")])
    for attribute, found in sorted(questions.items()):
        if attribute[0] != what or attribute[1] in ("name", "kind"):
            continue
        if attribute[1] == "labels":
            values = [()] + [(word,) for word in representatives(found, words)]
        else:
            some = representatives(found, [word for word in words if word or attribute[1] == "clusters"])
            values = several(sorted(found), some)
        choices.append([(attribute, value) for value in values])
    others = [
        Thing(what, False, {attribute: value for attribute, value in chosen if value}) for chosen in product(*choices)
    ]
    return [*declared, *others]
