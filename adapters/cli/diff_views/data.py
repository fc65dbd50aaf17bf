"""A difference as data, for machines."""

from __future__ import annotations

from typing import Any

from adapters.cli.decision_words import effective_data, place_data
from adapters.cli.diff_views.entries import Sides, Sources, verdict
from engine.resolve.decision import Effective
from engine.verify.diff import Change, Difference, Region, SettingDifference, TriggerRegion, Winner
from engine.verify.diff.region_words import where
from engine.verify.verdict import Proved, Unknown


def difference_data(difference: Difference, sides: Sides) -> dict[str, Any]:
    """Return a difference as plain data."""
    goals, alone, calls = difference.statistics
    return {
        "old": sides.old,
        "new": sides.new,
        "verdict": verdict(difference),
        "changed": not difference.empty,
        "proved": not difference.unknown,
        "closed": difference.closed,
        "settings": [_setting(found, sides) for found in difference.settings],
        "triggers": {
            "regions": [_trigger(found) for found in difference.triggers],
            "rest": _rest(difference.triggers_rest),
        },
        "access": {"rest": _rest(difference.access_rest)},
        "requirements": {"rest": _rest(difference.invariants_rest)},
        "changes": [_change(found, sides) for found in difference.changes],
        "statistics": {"goals": goals, "without_solver": alone, "solver_calls": calls},
    }


def _rest(rest: Proved | Unknown) -> dict[str, Any]:
    return {"verdict": "unknown", "reason": rest.reason} if isinstance(rest, Unknown) else {"verdict": "proved"}


def _setting(found: SettingDifference, sides: Sides) -> dict[str, Any]:
    return {
        "setting": found.setting,
        "regions": [_region(region, sides) for region in found.regions],
        "same_value": [_region(region, sides) for region in found.moved],
        "rest": _rest(found.rest),
    }


def _region(region: Region, sides: Sides) -> dict[str, Any]:
    return {
        "where": where(region),
        "verdict": region.strictness.value,
        "old": _winner(region.old, sides.old_sources),
        "new": _winner(region.new, sides.new_sources),
        "flow": region.flow,
        "exceptions": [name for name in region.exceptions if name],
        "more_exceptions": "" in region.exceptions,
        "declared_pairs": region.pairs,
        "examples": [{"product": product, "environment": name} for product, name in region.examples],
        "witness": {
            "declared": region.witness.declared,
            "given": list(region.witness.given()),
            "words": region.witness.words(),
        },
    }


def _winner(winner: Winner, sources: Sources) -> dict[str, Any] | None:
    if winner.value is None or winner.origin is None:
        return None
    return effective_data(Effective(winner.value, winner.origin), sources)


def _trigger(region: TriggerRegion) -> dict[str, Any]:
    commit = region.commit
    return {
        "products": list(region.products),
        "environment": region.environment,
        "old": region.old,
        "new": region.new,
        "commit": {
            "message": commit.message,
            "author": commit.author,
            "branches": list(commit.branches),
            "tags": list(commit.tags),
        },
    }


def _change(change: Change, sides: Sides) -> dict[str, Any]:
    return {
        "topic": change.topic.value,
        "subject": change.subject,
        "text": change.text,
        "verdict": change.strictness.value,
        "old": place_data(change.old, sides.old_sources),
        "new": place_data(change.new, sides.new_sources),
        "witness": change.witness,
    }
