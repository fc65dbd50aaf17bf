"""Results as promo's own data."""

from __future__ import annotations

from typing import Any

from adapters.cli.decision_words import Sources, place_data
from adapters.cli.test_views.results import Results
from engine.testing.outcome import Failure, Ran


def results_data(results: Results) -> dict[str, Any]:
    """Return all tests, and how many passed."""
    return {
        "tests": [_test(one.ran, results.sources) for one in results.tests],
        "passed": len(results.tests) - len(results.failed),
        "failed": len(results.failed),
    }


def _test(ran: Ran, sources: Sources) -> dict[str, Any]:
    given = ran.given
    return {
        "title": ran.test.title.text,
        **place_data(ran.test.span, sources),
        "passed": ran.passed,
        "product": given.product.name,
        "flow": given.flow,
        "at": None if given.now is None else given.now.isoformat(),
        "failures": [_failure(failure, sources) for failure in ran.failures],
    }


def _failure(failure: Failure, sources: Sources) -> dict[str, Any]:
    return {
        "about": failure.about,
        "expected": failure.expected,
        "actual": failure.actual,
        **place_data(failure.span, sources),
        "because": [{"message": line.message, **place_data(line.span, sources)} for line in failure.because],
    }
