"""`apiVersion`, `kind` and `metadata` of a manifest."""

from __future__ import annotations

from collections.abc import Mapping

from adapters.manifests.place import shortened
from adapters.manifests.to_ast.metadata import DESCRIPTION
from adapters.manifests.to_data.refusals import Data, Refusals
from adapters.manifests.words import is_label_key, is_label_value, is_namespace, is_object_name
from engine.model.entities import Metadata


def manifest(api_version: str, kind: str, name: str, carried: Metadata, spec: Data, refusals: Refusals) -> Data:
    """Return a whole manifest, its keys in the order they are written."""
    return {
        "apiVersion": api_version,
        "kind": kind,
        "metadata": _metadata(name, carried, refusals),
        "spec": spec,
    }


def _metadata(name: str, carried: Metadata, refusals: Refusals) -> Data:
    if not is_object_name(name):
        refusals.add(
            "Y046",
            f"`{shortened(name)}` is no name for a Kubernetes object",
            help="names have lower case letters, digits, `-` and `.`, and begin and end with a letter or digit",
        )
    data: Data = {"name": name}
    if carried.namespace is not None:
        if not is_namespace(carried.namespace):
            refusals.add("Y046", f"`{shortened(carried.namespace)}` is no name for a Kubernetes namespace")
        data["namespace"] = carried.namespace
    if carried.labels:
        data["labels"] = _labels(carried.labels, refusals)
    annotations = {} if carried.description is None else {DESCRIPTION: carried.description}
    annotations.update(carried.annotations)
    for key in annotations:
        _check_key(key, "an annotation", refusals)
    if annotations:
        data["annotations"] = annotations
    return data


def _labels(labels: Mapping[str, str], refusals: Refusals) -> Data:
    for key, value in labels.items():
        _check_key(key, "a label", refusals)
        if not is_label_value(value):
            refusals.add(
                "Y046",
                f"`{shortened(value)}` is no value that Kubernetes takes for the label `{shortened(key)}`",
                help="at most 63 letters, digits, `-`, `_` and `.`; use an annotation for free text",
            )
    return dict(labels)


def _check_key(key: str, what: str, refusals: Refusals) -> None:
    if not is_label_key(key):
        refusals.add("Y046", f"`{shortened(key)}` is no key that Kubernetes takes for {what}")
