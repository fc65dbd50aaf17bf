"""What becomes of every flow of every product when a commit lands. Source: domain, triggering."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.model.entities import FlowUse, Product
from engine.verify.question import Questions
from engine.verify.triggers import Outcome, Triggers


@dataclass(frozen=True, slots=True)
class Trigger:
    """A flow of a product, and what becomes of it.

    Attributes:
        product: the product.
        rivals: its flows that are triggered in the same environment, in its order; the flow is one of them.
        position: of the flow among them.
        outcome: what becomes of it; positions in it are positions among the rivals.
    """

    product: Product
    rivals: tuple[FlowUse, ...]
    position: int
    outcome: Outcome

    @property
    def use(self) -> FlowUse:
        """Return the flow and its condition."""
        return self.rivals[self.position]

    @property
    def subject(self) -> str:
        """Return a key: ``product/flow``, and a number where the product names the flow several times."""
        same = [number for number, rival in enumerate(self.rivals) if rival.flow == self.use.flow]
        again = f" ({same.index(self.position) + 1})" if len(same) > 1 else ""
        return f"{self.product.name}/{self.use.flow}{again}"

    @property
    def words(self) -> str:
        """Return it for people."""
        return f"flow `{self.use.flow}` of product `{self.product.name}`"


def product_triggers(questions: Questions) -> tuple[Trigger, ...]:
    """Return what becomes of each flow of each product.

    Only flows of one trigger environment compete: a commit that lands there and nowhere else is offered to no other.

    Returns:
        By product as declared, then by trigger environment as first named, then in the product's order.
    """
    triggers = Triggers(questions)
    return tuple(
        Trigger(product, rivals, position, outcome)
        for product in questions.workspace.products.values()
        for rivals in _rivals(questions, product)
        for position, outcome in enumerate(triggers.outcomes([use.when for use in rivals]))
    )


def _rivals(questions: Questions, product: Product) -> Iterator[tuple[FlowUse, ...]]:
    groups: dict[str, list[FlowUse]] = {}
    for use in product.flows:
        flow = questions.workspace.flows.get(use.flow)
        if flow is not None:
            groups.setdefault(flow.trigger, []).append(use)
    return (tuple(group) for group in groups.values())
