"""L205."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.condition_logic import impossible
from engine.lint.material import Material, SettingUse
from engine.lint.rule import Category, Rule
from engine.model.attributes import Attribute, Subject
from engine.model.conditions import Conjunction, Membership
from engine.model.entities import EnvironmentKind
from engine.model.workspace import Workspace
from grammar import nodes
from grammar.diagnostics import Diagnostic

_NON_PROD = Membership(Attribute(Subject.ENVIRONMENT, "kind"), ("non-prod",))


class UnexplainedRollbackNever(Rule):
    """Failed changes that stay in production."""

    code = "L205"
    name = "unexplained-rollback-never"
    category = Category.SAFETY
    summary = "A policy or a step for production says `rollback never` and does not say why"
    why = (
        "There are good reasons to keep a failed change in production, such as a migrated schema. Whoever is called at "
        "night needs to know them."
    )
    avoid = """
policy stateful-services priority 100 {
  when environment.kind == prod and product.tags in [stateful]
  rollback never
}
"""
    prefer = """
policy stateful-services priority 100 {
  description "A migrated schema does not come back with a revert"
  when environment.kind == prod and product.tags in [stateful]
  rollback never
}
"""

    def check(self, material: Material) -> Iterator[Diagnostic]:
        """Yield `rollback never` of policies that are about production only, and of production steps."""
        for use in material.settings:
            value = use.setting.value
            if use.setting.keyword != "rollback" or not isinstance(value, nodes.NameValue):
                continue
            if value.name.text == "never" and _for_production(use, material.workspace) and not _explained(use):
                yield self.found(
                    f"{use.title} never rolls back in production, and does not say why",
                    use.setting.span,
                    help="add a `description` that says why, or `rollback on-failure`",
                )


def _for_production(use: SettingUse, workspace: Workspace) -> bool:
    if use.policy is None:
        environment = workspace.environments.get(use.environment)
        return environment is not None and environment.kind is EnvironmentKind.PROD
    policy = workspace.policies.get(use.policy.name.text)
    return policy is not None and impossible(Conjunction((policy.when, _NON_PROD)), named=True)


def _explained(use: SettingUse) -> bool:
    owner = use.policy or use.flow
    return owner is not None and any(isinstance(item, nodes.Description) for item in owner.items)
