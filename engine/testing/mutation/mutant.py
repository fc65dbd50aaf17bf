"""One thing that is changed on purpose."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum
from typing import assert_never

from engine.model.entities import Flow, Policy, Product
from engine.model.workspace import Workspace
from grammar.span import NOWHERE, Span


class Change(Enum):
    """What is changed; the values are for reports."""

    POLICY = "policy"
    PRIORITY = "priority"
    SETTING = "setting"
    ACTION = "action"
    SELECTOR = "selector"
    DEPENDENCY = "dependency"
    TRIGGER = "trigger"


@dataclass(frozen=True, slots=True)
class Mutant:
    """A workspace with one thing changed.

    Attributes:
        change: what kind of thing.
        words: what was changed, for people.
        old: the declaration as it is.
        new: the declaration as it would be; None when it would be gone, which only policies can be.
        span: what was changed.
    """

    change: Change
    words: str
    old: Policy | Flow | Product
    new: Policy | Flow | Product | None
    span: Span = field(default=NOWHERE, compare=False)

    def applied(self, workspace: Workspace) -> Workspace:
        """Return the workspace with the change. O(declarations of the kind)."""
        match self.new:
            case None:
                policies = {name: policy for name, policy in workspace.policies.items() if name != self.old.name}
                return replace(workspace, policies=policies)
            case Policy():
                return replace(workspace, policies={**workspace.policies, self.new.name: self.new})
            case Flow():
                return replace(workspace, flows={**workspace.flows, self.new.name: self.new})
            case Product():
                return replace(workspace, products={**workspace.products, self.new.name: self.new})
            case _:
                assert_never(self.new)
