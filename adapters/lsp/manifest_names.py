"""Where Argo's manifests say names: those of applications and workflow templates, and of products in annotations."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from adapters.manifests.compose import compose
from adapters.manifests.limits import DEFAULT_MANIFEST_LIMITS
from adapters.manifests.node import Kind, Node
from adapters.manifests.place import Place
from engine.model.argo import PRODUCT_KEY
from grammar.span import Span

_KINDS = {
    "Application": "application",
    "WorkflowTemplate": "workflow",
    "ClusterWorkflowTemplate": "workflow",
}


class ManifestName(NamedTuple):
    """A name in a manifest.

    Attributes:
        kind: of what it names.
        name: the name.
        span: where it stands, quotes included.
        declares: whether the manifest declares what is called so.
        whole: the manifest.
    """

    kind: str
    name: str
    span: Span
    declares: bool
    whole: Span


@lru_cache(maxsize=256)
def manifest_names(text: str, source: str) -> tuple[ManifestName, ...]:
    """Return the names in a YAML text's applications and workflow templates, in order. Cost: O(length), once."""
    composed = compose(text, source, DEFAULT_MANIFEST_LIMITS)
    return tuple(found for document in composed.documents for found in _document(document, source))


def _document(node: Node, source: str) -> Iterator[ManifestName]:
    root = Place(node, source)
    kind = root.get("kind")
    if kind is None or kind.node.kind is not Kind.SCALAR:
        return
    if kind.text.endswith("List"):
        for item in root.items("items"):
            yield from _document(item.node, source)
        return
    named = _KINDS.get(kind.text)
    name = root.get("metadata", "name")
    if named is None or name is None or name.node.kind is not Kind.SCALAR:
        return
    yield ManifestName(named, name.text, name.span, True, root.span)
    if named == "application":
        for field in ("annotations", "labels"):
            product = root.get("metadata", field, PRODUCT_KEY)
            if product is not None and product.node.kind is Kind.SCALAR:
                yield ManifestName("product", product.text, product.span, False, root.span)
