"""Reads the documents of a YAML or JSON file."""

from __future__ import annotations

import json
from typing import Any

from adapters.local.health.problem import Problem

_LARGEST = 8_000_000
_DUPLICATE = "Y003"


def documents(path: str, content: bytes) -> tuple[list[Any], list[Problem]]:
    """Return the documents of a file as plain data, and what is wrong with it.

    Args:
        path: its name; the ending says whether it is JSON.
        content: its bytes.
    """
    if len(content) > _LARGEST:
        return [], [Problem(path, 0, f"has more than {_LARGEST:,} bytes")]
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as failure:
        line = content[: failure.start].count(b"\n") + 1
        return [], [Problem(path, line, "is not UTF-8")]
    return _json(path, text) if path.endswith(".json") else _yaml(path, text)


def _json(path: str, text: str) -> tuple[list[Any], list[Problem]]:
    try:
        return [json.loads(text)], []
    except json.JSONDecodeError as failure:
        return [], [Problem(path, failure.lineno, f"not valid JSON: {failure.msg[:1].lower()}{failure.msg[1:]}")]
    except RecursionError:
        return [], [Problem(path, 0, "is nested too deeply")]


def _yaml(path: str, text: str) -> tuple[list[Any], list[Problem]]:
    from adapters.manifests.compose import compose
    from adapters.manifests.data import plain_data
    from adapters.manifests.limits import DEFAULT_MANIFEST_LIMITS
    from grammar.diagnostics import Diagnostic

    composed = compose(text, path, DEFAULT_MANIFEST_LIMITS)
    found: list[Diagnostic] = []
    data = [plain_data(document, path, found) for document in composed.documents]
    wrong = [one for one in found if one.code == _DUPLICATE]
    if composed.fault is not None:
        wrong.append(composed.fault)
    return data, [Problem(path, text.count("\n", 0, one.span.start) + 1, one.message) for one in wrong]
