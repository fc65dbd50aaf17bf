"""Rules of single values that no shape can say."""

from __future__ import annotations

import re
from collections.abc import Iterator

from adapters.manifests.place import Place, shortened
from grammar.diagnostics import Diagnostic, error, warning

OBJECT_NAME = re.compile(r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*\Z")
"""What Kubernetes lets an object be called; at most 253 characters."""

LABEL_VALUE = re.compile(r"(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?\Z")
_KEY_NAME = re.compile(r"[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?\Z")


def is_object_name(text: str) -> bool:
    """Say whether Kubernetes lets an object be called so."""
    return len(text) <= 253 and OBJECT_NAME.match(text) is not None


def is_namespace(text: str) -> bool:
    """Say whether Kubernetes lets a namespace be called so."""
    return len(text) <= 63 and "." not in text and is_object_name(text)


def is_label_key(text: str) -> bool:
    """Say whether Kubernetes takes a text for the key of a label or of an annotation."""
    prefix, slash, name = text.rpartition("/")
    return _KEY_NAME.match(name) is not None and (not slash or is_object_name(prefix))


def is_label_value(text: str) -> bool:
    """Say whether Kubernetes takes a text for the value of a label."""
    return LABEL_VALUE.match(text) is not None


def check_words(root: Place) -> Iterator[Diagnostic]:
    """Yield what is wrong with single values of a document whose shape was checked."""
    yield from _names(root)
    yield from _label_requirements(root)


def _names(root: Place) -> Iterator[Diagnostic]:
    """Warn of names and labels that a cluster would refuse; for promotions they mean what they say."""
    name = root.get("metadata", "name")
    if name is not None and not is_object_name(name.text):
        help = "names have lower case letters, digits, `-` and `.`, and begin and end with a letter or digit"
        yield _refused(f"`{shortened(name.text)}` is no name for a Kubernetes object", name, help)
    namespace = root.get("metadata", "namespace")
    if namespace is not None and not is_namespace(namespace.text):
        help = "a namespace has lower case letters, digits and `-`"
        yield _refused(f"`{shortened(namespace.text)}` is no name for a namespace", namespace, help)
    for field in ("labels", "annotations"):
        for pair in root.pairs("metadata", field):
            key = pair.key
            if key is not None and not is_label_key(key.text):
                at = Place(key, root.source)
                yield _refused(f"`{shortened(key.text)}` is no key that Kubernetes takes", at, _KEY_HELP)
            if field == "labels" and not is_label_value(pair.text):
                message = f"`{shortened(pair.text)}` is no value that Kubernetes takes for a label"
                yield _refused(message, pair, "use an annotation for free text")


_KEY_HELP = "a key is a name of letters, digits, `-`, `_` and `.`, with a domain and `/` before it where wanted"


def _refused(message: str, place: Place, help: str) -> Diagnostic:
    span = place.span if place.span.end > place.span.start else place.key_span
    return warning("Y017", f"{message}; a cluster would refuse it", span, help=help)


def _label_requirements(root: Place) -> Iterator[Diagnostic]:
    """Yield requirements whose operator and values do not go together. Source: Kubernetes, label selectors."""
    for requirement in root.items("spec", "applicationSourceSelector", "matchExpressions"):
        operator, values = requirement.get("operator"), requirement.get("values")
        if operator is None:
            continue
        given = bool(values is not None and values.items())
        if operator.text in ("In", "NotIn") and not given:
            at = values.whole if values is not None else operator.whole
            yield error("Y009", f"`{operator.text}` needs `values`", at, help="list at least one value")
        if operator.text in ("Exists", "DoesNotExist") and given and values is not None:
            message = f"`{operator.text}` takes no `values`"
            yield error("Y015", message, values.whole, help="remove them, or use `In` or `NotIn`")
