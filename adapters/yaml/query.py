"""JSONPath queries (RFC 9535): reading, explaining what is wrong, and selecting.

The package ``jsonpath-rfc9535`` parses queries and evaluates filters. Segments are evaluated here, one at
a time and each place once, because ``$..*..*..*`` selects the same places over and over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from adapters.yaml.limits import MAX_QUERY_LENGTH, MAX_QUERY_NESTING, MAX_QUERY_STEPS
from adapters.yaml.metered import Meter, metered
from adapters.yaml.node import Key, Location
from adapters.yaml.refusal import RefusalError
from adapters.yaml.values import Value

if TYPE_CHECKING:
    from jsonpath_rfc9535 import JSONPathEnvironment, JSONPathQuery

WHOLE_FILE = "*"
"""The query that is no JSONPath: the file as it is."""

_BARE = re.compile(r"[A-Za-z_\u0080-\U0010ffff][A-Za-z0-9_\u0080-\U0010ffff]*")


@dataclass(frozen=True, slots=True)
class Selection:
    """A place that a query selects.

    Attributes:
        location: where it is.
        by_filter: whether a filter chose an array's element on the way, so that the index says nothing about
            where its like stands in another document.
        last_by_filter: whether that element is the selected place itself.
    """

    location: Location
    by_filter: bool = False
    last_by_filter: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """A valid query.

    Attributes:
        text: as it was written.
        steps: the names and indexes of a singular query; None for any other.
        parsed: the package's form.
        filters: whether it contains a filter.
    """

    text: str
    steps: tuple[Key, ...] | None
    parsed: JSONPathQuery
    filters: bool


@lru_cache(maxsize=512)
def read_query(text: str) -> Query | str:
    """Return a query, or what is wrong with its text and what was probably meant."""
    reason = _too_large(text)
    if reason:
        return reason
    query = _parse(text)
    if not isinstance(query, str):
        return query
    for guess in _guesses(text):
        if not isinstance(_parse(guess), str):
            return f"`{text}` is not a JSONPath query (RFC 9535): {query}; did you mean `{guess}`?"
    return f"`{text}` is not a JSONPath query (RFC 9535): {query}"


def _too_large(text: str) -> str | None:
    if len(text) > MAX_QUERY_LENGTH:
        return f"the JSONPath query is longer than {MAX_QUERY_LENGTH} characters"
    depth = 0
    for char in text:
        depth += (char in "([") - (char in ")]")
        if depth > MAX_QUERY_NESTING:
            return f"the JSONPath query opens more than {MAX_QUERY_NESTING} brackets inside each other"
    if text.count("!") > MAX_QUERY_NESTING * 2:
        return "the JSONPath query negates too often"
    return None


@lru_cache(maxsize=1)
def _environment() -> JSONPathEnvironment:
    from adapters.yaml.environment import BoundedEnvironment

    return BoundedEnvironment()


def _parse(text: str) -> Query | str:
    from jsonpath_rfc9535 import JSONPathError
    from jsonpath_rfc9535.selectors import FilterSelector, IndexSelector, NameSelector

    try:
        parsed = _environment().compile(text)
    except JSONPathError as error:
        where = error.token.index + 1 if error.token else 0
        what = str(error.args[0]) if error.args else "it cannot be read"
        return f"{what} at column {where}" if where else what
    except (RecursionError, ValueError, IndexError) as error:
        return f"it cannot be read ({type(error).__name__})"
    selectors = [selector for segment in parsed.segments for selector in segment.selectors]
    steps: list[Key] | None = [] if parsed.singular_query() else None
    if steps is not None:
        for selector in selectors:
            match selector:
                case NameSelector():
                    steps.append(selector.name)
                case IndexSelector():
                    steps.append(selector.index)
    filters = any(isinstance(selector, FilterSelector) for selector in selectors)
    return Query(text, tuple(steps) if steps is not None else None, parsed, filters)


def _guesses(text: str) -> Iterator[str]:
    """Yield valid-looking readings of an invalid query, the likeliest first."""
    body = text.strip()
    if body.startswith("/"):
        yield "$" + "".join(_step(part.replace("~1", "/").replace("~0", "~")) for part in body[1:].split("/"))
        return
    body = body[1:] if body.startswith("$") else body
    body = body.rstrip(".")
    yield "$" + body if body.startswith((".", "[")) else "$." + body
    parts = re.split(r"(\.\.|\.|\[[^\]]*\])", body)
    text = "$"
    deep = False
    for part in parts:
        if part == "..":
            deep = True
        elif part.startswith("["):
            inner = part[1:-1]
            known = not inner or re.fullmatch(r"-?\d+|\*|[?'\"].*|.*:.*", inner)
            text += part if known else f'["{inner}"]'
        elif part and part != ".":
            text += (".." + (part if _BARE.fullmatch(part) else _step(part))) if deep else _step(part)
            deep = False
    yield text


def _step(name: str) -> str:
    if _BARE.fullmatch(name) or name == "*":
        return "." + name
    if re.fullmatch(r"\d+", name):
        return f"[{name}]"
    return '["' + name.replace("\\", "\\\\").replace('"', '\\"') + '"]'


def select(query: Query, root: Value, *, in_source: bool) -> list[Selection]:
    """Return the places that a query selects in a document, each once, in document order.

    Args:
        query: any valid query.
        root: the document's value.
        in_source: whether the document is the source, for the refusal.

    Raises:
        RefusalError: the evaluation takes more steps than the limit.
    """
    from jsonpath_rfc9535 import JSONPathError

    meter = Meter(MAX_QUERY_STEPS)
    data = metered(root, meter) if query.filters else root
    found: dict[Location, tuple[Any, Selection]] = {(): (data, Selection(()))}
    try:
        for segment in query.parsed.segments:
            found = _segment(segment, found, data, meter)
    except (TimeoutError, RecursionError, JSONPathError) as error:
        reason = f"the query `{query.text}` takes too many steps on this document"
        raise RefusalError(reason, in_source=in_source) from error
    return [selection for _, selection in found.values()]


_Found = dict[Location, tuple[Any, Selection]]


def _segment(segment: Any, found: _Found, root: Any, meter: Meter) -> _Found:
    from jsonpath_rfc9535.segments import JSONPathRecursiveDescentSegment

    if isinstance(segment, JSONPathRecursiveDescentSegment):
        found = _descendants(found, meter)
    result: _Found = {}
    for value, selection in found.values():
        for selector in segment.selectors:
            for key, item, by_filter in _children(selector, value, root):
                meter.charge(1)
                location = (*selection.location, key)
                if location not in result:
                    array = by_filter and isinstance(key, int)
                    result[location] = (item, Selection(location, selection.by_filter or array, array))
    return result


def _descendants(found: _Found, meter: Meter) -> _Found:
    """Return the places and every collection below them, parents first."""
    result: _Found = {}
    for start in found.values():
        stack = [start]
        while stack:
            value, selection = stack.pop()
            if selection.location in result:
                continue
            meter.charge(1)
            result[selection.location] = (value, selection)
            below = [
                (item, Selection((*selection.location, key), selection.by_filter))
                for key, item in _items(value)
                if isinstance(item, dict | list)
            ]
            stack.extend(reversed(below))
    return result


def _items(value: Any) -> list[tuple[Key, Any]]:
    if isinstance(value, dict):
        return list(value.items())
    if isinstance(value, list):
        return list(enumerate(value))
    return []


def _children(selector: Any, value: Any, root: Any) -> Iterator[tuple[Key, Any, bool]]:
    """Yield the children that one selector selects: key, value, and whether a filter did."""
    from jsonpath_rfc9535 import selectors as kinds
    from jsonpath_rfc9535.filter_expressions import FilterContext

    match selector:
        case kinds.NameSelector() if isinstance(value, dict) and selector.name in value:
            yield selector.name, value[selector.name], False
        case kinds.IndexSelector() if isinstance(value, list) and -len(value) <= selector.index < len(value):
            yield selector.index % len(value), value[selector.index], False
        case kinds.SliceSelector() if isinstance(value, list) and selector.slice.step != 0:
            yield from ((index, value[index], False) for index in range(*selector.slice.indices(len(value))))
        case kinds.WildcardSelector():
            yield from ((key, item, False) for key, item in _items(value))
        case kinds.FilterSelector():
            for key, item in _items(value):
                if selector.expression.evaluate(FilterContext(env=selector.env, current=item, root=root)):
                    yield key, item, True
