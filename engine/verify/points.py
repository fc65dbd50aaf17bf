"""Points of the world: a product, an environment and a flow, declared or only possible."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from engine.model.attributes import Attribute, Subject
from engine.model.entities import Environment, Product
from engine.model.values import Scalar
from engine.resolve.facts import Facts, environment_facts, flow_facts, product_facts
from grammar.lexical import quote

_FIELDS = ("name", "kind", "labels", "tags", "clusters")


@dataclass(frozen=True, slots=True)
class Side:
    """A product, or an environment: one side of a pair.

    Attributes:
        subject: which of the two.
        name: its name.
        declared: whether the workspace declares it.
        values: at least one value for each attribute that has any; name first, then sorted.
        facts: the same as `engine.resolve` takes it.
    """

    subject: Subject
    name: str
    declared: bool
    values: tuple[tuple[Attribute, tuple[Scalar, ...]], ...]
    facts: Facts = field(compare=False, repr=False)
    _hash: int = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Hash once: sides are keys of many tables, and their values are nested."""
        object.__setattr__(self, "_hash", hash((self.subject, self.name, self.declared, self.values)))

    def __hash__(self) -> int:
        """Return the hash of all that is compared."""
        return self._hash

    def of(self, attribute: Attribute) -> tuple[Scalar, ...]:
        """Return an attribute's values; none where it has none."""
        return self.facts.of(attribute)

    def given(self) -> tuple[str, ...]:
        """Return the assignments that make it, such as ``product.labels.team=payments``.

        A declared name says it all; of others every value is given, one assignment each.
        """
        shown = self.values[:1] if self.declared else self.values
        return tuple(f"{attribute}={value}" for attribute, values in shown for value in values)

    def words(self) -> str:
        """Return it for people: ``product `trio` `` or ``a product `x` labelled team="payments"``."""
        what = self.subject.value
        if self.declared:
            return f"{what} `{self.name}`"
        kind = self.of(Attribute(self.subject, "kind"))
        parts = [f"{'a' if what == 'product' else 'an'} {what} `{self.name}`"]
        parts += [f"of kind {value}" for value in kind]
        labels = [
            f"{attribute.key}={quote(str(values[0]))}"
            for attribute, values in self.values
            if attribute.field == "labels"
        ]
        if labels:
            parts.append(f"labelled {', '.join(labels)}")
        for name, called in (("tags", "tagged"), ("clusters", "on")):
            found = self.of(Attribute(self.subject, name))
            if found:
                parts.append(f"{called} {', '.join(quote(str(value)) for value in found)}")
        return " ".join(parts)


@dataclass(frozen=True, slots=True)
class Witness:
    """A point of the world.

    Attributes:
        product: its product.
        environment: its environment, the target of a promotion.
        flow: a declared flow; None for a promotion into one environment by hand.
    """

    product: Side
    environment: Side
    flow: str | None = None

    @property
    def declared(self) -> bool:
        """Whether both the product and the environment are declared: it can happen today."""
        return self.product.declared and self.environment.declared

    def facts(self) -> Facts:
        """Return what conditions see of it: the product, the environment and the flow."""
        return self.product.facts.overlaid(self.environment.facts, flow_facts(self.flow))

    def given(self) -> tuple[str, ...]:
        """Return the assignments that reproduce it, product first."""
        return (*self.product.given(), *self.environment.given(), *((f"flow.name={self.flow}",) if self.flow else ()))

    def words(self) -> str:
        """Return it for people, in one phrase."""
        inside = f", in flow `{self.flow}`" if self.flow else ""
        return f"{self.product.words()} in {self.environment.words()}{inside}"


def side(subject: Subject, name: str, values: Mapping[Attribute, Iterable[Scalar]]) -> Side:
    """Return a side that is not declared.

    Args:
        subject: product or environment.
        name: its name.
        values: of its other attributes; empty ones are left out.
    """
    own = Attribute(subject, "name")
    found = {attribute: tuple(held) for attribute, held in values.items() if attribute != own}
    rest = sorted(
        ((attribute, held) for attribute, held in found.items() if held),
        key=lambda entry: (_FIELDS.index(entry[0].field), entry[0].key or ""),
    )
    return _side(subject, name, False, ((own, (name,)), *rest))


def declared_product(product: Product) -> Side:
    """Return a declared product as a side."""
    return _side(Subject.PRODUCT, product.name, True, tuple(product_facts(product).values.items()))


def declared_environment(environment: Environment) -> Side:
    """Return a declared environment as a side."""
    return _side(Subject.ENVIRONMENT, environment.name, True, tuple(environment_facts(environment).values.items()))


def _side(
    subject: Subject, name: str, declared: bool, values: tuple[tuple[Attribute, tuple[Scalar, ...]], ...]
) -> Side:
    return Side(subject, name, declared, values, Facts(dict(values)))
