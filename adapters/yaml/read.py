"""Reads the bytes of a file into a position tree."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum

from adapters.yaml.compose import compose
from adapters.yaml.json_tree import compose_json
from adapters.yaml.limits import MAX_BYTES
from adapters.yaml.node import Document
from adapters.yaml.refusal import RefusalError
from adapters.yaml.unmarked import read_unmarked

_MARK = b"\xef\xbb\xbf"
_FOREIGN_MARKS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}


class Format(Enum):
    """What a file's name says it is."""

    YAML = "yaml"
    JSON = "json"


def format_of(path: str) -> Format | None:
    """Return a file's format by its ending; None when single values of it cannot be edited."""
    ending = path.rpartition("/")[2].rpartition(".")[2].lower() if "." in path.rpartition("/")[2] else ""
    return {"yaml": Format.YAML, "yml": Format.YAML, "json": Format.JSON}.get(ending)


def read(content: bytes, format: Format) -> Document:
    """Return the position tree of a file's bytes.

    Raises:
        RefusalError: they are too many, not UTF-8, or not valid in the format.
    """
    if len(content) > MAX_BYTES:
        raise RefusalError(f"the file has {len(content)} bytes; more than {MAX_BYTES} are not edited")
    encoding = _FOREIGN_MARKS.get(content[:2])
    if encoding:
        raise RefusalError(f"the file is {encoding}; only UTF-8 is edited", 1, 1)
    mark = "\ufeff" if content.startswith(_MARK) else ""
    body = content[len(_MARK) :] if mark else content
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        before = body[: error.start]
        line = before.count(b"\n") + 1
        column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1
        raise RefusalError("the file is not UTF-8", line, column) from error
    with without_collector():
        if format is Format.JSON:
            return compose_json(text, mark)
        return read_unmarked(text, mark) or compose(text, mark)


@contextmanager
def without_collector() -> Iterator[None]:
    """Pause the cyclic collector while many objects are made, none of which is garbage yet."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
