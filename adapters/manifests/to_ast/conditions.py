"""Selectors as conditions. Source: domain, promotion template, promotion policy, triggering."""

from __future__ import annotations

import re

from adapters.manifests.place import Place
from grammar import expressions as ex
from grammar.span import Span

_WORD = re.compile(r"[A-Za-z](?:[A-Za-z0-9-]*[A-Za-z0-9])?\Z")
_KINDS = {"PROD": "prod", "NON_PROD": "non-prod"}
_COMMIT_ATTRIBUTES = {"commitMessage": "message", "gitRevision": "revision"}


def policy_condition(selector: Place | None) -> ex.Expression | None:
    """Return what the selector of a policy asks; None where it asks nothing."""
    if selector is None:
        return None
    parts = [
        _any_of(("product", "name"), selector.get("product", "names")),
        _any_of(("product", "tags"), selector.get("product", "tags")),
        _any_of(("environment", "name"), selector.get("targetEnvironment", "names")),
        _any_of(("environment", "kind"), selector.get("targetEnvironment", "types")),
        _any_of(("environment", "tags"), selector.get("targetEnvironment", "tags")),
    ]
    return _all_of([part for part in parts if part is not None], selector.span)


def template_condition(selector: Place | None) -> ex.Expression | None:
    """Return what the label selector of a template asks; None where it asks nothing."""
    if selector is None:
        return None
    parts: list[ex.Expression] = []
    for pair in selector.pairs("matchLabels"):
        label = ex.Path(("application", "labels", pair.key.text if pair.key else ""), pair.key_span)
        parts.append(ex.Comparison(label, "==", ex.Text(pair.text, pair.span), pair.whole))
    for requirement in selector.items("matchExpressions"):
        parts.append(_label_requirement(requirement))
    return _all_of(parts, selector.span)


def _label_requirement(requirement: Place) -> ex.Expression:
    key, operator = requirement.need("key"), requirement.need("operator")
    label = ex.Path(("application", "labels", key.text), key.span)
    anything = ex.Text("*", operator.span)
    match operator.text:
        case "In":
            return ex.Comparison(label, "in", _texts(requirement), requirement.span)
        case "NotIn":
            return ex.Comparison(label, "not in", _texts(requirement), requirement.span)
        case "Exists":
            return ex.Comparison(label, "matches", anything, requirement.span)
        case _:
            return ex.Comparison(label, "not matches", anything, requirement.span)


def trigger_condition(selectors: list[Place]) -> ex.Expression | None:
    """Return what the Git trigger selectors of a product's flow ask; None where there are none."""
    if not selectors:
        return None
    whole = Span(selectors[0].span.start, selectors[-1].span.end, selectors[0].source)
    return _all_of([_trigger(selector) for selector in selectors], whole)


def _trigger(selector: Place) -> ex.Expression:
    key, operator = selector.need("key"), selector.need("operator")
    attribute = ex.Word(_COMMIT_ATTRIBUTES[key.text], key.span)
    values = selector.items("values")
    negated = "not " if operator.text == "NotIn" else ""
    if not any("*" in value.text for value in values):
        return ex.Comparison(attribute, f"{negated}in", _texts(selector), selector.span)
    pattern: ex.Operand = _texts(selector)
    if len(values) == 1:
        pattern = ex.Text(values[0].text, values[0].span)
    return ex.Comparison(attribute, f"{negated}matches", pattern, selector.span)


def _any_of(parts: tuple[str, ...], names: Place | None) -> ex.Expression | None:
    if names is None:
        return None
    words = _KINDS if parts[-1] == "kind" else {}
    literals = tuple(_literal(words.get(place.text, place.text), place.span) for place in names.items())
    path = ex.Path(parts, names.key_span)
    if len(literals) == 1 and parts[-1] != "tags":
        return ex.Comparison(path, "==", literals[0], names.whole)
    return ex.Comparison(path, "in", ex.Alternatives(literals, names.span), names.whole)


def _literal(text: str, span: Span) -> ex.Literal:
    return ex.Word(text, span) if _WORD.match(text) else ex.Text(text, span)


def _texts(owner: Place) -> ex.Alternatives:
    values = owner.get("values")
    span = values.span if values is not None else owner.span
    return ex.Alternatives(tuple(ex.Text(value.text, value.span) for value in owner.items("values")), span)


def _all_of(parts: list[ex.Expression], span: Span) -> ex.Expression | None:
    if len(parts) < 2:
        return parts[0] if parts else None
    return ex.And(tuple(parts), span)
