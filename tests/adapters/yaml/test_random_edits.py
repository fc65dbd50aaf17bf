"""Random documents in random layouts, random edits: the data are right, and the rest keeps its bytes."""

from __future__ import annotations

import copy
import os
import re
from typing import Any

import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from adapters.yaml import SpliceEditor
from engine.plan.ports import ChangeKind, Edited, EditRefused

EXAMPLES = int(os.environ.get("PROMO_FUZZ_EXAMPLES", "100"))


def fuzz(share: int) -> settings:
    """Settings for a test that takes a share of the examples; drawing a document is slow, bytes are quick."""
    return settings(
        max_examples=EXAMPLES * share,
        deadline=None,
        phases=[Phase.explicit, Phase.reuse, Phase.generate],
        derandomize="PROMO_FUZZ_EXAMPLES" not in os.environ,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


KEYS = ["a", "b", "tag", "image", "a-b", "ключ", "yes", "1", "x y", "c#d", "key: odd"]
STRINGS = [
    "v1",
    "1.10",
    "yes",
    "null",
    "",
    " lead",
    "a: b",
    "foo #bar",
    "x\ny\n",
    "x\n\n  y",
    "it's",
    'q"q',
    "é",
    "- a",
    "~",
]
SCALARS = st.one_of(
    st.sampled_from(STRINGS),
    st.integers(-3, 300),
    st.booleans(),
    st.none(),
    st.floats(-5, 5).map(lambda x: round(x, 2)),
)
DATA = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.dictionaries(st.sampled_from(KEYS), inner, max_size=4), st.lists(inner, max_size=4)),
    max_leaves=14,
)
ROOTS = st.dictionaries(st.sampled_from(KEYS), DATA, min_size=1, max_size=5)


class Writer:
    """Writes data as YAML in a layout of its own choice; nothing in common with the editor's renderer."""

    def __init__(self, draw: Any) -> None:
        self.draw = draw
        self.step = draw(st.integers(1, 4))
        self.flush = draw(st.booleans())
        self.gap = draw(st.integers(1, 3))

    def chance(self, of: int = 4) -> bool:
        return bool(self.draw(st.integers(0, of - 1)) == 0)

    def scalar(self, value: Any, flow: bool) -> str:
        if value is None:
            return "null"
        if isinstance(value, bool):
            return str(value).lower()
        if not isinstance(value, str):
            return repr(value)
        safe = re.fullmatch(r"[a-zé][a-zé0-9]*", value) and value not in ("yes", "null")
        style = self.draw(st.sampled_from(["plain", "single", "double"]))
        if style == "plain" and safe:
            return value
        if style != "double" and "\n" not in value:
            return "'" + value.replace("'", "''") + "'"
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'

    def flow(self, value: Any, indent: int) -> str:
        spread = self.chance()
        gap = "\n" + " " * (indent + self.step) if spread else ""
        between = "," + (gap or " ")
        close = "\n" + " " * indent if spread else ""
        if isinstance(value, dict):
            parts = [f"{self.scalar(key, True)}: {self.flow(item, indent + self.step)}" for key, item in value.items()]
            return "{" + gap + between.join(parts) + close + "}" if parts else "{}"
        if isinstance(value, list):
            parts = [self.flow(item, indent + self.step) for item in value]
            return "[" + gap + between.join(parts) + close + "]" if parts else "[ ]"
        return self.scalar(value, True)

    def remark(self) -> str:
        return "  # remark" if self.chance() else ""

    def after(self, value: Any, column: int, key: bool) -> list[str]:
        """What follows a key or a dash: the rest of its line first."""
        if isinstance(value, dict | list) and value and not self.chance():
            if isinstance(value, dict):
                inner = self.mapping(value, column + self.step)
            else:
                inner = self.sequence(value, column + (0 if self.flush and key else self.step))
            return [self.remark(), *inner]
        if isinstance(value, str) and value.strip() and value[0] not in " \n" and "\t" not in value and self.chance(3):
            body = value.rstrip("\n")
            chomp = "" if value.endswith("\n") else "-"
            pad = " " * (column + self.step)
            lines = [pad + line if line else "" for line in body.split("\n")]
            return [f" |{chomp}{self.remark()}", *lines, *([""] if self.chance(6) else [])]
        if value is None and self.chance(3):
            return [self.remark()]
        return [" " + self.flow(value, column + self.step) + self.remark()]

    def mapping(self, value: dict[str, Any], column: int) -> list[str]:
        lines: list[str] = []
        for key, item in value.items():
            if self.chance(5):
                lines.append(" " * column + "# note on " + re.sub(r"\W", "", key))
            if self.chance(8):
                lines.append("")
            first, *rest = self.after(item, column, True)
            lines += [" " * column + self.scalar(key, False) + ":" + first, *rest]
        return lines

    def sequence(self, value: list[Any], column: int) -> list[str]:
        lines: list[str] = []
        for item in value:
            if isinstance(item, dict) and item and self.chance(2):
                inner = [line for line in self.mapping(item, column + 1 + self.gap)]
                while inner and (not inner[0].strip() or inner[0].strip().startswith("#")):
                    inner.pop(0)
                lines += [" " * column + "-" + " " * self.gap + inner[0].lstrip(" "), *inner[1:]]
            else:
                first, *rest = self.after(item, column, False)
                lines += [" " * column + "-" + first, *rest]
        return lines


