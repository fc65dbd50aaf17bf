"""Replacing, inserting and removing, in every layout."""

from __future__ import annotations

import pytest

from adapters.yaml import SpliceEditor
from engine.plan.ports import ChangeKind, Edited, EditRefused


def promote(source: str, target: str, *queries: str, path: str = "values.yaml") -> Edited | EditRefused:
    return SpliceEditor().promote(path=path, source=source.encode(), target=target.encode(), json_paths=queries)


def text_of(result: Edited | EditRefused) -> str:
    assert isinstance(result, Edited), result
    return result.content.decode()


CASES = [
    # Replaced subtrees.
    ("a: {x: 1}", "a: v # c\nb: 1\n", "$.a", "a: {x: 1} # c\nb: 1\n"),
    ("a:\n  x: 1\n  y: [2]\n", "a: v # c\nb: 1\n", "$.a", "a: # c\n  x: 1\n  y: [2]\nb: 1\n"),
    ("a:\n- 1\n- x: 2\n  y: 3\n", "a: v\nb: 1", "$.a", "a:\n  - 1\n  - x: 2\n    y: 3\nb: 1"),
    ("a:\n- 1\n", "z:\n- q\na: v\n", "$.a", "z:\n- q\na:\n- 1\n"),
    ("a: v", "a: # c\n  # d\n  x: 1\n  y: 2 # e\nb: 1\n", "$.a", "a: v # c\n  # d\nb: 1\n"),
    ("a: []", "a:\n- 1\n- 2\nb: 1", "$.a", "a: []\nb: 1"),
    ("a:\n  x: 1\n", "a:\n- 1\n- 2\nb: 1", "$.a", "a:\n  x: 1\nb: 1"),
    ("a: {x: 1, y: 2}", "a:\n    x: 1 # keep\n    z: 3\n", "$.a", "a:\n    x: 1 # keep\n    y: 2\n"),
    ("a: {x: {y: 1}}", "o: {a: {x: v}}\na: {x: v, z: 1}\n", "$.a.x", "o: {a: {x: v}}\na: {x: {y: 1}, z: 1}\n"),
    ("a: >\n  one\n", "a: >\n  two\n  three\nb: 1\n", "$.a", "a: >\n  one\nb: 1\n"),
    ("a: v", "a: |- # why\n  old\n  lines\nb: 1\n", "$.a", "a: |- # why\n  v\nb: 1\n"),
    ("a: 'v'", "a:   'w'   # c\n", "$.a", "a:   'v'   # c\n"),
    ("a: it's", "a: 'w'\n", "$.a", "a: 'it''s'\n"),
    ("a: v", "a:\n  w # c\n", "$.a", "a:\n  v # c\n"),
    ("a: v", "a: # c\nb: 1\n", "$.a", "a: v # c\nb: 1\n"),
    ("a: v", "a: &x # c\nb: 1\n", "$.a", "a: &x v # c\nb: 1\n"),
    ("a: null", "a: v\n", "$.a", "a: null\n"),
    ("l: [{x: 1}]", "l:\n  -   - 1 # c\n      - 2\n", "$.l", "l:\n  -   {x: 1}\n"),
    ("l:\n- x: 1\n  y: 2\n", "l:\n  -   - 1 # c\n      - 2\n", "$.l", "l:\n  -   x: 1\n      y: 2\n"),
    # Tags.
    ("a: !vault x", "a: !other y # c\n", "$.a", "a: !vault x # c\n"),
    ("a: 1", "a: !!str 2\n", "$.a", "a: 1\n"),
    ("a: '7'", "a: &q !!str 2\n", "$.a", "a: &q !!str '7'\n"),
    ("a: {x: 1}", "a: &q !t\n  x: 2\nb: 1\n", "$.a", "a: &q {x: 1}\nb: 1\n"),
    # Insertions.
    ("image:\n  tag: v\n", "other: 1 # c\n", "$.image.tag", "other: 1 # c\nimage:\n  tag: v\n"),
    ("a: 1\nb: 2\nc: 3", "a: 1\n# about c\nc: 3", "$.b", "a: 1\nb: 2\n# about c\nc: 3"),
    ("a: {x: 1}\nb: 2", "a:\n  x: 1\n  # y: 2\nc: 3\n", "$.b", "a:\n  x: 1\n  # y: 2\nb: 2\nc: 3\n"),
    ("b: 2", "a: 1", "$.b", "a: 1\nb: 2"),
    ("b: 2", "a: |\n  x", "$.b", "b: 2\na: |\n  x"),
    ("b: 2", "a: 1\r\n", "$.b", "a: 1\r\nb: 2\r\n"),
    ("b: 2", "{a: 1}\n", "$.b", "{a: 1, b: 2}\n"),
    ("b: 2", "{a: 1,}\n", "$.b", "{a: 1, b: 2,}\n"),
    ("b: 2", "{\n  a: 1 # c\n}\n", "$.b", "{\n  a: 1, # c\n  b: 2\n}\n"),
    ("a: {b: 2}", "a: {}\n", "$.a.b", "a: {b: 2}\n"),
    ("a: {b: 2}", "a:\nc: 1\n", "$.a.b", "a:\n  b: 2\nc: 1\n"),
    ("b: 2", "{a, b}\n", "$.b", "{a, b: 2}\n"),
    ("a: 1", "", "$.a", "a: 1\n"),
    ("a: 1", "# only\n", "$.a", "# only\na: 1\n"),
    ("l: [a, b, c]", "l:\n- a # c\n- b", "$.l[2]", "l:\n- a # c\n- b\n- c"),
    ("l: [a, b]", "l:\n  - b # c\n", "$.l", "l:\n  - a\n  - b # c\n"),
    ("l: [[x, a], b]", "l:\n- - a\n- b\n", "$.l", "l:\n- - x\n  - a\n- b\n"),
    ("l: [a, b, c]", "l: [a, c]\n", "$.l", "l: [a, b, c]\n"),
    ("l: [a]", "b: 1\n", "$.l[0]", "b: 1\nl:\n  - a\n"),
    ("l: [c]", "l: [a, b]\n", "$.l[-1]", "l: [a, c]\n"),
    # Removals.
    ("a: 1", "a: 1\nb:\n  c: 1 # c\nd: 1\n", "$.b", "a: 1\nd: 1\n"),
    ("a: 1", "a: 1\nb:\n  c: 1", "$.b", "a: 1"),
    ("a: 1", "b: 2\n", "$.b", "{}\n"),
    ("l: [a]", "l:\n  - a # c\n  - b\n  - c # d\nz: 1\n", "$.l", "l:\n  - a # c\nz: 1\n"),
    ("l: [{y: 2}]", "l:\n  - x: 1\n    y: 2\n", "$.l[0].x", "l:\n  - y: 2\n"),
    ("l: [{y: 2}]", "l:\n  - x: 1 # c\n    y: 2\n", "$.l[0].x", "l:\n  - # c\n    y: 2\n".replace("- #", "-  #")),
    ("a: 1", "{a: 1, b: 2, c: 3}\n", "$.b", "{a: 1, c: 3}\n"),
    ("a: 1", "{a: 1, b: 2}\n", "$.b", "{a: 1}\n"),
    ("a: 1", "{ a: 1, # c\n  b: 2 }\n", "$.b", "{ a: 1 # c\n   }\n"),
    # Merge keys and aliases.
    ("b: {t: v}", "a: &x\n  t: w\nb:\n  <<: *x\n  z: 1\n", "$.b.t", "a: &x\n  t: w\nb:\n  <<: *x\n  z: 1\n  t: v\n"),
    ("b: {t: v}", "a: &x\n  t: w\nb: *x\n", "$.b.t", "a: &x\n  t: w\nb:\n  t: v\n"),
    ("a: &q [1]\nb: *q", "a: 1\nb: 2\n", "$.b", "a: 1\nb: [1]\n"),
    ("p: &x {t: 1}\nb: {<<: *x, u: 2}", "b: 2\n", "$.b", "b: {u: 2, t: 1}\n"),
    # Keys that are no strings, and keys written with a question mark.
    ("1: x", "1: y # c\n", '$["1"]', "1: x # c\n"),
    ("1: x", "a: y\n", '$["1"]', "a: y\n1: x\n"),
    ('"1": x', "a: y\n", '$["1"]', 'a: y\n"1": x\n'),
    ("c: 2", "? a\n: b\n? c\n: d\n", "$.c", "? a\n: b\n? c\n: 2\n"),
    # Directives and document ends.
    ("a: 1", "%YAML 1.1\n---\na: 2\n...\n", "$.a", "%YAML 1.1\n---\na: 1\n...\n"),
]


