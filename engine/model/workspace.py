"""Everything that was declared, by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from engine.model import entities
from engine.model.argo import Application, WorkflowTemplate


class PriorityOrder(Enum):
    """Which of two priorities is better; the values are those of `promo.toml`."""

    HIGHEST_WINS = "highest-wins"
    LOWEST_WINS = "lowest-wins"

    def rank(self, priority: int) -> int:
        """Return a key that sorts better priorities first."""
        return -priority if self is PriorityOrder.HIGHEST_WINS else priority


@dataclass(frozen=True, slots=True)
class Workspace:
    """All entities of one workspace; every mapping is by name, in order of declaration.

    Applications are by `Application.key`.
    """

    environments: Mapping[str, entities.Environment] = field(default_factory=dict)
    products: Mapping[str, entities.Product] = field(default_factory=dict)
    templates: Mapping[str, entities.Template] = field(default_factory=dict)
    policies: Mapping[str, entities.Policy] = field(default_factory=dict)
    flows: Mapping[str, entities.Flow] = field(default_factory=dict)
    requires: Mapping[str, entities.Require] = field(default_factory=dict)
    windows: Mapping[str, entities.Window] = field(default_factory=dict)
    freezes: Mapping[str, entities.Freeze] = field(default_factory=dict)
    access: Mapping[str, entities.Access] = field(default_factory=dict)
    tests: Sequence[entities.Example] = ()
    applications: Mapping[str, Application] = field(default_factory=dict)
    workflows: Mapping[str, WorkflowTemplate] = field(default_factory=dict)
    priority_order: PriorityOrder = PriorityOrder.HIGHEST_WINS
