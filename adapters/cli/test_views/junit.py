"""Results as JUnit's XML: a suite a file, a case a test."""

from __future__ import annotations

import os
from collections.abc import Sequence

from adapters.cli.decision_words import place
from adapters.cli.lint_output.xml_text import attribute, content
from adapters.cli.test_views.results import Results, Timed, situation


def junit(results: Results) -> str:
    """Return a document; times are in seconds."""
    by_file: dict[str, list[Timed]] = {}
    for one in results.tests:
        by_file.setdefault(one.ran.test.span.source, []).append(one)
    suites = "".join(_suite(name, tests, results) for name, tests in by_file.items())
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<testsuites name="promo test" {_counts(results.tests)}>\n{suites}</testsuites>\n'
    )


def _suite(name: str, tests: Sequence[Timed], results: Results) -> str:
    cases = "".join(_case(one, results) for one in tests)
    return f"  <testsuite name={attribute(_path(name))} {_counts(tests)}>\n{cases}  </testsuite>\n"


def _counts(tests: Sequence[Timed]) -> str:
    failed = sum(not one.ran.passed for one in tests)
    seconds = sum(one.seconds for one in tests)
    return f'tests="{len(tests)}" failures="{failed}" errors="0" skipped="0" time="{seconds:.6f}"'


def _case(one: Timed, results: Results) -> str:
    ran = one.ran
    file = attribute(_path(ran.test.span.source))
    head = (
        f'    <testcase classname="promo.test" name={attribute(ran.test.title.text)} file={file} '
        f'line="{results.line(ran.test.span)}" time="{one.seconds:.6f}"'
    )
    if ran.passed:
        return f"{head}/>\n"
    told = [f"expected {failure.expected}, actual {failure.actual}" for failure in ran.failures]
    lines = [situation(ran)]
    for failure, short in zip(ran.failures, told, strict=True):
        lines.append(f"{place(failure.span, results.sources)}: {failure.about}: {short}")
        lines += [f"  {line.message} {place(line.span, results.sources)}".rstrip() for line in failure.because]
    more = f" and {len(told) - 1} more" if len(told) > 1 else ""
    return (
        f'{head}>\n      <failure type="expectation" message={attribute(f"{ran.failures[0].about}: {told[0]}{more}")}>'
        f"{content(chr(10).join(lines))}</failure>\n    </testcase>\n"
    )


def _path(name: str) -> str:
    return name.replace(os.sep, "/")
