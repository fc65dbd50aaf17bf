"""The file of known findings: written once, read on every run."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import click

from adapters.cli.lint_output.outcome import Outcome
from adapters.cli.output import fail
from engine.lint.baseline import unknown_findings
from grammar.render import printable

_VERSION = 1
_LARGEST = 64 * 1024 * 1024


def write(path: Path, outcomes: list[Outcome]) -> None:
    """Write what is known from now on; the file is sorted, so that it merges well."""
    entries: dict[str, dict[str, Any]] = {}
    for outcome in outcomes:
        for found in outcome.findings:
            own = outcome.fingerprint(found)
            name = outcome.relative.get(found.span.source, found.span.source)
            entry = entries.setdefault(own, {"code": found.code, "file": name, "message": found.message, "count": 0})
            entry["count"] += 1
    ordered = sorted(entries.items(), key=lambda pair: (pair[1]["file"], pair[1]["code"], pair[0]))
    text = json.dumps({"version": _VERSION, "findings": dict(ordered)}, indent=2, ensure_ascii=False) + "\n"
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as failed:
        fail(f"cannot write `{printable(str(path))}`: {failed.strerror}")
    count = sum(entry["count"] for entry in entries.values())
    click.echo(f"{count:,} finding{'' if count == 1 else 's'} in {printable(str(path))} from now on known", err=True)


def without_known(path: Path, outcome: Outcome, say: bool) -> Outcome:
    """Return an outcome without the findings a baseline knows.

    Args:
        path: of the baseline.
        outcome: all findings.
        say: whether to mention entries that nothing matches any more.
    """
    known = _read(path)
    new, gone = unknown_findings(outcome.findings, known, outcome.fingerprint)
    if gone and say:
        counted = f"{len(gone)} {'entry' if len(gone) == 1 else 'entries'}"
        click.echo(f"note: {counted} of {printable(str(path))} fit nothing any more; write it anew", err=True)
    return outcome._replace(findings=new)


def _read(path: Path) -> Counter[str]:
    name = printable(str(path))
    try:
        if path.stat().st_size > _LARGEST:
            fail(f"the baseline `{name}` is too large")
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as failed:
        fail(f"cannot read the baseline `{name}`: {failed.strerror}", "`--write-baseline` writes one")
    except (ValueError, RecursionError):
        fail(f"the baseline `{name}` is not JSON", "write it anew with `--write-baseline`")
    known: Counter[str] = Counter()
    findings = data.get("findings") if isinstance(data, dict) and data.get("version") == _VERSION else None
    if not isinstance(findings, dict):
        fail(f"`{name}` is no baseline of this version", "write it anew with `--write-baseline`")
    for key, entry in findings.items():
        count = entry.get("count") if isinstance(entry, dict) else None
        if not isinstance(count, int):
            fail(f"`{name}` is no baseline: an entry has no `count`", "write it anew with `--write-baseline`")
        known[key] = count
    return known
