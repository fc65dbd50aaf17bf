"""Editors of YAML under comparison: each sets scalars in a text and returns the new text."""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import yaml

from adapters.yaml import SpliceEditor
from engine.plan.ports import Edited

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Edit:
    """What is wanted: values of ``source`` at ``paths`` in ``target``; all in document number ``document``."""

    target: str
    source: str
    paths: tuple[Path, ...]
    document: int = 0

    def values(self) -> dict[Path, Any]:
        """Return what the paths are to be set to, as plain data.

        Raises:
            KeyError, IndexError: where the source has no such value.
        """
        documents = list(yaml.load_all(self.source, yaml.CSafeLoader))
        return {path: at(documents[self.document if len(documents) > 1 else 0], path) for path in self.paths}


@dataclass(frozen=True, slots=True)
class Editor:
    """An editor by name; what it raises counts as a wrong answer."""

    name: str
    apply: Callable[[Edit], str]


def at(data: Any, path: Path) -> Any:
    """Return what is at a path.

    Raises:
        KeyError, IndexError: when there is nothing.
    """
    for part in path:
        data = data[part]
    return data


def query(path: Path) -> str:
    """Return a path as a JSONPath query."""
    return "$" + "".join(f"[{part}]" if isinstance(part, int) else f"[{_quoted(part)}]" for part in path)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


_KEEPING = SpliceEditor()
"""One editor for all edits, as a plan has one: it keeps what it read last."""


def _promo(edit: Edit) -> str:
    result = _KEEPING.promote(
        path="values.yaml",
        source=edit.source.encode(),
        target=edit.target.encode(),
        json_paths=tuple(query(path) for path in edit.paths),
    )
    assert isinstance(result, Edited), result
    return result.content.decode()


def _assign(node: Any, path: Path, value: object) -> None:
    for part in path[:-1]:
        node = node[part]
    node[path[-1]] = value


def _ruamel(edit: Edit, **settings: object) -> str:
    from ruamel.yaml import YAML

    editor = YAML(typ="rt")
    for name, value in settings.items():
        setattr(editor, name, value)
    documents = list(editor.load_all(edit.target))
    for path, value in edit.values().items():
        _assign(documents[edit.document], path, value)
    output = io.StringIO()
    editor.dump_all(documents, output)
    return output.getvalue()


def _ruamel_tuned(edit: Edit) -> str:
    return _ruamel(edit, preserve_quotes=True, width=4096)


def _yaml_edit(edit: Edit) -> str:
    import yaml_edit

    file = yaml_edit.YamlFile.parse(edit.target)
    document = list(file.documents())[edit.document]
    for path, value in edit.values().items():
        node = document
        for part in path[:-1]:
            inner = node[part]
            node = inner.as_mapping() or inner.as_sequence()
        dated = isinstance(value, datetime.date)
        node[path[-1]] = yaml_edit.ScalarValue(value.isoformat()) if dated else value
    return str(file)


PROMO = Editor("promo", _promo)
YAML_EDIT = Editor("yaml-edit (Rust)", _yaml_edit)
RUAMEL_TUNED = Editor("ruamel.yaml round trip, tuned", _ruamel_tuned)
RUAMEL = Editor("ruamel.yaml round trip, defaults", _ruamel)
EDITORS: tuple[Editor, ...] = (PROMO, YAML_EDIT, RUAMEL_TUNED, RUAMEL)


def judged(editor: Editor, edit: Edit) -> tuple[bool, bool]:
    """Return whether the data came out right, and whether also all other bytes stayed."""
    wanted = list(yaml.load_all(edit.target, yaml.CSafeLoader))
    for path, value in edit.values().items():
        _assign(wanted[edit.document], path, value)
    try:
        text = editor.apply(edit)
        right = repr(list(yaml.load_all(text, yaml.CSafeLoader))) == repr(wanted)
    except Exception:  # an editor that fails, in whatever way, gave a wrong answer
        return False, False
    return right, right and _kept(edit, text)


def _kept(edit: Edit, text: str) -> bool:
    """Say whether a text is the target with nothing replaced but the scalars at the paths."""
    offset = 1 if edit.target.startswith("\ufeff") else 0
    spans = sorted(_span(edit, path) for path in edit.paths)
    rest, position = text, 0
    pieces = []
    for start, end in spans:
        pieces.append(edit.target[position : start + offset])
        position = end + offset
    pieces.append(edit.target[position:])
    if not rest.startswith(pieces[0]):
        return False
    rest = rest[len(pieces[0]) :]
    for piece in pieces[1:-1]:
        found = rest.find(piece)
        if found < 0:
            return False
        rest = rest[found + len(piece) :]
    return rest.endswith(pieces[-1])


def _span(edit: Edit, path: Path) -> tuple[int, int]:
    """Return where the node at a path begins and ends, without a byte order mark, by PyYAML's own marks."""
    text = edit.target.removeprefix("\ufeff")
    node: Any = list(yaml.compose_all(text, yaml.SafeLoader))[edit.document]
    after_key = 0
    for part in path:
        if isinstance(part, int):
            node = node.value[part]
        else:
            key, node = next((key, value) for key, value in node.value if key.value == part)
            after_key = key.end_mark.index
    if node.start_mark.index < after_key:
        # An alias: its node is the one it stands for, further up.
        alias = re.compile(r"\s*:\s*(\*\S+)").match(text, after_key)
        assert alias
        return alias.span(1)
    return node.start_mark.index, node.end_mark.index


def large_values(comments: int, size: int = 208_000) -> tuple[str, Path]:
    """Return a values file of at least that many characters, with so many comment lines a key, and a place in it."""
    block = ""
    for line in _SERVICE.splitlines(keepends=True):
        indent = line[: len(line) - len(line.lstrip())]
        block += line + f"{indent}{_COMMENT}" * comments
    lines, number, length = ["services:\n"], 0, 0
    while length < size:
        lines.append(block.format(team=number % 12, number=number, replicas=number % 7 + 1))
        length += len(lines[-1])
        number += 1
    return "".join(lines), ("services", f"service-{number // 2}", "image", "tag")


_COMMENT = "# What this is for, and where it is described.\n"
_SERVICE = """\
  service-{number}:
    image: {{ repository: registry.example.com/team-{team}/service-{number}, tag: "1.{number}.0" }}  # promoted
    replicas: {replicas}
    resources:
      limits: {{ cpu: 500m, memory: 512Mi }}
      requests:
        cpu: 100m
        memory: 128Mi
    env:
      - name: LOG_LEVEL
        value: 'info'
      - name: ENDPOINT
        value: https://service-{number}.example.com:8443/api
"""
