"""Everything that was declared, by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from engine.model import entities
from engine.model.argo import Application, WorkflowTemplate
from engine.model.priority_order import PriorityOrder as PriorityOrder


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
