"""The index of conditions by row: the same as evaluating each of them, with less to look at."""

from __future__ import annotations

from random import Random

from engine.model.attributes import Attribute, Subject
from engine.model.conditions import ALWAYS, Condition, Conjunction, Disjunction, Matching, Membership, Negation
from engine.resolve.evaluation import evaluate
from engine.resolve.facts import Facts, given
from engine.resolve.side_index import SideIndex, row_set, rows_of

NAME = Attribute(Subject.PRODUCT, "name")
TAGS = Attribute(Subject.PRODUCT, "tags")
SOAK = Attribute(Subject.SETTING, "soak")
WORDS = ("", "a", "b", "ab", "ba", "aba", "abab", "aabb", "bab")
GLOBS = ("*", "a*", "*a", "ab*", "*ab", "*b*", "a*b", "a*a", "**", "aba", "*bab", "aa*", "a*b*")


def test_random_conditions_hold_for_the_rows_for_which_they_evaluate_to_true() -> None:
    held = failed = 0
    for seed in range(200):
        random = Random(seed)
        conditions = [condition(random) for _ in range(60)]
        index = SideIndex(enumerate(conditions))
        for _ in range(10):
            facts = some_facts(random)
            expected = {row for row, found in enumerate(conditions) if evaluate(found, facts)}
            assert set(rows_of(index.holding(facts))) == expected, seed
            held, failed = held + len(expected), failed + len(conditions) - len(expected)
    assert held > 10_000
    assert failed > 10_000


def condition(random: Random) -> Condition:
    parts = tuple(part(random) for _ in range(random.choice((0, 1, 1, 2, 3))))
    return ALWAYS if not parts else parts[0] if len(parts) == 1 else Conjunction(parts)


def part(random: Random) -> Condition:
    attribute, share = random.choice((NAME, NAME, TAGS)), random.random()
    if share < 0.35:
        return Membership(attribute, tuple(random.choices(WORDS, k=random.randint(1, 4))))
    if share < 0.85:
        return Matching(attribute, tuple(random.choices(GLOBS, k=random.randint(1, 3))))
    if share < 0.95:
        return Negation(Matching(attribute, (random.choice(GLOBS),)))
    return Disjunction((Membership(NAME, ("a",)), Matching(TAGS, ("*b",))))


def some_facts(random: Random) -> Facts:
    names = random.choices(WORDS, k=random.choice((0, 1, 1, 1)))
    tags = random.choices(WORDS, k=random.randint(0, 3))
    return given([*((NAME, name) for name in names), *((TAGS, tag) for tag in tags)])


def test_a_test_without_any_value_or_pattern_never_holds() -> None:
    index = SideIndex([(0, Membership(NAME, ())), (1, Matching(NAME, ())), (2, ALWAYS)])

    assert index.holding(given([(NAME, "a")])) == 0b100
    assert index.holding(Facts()) == 0b100


def test_a_number_fits_no_pattern() -> None:
    index = SideIndex([(0, Matching(SOAK, ("*",))), (1, Membership(SOAK, (7,)))])

    assert index.holding(given([(SOAK, 7)])) == 0b10


def test_patterns_that_begin_or_end_with_the_star_are_looked_up_and_others_are_tried() -> None:
    index = SideIndex(
        [
            *((row, Matching(NAME, (f"p{row}*",))) for row in range(500)),
            *((row, Matching(NAME, (f"*-{row}",))) for row in range(500, 1000)),
            (1000, Matching(NAME, ("p*-7",))),
        ]
    )

    assert rows_of(index.holding(given([(NAME, "p7-700")]))) == [700, 7]
    assert index.evaluations == 1


def test_only_patterns_of_rows_that_can_still_hold_are_tried() -> None:
    index = SideIndex(
        [(row, Conjunction((Membership(TAGS, (f"t{row}",)), Matching(NAME, (f"a*{row}",))))) for row in range(100)]
    )

    assert rows_of(index.holding(given([(NAME, "a7"), (TAGS, "t7")]))) == [7]
    assert index.evaluations == 1


def test_a_value_of_many_rows_names_them_each_time() -> None:
    rows = range(0, 400, 2)
    index = SideIndex((row, Membership(NAME, ("a",) if row in rows else ("b",))) for row in range(400))

    for asked in (1, 2, 3):
        assert index.holding(given([(NAME, "a")])) == row_set(rows)
        assert index.looked_up == len(rows) * asked
