"""JUnit's XML: a test case for each statement; refuted is a failure, unknown an error, proved a success."""

from __future__ import annotations

from adapters.cli.lint_output.outcome import sentence
from adapters.cli.lint_output.xml_text import attribute, content
from adapters.cli.verify_views.outcome import Verified
from engine.verify.finding import Finding
from grammar.render import location


def junit(verified: Verified) -> str:
    """Return a document with a suite for each check that ran."""
    report = verified.report
    failures, errors = len(report.findings), len(report.unknown)
    count = len(report.proved) + failures + errors
    suites = "".join(_suite(verified, check.code, check.name) for check in verified.checks)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<testsuites name="promo verify" tests="{count}" failures="{failures}" errors="{errors}">\n'
        f"{suites}</testsuites>\n"
    )


def _suite(verified: Verified, code: str, name: str) -> str:
    report = verified.report
    proved = [found for found in report.proved if found.code == code]
    refuted = [found for found in report.findings if found.code == code]
    unknown = [found for found in report.unknown if found.code == code]
    cases = [f"    {_head(code, found.subject)}/>\n" for found in proved]
    cases += [_problem(verified, found, "failure") for found in refuted]
    cases += [_problem(verified, found, "error") for found in unknown]
    return (
        f'  <testsuite name={attribute(f"{code} {name}")} tests="{len(cases)}" failures="{len(refuted)}" '
        f'errors="{len(unknown)}" skipped="0" time="0">\n{"".join(cases)}  </testsuite>\n'
    )


def _problem(verified: Verified, found: Finding, element: str) -> str:
    diagnostic = found.diagnostic()
    place = location(found.span, verified.loaded.sources)
    lines = [f"{place}: {sentence(diagnostic)}" if place else sentence(diagnostic)]
    if found.witness is not None:
        lines += [f"counterexample: {found.witness.words()}", verified.command(found.witness)]
    return (
        f"    {_head(found.code, found.subject)}>\n"
        f"      <{element} type={attribute(found.severity.value)} message={attribute(found.message)}>"
        f"{content(chr(10).join(lines))}</{element}>\n    </testcase>\n"
    )


def _head(code: str, subject: str) -> str:
    return f'<testcase classname="promo.verify.{code}" name={attribute(subject)} time="0"'
