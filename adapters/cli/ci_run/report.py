"""The report of a run as Markdown: what the change means, and what the checks say."""

from __future__ import annotations

from adapters.cli.ci_run.checks import Check, Verdict
from adapters.cli.plan_views.markdown_text import cell, cut, fenced, sentence

_MARKS = {Verdict.PASSED: "✅", Verdict.FAILED: "❌", Verdict.NOTED: "⚠️"}
_OUTPUT = 4_000
"""The most characters of a failed check's output; the job's log has all of it."""


def report(checks: list[Check]) -> str:
    """Return the report, with a final line break; everything foreign in it is inert."""
    difference = next((check.ran for check in checks if check.step == "diff" and check.ran is not None), None)
    shown = difference is not None and difference.output.strip() != ""
    assert difference is not None or not shown
    head = difference.output.rstrip("\n") if difference is not None and shown else "## promo"
    table = ["|  | check |  |", "|---|---|---|"]
    table += [
        f"| {_MARKS[check.verdict]} | `promo {check.step}` | {cell(sentence(cut(check.summary, 300)))} |"
        for check in checks
    ]
    details = [_output(check) for check in checks if check.verdict is Verdict.FAILED and check.ran is not None]
    return "\n\n".join([head, "\n".join(table), *details]) + "\n"


def _output(check: Check) -> str:
    assert check.ran is not None
    text = "\n".join(part.strip("\n") for part in (check.ran.output, check.ran.complaint) if part.strip())
    if len(text) > _OUTPUT:
        text = text[:_OUTPUT].rpartition("\n")[0] + "\n... the job's log has the rest"
    summary = f"<summary>What <code>promo {check.step}</code> says</summary>"
    return f"<details>{summary}\n\n{fenced(text, 'text')}\n\n</details>"
