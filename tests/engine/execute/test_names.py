"""Keys of effects, and the names that are made from them."""

from __future__ import annotations

import re
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from engine.execute.release import outline, short_name
from tests.fakes.worlds import application, environment, release, spec, workflow
from tests.support.release_strategies import release_specs

KUBERNETES = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")


def test_a_key_says_where_and_which_attempt() -> None:
    whole = release(spec(environment("qa", applications=(application("shop-qa", pre=workflow("check")),))))
    keys = [whole.key(step) for step in whole.steps.values()]
    assert keys == [
        "r1/dev/argocd:shop-dev/health/1",
        "r1/qa/argocd:shop-qa/pre-action/1",
        "r1/qa/argocd:shop-qa/action/1",
        "r1/qa/argocd:shop-qa/health/1",
    ]
    again = replace(next(iter(whole.steps.values())), attempt=2)
    assert whole.key(again).endswith("health/2")


@given(release_specs())
def test_every_step_has_a_key_of_its_own(of: object) -> None:
    whole = release(of)  # type: ignore[arg-type]
    assert tuple(whole.steps) == outline(whole.spec)
    keys = {whole.key(step) for step in whole.steps.values()}
    assert len(keys) == len(whole.steps)
    other = {replace(whole, id="r2").key(step) for step in whole.steps.values()}
    assert not keys & other


@given(st.text(max_size=80), st.text(max_size=200), st.integers(20, 120))
def test_a_name_is_one_that_kubernetes_takes(key: str, words: str, longest: int) -> None:
    name = short_name(key, words, longest)
    assert KUBERNETES.fullmatch(name)
    assert len(name) <= longest
    assert name == short_name(key, words, longest)


def test_names_of_two_keys_differ_though_their_words_are_the_same() -> None:
    names = {short_name(f"r1/qa/{number}", "shop-qa-smoke" * 9) for number in range(2_000)}
    assert len(names) == 2_000
    assert all(name.startswith("shop-qa-smoke") and len(name) == 63 for name in names)
