"""Conditions as selectors, where they have that shape. Source: domain, entities and triggering."""

from __future__ import annotations

from typing import assert_never

from adapters.manifests.to_data.refusals import Data, Refusals
from engine.model.attributes import Attribute, Subject
from engine.model.conditions import (
    Always,
    Bound,
    Condition,
    Conjunction,
    Disjunction,
    Matching,
    Membership,
    Negation,
    PassedThrough,
    conjuncts,
)
from grammar.lexical import quote
from grammar.span import NOWHERE, Span

_POLICY_FIELDS = {
    (Subject.PRODUCT, "name"): ("product", "names"),
    (Subject.PRODUCT, "tags"): ("product", "tags"),
    (Subject.ENVIRONMENT, "name"): ("targetEnvironment", "names"),
    (Subject.ENVIRONMENT, "kind"): ("targetEnvironment", "types"),
    (Subject.ENVIRONMENT, "tags"): ("targetEnvironment", "tags"),
}
_TYPES = {"prod": "PROD", "non-prod": "NON_PROD"}
_COMMIT_KEYS = {"message": "commitMessage", "revision": "gitRevision"}
_ANYTHING = ("*",)


def policy_selector(when: Condition, refusals: Refusals) -> Data:
    """Return the selector of a policy; empty where it is for everything."""
    said: dict[tuple[str, str], list[str]] = {}
    for part in conjuncts(when):
        if not isinstance(part, Membership):
            _refuse(part, "the selector of a policy", refusals)
            continue
        attribute = part.attribute
        field = _POLICY_FIELDS.get((attribute.subject, attribute.field))
        if field is None:
            refusals.add("Y042", f"the selector of a policy cannot ask about `{attribute}`", part.span)
        elif field in said:
            help = "put the values into one list"
            refusals.add("Y042", f"the selector of a policy asks about `{attribute}` only once", part.span, help)
        else:
            words = _TYPES if attribute.field == "kind" else {}
            said[field] = [words.get(str(value), str(value)) for value in part.values]
    selector: Data = {}
    for owner, name in _POLICY_FIELDS.values():
        if (owner, name) in said:
            selector.setdefault(owner, {})[name] = said[owner, name]
    return selector


def label_selector(when: Condition, refusals: Refusals) -> Data:
    """Return the selector of a template; empty where it is for every application.

    A label with one value goes to `matchLabels`, which means the same as an `In` with one value, as long as no
    other requirement came before; so the order stays what it was.
    """
    labels: Data = {}
    expressions: list[Data] = []
    for part in conjuncts(when):
        requirement = _label_requirement(part, refusals)
        if requirement is None:
            continue
        key, values = requirement["key"], requirement.get("values", [])
        if requirement["operator"] == "In" and len(values) == 1 and not expressions and key not in labels:
            labels[key] = values[0]
        else:
            expressions.append(requirement)
    selector: Data = {}
    if labels:
        selector["matchLabels"] = labels
    if expressions:
        selector["matchExpressions"] = expressions
    return selector


def _label_requirement(part: Condition, refusals: Refusals) -> Data | None:
    where = "the selector of a template"
    positive = part.operand if isinstance(part, Negation) else part
    if not isinstance(positive, Membership | Matching):
        _refuse(part, where, refusals)
        return None
    attribute = positive.attribute
    if attribute.key is None:
        refusals.add("Y042", f"{where} cannot ask about `{attribute}`, only about labels", positive.span)
        return None
    negated = positive is not part
    if isinstance(positive, Membership):
        values = [str(value) for value in positive.values]
        return {"key": attribute.key, "operator": "NotIn" if negated else "In", "values": values}
    if positive.globs == _ANYTHING:
        return {"key": attribute.key, "operator": "DoesNotExist" if negated else "Exists"}
    _refuse(positive, where, refusals)
    return None


def git_selectors(when: Condition, refusals: Refusals) -> list[Data]:
    """Return the Git trigger selectors of a product's flow, in order; none where any commit starts it."""
    selectors = [_git_selector(part, refusals) for part in conjuncts(when)]
    return [selector for selector in selectors if selector is not None]


def _git_selector(part: Condition, refusals: Refusals) -> Data | None:
    where = "a Git trigger selector"
    positive = part.operand if isinstance(part, Negation) else part
    if not isinstance(positive, Membership | Matching):
        _refuse(part, where, refusals)
        return None
    key = _COMMIT_KEYS.get(positive.attribute.field)
    if key is None:
        refusals.add("Y042", f"{where} cannot ask about `{positive.attribute}`", positive.span)
        return None
    if isinstance(positive, Membership):
        values = [str(value) for value in positive.values]
        for value in values:
            if "*" in value:
                message = f"{where} takes the `*` of {quote(value)} for any text, not for itself"
                refusals.add("Y042", message, positive.span, help="use `matches` if any text is meant")
    else:
        values = list(positive.globs)
    return {"key": key, "operator": "In" if positive is part else "NotIn", "values": values}


def _refuse(part: Condition, where: str, refusals: Refusals) -> None:
    """Record that a selector cannot ask something."""
    refusals.add("Y042", f"{where} cannot say {_called(part)}", _span(part))


def _called(part: Condition) -> str:
    match part:
        case Membership(attribute=attribute):
            return f"this about `{attribute}`"
        case Matching(attribute=attribute):
            return f"`{attribute} matches`: it has no patterns"
        case Bound(attribute=attribute, operator=operator):
            return f"`{attribute} {operator}`"
        case PassedThrough():
            return "`passed`"
        case Negation(operand=operand):
            return f"the opposite of {_asked(operand)}: it only lists what fits"
        case Disjunction():
            return "`or`: all of its parts must fit"
        case Always() | Conjunction():
            return "this"
        case _:
            assert_never(part)


def _asked(part: Condition) -> str:
    attribute: Attribute | None = part.attribute if isinstance(part, Membership | Matching | Bound) else None
    return f"a test of `{attribute}`" if attribute is not None else "a condition"


def _span(part: Condition) -> Span:
    return NOWHERE if isinstance(part, Always) else part.span
