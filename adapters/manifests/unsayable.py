"""What manifests say that `.promo` files cannot. For promotions none of it means anything."""

from __future__ import annotations

from collections.abc import Iterator

from adapters.manifests.place import Place
from adapters.manifests.to_ast.metadata import LAST_APPLIED
from grammar.diagnostics import Diagnostic, Severity, error

_REFUSED = ("generateName", "finalizers", "ownerReferences")
_SET_BY_SERVERS = (
    "uid",
    "resourceVersion",
    "generation",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "managedFields",
    "selfLink",
    "clusterName",
)


def unsayable(root: Place) -> Iterator[Diagnostic]:
    """Yield an error for what somebody wrote and a `.promo` file cannot say, and a note for what a server set.

    Args:
        root: a manifest that has a `.promo` form, whose shape was checked.
    """
    for field in _REFUSED:
        place = root.get("metadata", field)
        if place is not None and (place.text or place.node.items):
            message = f"a `.promo` file cannot say `metadata.{field}`"
            yield error("Y030", message, place.key_span, help="remove it, or keep this manifest as it is")
    for field in _SET_BY_SERVERS:
        place = root.get("metadata", field)
        if place is not None:
            yield _note(f"`metadata.{field}` is left out: a server sets it", place)
    status = root.get("status")
    if status is not None:
        yield _note("`status` is left out: a server sets it", status)
    for pair in root.pairs("metadata", "annotations"):
        if pair.key is not None and pair.key.text == LAST_APPLIED:
            yield _note(f"the annotation `{LAST_APPLIED}` is left out: `kubectl` sets it", pair)


def _note(message: str, place: Place) -> Diagnostic:
    return Diagnostic("Y031", Severity.INFO, message, place.key_span)
