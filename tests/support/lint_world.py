"""Workspaces of rules' examples, linted in memory."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from adapters.manifests import read
from engine.lint.fixing import apply_fixes
from engine.lint.material import Material
from engine.lint.options import DEFAULT_OPTIONS, Options
from engine.lint.page import example_files
from engine.lint.registry import RULE_BY_CODE
from engine.lint.rule import Rule
from engine.lint.run import lint
from engine.lint.selection import Choice, Selection
from engine.model.argo import Application, WorkflowTemplate
from engine.model.build import build_workspace
from engine.model.workspace import Workspace
from grammar.diagnostics import Diagnostic, FixSafety
from grammar.nodes import File
from grammar.parser import parse

Texts = Mapping[str, str]


def texts_of(example: str) -> dict[str, str]:
    """Return the files of a rule's example, by name."""
    return dict(example_files(example))


def material_of(texts: Texts, options: Options = DEFAULT_OPTIONS) -> tuple[Material, tuple[Diagnostic, ...]]:
    """Return the material of some files, with everything that reading and building said."""
    files: list[File] = []
    applications: list[Application] = []
    workflows: list[WorkflowTemplate] = []
    found: list[Diagnostic] = []
    for name, text in texts.items():
        if name.endswith(".promo"):
            parsed = parse(text, name)
            files.append(parsed.file)
            found += parsed.diagnostics
        else:
            manifests = read(text, name, named=True)
            files.append(manifests.file)
            applications += manifests.applications
            workflows += manifests.workflows
            found += manifests.diagnostics
    built = build_workspace(files, applications, workflows)
    return Material(files, built.workspace, texts, options), (*found, *built.diagnostics)


def workspace_of(texts: Texts) -> Workspace:
    return material_of(texts)[0].workspace


def findings(
    texts: Texts | str,
    choices: Iterable[Choice] = (Choice(("all",)),),
    *,
    only: type[Rule] | None = None,
    options: Options = DEFAULT_OPTIONS,
) -> tuple[Diagnostic, ...]:
    """Return the findings of some files (a text is one `.promo` file, or several as rules' examples have them).

    Args:
        texts: the files.
        choices: what is selected; everything.
        only: keep the findings of this rule.
        options: what is configured about single rules.
    """
    named = texts_of(texts) if isinstance(texts, str) else texts
    material, read_findings = material_of(named, options)
    errors = [found for found in read_findings if found.is_error]
    assert errors == [], errors
    selection = Selection(choices, RULE_BY_CODE)
    found = lint(material, RULE_BY_CODE, dict.fromkeys(named, selection))
    return tuple(one for one in found if only is None or one.code == only.code)


def codes(texts: Texts | str) -> list[str]:
    """Return the codes of all findings, in order of place."""
    return [found.code for found in findings(texts)]


def fixed(texts: Texts, safeties: Collection[FixSafety]) -> tuple[dict[str, str], int]:
    """Apply fixes until none is left; return the texts and the number of rounds."""
    current = dict(texts)
    for rounds in range(20):
        changed, _ = apply_fixes(findings(current), current, safeties)
        if not changed:
            return current, rounds
        current |= changed
    raise AssertionError("fixes do not end")
