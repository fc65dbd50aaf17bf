"""What running the tests of one or several workspaces gave, ready to be shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from engine.testing.outcome import Ran
from grammar.lexical import quote
from grammar.span import SourceText, Span


class Timed(NamedTuple):
    """A test that ran, and for how long.

    Attributes:
        ran: the test.
        seconds: how long it took.
    """

    ran: Ran
    seconds: float


class Results(NamedTuple):
    """Tests that ran.

    Attributes:
        tests: in the order they were declared.
        sources: the texts their spans point into, by name.
        passed_over: how many tests were not asked for.
    """

    tests: tuple[Timed, ...]
    sources: Mapping[str, SourceText]
    passed_over: int = 0

    @property
    def failed(self) -> tuple[Timed, ...]:
        """Return the tests that did not pass."""
        return tuple(one for one in self.tests if not one.ran.passed)

    def line(self, span: Span) -> int:
        """Return the 1-based line where a span begins; 1 where its text was not read."""
        source = self.sources.get(span.source)
        return 1 if source is None else source.position(span.start).line


def situation(ran: Ran) -> str:
    """Return what a test starts from, in one line for people."""
    given = ran.given
    parts = [f"product {given.product.name}"]
    if given.commit is not None:
        parts.append(f"commit {quote(given.commit.message)}")
        parts.append(f"flow {given.flow}" if given.flow is not None else "no flow")
    if given.now is not None:
        parts.append(f"at {given.now.strftime('%Y-%m-%dT%H:%M')}")
    return ", ".join(parts)


def summary(results: Results) -> str:
    """Return e.g. ``3 tests passed`` or ``3 tests: 2 passed, 1 failed``."""
    count, failed = len(results.tests), len(results.failed)
    tests = f"{count} test{'s' if count != 1 else ''}"
    rest = f" ({results.passed_over} not asked for)" if results.passed_over else ""
    if not count:
        return f"no tests{rest}"
    return (f"{tests} passed" if not failed else f"{tests}: {count - failed} passed, {failed} failed") + rest