@pytest.mark.parametrize(("source", "target", "query", "expected"), CASES)
def test_an_edit_gives_exactly_this_text(source: str, target: str, query: str, expected: str) -> None:
    result = promote(source, target, query)
    assert text_of(result) == expected
    again = promote(source, expected, query)
    assert isinstance(again, Edited)
    assert again.changes == ()
    assert again.content.decode() == expected


JSON_CASES = [
    ('{"a": {"b": 2}}', '{\n\t"a": {\n\t\t"b": 1\n\t}\n}\n', "$.a.b", '{\n\t"a": {\n\t\t"b": 2\n\t}\n}\n'),
    (
        '{"a": {"d": [1]}}',
        '{\n\t"a": {\n\t\t"b": 1\n\t}\n}',
        "$.a.d",
        '{\n\t"a": {\n\t\t"b": 1,\n\t\t"d": [\n\t\t\t1\n\t\t]\n\t}\n}',
    ),
    ('{"a":2}', '{"a":1,"a":3}', "$.a", '{"a":1,"a":2}'),
    ("{}", '{"a":1,"b":2,"a":3}', "$.a", '{"b":2}'),
    ('{"a":1e5}', '{"a":1}', "$.a", '{"a":1e5}'),
    ('{"a":"\\ud83d\\ude00"}', '{"a":"\\ud83d\\ude01"}', "$.a", '{"a":"😀"}'),
    ('{"a":"\\ud83d"}', '{"a":"x"}', "$.a", '{"a":"\\ud83d"}'),
    ('{"a":true}', '{"a":1}', "$.a", '{"a":true}'),
    ('{"a":1.0}', '{"a":1}', "$.a", '{"a":1.0}'),
    ('{"a":null}', '{"a":{"x":\n1}}', "$.a", '{"a":null}'),
    ('{"a":{"b":1}}', "{}", "$.a.b", '{"a": {"b": 1}}'),
]


