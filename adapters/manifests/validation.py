"""Checks a document against the shape of its kind and says every fault where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from adapters.manifests.node import Kind
from adapters.manifests.place import Place, path_text, shortened
from adapters.manifests.scalars import Reading
from grammar.diagnostics import Diagnostic, error
from grammar.span import Span
from grammar.suggest import did_you_mean
from grammar.vocabulary import listing

Path = tuple[str | int, ...]

_EXPECTED = {
    "string_type": "a string",
    "int_type": "a whole number",
    "list_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "bool_type": "`true` or `false`",
}

_HINTS = {
    "names": "leave it out to match all of them",
    "tags": "leave it out to match all of them",
    "types": "leave it out to match every kind of environment",
    "promotion": "leave it out to promote every file, or name the files",
    "jsonPaths": "name at least one JSONPath; `*` is the whole file",
    "promotionTimeoutLimit": "it counts minutes; leave it out for the default of a day",
    "annotation": "annotations are a mapping under `annotations`",
    "dependsOn": "name the environments that come before; the trigger environment for the first steps",
}
"""What to do about a field that has the wrong value, by its name."""


def fits(shape: type[BaseModel], data: Any, root: Place, found: list[Diagnostic], *, nulls: bool) -> bool:
    """Check a document; say whether it has the shape.

    Args:
        shape: of its kind.
        data: the document as plain data.
        root: the document.
        found: receives the faults, each at the key or value it is about.
        nulls: whether a field of the specification may be left without a value, which then counts as absent.
    """
    before = len(found)
    if not nulls:
        found.extend(_nulls(data, root))
    pruned = _without_nulls(data)
    try:
        shape.model_validate(pruned)
    except ValidationError as faults:
        for fault in faults.errors(include_url=False, include_context=True, include_input=False):
            found.append(_diagnostic(fault, shape, root, partial=nulls))
    return len(found) == before


def _nulls(data: Any, root: Place) -> Iterator[Diagnostic]:
    """Yield an error for each value of a specification that was left empty; Kubernetes refuses those."""
    spec = data.get("spec") if isinstance(data, dict) else None
    if spec is None:
        return
    for path in _null_paths(spec, ("spec",)):
        place = root.follow(path)
        if place is not None:
            message = f"`{path_text(path)}` has no value"
            yield error("Y007", message, place.key_span, help="give it a value, or remove it")


def _null_paths(value: Any, path: Path) -> Iterator[Path]:
    if isinstance(value, dict):
        for key, item in value.items():
            if item is None:
                yield (*path, key)
            yield from _null_paths(item, (*path, key))
    elif isinstance(value, list):
        for position, item in enumerate(value):
            yield from _null_paths(item, (*path, position))


def _without_nulls(value: Any) -> Any:
    """Drop members without a value: they are reported on their own, and in metadata they mean nothing."""
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_without_nulls(item) for item in value]
    return value


def _diagnostic(fault: Any, shape: type[BaseModel], root: Place, *, partial: bool) -> Diagnostic:
    path = tuple(step for step in fault["loc"] if step != "[key]")
    kind = fault["type"]
    context = fault.get("ctx", {})
    if kind == "missing":
        return _missing(path, root, partial=partial)
    place = root.follow(path) or root
    if kind == "extra_forbidden":
        return _unknown(path, place, shape)
    if kind in _EXPECTED:
        return _wrong_type(path, place, _EXPECTED[kind])
    if kind == "literal_error":
        return _wrong_word(path, place, shape)
    if kind in ("too_short", "string_too_short"):
        return _empty(path, place, "[key]" in fault["loc"])
    if kind in ("greater_than_equal", "less_than_equal"):
        bound = f"at least {context['ge']}" if "ge" in context else f"at most {context['le']}"
        message = f"`{path_text(path)}` must be {bound}, not {shortened(place.text)}"
        return error("Y010", message, place.span, help=_hint(path))
    if kind.startswith("int_"):
        return _wrong_type(path, place, "a whole number")
    return error("Y007", f"`{path_text(path)}`: {fault['msg'].lower()}", place.span)


def _missing(path: Path, root: Place, *, partial: bool) -> Diagnostic:
    """Point at what should hold the field: at its key, or at the first key of a list's element.

    ``partial`` says that manifests of this kind are also written in part, as patches for Kustomize.
    """
    owner = root.follow(path[:-1]) or root
    span = owner.key_span
    if owner.key is None and owner.node.entries:
        first = owner.node.entries[0][0]
        span = Span(first.start, first.end, owner.source)
    where = f" in `{path_text(path[:-1])}`" if path[:-1] else ""
    return error("Y006", f"`{path[-1]}` is missing{where}", span, help=f"add `{path[-1]}:`{_PATCH if partial else ''}")


_PATCH = "; if this is a patch, `exclude` it in `promo.toml`"


def _unknown(path: Path, place: Place, shape: type[BaseModel]) -> Diagnostic:
    name = str(path[-1])
    where = f"`{path_text(path[:-1])}`" if path[:-1] else "a manifest"
    known = _fields(_shape_at(shape, path[:-1]))
    help = did_you_mean(name, known) or _elsewhere(name, shape) or f"known are {listing(_quoted(known), 'and')}"
    return error("Y005", f"{where} has no field `{shortened(name)}`", place.key_span, help=help)


def _elsewhere(name: str, shape: type[BaseModel]) -> str:
    """Say where a field that stands in the wrong place belongs."""
    if name == "concurrency":
        return "`concurrency` needs `apiVersion: codefresh.io/v1beta2`"
    for owner in _fields(shape):
        inside = _shape_at(shape, (owner,))
        if inside is not None and name in _fields(inside):
            return f"it belongs into `{owner}`"
    return ""


def _wrong_type(path: Path, place: Place, expected: str) -> Diagnostic:
    name = path_text(path)
    message = f"`{name}` must be {expected}, not {place.describe()}" if path else f"this must be {expected}"
    help = _hint(path)
    if place.node.kind is Kind.SCALAR:
        if expected == "a string" and place.node.reading is not Reading.TEXT:
            help = f'quote it: "{shortened(place.text)}"'
        elif expected == "a list":
            help = f"write it as a list: [{shortened(place.text)}]"
        elif expected == "a whole number" and place.node.reading is Reading.TEXT and place.text.strip("+-").isdigit():
            help = f"write it without quotes: {shortened(place.text)}"
    return error("Y007", message, place.span, help=help)


def _wrong_word(path: Path, place: Place, shape: type[BaseModel]) -> Diagnostic:
    words = _words(shape, path)
    choices = listing(_quoted(words))
    if place.node.kind is not Kind.SCALAR or place.node.reading is not Reading.TEXT:
        return error("Y008", f"`{path_text(path)}` must be {choices}, not {place.describe()}", place.span)
    message = f"`{path_text(path)}` must be {choices}, not `{shortened(place.text)}`"
    return error("Y008", message, place.span, help=did_you_mean(place.text, words))


def _empty(path: Path, place: Place, is_key: bool) -> Diagnostic:
    if is_key:
        return error("Y009", f"a key of `{path_text(path[:-1])}` is empty", place.key_span)
    span = place.span if place.span.end > place.span.start else place.key_span
    return error("Y009", f"`{path_text(path)}` is empty", span, help=_hint(path) or "give it a value, or remove it")


def _hint(path: Path) -> str:
    name = next((step for step in reversed(path) if isinstance(step, str)), "")
    return _HINTS.get(name, "")


def _quoted(words: list[str]) -> list[str]:
    return [f"`{word}`" for word in words]


# --- what a shape says about a path --------------------------------------------------------------


def _fields(shape: type[BaseModel] | None) -> list[str]:
    """Return the keys that a shape knows, in order; those that only a server sets last."""
    return [field.alias or name for name, field in shape.model_fields.items()] if shape is not None else []


def _shape_at(shape: type[BaseModel], path: Path) -> type[BaseModel] | None:
    annotation = _annotation_at(shape, path)
    return next(_shapes(annotation), None) if path else shape


def _annotation_at(shape: type[BaseModel], path: Path) -> Any:
    """Return the type of what stands at a path; None where the shape says nothing about it."""
    annotation: Any = shape
    for step in path:
        owner = next(_shapes(annotation), None)
        if isinstance(step, int) or owner is None:
            continue
        fields = {field.alias or name: field for name, field in owner.model_fields.items()}
        if step in fields:
            annotation = fields[step].annotation
    return annotation


def _shapes(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _shapes(argument)


def _words(shape: type[BaseModel], path: Path) -> list[str]:
    """Return the words that may stand at a path."""
    return list(_literals(_annotation_at(shape, path)))


def _literals(annotation: Any) -> Iterator[str]:
    for argument in get_args(annotation):
        if isinstance(argument, str):
            yield argument
        else:
            yield from _literals(argument)
