"""What a merge must come to, by looking at every policy for every setting: written from the domain alone.

Nothing of `engine.resolve` is used here, so that the two can only agree by both being right.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from engine.model.attributes import Attribute, Subject
from engine.model.conditions import (
    Always,
    Bound,
    Condition,
    Conjunction,
    Disjunction,
    Matching,
    Membership,
    Negation,
    PassedThrough,
)
from engine.model.entities import Environment, Policy, Product
from engine.model.values import SettingValue
from engine.model.workspace import PriorityOrder, Workspace


def values(attribute: Attribute, product: Product, environment: Environment) -> Collection[str]:
    thing = product if attribute.subject is Subject.PRODUCT else environment
    match attribute.field:
        case "name":
            return [thing.name]
        case "tags":
            return thing.tags
        case "labels":
            assert attribute.key is not None
            return [thing.metadata.labels[attribute.key]] if attribute.key in thing.metadata.labels else []
        case "kind":
            return [environment.kind.value]
        case "clusters":
            return [cluster.name for cluster in environment.clusters]
    raise AssertionError(attribute)


def glob_matches(glob: str, text: str) -> bool:
    return re.fullmatch(".*".join(re.escape(part) for part in glob.split("*")), text, re.DOTALL) is not None


def holds(condition: Condition, product: Product, environment: Environment) -> bool:
    match condition:
        case Always():
            return True
        case Membership():
            return bool(set(values(condition.attribute, product, environment)) & set(condition.values))
        case Matching():
            found = values(condition.attribute, product, environment)
            return any(glob_matches(glob, value) for glob in condition.globs for value in found)
        case Negation():
            return not holds(condition.operand, product, environment)
        case Conjunction():
            return all([holds(operand, product, environment) for operand in condition.operands])
        case Disjunction():
            return any([holds(operand, product, environment) for operand in condition.operands])
        case Bound() | PassedThrough():
            raise AssertionError("policies cannot ask this")


def matching(workspace: Workspace, product: Product, environment: Environment) -> set[str]:
    return {policy.name for policy in workspace.policies.values() if holds(policy.when, product, environment)}


def beats(one: Policy, other: Policy, order: PriorityOrder) -> bool:
    if one.priority != other.priority:
        higher = one.priority > other.priority
        return higher if order is PriorityOrder.HIGHEST_WINS else not higher
    return one.name < other.name


def merged(workspace: Workspace, product: Product, environment: Environment) -> dict[str, tuple[SettingValue, str]]:
    """Return each setting's value and the policy it comes from."""
    found: dict[str, tuple[SettingValue, Policy]] = {}
    for policy in workspace.policies.values():
        if not holds(policy.when, product, environment):
            continue
        for setting in policy.settings:
            if setting.name not in found or beats(policy, found[setting.name][1], workspace.priority_order):
                found[setting.name] = (setting.value, policy)
    return {name: (value, policy.name) for name, (value, policy) in found.items()}


def ambiguities(workspace: Workspace, product: Product, environment: Environment) -> dict[str, set[str]]:
    """Return, by setting, the policies of the winner's priority that set it to another value."""
    found: dict[str, set[str]] = {}
    for name, (value, winner) in merged(workspace, product, environment).items():
        rivals = {
            policy.name
            for policy in workspace.policies.values()
            if policy.priority == workspace.policies[winner].priority
            and holds(policy.when, product, environment)
            and any(setting.name == name and setting.value != value for setting in policy.settings)
        }
        if rivals:
            found[name] = rivals
    return found
