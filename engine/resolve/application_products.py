"""Which product an application belongs to. Source: domain, application."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.model.argo import PRODUCT_KEY, Application
from engine.model.entities import Product
from engine.model.workspace import Workspace
from grammar.diagnostics import Diagnostic, Label, error, warning
from grammar.suggest import did_you_mean


@dataclass(frozen=True, slots=True)
class Membership:
    """An application's product, or why it has none.

    Attributes:
        product: the product's name, or None.
        reason: why there is none; empty when there is one.
    """

    product: str | None
    reason: str = ""


def memberships(workspace: Workspace) -> tuple[Mapping[str, Membership], tuple[Diagnostic, ...]]:
    """Return each application's product by the application's key, and what is contradictory.

    The annotation counts before the older label, and both before a product's own list. An application that
    two products list, and that says nothing itself, belongs to none. Entries of a list that do not stand for
    exactly one application count for nothing here; the model's checks report them.
    """
    found: list[Diagnostic] = []
    listing = _listing(workspace)
    products = {
        key: _membership(application, listing.get(key, ()), workspace.products, found)
        for key, application in workspace.applications.items()
    }
    return products, tuple(found)


def _listing(workspace: Workspace) -> dict[str, list[Product]]:
    """Return the products that list an application, by its key."""
    by_name: dict[str, list[Application]] = {}
    for application in workspace.applications.values():
        by_name.setdefault(application.name, []).append(application)
    listing: dict[str, list[Product]] = {}
    for product in workspace.products.values():
        for listed in dict.fromkeys(product.applications):
            exactly = workspace.applications.get(listed)
            meant = [exactly] if exactly is not None else by_name.get(listed, [])
            if len(meant) == 1:
                listing.setdefault(meant[0].key, []).append(product)
    return listing


def _membership(
    application: Application,
    listed_by: list[Product] | tuple[()],
    products: Mapping[str, Product],
    found: list[Diagnostic],
) -> Membership:
    """Return one application's product."""
    annotation, label = application.annotations.get(PRODUCT_KEY), application.labels.get(PRODUCT_KEY)
    own = application.product
    if annotation and label and annotation != label:
        found.append(
            warning(
                "R001",
                f"application `{application.key}` is of product `{annotation}` by annotation but `{label}` by label",
                application.span,
                help=f"the annotation counts; remove the label `{PRODUCT_KEY}`",
            )
        )
    if own is None:
        return _listed(application, listed_by, found)
    others = [product for product in listed_by if product.name != own]
    if others:
        found.append(
            error(
                "R002",
                f"application `{application.key}` says it is of product `{own}`, but `{others[0].name}` lists it",
                application.span,
                labels=[Label(product.span, f"`{product.name}` lists it here") for product in others],
                help="an application belongs to one product: change its annotation, or remove it from the list",
            )
        )
    if own not in products:
        found.append(
            warning(
                "R003",
                f"application `{application.key}` is of product `{own}`, which is not declared",
                application.span,
                help=did_you_mean(own, products) or f"declare `product {own}`",
            )
        )
        return Membership(None, f"its product `{own}` is not declared")
    return Membership(own)


def _listed(application: Application, listed_by: list[Product] | tuple[()], found: list[Diagnostic]) -> Membership:
    """Return the product of an application that names none itself."""
    if not listed_by:
        return Membership(None, f"it has no annotation `{PRODUCT_KEY}`, and no product lists it")
    if len(listed_by) == 1:
        return Membership(listed_by[0].name)
    names = " and ".join(f"`{product.name}`" for product in listed_by)
    found.append(
        error(
            "R004",
            f"application `{application.key}` is listed by {names}",
            application.span,
            labels=[Label(product.span, f"`{product.name}` lists it here") for product in listed_by],
            help=f"an application belongs to one product: list it once, or annotate it with `{PRODUCT_KEY}`",
        )
    )
    return Membership(None, f"{names} both list it")
