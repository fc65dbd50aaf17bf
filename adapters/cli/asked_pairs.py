"""Which pairs `promo eval` is asked about: declared ones, and ones that need not be declared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.cli.declared_names import chosen, require_declared
from adapters.cli.output import fail
from grammar.vocabulary import listing

if TYPE_CHECKING:
    from adapters.cli.given_facts import Given
    from adapters.workspace import Loaded
    from engine.model.attributes import Subject
    from engine.model.workspace import Workspace
    from engine.resolve.decision import Decision
    from engine.resolve.facts import Facts


@dataclass(frozen=True, slots=True)
class Wanted:
    """The pairs that are asked for, by names and patterns.

    Attributes:
        products: names and patterns; empty for all.
        environments: the same.
        flow: whose inline settings count; None for none.
        one: whether both sides were named, one each.
        given: facts that are given, as they were written.
    """

    products: tuple[str, ...]
    environments: tuple[str, ...]
    flow: str | None
    one: bool
    given: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What is decided: declared names, or facts of what need not be declared.

    Attributes:
        products: in the order declared.
        environments: the same.
        flow: whose inline settings count; None for none.
    """

    products: Sequence[str | Facts]
    environments: Sequence[str | Facts]
    flow: str | None

    @property
    def one(self) -> bool:
        """Whether it is a single pair."""
        return len(self.products) == len(self.environments) == 1


def asked_pairs(wanted: Wanted, loaded: Loaded) -> Asked:
    """Return what is asked for.

    Raises:
        click.exceptions.Exit: with `INVALID` for a name that is not declared, or facts that cannot be.
    """
    if wanted.given:
        return _hypothetical(wanted, loaded)
    workspace = loaded.workspace
    products = chosen("product", wanted.products, workspace.products)
    environments = chosen("environment", wanted.environments, workspace.environments)
    if wanted.flow is not None:
        environments = _steps_of(wanted.flow, wanted.environments, environments, loaded)
    return Asked(products, environments, wanted.flow)


def _hypothetical(wanted: Wanted, loaded: Loaded) -> Asked:
    """Return what is asked for with facts that are given: of the side that they are about there is only one."""
    from adapters.cli.given_facts import read_given
    from engine.model.attributes import Subject

    workspace = loaded.workspace
    given = read_given(wanted.given, workspace.flows)
    if given.flow is not None and wanted.flow not in (None, given.flow):
        fail(f"the flow is called `{wanted.flow}` and `{given.flow}` at once")
    flow = given.flow or wanted.flow
    products: Sequence[str | Facts] = chosen("product", (), workspace.products)
    environments: Sequence[str | Facts] = chosen("environment", (), workspace.environments)
    if given.about(Subject.PRODUCT) or wanted.products:
        products = _one(given, Subject.PRODUCT, wanted.products, workspace)
    if given.about(Subject.ENVIRONMENT) or wanted.environments:
        environments = _one(given, Subject.ENVIRONMENT, wanted.environments, workspace)
    if flow is not None:
        names = [name for name in map(_name_of, environments) if name]
        kept = set(_steps_of(flow, tuple(names), names, loaded))
        environments = [found for found in environments if _name_of(found) in kept]
    return Asked(products, environments, flow)


def _one(given: Given, subject: Subject, patterns: tuple[str, ...], workspace: Workspace) -> list[str | Facts]:
    """Return the one product, or environment, that facts are about; patterns choose only where none are given."""
    from engine.model.attributes import Subject as Side
    from engine.model.glob import is_literal

    declared = workspace.products if subject is Side.PRODUCT else workspace.environments
    if len(patterns) > 1 or not all(map(is_literal, patterns)):
        if given.about(subject):
            fail(f"facts about the {subject.value} are given, so there is only one", "name one, or none")
        return list(chosen(subject.value, patterns, declared))
    name = patterns[0] if patterns else None
    if not given.about(subject) and name in declared:
        return [str(name)]
    return [given.product(workspace, name) if subject is Side.PRODUCT else given.environment(workspace, name)]


def _name_of(side: str | Facts) -> str:
    """Return a product's or an environment's name; empty for one that has none."""
    from engine.resolve.facts import ENVIRONMENT_NAME, PRODUCT_NAME

    if isinstance(side, str):
        return side
    return str(next(iter((*side.of(PRODUCT_NAME), *side.of(ENVIRONMENT_NAME))), ""))


def decisions(asked: Asked, loaded: Loaded) -> Iterator[Decision]:
    """Yield the decisions asked for, by product and then environment, in the order declared."""
    from engine.resolve.resolver import Resolver

    resolver = Resolver(loaded.workspace)
    return (
        resolver.decide(product, environment, flow=asked.flow)
        for product in asked.products
        for environment in asked.environments
    )


def _steps_of(flow: str, wanted: tuple[str, ...], environments: list[str], loaded: Loaded) -> list[str]:
    """Return those of the environments that the flow has a step into; none at all is a mistake in the call."""
    declared = loaded.workspace.flows[require_declared("flow", flow, loaded.workspace.flows)]
    found = [name for name in environments if declared.step(name) is not None]
    if not found:
        steps = listing([f"`{step.environment}`" for step in declared.steps], "and")
        asked = listing([f"`{name}`" for name in wanted]) or "what is given"
        fail(f"flow `{declared.name}` has no step into {asked}", f"its steps are {steps}")
    return found
