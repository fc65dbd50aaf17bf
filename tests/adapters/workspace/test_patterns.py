import pytest

from adapters.workspace.patterns import Patterns, pattern_problem


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        ("*.promo", "a.promo", True),
        ("*.promo", "x/a.promo", False),
        ("**/*.promo", "a.promo", True),
        ("**/*.promo", "x/y/a.promo", True),
        ("**/*.promo", "a.yaml", False),
        ("./x/*.yaml", "x/a.yaml", True),
        ("x/", "x", True),
        ("x/**", "x/y/z", True),
        ("x/**", "x", True),
        ("x/**/z", "x/z", True),
        ("x/**/z", "x/y/y/z", True),
        ("x/**/z", "x/y/zz", False),
        ("**/test-*/**", "a/test-1/b/c", True),
        ("**/**/a", "a", True),
        ("*", "a/b", False),
        ("a[1].promo", "a[1].promo", True),
        ("a?.promo", "ab.promo", False),
    ],
)
def test_fits(pattern: str, path: str, fits: bool) -> None:
    assert pattern_problem(pattern) is None
    assert Patterns([pattern]).matches(path) is fits
    assert Patterns([pattern]).unused([path]) == ([] if fits else [0])


def test_no_pattern_fits_nothing() -> None:
    assert not Patterns([]).matches("a")


def test_many_wildcards_cost_no_more_than_their_number() -> None:
    # A matcher that backtracks would not come back from this.
    pattern = "/".join(["**"] * 50 + ["*a" * 25 + "b"])
    assert not Patterns([pattern]).matches("/".join(["a" * 200] * 200))


def test_two_stars_stand_alone() -> None:
    assert pattern_problem("**/a") is None
    assert pattern_problem("a/**b") is not None
