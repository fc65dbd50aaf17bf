"""What a test starts from: a product, the flow its commit starts, a moment."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from engine.model.entities import Product
from engine.model.workspace import Workspace
from engine.resolve.facts import CommitFacts, Facts, product_facts
from engine.resolve.flow_choice import FlowChoice, choose_flow
from grammar import nodes


@dataclass(frozen=True, slots=True)
class Given:
    """The situation that a test describes.

    Attributes:
        product: the product; a declared one has the test's labels and tags besides its own.
        facts: what conditions see of it.
        commit: the commit; None where the test has none.
        choice: what the commit starts, and why not the other flows; None without a commit.
        now: the moment, with its offset; None where the test names none.
    """

    product: Product
    facts: Facts
    commit: CommitFacts | None
    choice: FlowChoice | None
    now: datetime | None

    @property
    def flow(self) -> str | None:
        """Return the flow that the commit starts; None when it starts none or there is no commit."""
        return None if self.choice is None else self.choice.flow


def given_by(workspace: Workspace, test: nodes.Test) -> Given:
    """Return the situation that a test describes.

    Args:
        workspace: which declares the product, or does not.
        test: a test that was checked when the workspace was built.
    """
    product = _product(workspace, test)
    commit = next((_commit(item) for item in test.items if isinstance(item, nodes.GivenCommit)), None)
    moment = next((item.moment for item in test.items if isinstance(item, nodes.GivenTime)), None)
    return Given(
        product,
        product_facts(product),
        commit,
        None if commit is None else choose_flow(product, commit),
        None if moment is None else datetime.fromisoformat(moment).replace(tzinfo=UTC),
    )


def _product(workspace: Workspace, test: nodes.Test) -> Product:
    name = next((item.name.text for item in test.items if isinstance(item, nodes.GivenProduct)), "")
    product = workspace.products.get(name, Product(name))
    labels = {
        pair.key.text: pair.value.text for item in test.items if isinstance(item, nodes.Labels) for pair in item.pairs
    }
    tags = [tag.text for item in test.items if isinstance(item, nodes.Tags) for tag in item.names]
    if not labels and not tags:
        return product
    metadata = replace(product.metadata, labels={**product.metadata.labels, **labels})
    return replace(product, tags=tuple(dict.fromkeys((*product.tags, *tags))), metadata=metadata)


def _commit(item: nodes.GivenCommit) -> CommitFacts:
    """Return the commit; what stands under ``revision`` is a tag, since branches have a word of their own."""
    fields = {name: value.text for name, value in item.fields}
    return CommitFacts(
        fields.get("message", ""),
        branches=tuple(fields[name] for name in ("branch",) if fields.get(name)),
        tags=tuple(fields[name] for name in ("revision",) if fields.get(name)),
        author=fields.get("author", ""),
    )
