"""Edits that other tools get wrong: comments, flow maps, block scalars, anchors, quoting, line ends, keys.

Each row is a target, the value that is promoted, and the exact text that has to come out.
"""

from __future__ import annotations

import pytest

from adapters.yaml import SpliceEditor
from engine.plan.ports import Edited, EditRefused

ROWS = [
    pytest.param("tag: v1 # note\n", "tag: v2", "$.tag", "tag: v2 # note\n", id="a comment after the value"),
    pytest.param(
        "image: {tag: v1, repo: x}\n", "image: {tag: v2}", "$.image.tag", "image: {tag: v2, repo: x}\n", id="a flow map"
    ),
    pytest.param(
        "a: |\n  old\n  lines\nb: 1\n",
        "a: |\n  new\n",
        "$.a",
        "a: |\n  new\nb: 1\n",
        id="a block scalar by a block scalar",
    ),
    pytest.param("a: |\n  old\n  lines\nb: 1\n", "a: 7", "$.a", "a: 7\nb: 1\n", id="a block scalar by a number"),
    pytest.param("a: &x v1\nb: *x\n", "a: v2\nb: v2", "$.*", "a: &x v2\nb: *x\n", id="an anchored value and its alias"),
    pytest.param("a: &x v1\nb: *x # c\n", "b: v2", "$.b", "a: &x v1\nb: v2 # c\n", id="an alias alone"),
    pytest.param("v: old\n", 'v: "foo: bar"', "$.v", 'v: "foo: bar"\n', id="colon and space"),
    pytest.param("v: old\n", "v: 'foo #bar'", "$.v", "v: 'foo #bar'\n", id="space and hash"),
    *(
        pytest.param("v: old # c\n", f'v: "{text}"', "$.v", f'v: "{text}" # c\n', id=f"the string {text!r}")
        for text in (
            *("yes", "on", "y", "2024-01-01", "0x1F", "~", "null", "1.10", "1e3", "012", "0o17", " lead", "", "- a"),
            *("12:30:45", ".5", "1_000", "0b1", "<<", "=", "*x", "&x", "!x", "%x", "@x", "a:", "? a", "[a", "{{ .x }}"),
        )
    ),
    *(
        pytest.param('v: "old" # c\n', f"v: {text}", "$.v", f"v: {text} # c\n", id=f"the plain value {text}")
        for text in ("yes", "2024-01-01", "0x1F", "~", "null", "1.10", "1e3", "012", "7", "true", ".inf")
    ),
    pytest.param(
        "# c\r\na: v1   \r\nb: 2\r\n", "a: v2", "$.a", "# c\r\na: v2   \r\nb: 2\r\n", id="CRLF and trailing white space"
    ),
    pytest.param(
        '"ключ": v1 # é\n日本: x\n', '"ключ": v2', "$.ключ", '"ключ": v2 # é\n日本: x\n', id="a key beyond ASCII"
    ),
    pytest.param(
        "a: 1\n---\nb: v1\n", "a: 1\n---\nb: v2\n", "$.b", "a: 1\n---\nb: v2\n", id="a key of the second document"
    ),
    pytest.param("\ufeffa: v1\n", "a: v2", "$.a", "\ufeffa: v2\n", id="a byte order mark"),
    pytest.param("a: v1", "a: v2", "$.a", "a: v2", id="no final line break"),
]


@pytest.mark.parametrize(("target", "source", "query", "expected"), ROWS)
def test_only_the_value_changes(target: str, source: str, query: str, expected: str) -> None:
    result = SpliceEditor().promote(
        path="values.yaml", source=source.encode(), target=target.encode(), json_paths=(query,)
    )
    assert isinstance(result, Edited), result
    assert result.content.decode() == expected


def test_an_index_out_of_range_in_both_is_unmatched() -> None:
    result = SpliceEditor().promote(path="v.yaml", source=b"a: [1]", target=b"a: [2]\n", json_paths=("$.a[5]",))
    assert result == Edited(b"a: [2]\n", (), ("$.a[5]",))


def test_an_index_beyond_the_end_of_the_target_is_refused_with_its_place() -> None:
    result = SpliceEditor().promote(
        path="v.yaml", source=b"a: [1, 2, 3]", target=b"b: 1\na: [2]\n", json_paths=("$.a[2]",)
    )
    assert isinstance(result, EditRefused)
    assert (result.line, result.column) == (2, 4)
    assert "has only 1 elements" in result.reason


def test_a_changed_anchor_that_is_used_elsewhere_is_refused_with_the_aliass_line() -> None:
    result = SpliceEditor().promote(path="v.yaml", source=b"a: v2", target=b"a: &x v1\nb: *x\n", json_paths=("$.a",))
    assert isinstance(result, EditRefused)
    assert (result.line, result.column) == (2, 4)
    assert "`*x` on line 2" in result.reason
