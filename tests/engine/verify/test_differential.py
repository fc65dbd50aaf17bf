"""The engine against a naive reading of the domain, and against Z3 with everything loaded at once."""

from __future__ import annotations

from tests.engine.verify.oracle.comparison import Comparison
from tests.support.effort import examples


def run(first: int, count: int, *, closed: bool = False) -> Comparison:
    comparison = Comparison()
    seed = first
    while comparison.counts["worlds"] < count:
        comparison.compare(seed, closed=closed)
        seed += 1
    print(
        f"\n{'closed' if closed else 'open'} worlds: {dict(comparison.counts)}, {len(comparison.wrong)} disagreements"
    )
    return comparison


def test_nobody_disagrees_about_the_open_world() -> None:
    comparison = run(0, examples(100, soak=2_200))

    assert comparison.wrong == []
    assert comparison.counts["unknown"] == 0
    assert min(comparison.counts[what] for what in ("proved", "refuted", "dead settings", "ties", "demands")) > 40


def test_nobody_disagrees_about_the_closed_world() -> None:
    comparison = run(100_000, examples(50, soak=800), closed=True)

    assert comparison.wrong == []
    assert min(comparison.counts[what] for what in ("proved", "refuted", "dead settings", "demands")) > 10
