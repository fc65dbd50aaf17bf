"""What a workspace's texts declare, kept whole: a start on texts that were read before loads no parser.

The tests of a workspace are kept apart and loaded when somebody asks for them: they are syntax trees, whose
classes are the slowest part of a start, and most commands never look at them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, cast, overload

from engine.model.workspace import PriorityOrder, Workspace
from grammar.content_cache import ContentCache, code_fingerprint
from grammar.diagnostics import Diagnostic

if TYPE_CHECKING:
    from adapters.workspace.making import Made
    from engine.model.entities import Example
    from grammar.nodes import File

Pairs = Sequence[tuple[str, str]]
"""Pairs of source name and text."""

Declared = tuple[Workspace, tuple[Diagnostic, ...], dict[str, int]]
"""The workspace, what is wrong with it, and what was passed over."""

_Kept = tuple[Workspace, tuple[Diagnostic, ...], dict[str, int], int]
_MODEL_MODULES = (
    "datetime",
    "engine.model.argo",
    "engine.model.attributes",
    "engine.model.conditions",
    "engine.model.entities",
    "engine.model.priority_order",
    "engine.model.values",
    "engine.model.workspace",
    "grammar.diagnostics",
    "grammar.span",
)


def declared(
    promo: Pairs,
    manifests: Pairs,
    priority: PriorityOrder,
    *,
    check_json_paths: bool,
    keep: Callable[[tuple[File, ...]], None] | None = None,
) -> Declared:
    """Return what texts declare, from the cache where these very texts were read before.

    Args:
        promo: `.promo` texts.
        manifests: YAML texts.
        priority: which of two policy priorities is better.
        check_json_paths: whether the syntax of JSONPaths is checked, which imports a library.
        keep: is given the declarations as they were written, where the texts had to be parsed. What was made is then
            not kept: whoever needs the texts in this form, as linting does, keeps what comes of them, and this entry
            is as large as all of them together.
    """
    cache = ContentCache.of_user("workspaces", _MODEL_MODULES)
    parts = (text for pair in (*promo, ("", ""), *manifests) for text in pair)
    key = cache.key(_code(), _library() if check_json_paths else "", priority.value, *parts)
    kept = cache.get(key)
    if isinstance(kept, tuple) and len(kept) == 4:
        workspace, diagnostics, passed_over, count = cast("_Kept", kept)
        if count:
            workspace = replace(workspace, tests=KeptTests(key, count, promo, manifests, priority))
        return workspace, diagnostics, passed_over
    made = _make(promo, manifests, priority, check_json_paths=check_json_paths)
    if keep is not None:
        keep(made.files)
    else:
        _tests_cache().put(key, tuple(made.workspace.tests))
        count = len(made.workspace.tests)
        cache.put(key, (replace(made.workspace, tests=()), made.diagnostics, dict(made.passed_over), count))
    return made.workspace, made.diagnostics, dict(made.passed_over)


class KeptTests(Sequence["Example"]):
    """The tests of a workspace, loaded from the cache when one of them is looked at."""

    def __init__(self, key: str, count: int, promo: Pairs, manifests: Pairs, priority: PriorityOrder) -> None:
        """Remember where the tests are kept, and what they were made from in case they no longer are."""
        self._key = key
        self._count = count
        self._origin = (promo, manifests, priority)
        self._loaded: tuple[Example, ...] | None = None

    def _tests(self) -> tuple[Example, ...]:
        if self._loaded is None:
            kept = _tests_cache().get(self._key)
            if isinstance(kept, tuple) and len(kept) == self._count:
                self._loaded = kept
            else:
                promo, manifests, priority = self._origin
                self._loaded = tuple(_make(promo, manifests, priority, check_json_paths=False).workspace.tests)
        return self._loaded

    def __len__(self) -> int:
        """Return how many there are, without loading them."""
        return self._count

    @overload
    def __getitem__(self, index: int) -> Example: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Example]: ...
    def __getitem__(self, index: int | slice) -> Example | Sequence[Example]:
        """Return one test or some."""
        return self._tests()[index]

    def __iter__(self) -> Iterator[Example]:
        """Yield the tests in the order they were declared."""
        return iter(self._tests())

    def __eq__(self, other: object) -> bool:
        """Say whether another sequence holds equal tests in the same order."""
        return isinstance(other, Sequence) and self._tests() == tuple(other)

    def __hash__(self) -> int:
        """Return the hash of the tests."""
        return hash(self._tests())


def _make(promo: Pairs, manifests: Pairs, priority: PriorityOrder, *, check_json_paths: bool) -> Made:
    from adapters.workspace.making import make_workspace

    return make_workspace(promo, manifests, priority, check_json_paths=check_json_paths)


def _tests_cache() -> ContentCache:
    from grammar.parse_cache import AST_MODULES

    return ContentCache.of_user("workspace-tests", AST_MODULES)


@lru_cache(maxsize=1)
def _code() -> str:
    return code_fingerprint("grammar", "engine.model", "adapters.manifests", "adapters.workspace", "adapters.yaml")


def _library() -> str:
    """Return what changes when another JSONPath library is installed: where it is, and since when."""
    spec = find_spec("jsonpath_rfc9535")
    if spec is None or spec.origin is None:
        return "none"
    return f"{spec.origin} {os.stat(spec.origin).st_mtime_ns}"
