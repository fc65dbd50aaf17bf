"""Queries: what is wrong with them, what was probably meant, and reading single values."""

from __future__ import annotations

import pytest

from adapters.yaml import SpliceEditor
from engine.plan.ports import EditRefused

EDITOR = SpliceEditor()


@pytest.mark.parametrize(
    ("query", "meant"),
    [
        ("$appVersion", "$.appVersion"),
        ("appVersion", "$.appVersion"),
        ("image.tag", "$.image.tag"),
        (".image.tag", "$.image.tag"),
        ("$image.tag", "$.image.tag"),
        ('["a-b"]', '$["a-b"]'),
        ("$.a-b", '$["a-b"]'),
        ("$.services.*.a-b", '$.services.*["a-b"]'),
        ("$.a[b]", '$.a["b"]'),
        ("/image/tag", "$.image.tag"),
        ("/images/0/newTag", "$.images[0].newTag"),
        ("$.spec.containers.0.image", "$.spec.containers[0].image"),
    ],
)
def test_an_invalid_query_is_explained_with_what_was_meant(query: str, meant: str) -> None:
    reason = EDITOR.check_path(query)
    assert reason is not None
    assert f"`{query}` is not a JSONPath query" in reason
    assert reason.endswith(f"did you mean `{meant}`?")
    assert EDITOR.check_path(meant) is None
    result = EDITOR.promote(path="v.yaml", source=b"a: 1", target=b"a: 1", json_paths=(query,))
    assert result == EditRefused(reason)


@pytest.mark.parametrize(
    "query",
    ["", "$.", "$..", "$.a[", "$[?", "$[99999999999999999999]", "x" * 5000, "$" + "[?@" * 400, "$[?" + "!" * 3000],
)
def test_a_hopeless_query_is_refused(query: str) -> None:
    assert EDITOR.check_path(query) is not None


@pytest.mark.parametrize(
    "query", ["*", "$", "$.a", "$['a-b'][0]", "$..x", "$.a[?@.x == 1 && match(@.y, 'a.*')]", "$.ключ"]
)
def test_a_valid_query_is_fine(query: str) -> None:
    assert EDITOR.check_path(query) is None


@pytest.mark.parametrize(
    ("document", "query", "expected"),
    [
        ("appVersion: 1.10\n", "$.appVersion", "1.10"),
        ('appVersion: "1.10"\n', "$.appVersion", "1.10"),
        ("version: 012\n", "$.version", "012"),
        ("a: true", "$.a", "true"),
        ("a: x", "$.b", None),
        ("", "$.b", None),
        ("a: 1\n---\nb: 2\n", "$.b", "2"),
        ("a: &x v\nb: *x\n", "$.b", "v"),
        ("a: |\n  x\n", "$.a", "x\n"),
        ("l: [{n: a, v: 1}, {n: b, v: 2}]", '$.l[?@.n == "b"].v', "2"),
    ],
)
def test_a_single_value_is_read_as_it_is_spelled(document: str, query: str, expected: str | None) -> None:
    assert EDITOR.value(path="Chart.yaml", document=document.encode(), json_path=query) == expected


def test_a_collection_or_several_values_are_no_single_value() -> None:
    several = EDITOR.value(path="v.yaml", document=b"a: [1, 2]", json_path="$.a[*]")
    assert isinstance(several, EditRefused)
    assert "selects 2 values" in several.reason
    collection = EDITOR.value(path="v.yaml", document=b"x: 1\na: [1, 2]", json_path="$.a")
    assert isinstance(collection, EditRefused)
    assert (collection.line, collection.column) == (2, 4)


def test_a_document_that_cannot_be_read_has_no_value() -> None:
    broken = EDITOR.value(path="v.yaml", document=b"a: [", json_path="$.a")
    assert isinstance(broken, EditRefused)
    assert broken.line == 2 or broken.line == 1
