"""Tests as they are written: from a situation and what the engine says about it to a `test` declaration."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from engine.model.attributes import Attribute, Subject
from engine.model.settings import SETTING_NAMES
from engine.model.values import Approvals, NoWorkflow, Seconds, SettingValue, scalar
from engine.resolve.decision import Decision
from engine.resolve.facts import CommitFacts
from engine.verify.points import Side
from grammar import nodes

_TAGS = Attribute(Subject.PRODUCT, "tags")
_STAND_IN = "example"
"""A tag for a product that is not declared and has neither labels nor tags; without one it would have to be."""


def test_of(title: str, items: Iterable[nodes.TestItem]) -> nodes.Test:
    """Return a test."""
    return nodes.Test(nodes.StringValue(title), tuple(items))


def product_items(product: Side) -> tuple[nodes.TestItem, ...]:
    """Return what says which product a test is about: a name, and of one that is not declared all that is known."""
    items: list[nodes.TestItem] = [nodes.GivenProduct(name(product.name))]
    if product.declared:
        return tuple(items)
    labels = tuple(
        nodes.Pair(name(attribute.key), nodes.StringValue(str(values[0])))
        for attribute, values in product.values
        if attribute.field == "labels" and attribute.key is not None
    )
    tags = tuple(name(str(tag)) for tag in product.of(_TAGS))
    if labels:
        items.append(nodes.Labels(labels))
    if tags or not labels:
        items.append(nodes.Tags(tags or (name(_STAND_IN),)))
    return tuple(items)


def commit_item(commit: CommitFacts) -> nodes.GivenCommit:
    """Return a commit; of several branches or tags only the first can be said."""
    fields = [("message", commit.message)]
    fields += [("revision", tag) for tag in commit.tags[:1]]
    fields += [("branch", branch) for branch in commit.branches[:1]]
    fields += [("author", commit.author)] if commit.author else []
    return nodes.GivenCommit(tuple((field, nodes.StringValue(text)) for field, text in fields))


def flow_item(flow: str | None) -> nodes.ExpectFlow:
    """Return ``expect flow NAME`` or ``expect no flow``."""
    return nodes.ExpectFlow(None if flow is None else name(flow))


def order_item(environments: Sequence[str]) -> nodes.ExpectOrder:
    """Return ``expect order ...``."""
    return nodes.ExpectOrder(tuple(map(name, environments)))


def settings_item(environment: str, decision: Decision, wanted: Iterable[str]) -> nodes.ExpectSettings | None:
    """Return ``expect ENV { ... }`` with those of some settings that are set; None when none is."""
    asked = set(wanted)
    settings = tuple(
        nodes.Setting(found, _value(value))
        for found in SETTING_NAMES
        if found in asked and (value := decision.value(found)) is not None
    )
    return nodes.ExpectSettings(name(environment), settings) if settings else None


def name(text: str) -> nodes.Name:
    """Return a name."""
    return nodes.Name(text)


def _value(value: SettingValue) -> nodes.SettingValue:
    match value:
        case Seconds(count=count):
            return nodes.DurationValue(count)
        case Approvals(count=count, teams=teams):
            return nodes.ApprovalsValue(count, tuple(map(name, teams)))
        case NoWorkflow():
            return nodes.NameValue(name("none"))
        case _:
            text = str(scalar(value))
            return nodes.NameValue(nodes.Name(text, quoted=text == "none"))
