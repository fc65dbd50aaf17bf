"""The editors' grammar is in step with the language: the same words have the same classes."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given, settings
from lark import Token

from grammar.format import print_file
from grammar.nodes import File
from grammar.parser import parse
from grammar.parsing.tables import tables
from tests.support.ast_strategies import files as promo_files
from tests.support.generate import promo_text
from tests.support.lark_oracle import tokens
from tests.support.textmate import TextMate

ROOT = Path(__file__).parents[2]
EDITORS = files("grammar").joinpath("editors")
TEXTMATE = json.loads(EDITORS.joinpath("promo.tmLanguage.json").read_text(encoding="utf-8"))
EXAMPLES = sorted([*(ROOT / "policies").rglob("*.promo"), *(ROOT / "tests" / "golden" / "syntax").rglob("*.promo")])

NUMBERS = {"INT", "DURATION", "TIME", "DATE", "MOMENT"}
OPERATORS = {"EQ", "NE", "LT", "LE", "GT", "GE", "EQUAL"}
PUNCTUATION = {"LBRACE", "RBRACE", "LPAR", "RPAR", "LSQB", "RSQB", "COMMA"}
CLASSES = {
    "storage.type": "keyword",
    "keyword.other": "keyword",
    "keyword.operator.word": "keyword",
    "keyword.operator.comparison": "operator",
    "keyword.operator.assignment": "operator",
    "entity.name": "name",
    "variable.other": "name",
    "string.quoted": "string",
    "constant.numeric": "number",
    "comment.line": "comment",
    "punctuation": "punctuation",
}


def class_of_token(token: Token) -> str:
    if token.type in NUMBERS:
        return "number"
    if token.type in OPERATORS:
        return "operator"
    if token.type in PUNCTUATION:
        return "punctuation"
    return {"NAME": "name", "PATH": "name", "STRING": "string"}.get(token.type, "keyword")


def class_of_scope(scope: str) -> str:
    return next((kind for prefix, kind in CLASSES.items() if scope.startswith(prefix)), "none")


def check(text: str) -> None:
    scopes = [class_of_scope(scope) for scope in TextMate(TEXTMATE).scopes(text)]
    found = tokens(text)
    for index, token in enumerate(found):
        start, end = token.start_pos or 0, token.end_pos or 0
        # An expectation's environment may be called as its other forms begin: `expect flow { ... }`.
        is_name = found[index - 1].type == "EXPECT" and found[index + 1].type == "LBRACE"
        wanted = "string" if token.type == "STRING" else "name" if is_name else class_of_token(token)
        line = text.count("\n", 0, start) + 1
        assert set(scopes[start:end]) == {wanted}, f"{token!r} on line {line} of\n{text}"
        scopes[start:end] = ["seen"] * (end - start)
    for match in re.finditer(r'"(?:[^"\\\n]|\\[^\n])*"|(#[^\n]*)', text):
        if match[1]:
            assert set(scopes[match.start() : match.end()]) == {"comment"}, match[0]
            scopes[match.start() : match.end()] = ["seen"] * len(match[0])
    assert set(scopes) <= {"seen", "none", "comment"}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_examples_have_the_classes_the_parser_sees(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    if parse(text).diagnostics:
        assert path.name == "input.promo"
        return
    check(text)


def test_generated_text_has_the_classes_the_parser_sees() -> None:
    check(promo_text(20))


@settings(max_examples=150)
@given(promo_files(2))
def test_canonical_text_has_the_classes_the_parser_sees(file: File) -> None:
    check(print_file(file))


def test_every_keyword_appears() -> None:
    patterns = json.dumps(TEXTMATE)
    missing = [word for word in tables().keywords if not re.search(rf"(?<![a-z-]){word}(?![a-z-])", patterns)]
    assert missing == []


def test_broken_text_is_tokenised_to_its_end() -> None:
    for text in ("policy x { when a ==\n}\npolicy y {", 'flow "open\n{', "}}}}{{{{", "test test test\n"):
        assert len(TextMate(TEXTMATE).scopes(text)) == len(text)


def test_the_language_configuration_names_the_comment_sign_and_the_brackets() -> None:
    configuration = json.loads(EDITORS.joinpath("language-configuration.json").read_text(encoding="utf-8"))
    assert configuration["comments"] == {"lineComment": "#"}
    assert configuration["brackets"] == [["{", "}"], ["[", "]"], ["(", ")"]]
    words = re.compile(configuration["wordPattern"])
    assert words.findall("step prod-eu after qa, -5") == ["step", "prod-eu", "after", "qa", "-5"]
    indents = re.compile(configuration["indentationRules"]["increaseIndentPattern"])
    assert indents.search('policy "a {" { # why')
    assert not indents.search('description "a {"')
