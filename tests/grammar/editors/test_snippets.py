"""Snippets are examples: what they insert is valid, and every declaration has one."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from grammar.parser import parse
from grammar.vocabulary import DECLARATIONS

SNIPPETS: dict[str, dict[str, Any]] = json.loads(
    (Path(str(files("grammar"))) / "editors" / "vscode" / "snippets" / "promo.json").read_text(encoding="utf-8")
)
PLACEHOLDER = re.compile(r"\$\{\d+(?::((?:\\.|[^\\}])*)|\|((?:\\.|[^\\|])*)\|)\}|\$\d|\\([\\$}])")


def expanded(body: list[str], choice: int) -> str:
    """Return what the editor inserts where nobody types anything; of choices, one, for as long as there are."""

    def replaced(match: re.Match[str]) -> str:
        default, choices, escaped = match.groups()
        if choices is not None:
            words: list[str] = choices.split(",")
            return words[min(choice, len(words) - 1)]
        return re.sub(r"\\(.)", r"\1", default) if default is not None else escaped or ""

    return PLACEHOLDER.sub(replaced, "\n".join(body)) + "\n"


@pytest.mark.parametrize("choice", range(3))
@pytest.mark.parametrize("name", SNIPPETS)
def test_what_a_snippet_inserts_is_valid(name: str, choice: int) -> None:
    text = expanded(SNIPPETS[name]["body"], choice)
    assert "${" not in text
    if name == "step":
        text = f"flow standard {{\n  trigger dev\n  {text}}}\n"
    parsed = parse(text)
    assert [diagnostic.message for diagnostic in parsed.diagnostics] == []
    assert len(parsed.file.declarations) == 1


def test_every_declaration_has_a_snippet() -> None:
    assert {snippet["prefix"] for snippet in SNIPPETS.values()} >= set(DECLARATIONS)
