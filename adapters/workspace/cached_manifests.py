"""What YAML files hold, kept by their content so that a warm start loads no YAML library."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import cast

from engine.model.argo import Application, WorkflowTemplate
from grammar.content_cache import ContentCache, code_fingerprint
from grammar.diagnostics import Diagnostic
from grammar.nodes import File
from grammar.parse_cache import AST_MODULES

NO_OBJECT = "YAML that is no Kubernetes object"
"""What files without any manifest are counted under, as `adapters.manifests` counts them."""


@dataclass(frozen=True, slots=True)
class Manifests:
    """What one YAML file holds.

    Attributes:
        file: the declarations that also have a `.promo` form.
        applications: Argo CD applications.
        workflows: Argo workflow templates.
        passed_over: how many manifests of other kinds there are, by kind.
        diagnostics: what is wrong with it.
    """

    file: File
    applications: tuple[Application, ...] = ()
    workflows: tuple[WorkflowTemplate, ...] = ()
    passed_over: Mapping[str, int] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()


def read_manifests(items: Iterable[tuple[str, str]]) -> list[Manifests]:
    """Read YAML files, in order.

    A text in which the word `kind` does not stand holds no manifest: such files (Helm values, mostly) are counted and
    not read.

    Args:
        items: pairs of source name and text.
    """
    cache = ContentCache.of_user("manifests", (*AST_MODULES, "engine.model.argo"))
    return [
        _manifests(cache, source, text) if "kind" in text else Manifests(File(source, ()), passed_over={NO_OBJECT: 1})
        for source, text in items
    ]


def _manifests(cache: ContentCache, source: str, text: str) -> Manifests:
    key = cache.key(text, source, _manifest_code())
    kept = cache.get(key)
    if isinstance(kept, tuple) and len(kept) == 5:
        return Manifests(*cast("tuple[File, tuple[Application, ...], tuple[WorkflowTemplate, ...]]", kept))
    from adapters.manifests import read

    found = read(text, source)
    parts = (
        found.file,
        tuple(found.applications),
        tuple(found.workflows),
        dict(found.passed_over),
        tuple(found.diagnostics),
    )
    cache.put(key, parts)
    return Manifests(*parts)


@lru_cache(maxsize=1)
def _manifest_code() -> str:
    return code_fingerprint("adapters.manifests", "grammar", "engine.model")
