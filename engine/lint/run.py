"""Asks the rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from engine.lint.directives.silence import silenced
from engine.lint.material import Material
from engine.lint.rule import Rule
from engine.lint.selection import Selection
from grammar.diagnostics import Diagnostic, in_order


def lint(
    material: Material,
    rules: Mapping[str, type[Rule]],
    selection_of: Mapping[str, Selection],
    read: Iterable[Diagnostic] = (),
) -> tuple[Diagnostic, ...]:
    """Return what the rules find, without what comments silence.

    Args:
        material: a workspace that was built without errors; the rules rely on that.
        rules: by code.
        selection_of: which rules are asked about a text, by source; every text has one.
        read: findings of reading the workspace, which are selected and silenced like the others.

    Returns:
        The findings with their configured severity, by source and place. Cost: about linear in what is declared.
    """
    selections = {id(selection): selection for selection in selection_of.values()}.values()
    findings = [found for found in read if _wanted(found, selection_of)]
    for code, rule in rules.items():
        if any(selection.has(code) for selection in selections):
            findings += [found for found in rule().check(material) if _wanted(found, selection_of)]
    kept = silenced(findings, material.texts, rules, selection_of)
    return in_order(_weighed(found, selection_of) for found in kept)


def _wanted(found: Diagnostic, selection_of: Mapping[str, Selection]) -> bool:
    selection = selection_of.get(found.span.source)
    return selection is None or selection.has(found.code)


def _weighed(found: Diagnostic, selection_of: Mapping[str, Selection]) -> Diagnostic:
    selection = selection_of.get(found.span.source)
    severity = found.severity if selection is None else selection.severity(found.code, found.severity)
    return found if severity is found.severity else replace(found, severity=severity)
