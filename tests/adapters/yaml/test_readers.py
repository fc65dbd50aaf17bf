"""The two readers of YAML see the same, and reading back never takes one document for another."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given

from adapters.yaml import SpliceEditor, compose, unmarked
from adapters.yaml.compose import compose as read_fully
from adapters.yaml.limits import MAX_DEPTH, MAX_KEPT_DOCUMENTS
from adapters.yaml.node import Document, Node, child, typed_keys
from adapters.yaml.read import Format
from adapters.yaml.read_back import reads_back
from adapters.yaml.recent import Recent
from adapters.yaml.unmarked import read_unmarked
from engine.plan.ports import Edited, EditRefused
from tests.adapters.yaml.test_operations import CASES
from tests.adapters.yaml.test_random_edits import documents, fuzz


def quickly(text: str) -> Document:
    document = read_unmarked(text, "")
    assert document is not None, text
    return document


def seen(node: Node) -> Any:
    """Everything that a node says of itself."""
    own = (node.kind, node.start, node.end, node.value, node.text, node.style, node.anchor, node.tag)
    return (*own, [seen(item) for item in node.children])


def check_both(text: str) -> None:
    full = read_fully(text, "")
    quick = read_unmarked(text, "")
    if quick is None:
        assert any(mark in text for mark in ("&", "!", "<<")), text
        return
    assert [seen(root) for root in quick.roots] == [seen(root) for root in full.roots]
    for one, other in zip(quick.roots, full.roots, strict=True):
        for key in list(other.value) if isinstance(other.value, dict) else ():
            found, wanted = child(quickly(text).roots[0] if len(full.roots) == 1 else one, key), child(other, key)
            assert found is not None
            assert wanted is not None
            assert seen(found) == seen(wanted)


@fuzz(1)
@given(documents())
def test_both_readers_see_the_same_in_random_documents(document: tuple[dict[str, Any], str]) -> None:
    check_both(document[1])
    assert quickly(document[1]).roots[0].value == read_fully(document[1], "").roots[0].value


@pytest.mark.parametrize("text", sorted({text for case in CASES for text in (case[0], case[1], case[3])}))
def test_both_readers_see_the_same_in_every_layout(text: str) -> None:
    check_both(text)


@pytest.mark.parametrize(
    "text", ["", "# only\n", "x", "[]", "{}", "--- a\n--- b\n", "a: >+\n  x\n\nb: 1\n", "? a\n: b\n"]
)
def test_both_readers_see_the_same_in_short_documents(text: str) -> None:
    check_both(text)


@pytest.mark.parametrize(
    "text",
    [
        *("a: &x 1\n", "a: &x [1]\n", "a: !t 1\n", "a: !t {}\n", "a: *x\n", "<<: {a: 1}\n", "a: 1\na: 2\n"),
        *("a: 1\n'a': 2\n", "[a]: 1\n", "{b: 1, {c: 2}: 3}\n", "? {a: 1}\n: 2\n", "a: [\n"),
        "[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1),
    ],
)
def test_marks_and_faults_are_left_to_the_full_reader(text: str) -> None:
    assert read_unmarked(text, "") is None


@fuzz(1)
@given(documents(), documents())
def test_a_text_reads_back_as_itself_and_as_nothing_else(
    one: tuple[dict[str, Any], str], other: tuple[dict[str, Any], str]
) -> None:
    roots = list(quickly(one[1]).roots)
    assert reads_back(one[1], roots)
    if reads_back(other[1], roots):
        assert [root.value for root in quickly(other[1]).roots] == [root.value for root in roots]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a: 1\n", "a: '1'\n"),
        ("a: 'x'\n", "a: y\n"),
        ("1: x\n", "'1': x\n"),
        ("a: [1]\n", "a: [1, 2]\n"),
        ("a: [1, 2]\n", "a: [1]\n"),
        ("a: []\n", "a: {}\n"),
        ("a: 1\nb: 2\n", "a: 1\n"),
        ("a: 1\n", "a: 1\nb: 2\n"),
        ("a\n--- b\n", "a\n"),
        ("a\n", "a\n--- b\n"),
        ("a: !t x\n", "a: x\n"),
        ("a: &x x\n", "a: x\n"),
        ("a: &x [1]\n", "a: [1]\n"),
        ("a: x\nb: *a\n", "a: x\nb: x\n"),
        ("a: [\n", "a: []\n"),
        ("", "null\n"),
    ],
)
def test_another_meaning_does_not_read_back(text: str, wanted: str) -> None:
    assert not reads_back(text, list(quickly(wanted).roots))


@pytest.mark.parametrize(("text", "wanted"), [("a: 'x'\n", 'a: "x"\n'), ("a: x\n", "a: |-\n  x\n"), ("[1]", "- 1\n")])
def test_another_style_reads_back(text: str, wanted: str) -> None:
    assert reads_back(text, list(quickly(wanted).roots))


def test_keys_that_are_no_strings_are_seen_by_both() -> None:
    text = "1: {2: x}\n'3': y\n"
    assert typed_keys(quickly(text).roots[0]) == typed_keys(read_fully(text, "").roots[0]) != []


@pytest.mark.parametrize("lead", ["", "z: &z 1\n"])
def test_keys_are_no_values_of_their_own(lead: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (compose, unmarked):
        monkeypatch.setattr(module, "MAX_VALUES", 6)
    at_limit = (lead or "z: 1\n") + "a: 1\nb: [2, 3]\nc: 4\n"
    for text, fits in ((at_limit, True), (at_limit + "d: 5\n", False)):
        result = SpliceEditor().promote(path="v.yaml", source=b"a: 2", target=text.encode(), json_paths=("$.q",))
        assert isinstance(result, Edited if fits else EditRefused), result


def test_an_editor_keeps_a_few_documents_and_no_more() -> None:
    recent = Recent()
    first = recent.read(b"a: 0", Format.YAML)
    assert recent.read(bytes(bytearray(b"a: 0")), Format.YAML) is first
    for number in range(1, MAX_KEPT_DOCUMENTS):
        recent.read(f"a: {number}".encode(), Format.YAML)
    assert recent.read(b"a: 0", Format.YAML) is first
    for number in range(MAX_KEPT_DOCUMENTS):
        recent.read(f"b: {number}".encode(), Format.YAML)
    assert recent.read(b"a: 0", Format.YAML) is not first


def test_a_kept_document_is_not_changed_by_an_edit() -> None:
    editor = SpliceEditor()
    source, target = b"a: {x: 1, y: 2}\nl: [1, 2]\n", b"# c\na: {x: 0}\nl: [3]\n"
    before = editor.promote(path="v.yaml", source=source, target=target, json_paths=("$.a", "$.l"))
    editor.promote(path="v.yaml", source=target, target=source, json_paths=("$",))
    assert editor.promote(path="v.yaml", source=source, target=target, json_paths=("$.a", "$.l")) == before
    assert isinstance(before, Edited)
    assert yaml.load(before.content, yaml.CSafeLoader) == yaml.load(source, yaml.CSafeLoader)
