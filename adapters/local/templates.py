"""The workflow templates of a workspace as plain data, the way Kubernetes would take them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from adapters.local.interpret.parse import CLUSTER

_KINDS = {"WorkflowTemplate": "", "ClusterWorkflowTemplate": CLUSTER}
_GROUP = "argoproj.io/"


def workflow_manifests(texts: Iterable[tuple[str, str]]) -> dict[str, Mapping[str, Any]]:
    """Return the workflow templates in YAML texts, by name; those of the cluster with ``cluster/`` before it.

    Of several with the same name the first counts, as everywhere in promo; texts that are wrong give what is whole.

    Args:
        texts: pairs of a name and a text.
    """
    from adapters.manifests.compose import compose
    from adapters.manifests.data import plain_data
    from adapters.manifests.limits import DEFAULT_MANIFEST_LIMITS

    found: dict[str, Mapping[str, Any]] = {}
    for name, text in texts:
        if "WorkflowTemplate" not in text or name.endswith((".promo", ".toml")):
            continue
        for document in compose(text, name, DEFAULT_MANIFEST_LIMITS).documents:
            for manifest in _objects(plain_data(document, name, [])):
                key = _key(manifest)
                if key:
                    found.setdefault(key, manifest)
    return found


def _objects(data: Any) -> Iterator[Mapping[str, Any]]:
    if not isinstance(data, dict):
        return
    items = data.get("items")
    if str(data.get("kind", "")).endswith("List") and isinstance(items, list):
        for item in items:
            if isinstance(item, dict):
                yield item
    else:
        yield data


def _key(manifest: Mapping[str, Any]) -> str:
    """Return the key of a workflow template; empty for anything else."""
    kind, version, metadata = (manifest.get(key) for key in ("kind", "apiVersion", "metadata"))
    if kind not in _KINDS or not isinstance(version, str) or not version.startswith(_GROUP):
        return ""
    name = metadata.get("name") if isinstance(metadata, dict) else None
    return _KINDS[kind] + name if isinstance(name, str) else ""
