"""The syntax of JSONPaths: what was judged before is judged the same, without loading the library."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from importlib.util import find_spec

from grammar import nodes
from grammar.content_cache import ContentCache, code_fingerprint

Check = Callable[[str], str | None]
"""Says what is wrong with a JSONPath, or None."""


def json_path_check(files: Iterable[nodes.File]) -> Check:
    """Return a check that knows every JSONPath in some files, from the cache where they were judged before.

    Args:
        files: the declarations whose JSONPaths will be asked about.
    """
    texts = sorted(set(_json_paths(files)))
    if not texts:
        return _editor_check()
    cache = ContentCache.of_user("json-paths", ())
    key = cache.key(*texts, code_fingerprint("adapters.yaml"), _library())
    kept = cache.get(key)
    if isinstance(kept, dict) and kept.keys() == set(texts):
        return kept.__getitem__
    check = _editor_check()
    cache.put(key, {text: check(text) for text in texts})
    return check


def _json_paths(files: Iterable[nodes.File]) -> Iterator[str]:
    for declaration in (declaration for file in files for declaration in file.declarations):
        if isinstance(declaration, nodes.Template | nodes.Product):
            for item in declaration.items:
                match item:
                    case nodes.VersionSource():
                        yield item.json_path.text
                    case nodes.Promote():
                        yield from (path.text for path in item.json_paths)


def _editor_check() -> Check:
    """Return the check of the editor that will run the paths; it is loaded with the first question."""

    def check(json_path: str) -> str | None:
        from adapters.yaml import SpliceEditor

        return SpliceEditor().check_path(json_path)

    return check


def _library() -> str:
    """Return what changes when another version of the library is installed: where it is, and since when."""
    spec = find_spec("jsonpath_rfc9535")
    if spec is None or spec.origin is None:
        return ""
    return f"{spec.origin} {os.stat(spec.origin).st_mtime_ns}"
