"""An AST as lines of text, one node a line, for golden files."""

from __future__ import annotations

from dataclasses import fields, is_dataclass

from grammar.span import SourceText, Span


def ast_text(value: object, source: SourceText) -> str:
    """Return a value's nodes, children indented, each with the place where it begins."""
    return "".join(f"{line}\n" for line in _lines(value, "", source))


def _lines(value: object, label: str, source: SourceText) -> list[str]:
    if isinstance(value, tuple) and not isinstance(value, Span):
        return [line for part in value for line in _lines(part, label, source)]
    if not is_dataclass(value):
        return [f"{label}{value!r}"]
    span = getattr(value, "span", None)
    place = "" if span is None else " @{}:{}".format(*source.position(span.start))
    shown = [field.name for field in fields(value) if field.name not in {"span", "keyword_span", "source"}]
    plain = [
        name for name in shown if not is_dataclass(getattr(value, name)) and not _holds_nodes(getattr(value, name))
    ]
    own = "".join(
        f" {name}={getattr(value, name)!r}" for name in plain if getattr(value, name) not in (None, (), False)
    )
    lines = [f"{label}{type(value).__name__}{own}{place}"]
    for name in shown:
        if name not in plain:
            lines += [f"  {line}" for line in _lines(getattr(value, name), f"{name}: ", source)]
    return lines


def _holds_nodes(value: object) -> bool:
    return isinstance(value, tuple) and any(is_dataclass(part) or _holds_nodes(part) for part in value)
