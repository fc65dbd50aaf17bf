"""Makes a workspace of texts: parses every file, reads every manifest, builds the model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from adapters.workspace.cached_manifests import Manifests, read_manifests
from adapters.workspace.json_paths import json_path_check
from adapters.workspace.zones import KnownZones
from engine.model.build import build_workspace
from engine.model.workspace import PriorityOrder, Workspace
from grammar.calm import calm_collector
from grammar.diagnostics import Diagnostic
from grammar.nodes import File
from grammar.parse_cache import parse_many
from grammar.parser import Parsed

Texts = Iterable[tuple[str, str]]
"""Pairs of source name and text."""


@dataclass(frozen=True, slots=True)
class Made:
    """What texts declare.

    Attributes:
        workspace: as far as the texts are right.
        diagnostics: everything that is wrong, in the order it was found.
        passed_over: how many manifests of kinds that promo has no use for were met, by kind, sorted.
        files: the declarations of each text as they were written, `.promo` first.
    """

    workspace: Workspace
    diagnostics: tuple[Diagnostic, ...]
    passed_over: Mapping[str, int]
    files: tuple[File, ...]


def make_workspace(promo: Texts, manifests: Texts, priority: PriorityOrder, *, check_json_paths: bool) -> Made:
    """Build the workspace that texts declare.

    Args:
        promo: `.promo` texts.
        manifests: YAML texts.
        priority: which of two policy priorities is better.
        check_json_paths: whether the syntax of JSONPaths is checked, which imports a library.
    """
    parsed, read = _parse(promo, manifests)
    files = _files(parsed, read)
    passed_over: Counter[str] = Counter()
    for one in read:
        passed_over.update(one.passed_over)
    with calm_collector():
        built = build_workspace(
            files,
            [application for one in read for application in one.applications],
            [workflow for one in read for workflow in one.workflows],
            priority_order=priority,
            known_zones=KnownZones(),
            check_json_path=json_path_check(files) if check_json_paths else None,
        )
    found = [diagnostic for one in parsed for diagnostic in one.diagnostics]
    found += [diagnostic for one in read for diagnostic in one.diagnostics]
    return Made(built.workspace, (*found, *built.diagnostics), dict(sorted(passed_over.items())), files)


def written_files(promo: Texts, manifests: Texts) -> tuple[File, ...]:
    """Return the declarations of each text as they were written, `.promo` first."""
    return _files(*_parse(promo, manifests))


def _files(parsed: list[Parsed], read: list[Manifests]) -> tuple[File, ...]:
    return (*(one.file for one in parsed), *(one.file for one in read))


def _parse(promo: Texts, manifests: Texts) -> tuple[list[Parsed], list[Manifests]]:
    return list(parse_many(promo)), read_manifests(manifests)
