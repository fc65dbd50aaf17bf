"""Published manifests that are right: whatever is called an error in them is one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

from adapters.manifests import read
from engine.lint.material import Material
from engine.lint.registry import RULE_BY_CODE
from engine.lint.run import lint
from engine.lint.selection import Choice, Selection
from engine.model.build import build_workspace
from grammar import nodes
from grammar.diagnostics import Diagnostic
from grammar.parser import parse
from grammar.span import SourceText

CORPUS = Path(__file__).resolve().parents[4] / "shared" / "corpus" / "manifests"
FILES = sorted(CORPUS.glob("*/*.y*ml"))
pytestmark = pytest.mark.skipif(not FILES, reason="the corpus of published manifests is not here")

TRUE_ALONE = {
    ("PromotionPolicy/2024-07-02.4217927d.promotion-policy-crd.38be00.yaml", 19, "L102"): (
        "the selector lists PROD and NON_PROD under `types`: every environment is one of them, so it selects nothing"
    ),
}
"""Errors in single files, by file, line and code, and why each is true."""

TRUE_TOGETHER = {
    "slack-start-hook",
    "simple-fail",
    "success-hook-test",
    "promotion-wf-1",
    "promotion-wf-3",
    "smoketests",
    "smoke-tests",
    "kim-test",
}
"""Workflows that a policy or a flow of the corpus names and that no template of the corpus declares: were these files
one workspace, the releases would stop there (L107). Seen alone, the same files have no template at all, and nothing is
said."""


def linted(paths: Iterable[Path]) -> tuple[tuple[Diagnostic, ...], dict[str, SourceText]]:
    """Lint the valid ones of some files, with the environments their flows name declared as they are called."""
    files, applications, workflows, texts = [], [], [], {}
    for path in paths:
        name, text = path.relative_to(CORPUS).as_posix(), path.read_text(encoding="utf-8")
        manifests = read(text, name, named=True)
        if not any(found.is_error for found in manifests.diagnostics):
            files.append(manifests.file)
            applications += manifests.applications
            workflows += manifests.workflows
            texts[name] = text
    kinds = {name: "prod" if name.startswith("prod") else "non-prod" for name in environments(files)}
    places = "".join(f"environment {name} {{ kind {kind} }}\n" for name, kind in kinds.items())
    files.append(parse(places, "environments.promo").file)
    texts["environments.promo"] = places
    workspace = build_workspace(files, applications, workflows).workspace
    selection = Selection([Choice()], RULE_BY_CODE)
    found = lint(Material(files, workspace, texts), RULE_BY_CODE, dict.fromkeys(texts, selection))
    return found, {name: SourceText(name, text) for name, text in texts.items()}


def environments(files: Iterable[nodes.File]) -> list[str]:
    flows = [one for file in files for one in file.declarations if isinstance(one, nodes.Flow)]
    parts = [part for flow in flows for part in flow.items if isinstance(part, nodes.Step | nodes.Trigger)]
    named = [part.environment.text for part in parts]
    named += [name.text for part in parts if isinstance(part, nodes.Step) for name in part.after]
    return sorted(set(named))


def test_errors_in_single_files_are_true(capsys: pytest.CaptureFixture[str]) -> None:
    errors: set[tuple[str, int, str]] = set()
    counted: Counter[str] = Counter()
    for path in FILES:
        findings, sources = linted([path])
        counted.update(f"{found.code} {found.severity.value}" for found in findings)
        errors |= {
            (found.span.source, sources[found.span.source].position(found.span.start).line, found.code)
            for found in findings
            if found.is_error
        }
    with capsys.disabled():
        print(f"\n{len(FILES)} files: " + ", ".join(f"{count} {what}" for what, count in sorted(counted.items())))
    assert errors == set(TRUE_ALONE)


def test_errors_in_all_files_together_are_true() -> None:
    findings, sources = linted(FILES)
    errors = [found for found in findings if found.is_error]
    texts = {found: sources[found.span.source].text[found.span.start : found.span.end] for found in errors}
    assert {text for found, text in texts.items() if found.code == "L107"} == TRUE_TOGETHER
    others = [found for found in errors if found.code != "L107"]
    places = {(f.span.source, sources[f.span.source].position(f.span.start).line, f.code) for f in others}
    assert places == set(TRUE_ALONE)
