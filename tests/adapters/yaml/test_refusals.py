"""Hostile and hopeless input: refused with a reason and a place, in bounded work, never an exception."""

from __future__ import annotations

import pytest

from adapters.yaml import SpliceEditor
from adapters.yaml.limits import MAX_BYTES, MAX_DEPTH
from engine.plan.ports import EditRefused

BOMB = "a: &a0 [x]\n" + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 20))

REFUSED = [
    ("a: 1\nb: 2\na: 3\n", 3, 1, "stands twice"),
    ("a: *x\n", 1, 4, "no anchor"),
    ("a: &x [*x]\n", 1, 8, "inside what it names"),
    ("a:\n\tb: 1\n", 2, 1, "not valid YAML"),
    ("a: {b: 1\n", 2, 1, "not valid YAML"),
    ("a: 'x\n", 2, 1, "not valid YAML"),
    ("[a]: 1\n", 1, 1, "cannot be addressed"),
    ("a: 1\n<<: x\n", 2, 5, "merge key"),
    (BOMB, 7, 20, "values"),
    ("a: " + "[" * 5000, 1, 4 + MAX_DEPTH - 1, "inside each other"),
    ("- " * 5000, 1, 1 + 2 * MAX_DEPTH, "inside each other"),
    ("a: \x01\n", 1, 4, "not valid YAML"),
    (b"a: 1\nb: \xff\n", 2, 4, "not UTF-8"),
    (b"\xff\xfea\x00", 1, 1, "UTF-16"),
    (b"#" * (MAX_BYTES + 1), 0, 0, "bytes"),
]


@pytest.mark.parametrize(
    ("document", "line", "column", "reason"), REFUSED, ids=[row[3] + str(row[1]) for row in REFUSED]
)
@pytest.mark.parametrize("in_source", [False, True])
def test_a_document_is_refused_with_its_place(
    document: str | bytes, line: int, column: int, reason: str, in_source: bool
) -> None:
    bad = document.encode() if isinstance(document, str) else document
    source, target = (bad, b"a: 1\n") if in_source else (b"a: 1\n", bad)
    result = SpliceEditor().promote(path="v.yml", source=source, target=target, json_paths=("$.a",))
    assert isinstance(result, EditRefused)
    assert reason in result.reason
    assert result.in_source is in_source
    assert (result.line, abs(result.column - column) <= 2) == (line, True), result


@pytest.mark.parametrize(
    ("document", "line", "column"),
    [
        ('{"a": }', 1, 7),
        ('{"a": 1,}', 1, 9),
        ('{"a": 1} x', 1, 10),
        ("{'a': 1}", 1, 2),
        ('{"a" 1}', 1, 6),
        ("[1,]", 1, 4),
        ("[1 2]", 1, 4),
        ('{"a": "\t"}', 1, 7),
        ("[" * 5000, 1, MAX_DEPTH + 1),
        ("", 1, 1),
        ("{", 1, 2),
        ("NaN", 1, 1),
    ],
)
def test_invalid_json_is_refused_with_its_place(document: str, line: int, column: int) -> None:
    result = SpliceEditor().promote(path="v.json", source=b"{}", target=document.encode(), json_paths=("$.a",))
    assert isinstance(result, EditRefused)
    assert (result.line, result.column) == (line, column)


@pytest.mark.parametrize("path", ["values.toml", "Makefile", "yaml", "a.yaml/b", ".json/x"])
def test_other_files_are_refused_unless_they_are_copied_whole(path: str) -> None:
    result = SpliceEditor().promote(path=path, source=b"a: 1", target=b"a: 2", json_paths=("$.a",))
    assert isinstance(result, EditRefused)
    assert path in result.reason


@pytest.mark.parametrize(
    "query",
    [
        "$..*..*..*..*..*..*..*..*",
        "$..[?$..[?$..[?@ == $]]]",
        "$..[?$.a == $.b]",
        "$..[?search(@, '(a+)+$')]",
        "$..[?count($..*) > count($..*)]",
    ],
)
def test_an_expensive_query_ends(query: str) -> None:
    items = ", ".join("[aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab, {x: [1, 2]}]" for _ in range(60))
    document = f"a: [{items}]\nb: [{items}]\n".encode()
    editor = SpliceEditor()
    assert editor.check_path(query) is None
    result = editor.promote(path="v.yaml", source=document, target=document, json_paths=(query,))
    if isinstance(result, EditRefused):
        assert "too many steps" in result.reason
    else:
        assert result.changes == ()