@pytest.mark.parametrize(("source", "target", "query", "expected"), JSON_CASES)
def test_json_is_edited_byte_exactly(source: str, target: str, query: str, expected: str) -> None:
    assert text_of(promote(source, target, query, path="config.json")) == expected


def test_the_changes_name_the_innermost_values() -> None:
    result = promote("a: {x: 2, y: 3}\nb: '1.10'", "a: {x: 1, z: 0}\nb: 1.10\n", "$.a", "$.b")
    assert isinstance(result, Edited)
    assert [(change.path, change.kind, change.before, change.after) for change in result.changes] == [
        ("$['a']['x']", ChangeKind.REPLACED, "1", "2"),
        ("$['a']['y']", ChangeKind.INSERTED, None, "3"),
        ("$['a']['z']", ChangeKind.REMOVED, "0", None),
        ("$['b']", ChangeKind.REPLACED, "1.10", '"1.10"'),
    ]


def test_a_number_is_also_its_spelling() -> None:
    assert text_of(promote("v: 1.10", "v: 1.1\n", "$.v")) == "v: 1.10\n"


def test_other_queries_insert_where_the_parent_is_and_say_what_has_no_place() -> None:
    source = "s:\n  a: {tag: 1}\n  b: {tag: 2}\n  c: {tag: 3}\n"
    target = "s:\n  a: {tag: 0, z: 1}\n  b:\n    q: 1 # c\n  d:\n    tag: 9\n"
    result = promote(source, target, "$..tag")
    assert text_of(result) == "s:\n  a: {tag: 1, z: 1}\n  b:\n    q: 1 # c\n    tag: 2\n  d:\n    tag: 9\n"
    assert isinstance(result, Edited)
    assert result.notes == (
        "`$['s']['c']['tag']` of the source has no place in the target",
        "`$['s']['d']['tag']` is selected by `$..tag` in the target only, and was left as it is",
    )


