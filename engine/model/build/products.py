"""Products."""

from __future__ import annotations

from engine.model.attributes import TRIGGER_SCOPE
from engine.model.build.applications import Applications
from engine.model.build.items import Items
from engine.model.build.metadata import metadata, tags
from engine.model.build.names import distinct
from engine.model.build.promotion_spec import promotion_spec
from engine.model.build.session import Session
from engine.model.entities import Concurrency, FlowUse, Product
from grammar import nodes
from grammar.diagnostics import Label

_API_VERSIONS = ("v1beta1", "v1beta2")


def product(session: Session, node: nodes.Product, applications: Applications) -> Product:
    """Build a product; its flows with a broken condition are left out."""
    items = Items(session, f"product `{node.name.text}`", node.name.span, node.items)
    template = items.one(nodes.TemplateReference)
    if template is not None:
        session.refer("template", template.name)
    listed = [name for item in items.all(nodes.Applications) for name in item.names]
    for name in listed:
        applications.refer(session, name)
    concurrency, api_version = _concurrency(session, items), _api_version(session, items)
    return Product(
        node.name.text,
        _flows(session, items),
        template.name.text if template else None,
        promotion_spec(session, items),
        distinct(session, listed, "application"),
        tags(session, items),
        concurrency,
        api_version,
        metadata(session, items),
        node.span,
    )


def _flows(session: Session, items: Items) -> tuple[FlowUse, ...]:
    made: list[FlowUse] = []
    for use in items.all(nodes.FlowUse):
        known = session.refer("flow", use.name)
        condition = session.condition(use.condition, TRIGGER_SCOPE)
        if known and condition is not None:
            made.append(FlowUse(use.name.text, condition, use.span))
    return tuple(made)


def _concurrency(session: Session, items: Items) -> Concurrency | None:
    found = items.one(nodes.Concurrency)
    words = [word.value for word in Concurrency]
    if found is None or not session.word(found.name, words, "a rule for releases at once"):
        return None
    return Concurrency(found.name.text)


def _api_version(session: Session, items: Items) -> str | None:
    """Read the version of the manifest form; the older one has no concurrency. Source: domain, product.

    None for the version that export chooses by itself, so that saying it and leaving it out are the same product.
    """
    found = items.one(nodes.ApiVersion)
    if found is None or not session.word(found.name, _API_VERSIONS, "a version of the manifest form"):
        return None
    concurrency = items.all(nodes.Concurrency)
    if found.name.text == "v1beta1" and concurrency:
        session.error(
            "M060",
            f"`v1beta1` cannot say the concurrency of {items.title}",
            found.span,
            labels=[Label(concurrency[0].span, "concurrency is set here")],
            help="write `api-version v1beta2`, or leave it out",
        )
    chosen = "v1beta2" if concurrency else "v1beta1"
    return None if found.name.text == chosen else found.name.text
