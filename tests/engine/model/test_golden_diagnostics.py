import re
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.model.argo import Application
from engine.model.build import build_workspace
from grammar.diagnostics import Diagnostic
from grammar.parser import parse
from grammar.render import render
from grammar.span import SourceText, Span

GOLDEN = Path(__file__).parents[2] / "golden" / "model"
CASES = sorted(path.name for path in GOLDEN.iterdir() if path.is_dir())
ELSEWHERE = {"M017"}
"""Codes that no `.promo` text can provoke; other tests do."""


def _check_json_path(text: str) -> str | None:
    return None if text.startswith("$") else f"`{text}` is not a JSONPath; did you mean `$.{text}`?"


def _applications(case: Path) -> list[Application]:
    listed = case / "applications.txt"
    if not listed.exists():
        return []
    keys = listed.read_text(encoding="utf-8").splitlines()
    parted = [key.rpartition("/") for key in keys]
    return [Application(name, namespace, span=Span(0, 0, listed.name)) for namespace, _, name in parted]


def diagnostics_of(case: Path) -> tuple[tuple[Diagnostic, ...], dict[str, SourceText]]:
    texts = {path.name: path.read_text(encoding="utf-8") for path in sorted(case.glob("*.promo"))}
    parsed = [parse(text, name) for name, text in texts.items()]
    assert [diagnostic for one in parsed for diagnostic in one.diagnostics if diagnostic.code != "S007"] == []
    built = build_workspace(
        [one.file for one in parsed],
        _applications(case),
        known_zones=("Europe/Berlin", "UTC"),
        check_json_path=_check_json_path,
    )
    return built.diagnostics, {name: SourceText(name, text) for name, text in texts.items()}


@pytest.mark.parametrize("case", CASES)
def test_diagnostics_read_as_they_did(case: str, golden: Callable[[Path, str], None]) -> None:
    found, sources = diagnostics_of(GOLDEN / case)
    text = "\n\n".join(render(diagnostic, sources) for diagnostic in found) + "\n"
    golden(GOLDEN / case / "diagnostics.txt", text)


@pytest.mark.parametrize("case", CASES)
def test_messages_keep_the_house_style(case: str) -> None:
    for diagnostic in diagnostics_of(GOLDEN / case)[0]:
        assert not diagnostic.message.endswith("."), diagnostic
        assert diagnostic.message[0] in "`" or diagnostic.message[0].islower(), diagnostic
        assert "None" not in diagnostic.message + diagnostic.help, diagnostic
        assert diagnostic.span.source, diagnostic


def test_every_code_of_the_model_is_shown_by_a_case() -> None:
    root = Path(__file__).parents[3] / "engine" / "model"
    codes = {code for path in root.rglob("*.py") for code in re.findall(r'"(M[0-9]{3})"', path.read_text("utf-8"))}
    shown = {
        code
        for path in GOLDEN.glob("*/diagnostics.txt")
        for code in re.findall(r"\[(M[0-9]{3})\]", path.read_text("utf-8"))
    }
    assert codes - ELSEWHERE == shown
