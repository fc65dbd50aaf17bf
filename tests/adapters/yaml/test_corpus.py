"""Real promotions: the recorded values come out, and every other byte stays."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from adapters.yaml import SpliceEditor
from engine.plan.ports import ChangeKind, Edited

CORPUS = Path(__file__).resolve().parents[4] / "shared" / "corpus" / "promotions.jsonl"
needs_corpus = pytest.mark.skipif(not CORPUS.exists(), reason="the recorded promotions (../shared/corpus) are absent")


def files() -> list[tuple[str, dict[str, Any]]]:
    rows = [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines()]
    return [(f"{row['id']} {file['rel']}", file) for row in rows for file in row["files"]]


def loaded(text: str) -> str:
    return repr(list(yaml.load_all(text, yaml.CSafeLoader)))


def queries(file: dict[str, Any]) -> tuple[str, ...]:
    """The recorded paths in RFC 9535 spelling: the record writes an index as ``.0``."""
    if file["changed_paths"] is None:
        return ("$",)
    return tuple(re.sub(r"\.(\d+)(?=\.|$)", r"[\1]", path) for path in file["changed_paths"])


def changed_lines(before: str, after: str) -> tuple[list[str], list[str]]:
    """The lines of each text that are not part of the common rest, found without the editor's own spans."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    table = [[0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in range(len(old) - 1, -1, -1):
        for j in range(len(new) - 1, -1, -1):
            table[i][j] = table[i + 1][j + 1] + 1 if old[i] == new[j] else max(table[i + 1][j], table[i][j + 1])
    gone, come, i, j = [], [], 0, 0
    while i < len(old) and j < len(new):
        if old[i] == new[j]:
            i, j = i + 1, j + 1
        elif table[i + 1][j] >= table[i][j + 1]:
            gone.append(old[i])
            i += 1
        else:
            come.append(new[j])
            j += 1
    return gone + old[i:], come + new[j:]


def without_value(line: str) -> str:
    """A line without its scalar: indentation, dash, key, and comment remain."""
    return re.sub(r"^(\s*(?:- )?[^\s:#]+:)( +)\S.*?(\s+#.*)?(\s*)$", r"\1\2\3\4", line)


@needs_corpus
def test_every_recorded_promotion_gives_the_recorded_values_and_keeps_every_other_byte() -> None:
    counts: Counter[str] = Counter()
    for name, file in files():
        result = SpliceEditor().promote(
            path=file["rel"],
            source=file["source"].encode(),
            target=file["before"].encode(),
            json_paths=queries(file),
        )
        assert isinstance(result, Edited), f"{name}: {result}"
        text = result.content.decode()
        assert loaded(text) == loaded(file["after"]), name
        assert result.unmatched == (), name
        counts[file["class"]] += 1
        if file["class"] == "format-only":
            assert text == file["before"], name
        if file["class"] == "partial-consistent":
            gone, come = changed_lines(file["before"], text)
            # One line for each changed leaf, and on it nothing but the value.
            assert len(gone) == len(come) == len(result.changes) <= len(file["changed_paths"]), name
            assert [without_value(line) for line in gone] == [without_value(line) for line in come], name
            counts["leaves"] += len(result.changes)
    print(dict(counts))
    assert counts["partial-consistent"] == 278
    assert counts["whole-file-equal"] == 155
    assert counts["format-only"] == 7


@needs_corpus
def test_the_whole_file_query_gives_the_sources_bytes() -> None:
    for name, file in files():
        source = file["source"].encode()
        result = SpliceEditor().promote(
            path=file["rel"], source=source, target=file["before"].encode(), json_paths=("*",)
        )
        assert isinstance(result, Edited), name
        assert result.content == source, name


def assign(document: Any, path: str, value: Any) -> None:
    """Set one value through the other tool's mapping interface."""
    *parents, last = [int(part) if part.isdigit() else part for part in re.findall(r"[^.\[\]$]+", path)]
    node = document
    for part in parents:
        inner = node[part]
        node = inner.as_mapping() or inner.as_sequence()
    node[last] = value


@needs_corpus
def test_an_independent_editor_gives_the_same_bytes() -> None:
    yaml_edit = pytest.importorskip("yaml_edit")
    counts: Counter[str] = Counter()
    for name, file in files():
        if file["class"] != "partial-consistent":
            continue
        paths = queries(file)
        result = SpliceEditor().promote(
            path=file["rel"], source=file["source"].encode(), target=file["before"].encode(), json_paths=paths
        )
        assert isinstance(result, Edited), name
        document = yaml_edit.Document.parse(file["before"])
        source = yaml.load(file["source"], yaml.CSafeLoader)
        try:
            for path in paths:
                value = source
                for part in re.findall(r"[^.\[\]$]+", path):
                    value = value[int(part) if isinstance(value, list) else part]
                assign(document, path, value)
        except KeyError:
            # The source has no such value: nothing to assign.
            assert ChangeKind.REMOVED in [change.kind for change in result.changes], name
            counts["a removal"] += 1
            continue
        ours, others = result.content.decode(), str(document)
        assert loaded(others) == loaded(ours), name
        if others == ours:
            counts["same bytes"] += 1
            continue
        # The other editor chooses quotes of its own where it replaces a quoted value; this one keeps the target's.
        assert re.sub("['\"]", "", others) == re.sub("['\"]", "", ours), name
        assert ours.count('"') >= file["before"].count('"'), name
        counts["same but for the quotes"] += 1
    print(dict(counts))
    assert counts == {"same bytes": 82, "same but for the quotes": 195, "a removal": 1}
