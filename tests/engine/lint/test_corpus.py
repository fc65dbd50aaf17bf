"""Published manifests that are right: whatever is called an error in them is one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

from adapters.manifests import read
from engine.lint.material import Material
from engine.lint.registry import RULE_BY_CODE
from engine.lint.run import lint
from engine.lint.selection import Choice, Selection
from engine.model.argo import Application, WorkflowTemplate
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
    ("PromotionFlow/2025-05-11.ad229ed7.promotion-flow-crd.914006.yaml", 14): "slack-start-hook",
    ("PromotionFlow/2025-05-11.ad229ed7.promotion-flow-crd.914006.yaml", 15): "simple-fail",
    ("PromotionFlow/2025-05-11.ad229ed7.promotion-flow-crd.914006.yaml", 23): "slack-start-hook",
    ("PromotionFlow/2025-05-11.ad229ed7.promotion-flow-crd.914006.yaml", 24): "success-hook-test",
    ("PromotionFlow/screenshot.demo-hooks-flow.yaml", 17): "slack-start-hook",
    ("PromotionFlow/screenshot.demo-hooks-flow.yaml", 25): "slack-start-hook",
    ("PromotionFlow/screenshot.demo-hooks-flow.yaml", 26): "success-hook-test",
    ("PromotionPolicy/2024-07-02.4217927d.promotion-policy-crd.38be00.yaml", 27): "promotion-wf-1",
    ("PromotionPolicy/2024-07-02.4217927d.promotion-policy-crd.38be00.yaml", 28): "promotion-wf-3",
    ("PromotionPolicy/2024-07-03.56fe3ccf.promotion-policy-crd.0cf569.yaml", 24): "smoketests",
    ("PromotionPolicy/2024-07-17.9debe047.promotion-policy-crd.6cf35d.yaml", 21): "smoketests",
    ("PromotionPolicy/2024-08-21.2cea5b50.promotion-policy-crd.4987f9.yaml", 18): "smoke-tests",
    ("PromotionPolicy/screenshot.policy-list.reconstructed.yaml", 9): "kim-test",
    ("PromotionPolicy/screenshot.policy-list.reconstructed.yaml", 33): "smoketests",
    ("PromotionPolicy/screenshot.promotion-policy-evaluation-result.membership.yaml", 12): "smoketests",
    ("PromotionPolicy/screenshot.promotion-policy-evaluation-result.membership.yaml", 13): "smoketests",
}
"""Workflows that a policy or a flow of the corpus names, by file and line, and that no template of the corpus
declares: were these files one workspace, the releases would stop there (L107). Seen alone, the same files have no
template at all, and nothing is said. That the names are declared nowhere is looked up in the YAML itself below."""


def linted(paths: Iterable[Path]) -> tuple[tuple[Diagnostic, ...], dict[str, SourceText]]:
    """Lint the valid ones of some files, with the environments their flows name declared as they are called."""
    files: list[nodes.File] = []
    applications: list[Application] = []
    workflows: list[WorkflowTemplate] = []
    texts: dict[str, str] = {}
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
    errors = {
        (found.span.source, sources[found.span.source].position(found.span.start).line, found.code): (
            sources[found.span.source].text[found.span.start : found.span.end]
        )
        for found in findings
        if found.is_error
    }
    unknown = {place[:2]: text for place, text in errors.items() if place[2] == "L107"}
    assert unknown == TRUE_TOGETHER
    assert {place for place in errors if place[2] != "L107"} == set(TRUE_ALONE)


def test_the_arguments_hold_in_the_yaml_itself() -> None:
    """No template has a name that is said to be declared nowhere, and the selector lists both kinds; without promo."""
    texts = [path.read_text(encoding="utf-8") for path in FILES]
    templates = [text for text in texts if re.search(r"^kind: WorkflowTemplate$", text, re.MULTILINE)]
    named = {name for text in templates for name in re.findall(r"^ +name: [\"']?([\w-]+)", text, re.MULTILINE)}
    assert len(templates) > 5
    assert named.isdisjoint(TRUE_TOGETHER.values())
    for name, number, _ in TRUE_ALONE:
        lines = (CORPUS / name).read_text(encoding="utf-8").splitlines()
        assert lines[number - 1].strip() == "types:"
        assert {line.strip(" -") for line in lines[number : number + 2]} == {"PROD", "NON_PROD"}
