"""An independent judge of manifests: the published resource definitions, read strictly, and a plain YAML reader.

Kubernetes prunes unknown fields; here they are faults, as they are with `kubectl apply --validate=strict`.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator

SPECS = Path(__file__).resolve().parents[3] / "shared" / "specs"
_FILES = {
    "Product": "codefresh/product.crd.json",
    "PromotionFlow": "codefresh/promotionflows.crd.json",
    "PromotionPolicy": "codefresh/promotionpolicies.crd.json",
    "PromotionTemplate": "codefresh/promotiontemplates.crd.json",
    "Application": "argo/application.crd.json",
    "WorkflowTemplate": "argo/workflowtemplates.crd.json",
}
PROMOTION_KINDS = frozenset(kind for kind, file in _FILES.items() if file.startswith("codefresh/"))
_STRINGS = {"type": "object", "additionalProperties": {"type": "string"}}
_METADATA = {
    "type": "object",
    "required": ["name"],
    "additionalProperties": False,
    "properties": {
        "name": {"type": "string"},
        "namespace": {"type": "string"},
        "labels": _STRINGS,
        "annotations": _STRINGS,
        "finalizers": {"type": "array", "items": {"type": "string"}},
        "ownerReferences": {"type": "array", "items": {"type": "object"}},
        "generateName": {"type": "string"},
        "uid": {"type": "string"},
        "resourceVersion": {"type": "string"},
        "selfLink": {"type": "string"},
        "creationTimestamp": {"type": ["string", "null"]},
        "generation": {"type": "integer"},
        "managedFields": {"type": "array"},
    },
}


class _Loader(yaml.SafeLoader):
    """PyYAML, but dates stay texts, as they do in JSON, and a key that stands twice is a fault."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    keys = [loader.construct_object(key, deep=True) for key, _ in node.value if key.value != "<<"]
    if len(set(keys)) < len(keys):
        raise yaml.constructor.ConstructorError(None, None, "a key stands twice", node.start_mark)
    loader.flatten_mapping(node)
    return loader.construct_mapping(node, deep=True)


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)


def documents(text: str) -> list[Any]:
    """Return the documents of a text.

    Raises:
        yaml.YAMLError: the text is not YAML.
    """
    return [document for document in yaml.load_all(text, _Loader) if document is not None]


def faults(document: Any) -> list[str]:
    """Return what the resource definition of a document's kind has against it; none for one that is right."""
    group, _, version = str(document.get("apiVersion")).rpartition("/")
    own_group, validators = _validators(document["kind"])
    if group != own_group:
        return [f"the group is {own_group}"]
    if version not in validators:
        return [f"the versions are {', '.join(validators)}"]
    return sorted(f"{error.json_path}: {error.message[:100]}" for error in validators[version].iter_errors(document))


@lru_cache
def _validators(kind: str) -> tuple[str, dict[str, Draft202012Validator]]:
    """Return the group of a kind, and what judges each of its versions."""
    definition = json.loads((SPECS / _FILES[kind]).read_text(encoding="utf-8"))["spec"]
    judges: dict[str, Draft202012Validator] = {}
    for version in definition["versions"]:
        schema = _strict(version["schema"]["openAPIV3Schema"])
        schema["properties"]["metadata"] = _METADATA
        schema.setdefault("required", []).append("metadata")
        judges[version["name"]] = Draft202012Validator(schema)
    return definition["group"], judges


def _strict(schema: Any) -> Any:
    """Refuse fields that a schema does not know, wherever it lists its fields."""
    if isinstance(schema, list):
        return [_strict(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: _strict(value) for key, value in schema.items()}
    if isinstance(schema.get("properties"), dict) and "type" in schema:
        made["properties"] = {key: _strict(value) for key, value in schema["properties"].items()}
        if not schema.get("x-kubernetes-preserve-unknown-fields"):
            made.setdefault("additionalProperties", False)
    if schema.get("x-kubernetes-int-or-string"):
        made.pop("type", None)
    return made
