"""Findings as promo's own data."""

from __future__ import annotations

import json

from adapters.cli.diagnostics_json import diagnostic_data
from adapters.cli.lint_output.outcome import Outcome


def as_json(outcome: Outcome) -> str:
    """Return the findings as `promo check` gives them, each with the name of its rule."""
    findings = [
        {
            **diagnostic_data(found, outcome.sources),
            "rule": outcome.name(found.code),
            "fingerprint": outcome.fingerprint(found),
        }
        for found in outcome.findings
    ]
    return json.dumps({"findings": findings}, indent=2, ensure_ascii=False) + "\n"
