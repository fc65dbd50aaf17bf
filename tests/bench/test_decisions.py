"""One decision, beside other engines that were given the same policies and must give the same answers."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import lru_cache
from statistics import median
from typing import TYPE_CHECKING

import pytest

from tests.bench.peers.cedar_policies import CEDAR
from tests.bench.peers.cel_expressions import CEL_CPP, CEL_RUST
from tests.bench.peers.engine import Answer, Engine
from tests.bench.peers.promo_resolver import PROMO, resolver
from tests.bench.peers.rego_rules import REGO
from tests.bench.peers.zen_table import ZEN
from tests.bench.policy_set import SIZES, Pair, PolicySet, policy_set
from tests.bench.report import DECIDE, SWEEP, Report, verdict

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

pytestmark = pytest.mark.bench

PEERS = (CEL_CPP, CEL_RUST, ZEN, REGO, CEDAR)
SAMPLE = 64
SLOWEST = 2.0
"""Seconds a decision may take before a peer is passed over at a size."""
MOST_PAIRS = 100_000


@pytest.fixture(scope="module")
def measured() -> dict[tuple[str, int], float]:
    """Hold seconds a decision by engine and size; the tests fill it."""
    return {}


@lru_cache(maxsize=2)
def policies(size: int) -> PolicySet:
    return policy_set(size)


@lru_cache(maxsize=2)
def answers(size: int) -> list[Answer]:
    decide = PROMO.prepare(policies(size))
    return [decide(pair) for pair in policies(size).pairs(SAMPLE)]


def rounds(decide: Callable[[Pair], object], pairs: list[Pair], benchmark: BenchmarkFixture) -> float:
    """Return seconds a decision: the median of rounds over all pairs."""
    began = time.process_time()
    decide(pairs[0])
    once = time.process_time() - began
    if once > SLOWEST:
        return float("inf")
    asked = pairs if once < 0.01 else pairs[:8]

    def ask() -> None:
        for pair in asked:
            decide(pair)

    benchmark.pedantic(ask, rounds=200 if once < 0.000_1 else 9, warmup_rounds=1)
    return float(benchmark.stats.stats.median) / len(asked)


@pytest.mark.parametrize("size", SIZES)
def test_promo_decides(size: int, benchmark: BenchmarkFixture, measured: dict[tuple[str, int], float]) -> None:
    pairs = policies(size).pairs(SAMPLE)
    decide = resolver(policies(size)).decide
    asked = [(pair.product, pair.environment) for pair in pairs]

    def ask() -> None:
        for product, environment in asked:
            decide(product, environment)

    benchmark.pedantic(ask, rounds=400, iterations=10, warmup_rounds=2)
    measured[PROMO.name, size] = float(benchmark.stats.stats.median) / SAMPLE


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("engine", PEERS, ids=lambda engine: engine.name.split()[0])
def test_a_peer_decides_the_same(
    engine: Engine, size: int, benchmark: BenchmarkFixture, measured: dict[tuple[str, int], float]
) -> None:
    pairs = policies(size).pairs(SAMPLE)
    decide = engine.prepare(policies(size))
    for pair, wanted in zip(pairs, answers(size), strict=True):
        assert decide(pair) == wanted, f"{engine.name} answers differently for {pair} among {size} policies"
    measured[engine.name, size] = rounds(decide, pairs, benchmark)


def test_tell_the_decisions(measured: dict[tuple[str, int], float], report: Report) -> None:
    if len(measured) < len(SIZES) * (1 + len(PEERS)):
        pytest.skip("the table needs all engines at all sizes")
    ours, fastest = measured[PROMO.name, 1_000], min(measured[peer.name, 1_000] for peer in PEERS)
    target = f"<= 5, {fastest / ours:,.0f} x (>= 50) the fastest at 1,000"
    for engine in (PROMO, *PEERS):
        cells = [f"{measured[engine.name, size] * 1e6:,.1f}".replace("inf", "skipped") for size in SIZES]
        ratio = f"{measured[engine.name, 1_000] / ours:,.0f} x promo"
        last = verdict(ours <= 5e-6 and fastest / ours >= 50, target) if engine is PROMO else ratio
        report.add(DECIDE, engine.name, *cells, last)


def test_promo_sweeps_all_pairs(report: Report) -> None:
    first, sweep = [], []
    for size in SIZES:
        found = policies(size)
        firsts, sweeps = [], []
        products = list(found.products)[: MOST_PAIRS // len(found.environments)]
        for _ in range(3):
            fresh = resolver(found)
            began = time.process_time()
            fresh.decide(products[0], next(iter(found.environments)))
            firsts.append(time.process_time() - began)
            fresh = resolver(found)
            began = time.process_time()
            for product in products:
                for environment in found.environments:
                    fresh.decide(product, environment)
            sweeps.append((time.process_time() - began) / (len(products) * len(found.environments)))
        first.append(f"{median(firsts) * 1e3:,.2f}")
        sweep.append(f"{median(sweeps) * 1e6:,.1f}")
    report.add(SWEEP, "every pair once (us)", *sweep)
    report.add(SWEEP, "the first decision (ms)", *first)
