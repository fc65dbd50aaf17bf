"""What a product's promotion into an environment is set to, and where each setting comes from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from engine.model.entities import Policy
from engine.model.values import SettingValue, Workflow
from grammar.span import NOWHERE, Span


@dataclass(frozen=True, slots=True)
class PolicyOrigin:
    """A policy's setting.

    Attributes:
        policy: the policy's name.
        priority: the policy's priority, as written.
        span: the setting in the policy.
    """

    policy: str
    priority: int
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class InlineOrigin:
    """A setting of a flow's step, which wins over every policy.

    Attributes:
        flow: the flow's name; None for a setting that was given by hand.
        span: the setting in the flow.
    """

    flow: str | None
    span: Span = field(default=NOWHERE, compare=False)


Origin = PolicyOrigin | InlineOrigin


@dataclass(frozen=True, slots=True)
class Effective:
    """A setting's value and where it comes from."""

    value: SettingValue
    origin: Origin


@dataclass(frozen=True, slots=True)
class Ambiguity:
    """A setting that policies of equal priority set to different values; the first name won.

    Attributes:
        setting: the setting's name.
        winner: what is in force.
        others: what was set at the same priority, with another value, by policy name.
    """

    setting: str
    winner: Effective
    others: tuple[Effective, ...]


class Decision:
    """The effective settings of one pair.

    A plain class and not a dataclass: making one is the hot path of every sweep over all pairs. Treat it
    as immutable.

    Attributes:
        product: the product's name.
        environment: the target environment's name.
        effective: by setting name; a setting that nothing sets is missing.
    """

    __slots__ = ("_candidates", "_matching", "effective", "environment", "product")

    def __init__(
        self,
        product: str,
        environment: str,
        effective: Mapping[str, Effective],
        matching: Callable[[], tuple[Policy, ...]],
        candidates: Callable[[str], tuple[Effective, ...]],
    ) -> None:
        """Hold a decision; ``matching`` and ``candidates`` answer the rarer questions when they are asked."""
        self.product = product
        self.environment = environment
        self.effective = effective
        self._matching = matching
        self._candidates = candidates

    def __repr__(self) -> str:
        """Return the pair and its values, for people who debug."""
        values = {name: effective.value for name, effective in self.effective.items()}
        return f"Decision({self.product!r}, {self.environment!r}, {values!r})"

    def value(self, name: str) -> SettingValue | None:
        """Return a setting's value; None where nothing sets it. `none` for a workflow is a value, `NoWorkflow`."""
        found = self.effective.get(name)
        return None if found is None else found.value

    def workflow(self, name: str) -> Workflow | None:
        """Return the workflow a setting names; None where nothing sets it or it is set to `none`."""
        value = self.value(name)
        return value if isinstance(value, Workflow) else None

    @property
    def matching(self) -> tuple[Policy, ...]:
        """Return the policies that match the pair, best first."""
        return self._matching()

    def losers(self, name: str) -> tuple[Effective, ...]:
        """Return what matching policies would set a setting to if the winner did not, best first."""
        winner = self.effective.get(name)
        return tuple(found for found in self._candidates(name) if found != winner)

    @property
    def ambiguous(self) -> tuple[Ambiguity, ...]:
        """Return the settings whose winner was chosen by name only. Source: domain, promotion policy.

        A setting that a flow sets inline is not ambiguous, nor are equal values.
        """
        found = []
        for name, winner in self.effective.items():
            origin = winner.origin
            if isinstance(origin, PolicyOrigin):
                others = tuple(
                    other
                    for other in self._candidates(name)
                    if isinstance(other.origin, PolicyOrigin)
                    and other.origin.priority == origin.priority
                    and other.value != winner.value
                )
                if others:
                    found.append(Ambiguity(name, winner, others))
        return tuple(found)