def test_a_filter_finds_its_element_wherever_it_stands() -> None:
    source = "env: [{name: A, v: 1}, {name: X, v: 2}]"
    target = "env:\n  - name: X\n    v: 0 # c\n  - name: B\n    v: 5\n"
    result = promote(source, target, '$.env[?@.name=="X"].v')
    assert text_of(result) == target.replace("v: 0", "v: 2")


def test_the_outermost_of_overlapping_queries_wins() -> None:
    for queries in (("$.a", "$.a.x"), ("$.a.x", "$.a"), ("$.a.x", "$..a")):
        assert text_of(promote("a: {x: 1, y: 2}", "a: {x: 0}\n", *queries)) == "a: {x: 1, y: 2}\n"


def test_document_i_of_the_source_goes_to_document_i_of_the_target() -> None:
    result = promote("v: 1\n---\nv: 2\n", "v: 0 # a\n---\nv: 0 # b\n---\nv: 0\n", "$.v")
    assert text_of(result) == "v: 1 # a\n---\nv: 2 # b\n---\nv: 0\n"
    assert isinstance(result, Edited)
    assert any("only the first 2" in note for note in result.notes)


def test_documents_of_different_kinds_are_not_mixed_up() -> None:
    result = promote("kind: A\n---\nkind: B\nv: 1", "kind: A\n---\nkind: C\nv: 0", "$.v")
    assert isinstance(result, EditRefused)
    assert (result.line, result.column) == (3, 1)


def test_a_removal_that_would_let_the_next_element_move_up_is_refused() -> None:
    result = promote("l: []", "l: [a, b]\n", "$.l[0]")
    assert isinstance(result, EditRefused)
    assert "move up" in result.reason


def test_a_merged_value_cannot_be_removed() -> None:
    result = promote("b: {z: 1}", "a: &x {t: w}\nb:\n  <<: *x\n  z: 1\n", "$.b.t")
    assert isinstance(result, EditRefused)
    assert "merge key" in result.reason


def test_a_mapping_cannot_be_put_inside_a_scalar() -> None:
    result = promote("a: {b: 1}", "a: x\n", "$.a.b")
    assert isinstance(result, EditRefused)
    assert "is not a mapping" in result.reason


def test_the_whole_file_says_whether_values_change() -> None:
    assert promote("a: 1\n", "a:   1\n", "*") == Edited(b"a: 1\n", (), (), ("only the layout of the file changes",))
    changed = promote("a: 1\n", "a: 2\n", "*", path="README.md")
    assert isinstance(changed, Edited)
    assert changed.content == b"a: 1\n"
    assert [change.path for change in changed.changes] == ["$"]
    assert promote("x", "x", "*", path="README.md") == Edited(b"x", ())


def test_the_whole_file_stands_alone() -> None:
    for queries in (("*", "$.a"), ("$.a", "*")):
        result = promote("a: 1\nb: 1\n", "a: 2\nb: 2\n", *queries)
        assert isinstance(result, EditRefused)
        assert "`*` is the whole file and stands alone" in result.reason


@pytest.mark.parametrize(
    ("source", "target", "query", "notes"),
    [
        ("a: &q [1]\nb: *q", "a: 1\nb: 2\n", "$.b", ("the alias `*q` on line 2 of the source is written out",)),
        ("a: &q 1\nb: {x: *q}", "c: 2\n", "$.b", ("the alias `*q` on line 2 of the source is written out",)),
        ("a: &q 1\nb: [*q, *q]", "b: []\n", "$.b", ("the alias `*q` on line 2 of the source is written out",)),
        ("b: {t: v}", "a: &x\n  t: w\nb: *x\n", "$.b.t", ("the alias `*x` on line 3 is replaced by the value itself",)),
        ("a: 1\nb: {t: v}", "a: &x 1\nb: {t: w, y: *x}\n", "$.b.t", ()),
        ("a: &x 1\nb: *x\n", "a: 1\nb: 1\n", "$.b", ()),
    ],
)
def test_a_note_says_which_alias_is_written_out(source: str, target: str, query: str, notes: tuple[str, ...]) -> None:
    result = promote(source, target, query)
    assert isinstance(result, Edited)
    assert result.notes == notes
