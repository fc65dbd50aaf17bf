"""How long the enterprise workspace takes. Behind `make bench`: the figures are for reading, nothing is asserted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from adapters.workspace import load
from engine.model.build import build_workspace
from engine.resolve import Resolver
from grammar.format import format_text
from grammar.parser import parse

ENTERPRISE = Path(__file__).parents[2] / "policies" / "enterprise"
pytestmark = pytest.mark.bench


def texts() -> dict[str, str]:
    return {str(path): path.read_text(encoding="utf-8") for path in sorted(ENTERPRISE.rglob("*.promo"))}


def test_parse(benchmark: Any) -> None:
    written = texts()
    parsed = benchmark(lambda: [parse(text, name) for name, text in written.items()])
    assert len(parsed) == len(written)


def test_format(benchmark: Any) -> None:
    written = texts()
    formatted = benchmark(lambda: [format_text(text, name).text for name, text in written.items()])
    assert formatted == list(written.values())


def test_build(benchmark: Any) -> None:
    files = [parse(text, name).file for name, text in texts().items()]
    built = benchmark(lambda: build_workspace(files))
    assert len(built.workspace.products) == 40


def test_load_from_disk(benchmark: Any) -> None:
    loaded = benchmark(lambda: load(ENTERPRISE))
    assert len(loaded.workspace.applications) > 250


def test_decide_every_pair(benchmark: Any) -> None:
    workspace = load(ENTERPRISE).workspace
    resolver = Resolver(workspace)
    pairs = [(product, environment) for product in workspace.products for environment in workspace.environments]
    decisions = benchmark(lambda: [resolver.decide(*pair) for pair in pairs])
    assert len(decisions) == 480