@st.composite
def documents(draw: Any) -> tuple[dict[str, Any], str]:
    data = draw(ROOTS)
    writer = Writer(draw)
    text = "\n".join(writer.mapping(data, 0)) + draw(st.sampled_from(["\n", "\n", "", "\n# end\n", "\n\n"]))
    if draw(st.booleans()):
        text = "# head\n" + text
    if draw(st.integers(0, 3)) == 0:
        text = text.replace("\n", "\r\n")
    return yaml.load(text, yaml.CSafeLoader), text


def places(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    if isinstance(data, dict):
        for key, item in data.items():
            found += places(item, (*path, key))
    if isinstance(data, list):
        for index, item in enumerate(data):
            found += places(item, (*path, index))
    return found


class Missing:
    def __repr__(self) -> str:
        return "MISSING"


MISSING = Missing()


def get(data: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        if isinstance(data, dict) and isinstance(key, str) and key in data:
            data = data[key]
        elif isinstance(data, list) and isinstance(key, int) and key < len(data):
            data = data[key]
        else:
            return MISSING
    return data


def put(data: Any, path: tuple[Any, ...], value: Any) -> Any:
    """Data with a value at a path, parents created; MISSING when there is no place; value MISSING removes."""
    if not path:
        return value
    key, *rest = path
    if data is None or data is MISSING:
        data = {} if isinstance(key, str) else []
    data = copy.copy(data)
    if isinstance(key, str) and isinstance(data, dict):
        inner = put(data.get(key, MISSING), tuple(rest), value)
        if inner is MISSING and not (not rest and value is MISSING):
            return MISSING
        if inner is MISSING:
            del data[key]
        else:
            data[key] = inner
        return data
    if isinstance(key, int) and isinstance(data, list) and key <= len(data):
        inner = put(data[key] if key < len(data) else MISSING, tuple(rest), value)
        if inner is MISSING and not (not rest and value is MISSING):
            return MISSING
        data[key : key + 1] = [] if inner is MISSING else [inner]
        return data
    return MISSING


def query(path: tuple[Any, ...]) -> str:
    return "$" + "".join(f"[{key}]" if isinstance(key, int) else f'["{key}"]' for key in path)


def ordered(data: Any) -> str:
    """A text that is equal for equal data only, types included, whatever the order of members."""
    if isinstance(data, dict):
        return "{" + ",".join(f"{key!r}:{ordered(data[key])}" for key in sorted(data, key=repr)) + "}"
    if isinstance(data, list):
        return "[" + ",".join(ordered(item) for item in data) + "]"
    return repr(data)


def edit(source: str, target: str, *paths: str) -> Edited | EditRefused:
    return SpliceEditor().promote(path="v.yaml", source=source.encode(), target=target.encode(), json_paths=paths)


@fuzz(1)
@given(documents(), documents(), st.data())
def test_a_singular_query_mirrors_the_source(
    source: tuple[dict[str, Any], str], target: tuple[dict[str, Any], str], data: st.DataObject
) -> None:
    path = data.draw(st.sampled_from(sorted(set(places(source[0]) + places(target[0])), key=repr)))
    result = edit(source[1], target[1], query(path))
    wanted = put(target[0], path, get(source[0], path))
    if wanted is not MISSING and ordered(get(wanted, path)) != ordered(get(source[0], path)):
        assert isinstance(result, EditRefused)
        assert "move up" in result.reason
        return
    if wanted is MISSING:
        assert isinstance(result, EditRefused)
        assert "has no place" in result.reason
        assert result.line
        return
    assert isinstance(result, Edited), result
    text = result.content.decode()
    assert ordered(yaml.load(text, yaml.CSafeLoader)) == ordered(wanted)
    again = edit(source[1], text, query(path))
    assert isinstance(again, Edited)
    assert again.changes == ()
    assert again.content == result.content
    if not result.changes:
        assert text == target[1]
    check_untouched(target[1], text, result)


def shared(one: str, other: str) -> int:
    """How many characters two texts share at their start."""
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def check_untouched(before: str, after: str, result: Edited) -> None:
    assert ("\r" in before) == ("\r" in after) or "\r\n" not in after.replace("\r\n", "")
    if len(result.changes) == 1 and result.changes[0].kind is ChangeKind.INSERTED and "\n\n" not in before:
        rest = iter(after)
        # The first element of an empty sequence is written with its brackets: a space between them goes.
        assert all(char in rest for char in before.replace("[ ]", "[]")), "an insertion only inserts"
    for remark in ("# head", "# end"):
        assert before.count(remark) == after.count(remark)
    change = result.changes[0] if len(result.changes) == 1 else None
    scalar = change and not {(change.before or "{")[0], (change.after or "{")[0]} & {"{", "["}
    if change and scalar and change.kind is ChangeKind.REPLACED:
        head = shared(before, after)
        tail = shared(before[head:][::-1], after[head:][::-1])
        gone = before[head : len(before) - tail]
        assert "#" not in gone or "#" in (change.before or "") or "|" in before + after
        if "|" not in before + after and "\\n" not in (change.after or ""):
            assert "\n" not in gone


@fuzz(1)
@given(documents(), documents())
def test_the_root_query_gives_the_sources_data_in_the_targets_layout(
    source: tuple[dict[str, Any], str], target: tuple[dict[str, Any], str]
) -> None:
    result = edit(source[1], target[1], "$")
    assert isinstance(result, Edited), result
    assert ordered(yaml.load(result.content, yaml.CSafeLoader)) == ordered(source[0])
    again = edit(source[1], result.content.decode(), "$")
    assert isinstance(again, Edited)
    assert again.changes == ()


@fuzz(1)
@given(
    documents(), documents(), st.sampled_from(KEYS), st.sampled_from(["$..[{}]", "$.*[{}]", "$[*][{}]", "$..[{}, 'a']"])
)
def test_other_queries_copy_and_never_remove(
    source: tuple[dict[str, Any], str], target: tuple[dict[str, Any], str], key: str, shape: str
) -> None:
    asked = shape.format(f'"{key}"')
    result = edit(source[1], target[1], asked)
    assert isinstance(result, Edited), result
    after = yaml.load(result.content, yaml.CSafeLoader)
    kept = [path for path in places(target[0]) if get(after, path) is MISSING]
    replaced = [change.path for change in result.changes]
    assert not kept or replaced
    assert all(change.kind is not ChangeKind.REMOVED or "[" in change.path for change in result.changes)
    again = edit(source[1], result.content.decode(), asked)
    assert isinstance(again, Edited)
    assert again.changes == ()
    assert again.content == result.content


@fuzz(2)
@given(documents(), st.data())
def test_mangled_bytes_are_refused_or_edited_and_never_raise(
    target: tuple[dict[str, Any], str], data: st.DataObject
) -> None:
    raw = bytearray(target[1].encode())
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(raw)))
        piece = data.draw(
            st.sampled_from(
                [
                    b"&x ",
                    b"*x",
                    b"<<: *x\n",
                    b"\t",
                    b"\xff",
                    b"{",
                    b"]",
                    b"? ",
                    b"- ",
                    b"\n",
                    b"---\n",
                    b"!!set ",
                    b"!t ",
                    b": ",
                    b"|",
                    b">",
                    b"#",
                    b"'",
                    b'"',
                    b"\r",
                    b"\x00",
                    b"%",
                    b"\xef\xbb\xbf",
                    b"...",
                ]
            )
        )
        raw[at : at + data.draw(st.integers(0, 2))] = piece
    for source, mangled in ((b"a: 1\nimage: {tag: [x, y]}\n", bytes(raw)), (bytes(raw), target[1].encode())):
        for asked in ("$", "$.a", "$.image.tag", "$..tag"):
            result = SpliceEditor().promote(path="v.yaml", source=source, target=mangled, json_paths=(asked,))
            if isinstance(result, Edited):
                again = SpliceEditor().promote(path="v.yaml", source=source, target=result.content, json_paths=(asked,))
                assert isinstance(again, Edited)
                assert again.changes == ()


@fuzz(20)
@given(st.binary(max_size=200), st.binary(max_size=200), st.text(max_size=30), st.sampled_from(["v.yaml", "v.json"]))
def test_any_bytes_and_any_query_never_raise(source: bytes, target: bytes, asked: str, path: str) -> None:
    editor = SpliceEditor()
    for text in (asked, "$." + asked, "$", "$..*"):
        result = editor.promote(path=path, source=source, target=target, json_paths=(text,))
        assert isinstance(result, Edited | EditRefused)
        assert isinstance(editor.check_path(text), str | None)
        assert isinstance(editor.value(path=path, document=target, json_path=text), str | EditRefused | None)
