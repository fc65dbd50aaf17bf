"""The colours of the example: what the editor's own tokeniser saw, and what ours sees now."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import pytest

from tests.support.textmate import TextMate
from tests.support.token_lines import token_lines

ROOT = Path(__file__).parents[3]
GOLDEN = ROOT / "tests" / "golden" / "tokens"
EXAMPLES = sorted((ROOT / "policies" / "quickstart").rglob("*.promo"))
GRAMMAR = json.loads(files("grammar").joinpath("editors", "promo.tmLanguage.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_colours_are_those_the_editor_gives(path: Path) -> None:
    seen = GOLDEN / path.relative_to(ROOT / "policies").with_suffix(".tokens")
    found = token_lines(TextMate(GRAMMAR), path.read_text(encoding="utf-8"))
    assert found == seen.read_text(encoding="utf-8"), (
        "run `npm ci && npm run tokens` in grammar/editors/vscode and review what it writes"
    )


def test_every_golden_file_has_an_example() -> None:
    written = {path.relative_to(GOLDEN).with_suffix(".promo") for path in GOLDEN.rglob("*.tokens")}
    assert written == {path.relative_to(ROOT / "policies") for path in EXAMPLES}
