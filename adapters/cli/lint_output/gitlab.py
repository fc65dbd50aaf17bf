"""GitLab's code quality report. Source: GitLab's documentation of code quality, "implement a custom tool"."""

from __future__ import annotations

import json

from adapters.cli.lint_output.outcome import Outcome, sentence, uri_path
from grammar.diagnostics import Severity

_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFO: "info"}


def gitlab(outcome: Outcome) -> str:
    """Return a list of issues; equal ones in one file get different fingerprints, since GitLab shows each once."""
    issues = []
    seen: dict[str, int] = {}
    for found in outcome.findings:
        start = outcome.start(found.span)
        own = outcome.fingerprint(found)
        again = seen[own] = seen.get(own, -1) + 1
        issues.append(
            {
                "description": f"{found.code}: {sentence(found)}",
                "check_name": outcome.name(found.code),
                "fingerprint": f"{own}-{again}" if again else own,
                "severity": _SEVERITIES[found.severity],
                "location": {
                    "path": uri_path(found.span.source) or "promo.toml",
                    "lines": {"begin": start.line if start is not None else 1},
                },
            }
        )
    return json.dumps(issues, indent=2, ensure_ascii=False) + "\n"
