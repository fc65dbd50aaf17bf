"""`when`, `depends`, durations, tags and identifiers: the small languages of a workflow."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.local.interpret import depends
from adapters.local.interpret.conditions import ConditionError
from adapters.local.interpret.durations import seconds
from adapters.local.interpret.names import fnv32a, item_name, node_id
from adapters.local.interpret.tags import UnresolvedError, fill, tags
from adapters.local.interpret.when import holds


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("true", True),
        ("heads == heads", True),
        ("heads != 'heads'", False),
        ("\"a b\" == 'a b'", True),
        ("'it\\'s' == \"it's\"", True),
        ("1 < 2 && 2.5 >= 2.5", True),
        ("-1 < 0", True),
        ("1 == '1'", False),
        ("a < b", True),
        ("!(a == b) || false", True),
        ("(true) == true", True),
        ("a in ('b', a)", True),
        ("1 in (2, 3)", False),
        ("'abc' =~ '^a.c$'", True),
        ("'abc' !~ 'b'", False),
        ("Succeeded == Succeeded && (Failed == Succeeded || true)", True),
    ],
)
def test_conditions_that_are_understood(text: str, expected: bool) -> None:
    assert holds(text) is expected


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "it ends where a value is expected"),
        ("heads", "it is the text `heads`, neither true nor false"),
        ("1", "it is the number 1, neither true nor false"),
        ("a == b c", "`c` at character 8 is one too many"),
        ("a-b == c", "`-` at character 2 is one too many"),
        ("a == -b", "`-` at character 6 stands where a value is expected"),
        ("(a == b", "`)` is missing at the end"),
        ("a && true", "`&&` needs true or false, not the text `a`"),
        ("1 < a", "the number 1 and the text `a` cannot be compared with `<`"),
        ("true < false", "`true` and `false` cannot be compared with `<`"),
        ("a in b", "`in` needs a list in parentheses, e.g. `in ('a', 'b')`"),
        ("1 + 2 == 3", "`+ 2 == 3` at character 3 is not understood"),
        ("f(x) == 1", "`(` at character 2 is one too many"),
        ("'a' =~ '('", "the pattern `(`: missing )"),
        ("(" * 200 + "true" + ")" * 200, "it is nested too deeply"),
        ("'" + "a" * 70_000 + "' == b", "it has more than 65,536 characters"),
    ],
)
def test_conditions_that_are_not(text: str, why: str) -> None:
    with pytest.raises(ConditionError) as caught:
        holds(text)
    assert str(caught.value).startswith(why)


def test_a_pattern_that_takes_for_ever_ends() -> None:
    with pytest.raises(ConditionError):
        holds(f"'{'a' * 60}b' =~ '^(a|a|aa)+$'")


LOGIC = st.recursive(
    st.sampled_from(["true", "false", "a == a", "a == b", "1 < 2", "2 < 1"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["&&", "||"]), inner).map(lambda parts: f"({' '.join(parts)})"),
        inner.map(lambda one: f"!({one})"),
    ),
    max_leaves=12,
)


@given(LOGIC)
def test_logic_means_what_it_means_elsewhere(text: str) -> None:
    python = text.replace("&&", " and ").replace("||", " or ").replace("!", " not ")
    python = (
        python.replace("true", "True").replace("false", "False").replace("a == a", "True").replace("a == b", "False")
    )
    assert holds(text) is eval(python)


@given(st.text(max_size=60))
def test_any_text_is_understood_or_refused(text: str) -> None:
    try:
        said: object = holds(text)
    except ConditionError as refused:
        said = str(refused)
    assert said or said is False


WAYS = st.sampled_from(["Succeeded", "Failed", "Errored", "Skipped", "Omitted"])
DEPENDS = st.recursive(
    st.one_of(st.sampled_from(["a", "b-1"]), st.tuples(st.sampled_from(["a", "b-1"]), WAYS).map(".".join)),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["&&", "||"]), inner).map(lambda parts: f"({' '.join(parts)})"),
        inner.map(lambda one: f"!{one}"),
    ),
    max_leaves=10,
)


@given(DEPENDS, WAYS, WAYS)
def test_depends_means_what_it_says(text: str, first: str, second: str) -> None:
    ended = {"a": frozenset({first}), "b-1": frozenset({second})}
    python = text
    for task, way in (("b-1", second), ("a", first)):
        for name in ("Succeeded", "Failed", "Errored", "Skipped", "Omitted"):
            python = python.replace(f"{task}.{name}", str(way == name))
    python = python.replace("b-1", str(second in ("Succeeded", "Skipped")))
    python = " ".join(str(first in ("Succeeded", "Skipped")) if word == "a" else word for word in _words(python))
    python = python.replace("&&", "and").replace("||", "or").replace("!", " not ")
    assert depends.met(depends.parse(text), ended) is eval(python)


def _words(text: str) -> list[str]:
    for sign in "()!":
        text = text.replace(sign, f" {sign} ")
    return text.split()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "it is empty"),
        ("a.Done", "`Done` is no result of a task; there are Succeeded, Failed"),
        ("a &&", "it ends where a task is expected"),
        ("a b", "`b` at character 3 is one too many"),
        ("a == b", "`== b` at character 3 is not understood"),
        ("a && && b", "`&&` at character 6 stands where a task is expected"),
    ],
)
def test_depends_that_is_not_understood(text: str, why: str) -> None:
    with pytest.raises(ConditionError) as caught:
        depends.parse(text)
    assert str(caught.value).startswith(why)


def test_identifiers_are_those_of_argo() -> None:
    """Vectors of the FNV specification."""
    assert [fnv32a(text) for text in ("", "a", "foobar")] == [0x811C9DC5, 0xE40C292C, 0xBF9CF968]
    assert (node_id("wf", "wf"), node_id("wf", "foobar")) == ("wf", f"wf-{0xBF9CF968}")
    assert item_name(3, {"b": 1, "a": "x"}) == "(3:a:x,b:1)"
    assert (item_name(0, None), item_name(1, 1.5)) == ("(0:null)", "(1:1.5)")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("90", 90), ("1m30s", 90), ("500ms", 0.5), ("1.5h", 5400), (" 2d ", 172_800), ("0", 0)],
)
def test_durations(text: str, expected: float) -> None:
    assert seconds(text) == expected


@pytest.mark.parametrize("text", ["", "x", "-1", "1y", "1s2", "9" * 50])
def test_durations_that_are_none(text: str) -> None:
    with pytest.raises(ValueError, match="is no duration"):
        seconds(text)


@given(st.lists(st.tuples(st.text(alphabet="ab {}", max_size=5), st.sampled_from(["x.y", " x.y ", "z"]))))
def test_filling_replaces_tags_and_nothing_else(parts: list[tuple[str, str]]) -> None:
    values = {"x.y": "1", "z": "{{x.y}}"}
    clean = [(text.replace("{", "").replace("}", ""), tag) for text, tag in parts]
    text = "".join(f"{before}{{{{{tag}}}}}" for before, tag in clean)
    assert list(tags(text)) == [tag.strip() for _, tag in clean]
    assert fill(text, values) == "".join(before + values[tag.strip()] for before, tag in clean)


def test_a_tag_without_a_value_is_named() -> None:
    with pytest.raises(UnresolvedError, match=r"failed to resolve {{a\.b}}"):
        fill("x {{ a.b }}", {})
