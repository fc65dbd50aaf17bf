"""JUnit's XML: one test case a file that was looked at, failed where it has findings."""

from __future__ import annotations

from adapters.cli.lint_output.outcome import Outcome, sentence, uri_path
from adapters.cli.lint_output.xml_text import attribute, content
from grammar.diagnostics import Diagnostic


def junit(outcome: Outcome) -> str:
    """Return a document with one suite; a finding of any severity is a failure of its type."""
    by_source: dict[str, list[Diagnostic]] = {name: [] for name in outcome.checked}
    for found in outcome.findings:
        by_source.setdefault(found.span.source, []).append(found)
    cases = "".join(_case(outcome, name, found) for name, found in sorted(by_source.items()))
    count, failed = sum(max(1, len(found)) for found in by_source.values()), len(outcome.findings)
    head = f'name="promo lint" tests="{count}" failures="{failed}"'
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<testsuites {head}>\n  <testsuite {head} errors="0" skipped="0" time="0">\n'
        f"{cases}  </testsuite>\n</testsuites>\n"
    )


def _case(outcome: Outcome, name: str, findings: list[Diagnostic]) -> str:
    file = attribute(uri_path(name))
    if not findings:
        return f'    <testcase classname="promo.lint" name={file} time="0"/>\n'
    return "".join(_failed(outcome, file, found) for found in findings)


def _failed(outcome: Outcome, file: str, found: Diagnostic) -> str:
    start = outcome.start(found.span)
    place = f"{uri_path(found.span.source)}:{start.line}:{start.column}" if start else uri_path(found.span.source)
    title = attribute(f"{place} {found.code} {outcome.name(found.code)}")
    return (
        f'    <testcase classname="promo.lint" name={title} file={file} line="{start.line if start else 1}" time="0">\n'
        f"      <failure type={attribute(found.severity.value)} message={attribute(found.message)}>"
        f"{content(f'{place}: {found.code}: {sentence(found)}')}</failure>\n"
        "    </testcase>\n"
    )
