"""Golden files: what a text parses to, its canonical layout, and what is said of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from grammar.format import format_text
from grammar.parser import parse
from grammar.render import render
from grammar.span import SourceText
from tests.support.ast_text import ast_text

CASES = sorted(path for path in (Path(__file__).parents[1] / "golden" / "syntax").iterdir() if path.is_dir())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_golden(case: Path, golden: Callable[[Path, str], None]) -> None:
    text = (case / "input.promo").read_bytes().decode("utf-8")
    source = SourceText("input.promo", text)
    parsed = parse(text, "input.promo")
    golden(case / "ast.txt", ast_text(parsed.file.declarations, source))
    formatted = format_text(text, "input.promo")
    if formatted.text is not None:
        golden(case / "formatted.promo", formatted.text)
    if parsed.diagnostics:
        shown = [render(found, {"input.promo": source}) for found in parsed.diagnostics]
        golden(case / "diagnostics.txt", "\n\n".join(shown) + "\n")
    assert (case / "formatted.promo").exists() == (formatted.text is not None)
    assert (case / "diagnostics.txt").exists() == bool(parsed.diagnostics)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_canonical_layout_stays(case: Path) -> None:
    if (case / "formatted.promo").exists():
        text = (case / "formatted.promo").read_text(encoding="utf-8")
        assert format_text(text).text == text
