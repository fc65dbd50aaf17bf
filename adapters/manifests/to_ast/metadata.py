"""What every declaration takes from `metadata`."""

from __future__ import annotations

from adapters.manifests.place import Place
from grammar import nodes

DESCRIPTION = "description"
"""The annotation that is the description of a declaration. Source: domain, entities."""

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
"""The annotation that `kubectl apply` keeps its own copy of the manifest in; nobody writes it by hand."""

MetadataItem = nodes.Description | nodes.Labels | nodes.Annotations | nodes.Namespace


def name(place: Place) -> nodes.Name:
    """Return a scalar as a name."""
    return nodes.Name(place.text, place.span)


def names(places: list[Place]) -> tuple[nodes.Name, ...]:
    """Return scalars as names, in order."""
    return tuple(name(place) for place in places)


def string(place: Place) -> nodes.StringValue:
    """Return a scalar as a string."""
    return nodes.StringValue(place.text, place.span)


def metadata_items(root: Place) -> tuple[MetadataItem, ...]:
    """Return description, labels, annotations and namespace, each where it is given."""
    items: list[MetadataItem] = []
    annotations = [pair for pair in root.pairs("metadata", "annotations") if _key(pair) != LAST_APPLIED]
    description = next((pair for pair in annotations if _key(pair) == DESCRIPTION), None)
    if description is not None:
        items.append(nodes.Description(string(description), description.whole))
    labels = root.get("metadata", "labels")
    if labels is not None and (pairs := _pairs(root.pairs("metadata", "labels"))):
        items.append(nodes.Labels(pairs, labels.whole))
    owner = root.get("metadata", "annotations")
    if owner is not None and (pairs := _pairs([pair for pair in annotations if pair is not description])):
        items.append(nodes.Annotations(pairs, owner.whole))
    namespace = root.get("metadata", "namespace")
    if namespace is not None:
        items.append(nodes.Namespace(name(namespace), namespace.whole))
    return tuple(items)


def _key(pair: Place) -> str:
    return pair.key.text if pair.key is not None else ""


def _pairs(places: list[Place]) -> tuple[nodes.Pair, ...]:
    return tuple(nodes.Pair(nodes.Name(_key(place), place.key_span), string(place)) for place in places)
