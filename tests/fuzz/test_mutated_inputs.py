"""Whatever comes in, diagnostics come out: never an exception, in bounded time and memory.

A few thousand inputs by default. `make fuzz` gives each of the four readers 50,000 and prints what they took.
"""

from __future__ import annotations

import os
import random
import resource
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from adapters.manifests import read
from adapters.yaml import SpliceEditor
from engine.model.attributes import POLICY_SCOPE, REQUIRE_THAT_SCOPE, TEMPLATE_SCOPE, TRIGGER_SCOPE
from engine.model.build import build_workspace
from engine.model.check import check_condition
from engine.plan.ports import Edited, EditRefused
from grammar import nodes
from grammar.format import format_text
from grammar.parser import parse
from grammar.render import render
from grammar.span import SourceText
from tests.support.mutate import mutations

ROOT = Path(__file__).parents[2]
COUNT = int(os.environ.get("PROMO_FUZZ_EXAMPLES", "1500"))
SLOWEST = 5.0
"""Seconds of CPU that one small input may take: far beyond any real one, so that only runaway work fails."""
GROWTH = 300_000
"""Kilobytes that the process may grow by over a whole run."""


def _texts(pattern: str) -> list[str]:
    return [path.read_text(encoding="utf-8") for path in sorted((ROOT / "policies").glob(pattern)) if path.is_file()]


def _drive(name: str, seeds: list[str], take: Callable[[str], None]) -> None:
    """Give every mutated text to a reader, and hold it to its bounds."""
    base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    slowest, total = 0.0, time.process_time()
    for text in mutations(seeds, COUNT, seed=len(name)):
        began = time.process_time()
        try:
            take(text)
        except Exception as fault:
            pytest.fail(f"{name} raised {fault!r} for {text!r}")
        slowest = max(slowest, time.process_time() - began)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - base
    total = time.process_time() - total
    print(f"\n{name}: {COUNT} inputs, {total:.1f} s CPU, slowest {slowest * 1000:.0f} ms, grew by {grown // 1024} MB")
    assert slowest < SLOWEST
    assert grown < GROWTH


def test_the_parser() -> None:
    seeds = _texts("quickstart/*.promo") + _texts("library/*.promo")

    def take(text: str) -> None:
        parsed = parse(text, "fuzz.promo")
        source = SourceText("fuzz.promo", text)
        for diagnostic in parsed.diagnostics:
            assert 0 <= diagnostic.span.start <= diagnostic.span.end <= len(text) + 1
            render(diagnostic, {"fuzz.promo": source})
        formatted = format_text(text, "fuzz.promo")
        assert (formatted.text is None) == any(found.is_error for found in parsed.diagnostics)
        build_workspace([parsed.file])

    _drive("parser, formatter and builder", seeds, take)


def test_the_manifest_reader() -> None:
    seeds = [document for text in _texts("*/argocd/*.yaml") for document in text.split("\n---\n")]
    seeds += [(ROOT / "tests" / "golden" / "mistakes" / "11-manifest-typo" / "policy.yaml").read_text(encoding="utf-8")]

    def take(text: str) -> None:
        found = read(text, "fuzz.yaml", named=True)
        source = SourceText("fuzz.yaml", text)
        for diagnostic in found.diagnostics:
            render(diagnostic, {"fuzz.yaml": source})
        build_workspace([found.file], found.applications, found.workflows)

    _drive("manifest reader", seeds, take)


def test_the_document_editor() -> None:
    seeds = _texts("quickstart/apps/**/*.yaml") + _texts("multi-region/deploy/**/values.yaml")
    rng = random.Random(0)
    paths = (
        "$.web.image.tag",
        "$..image",
        "$.version",
        "$.dependencies[*].version",
        "$.a.b[0]",
        "$",
        "$..*",
        "$[?@.a]",
    )
    editor = SpliceEditor()

    def take(text: str) -> None:
        source, target = text.encode("utf-8", "surrogatepass"), rng.choice(seeds).encode()
        if rng.random() < 0.5:
            source, target = target, source
        result = editor.promote(path="values.yaml", source=source, target=target, json_paths=(rng.choice(paths),))
        assert isinstance(result, Edited | EditRefused)

    _drive("document editor", seeds, take)


def test_the_expression_checker() -> None:
    seeds = [
        "environment.kind == prod and product.labels.team in [\"a\", \"b\"]",
        "not (message matches \"*x*\" or revision == main) and author != \"Ada <a@b>\"",
        "action == pr and soak >= 2h and approvals > 1 and passed qa",
        "application.labels[\"app.kubernetes.io/name\"] not matches [\"a*\", \"*b\"]",
        "\"x\" in product.tags and environment.clusters not in [in-cluster]",
    ]  # fmt: skip
    scopes = (POLICY_SCOPE, TEMPLATE_SCOPE, TRIGGER_SCOPE, REQUIRE_THAT_SCOPE)

    def take(text: str) -> None:
        parsed = parse(f"policy p {{ when {text}\n}}", "fuzz.promo")
        for declaration in parsed.file.declarations:
            for item in getattr(declaration, "items", ()):
                if isinstance(item, nodes.When):
                    for scope in scopes:
                        checked = check_condition(item.condition, scope)
                        wrong = any(found.is_error for found in (*parsed.diagnostics, *checked.diagnostics))
                        assert wrong or checked.condition is not None

    _drive("expression checker", seeds, take)
