"""Every mutation still applies to the sources; `make mutations` shows that the tests notice each of them."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import pytest

from tests.verify.mutations import MUTATIONS, SUITES, Mutation

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: f"{mutation.file}: {mutation.new}")
def test_a_mutation_applies(mutation: Mutation) -> None:
    text = (ROOT / mutation.file).read_text(encoding="utf-8")

    mutated = mutation.applied(text)

    assert ast.dump(ast.parse(mutated)) != ast.dump(ast.parse(text))


def test_there_are_thirty_and_more_in_all_areas() -> None:
    counted = Counter(mutation.area for mutation in MUTATIONS)
    assert len(set(MUTATIONS)) == len(MUTATIONS) >= 30
    assert set(counted) == set(SUITES)
    assert min(counted.values()) >= 9


def test_the_tests_that_ought_to_fail_exist() -> None:
    for tests in SUITES.values():
        for test in tests:
            assert (ROOT / test).exists()
