"""Writes plain data as block YAML, the same text for the same data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from adapters.yaml.quote import quoted

_STYLES = ("", '"')
_LONGEST_KEY = 1_000
"""Characters that a key may have before a colon; readers look no further than 1,024."""


def emit(data: dict[str, Any]) -> str:
    """Return one document, without a marker, ending with a line break.

    Strings stand without quotes only where every reader, of YAML 1.1 or 1.2, takes them for strings. Mappings keep
    their order; lists are not indented below their key. An empty collection stands in flow style.

    Args:
        data: of dicts with string keys, lists, strings and whole numbers.
    """
    return "".join(f"{line}\n" for line in _mapping(data, 0))


def emit_all(documents: Iterable[dict[str, Any]]) -> str:
    """Return several documents, separated by markers."""
    return "---\n".join(emit(document) for document in documents)


def _mapping(data: dict[str, Any], indent: int) -> Iterator[str]:
    for key, value in data.items():
        written = quoted(key, _STYLES, flow=False)
        head = f"{' ' * indent}{written}:"
        if len(written) > _LONGEST_KEY:
            yield f"{' ' * indent}? {written}"
            head = f"{' ' * indent}:"
        match value:
            case dict() if value:
                yield head
                yield from _mapping(value, indent + 2)
            case list() if value:
                yield head
                yield from _sequence(value, indent)
            case str() if "\n" in value and (block := _block(value, indent + 2)) is not None:
                yield f"{head} {block[0]}"
                yield from block[1:]
            case _:
                yield f"{head} {_scalar(value)}"


def _sequence(items: list[Any], indent: int) -> Iterator[str]:
    for item in items:
        lines = _mapping(item, indent + 2) if isinstance(item, dict) and item else None
        if lines is None:
            yield f"{' ' * indent}- {_scalar(item)}"
            continue
        yield f"{' ' * indent}- {next(lines).lstrip(' ')}"
        yield from lines


def _scalar(value: Any) -> str:
    match value:
        case str():
            return quoted(value, _STYLES, flow=False)
        case int():
            return str(value)
        case dict():
            return "{}"
        case list():
            return "[]"
        case _:
            raise TypeError(f"no manifest holds {value!r}")


def _block(text: str, indent: int) -> list[str] | None:
    """Return a text of several lines as a literal block, where every line can stand in one."""
    content = text.removesuffix("\n")
    lines = content.split("\n")
    plain = all(line == line.rstrip() and line.isprintable() for line in lines)
    if not plain or not lines[0] or lines[0].startswith((" ", "#")) or not lines[-1]:
        return None
    header = "|" if text.endswith("\n") else "|-"
    return [header, *(f"{' ' * indent}{line}" if line else "" for line in lines)]
