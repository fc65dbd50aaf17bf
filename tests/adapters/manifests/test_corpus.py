"""Published manifests, held against an independent judge: what is right is read, what is wrong is refused."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings

from adapters.manifests import ManifestFile, read
from adapters.manifests.emit import emit
from adapters.manifests.to_data import data_of
from adapters.manifests.to_promo import to_promo
from grammar.parser import parse
from grammar.span import SourceText
from tests.support import manifest_data as md
from tests.support import manifest_oracle as oracle
from tests.support.manifest_world import entity_of

CORPUS = Path(__file__).resolve().parents[4] / "shared" / "corpus" / "manifests"
FILES = sorted(CORPUS.glob("*/*.y*ml"))
pytestmark = pytest.mark.skipif(not FILES, reason="the corpus of published manifests is not here")

_NOT_READ = "an input's `valueFrom.secretKeyRef`, which Argo does not have, but which promotions never look at"
DIFFERENT = {
    "2024-11-21.bfd28781.promotion-workflow.f252b7.yaml": "an input's number for a value, which Argo takes for text",
    "2025-04-23.02e2b0d9.promotion-hooks.ddd001.yaml": _NOT_READ,
    "2025-04-23.c4c76497.promotion-hooks.5f2f7b.yaml": _NOT_READ,
    "2025-04-24.0a485f72.promotion-hooks.f4beec.yaml": _NOT_READ,
    "2025-04-28.d6660b0d.promotion-context-promotion-workflows.87de25.yaml": _NOT_READ,
    "2025-05-07.7528ce97.promotion-context-promotion-workflows.985bde.yaml": _NOT_READ,
}
"""Workflow templates that are read although the judge has something against them, and what: it is in fields that
promotions do not read, where Argo itself is to judge."""


def read_file(path: Path) -> tuple[str, ManifestFile]:
    text = path.read_text(encoding="utf-8")
    return text, read(text, str(path.relative_to(CORPUS)), named=True)


def judged(text: str) -> list[str]:
    """Return everything the judge has against a text."""
    try:
        found = oracle.documents(text)
    except yaml.YAMLError as fault:
        return [f"not YAML: {getattr(fault, 'problem', fault)}"]
    return [fault for document in found for fault in oracle.faults(document)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_the_judge_and_the_reader_agree(path: Path) -> None:
    text, manifests = read_file(path)
    against = judged(text)
    errors = [found for found in manifests.diagnostics if found.is_error]
    if path.name in DIFFERENT:
        assert against
        assert not errors
        return
    assert bool(against) == bool(errors), (against, errors)
    source = SourceText("", text)
    for found in errors:
        line, _ = source.position(found.span.start)
        assert found.span.source == str(path.relative_to(CORPUS))
        assert source.line(line).strip()
        assert found.message


@pytest.mark.parametrize("path", [path for path in FILES if path.parent.name in oracle.PROMOTION_KINDS])
def test_what_is_read_survives_import_and_export(path: Path) -> None:
    text, manifests = read_file(path)
    if judged(text):
        assert manifests.file.declarations == ()
        return
    converted = to_promo(manifests)
    assert not any(found.is_error for found in converted.diagnostics)
    declarations = parse(converted.text).file.declarations
    canonical = [md.canonical(document) for document in oracle.documents(text)]
    assert [data_of(entity_of(declaration)) for declaration in declarations] == canonical


def test_the_table_of_the_corpus(capsys: pytest.CaptureFixture[str]) -> None:
    counted: Counter[str] = Counter()
    refused: list[str] = []
    for path in FILES:
        text, manifests = read_file(path)
        errors = [found for found in manifests.diagnostics if found.is_error]
        counted[f"{path.parent.name}, {'refused' if errors else 'read'}"] += 1
        if errors:
            line, column = SourceText("", text).position(errors[0].span.start)
            refused.append(f"{errors[0].span.source}:{line}:{column}: {errors[0].message}")
    with capsys.disabled():
        print("\n" + "\n".join([*(f"{what}: {count}" for what, count in sorted(counted.items())), *refused]))
    assert sum(counted.values()) == len(FILES)
    assert len(refused) == 9


@settings(max_examples=200)
@given(md.products | md.templates | md.policies | md.flows)
def test_the_random_manifests_of_the_laws_are_right(data: md.Data) -> None:
    assert oracle.faults(data) == []
    assert judged(emit(data)) == []
