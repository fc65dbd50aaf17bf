"""A verification as promo's own data."""

from __future__ import annotations

import json
from typing import Any, assert_never

from adapters.cli.decision_words import effective_data, place_data
from adapters.cli.diagnostics_json import diagnostic_data
from adapters.cli.verify_views.outcome import Verified
from engine.verify.finding import Finding
from engine.verify.points import Side, Witness
from engine.verify.verdict import CoreReason, Proved, Refuted, Unknown, Verdict


def as_json(verified: Verified) -> str:
    """Return everything that was found out, as one object."""
    report, found = verified.report, verified.report.statistics
    data = {
        "proved": not report.findings and not report.unknown,
        "closed": verified.closed,
        "checks": [{"code": check.code, "name": check.name, "doc": check.doc} for check in verified.checks],
        "findings": [_finding(verified, one) for one in report.findings],
        "unknown": [_finding(verified, one) for one in report.unknown],
        "proofs": [
            {"code": one.code, "subject": one.subject, "core": [_reason(verified, reason) for reason in one.core]}
            for one in report.proved
        ],
        "statistics": {
            "goals": found.goals,
            "without_solver": found.without_solver,
            "solver_calls": found.solver_calls,
            "p50_ms": round(found.percentile(0.5) * 1e3, 3),
            "p99_ms": round(found.percentile(0.99) * 1e3, 3),
        },
    }
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _finding(verified: Verified, found: Finding) -> dict[str, Any]:
    return {
        **diagnostic_data(found.diagnostic(), verified.loaded.sources),
        "subject": found.subject,
        "now": found.now,
        "verdict": _verdict(found.verdict),
        "core": [_reason(verified, reason) for reason in found.core],
        "counterexample": None if found.witness is None else _witness(verified, found.witness),
    }


def _verdict(verdict: Verdict | None) -> dict[str, str]:
    match verdict:
        case None | Proved():
            return {"kind": "proved"}
        case Refuted():
            return {"kind": "refuted"}
        case Unknown(reason):
            return {"kind": "unknown", "reason": reason}
        case _:
            assert_never(verdict)


def _reason(verified: Verified, reason: CoreReason) -> dict[str, Any]:
    return {"kind": reason.kind.value, "name": reason.name, **place_data(reason.span, verified.loaded.sources)}


def _witness(verified: Verified, witness: Witness) -> dict[str, Any]:
    decision = verified.decision(witness)
    sources = verified.loaded.sources
    return {
        "words": witness.words(),
        "product": _side(witness.product),
        "environment": _side(witness.environment),
        "flow": witness.flow,
        "given": list(witness.given()),
        "command": verified.command(witness),
        "settings": {name: effective_data(found, sources) for name, found in decision.effective.items()},
        "ambiguous": {
            tie.setting: [effective_data(other, sources) for other in tie.others] for tie in decision.ambiguous
        },
    }


def _side(side: Side) -> dict[str, Any]:
    return {
        "name": side.name,
        "declared": side.declared,
        "facts": {str(attribute): list(values) for attribute, values in side.values},
    }
