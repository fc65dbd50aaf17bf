"""Requirements that a change of policies cannot touch are not judged; what is said is as if they were."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from random import Random

from engine.model.attributes import Attribute, Subject
from engine.model.conditions import Conjunction, Membership
from engine.model.entities import Require, Setting
from engine.model.values import scalar
from engine.model.workspace import Workspace
from engine.resolve.facts import environment_facts, product_facts
from engine.resolve.resolver import Resolver
from engine.verify.diff import Topic, compare
from engine.verify.diff.invariants import Judgement, invariant_changes, judge
from engine.verify.diff.joint import Joint
from engine.verify.question import Questions
from tests.support.verify_workspaces import verify_workspace


def edited(workspace: Workspace, random: Random) -> Workspace:
    """Return a workspace in which one setting of a policy, and sometimes a priority, is another."""
    policies = dict(workspace.policies)
    policy = policies[random.choice(sorted(policies))]
    first, *others = policy.settings
    values = [setting.value for found in policies.values() for setting in found.settings if setting.name == first.name]
    changed = replace(policy, settings=(Setting(first.name, random.choice(values)), *others))
    if random.random() < 0.4:
        changed = replace(changed, priority=policy.priority + random.choice((-100, 100)))
    policies[policy.name] = changed
    return replace(workspace, policies=policies)


def pinned(workspace: Workspace) -> Workspace:
    """Return a workspace that requires of some declared pairs what is decided for them now."""
    resolver = Resolver(workspace)
    requires: dict[str, Require] = {}
    for product in list(workspace.products.values())[:4]:
        for environment in list(workspace.environments.values())[:4]:
            effective = resolver.decide(product_facts(product), environment_facts(environment)).effective
            for name in ("action", "soak", "pre-action"):
                if name in effective:
                    that = Membership(Attribute(Subject.SETTING, name), (scalar(effective[name].value),))
                    when = Conjunction(
                        (
                            Membership(Attribute(Subject.PRODUCT, "name"), (product.name,)),
                            Membership(Attribute(Subject.ENVIRONMENT, "name"), (environment.name,)),
                        )
                    )
                    found = Require(f"{name}-{product.name}-{environment.name}", that, when)
                    requires[found.name] = found
    return replace(workspace, requires=requires)


def test_what_is_said_is_as_if_every_requirement_was_judged() -> None:
    said = 0
    for seed in range(10):
        old = pinned(verify_workspace(12))
        new = edited(edited(old, Random(seed)), Random(seed + 1000))
        difference = compare(old, new)
        changes, rest = invariant_changes(old, new, judge(Questions(Joint(old, new).common)))
        assert [change for change in difference.changes if change.topic is Topic.REQUIREMENTS] == changes, seed
        assert type(difference.invariants_rest) is type(rest)
        said += len(changes)
    assert said > 0


def test_who_is_judged() -> None:
    old = verify_workspace(12)
    asked: list[list[str]] = []

    def judged(workspace: Workspace, names: Collection[str]) -> Mapping[str, Judgement]:
        asked.append(list(names))
        return dict.fromkeys(names, Judgement())

    everything = list(old.requires)
    invariant_changes(old, replace(old), judged, lambda _: True)
    invariant_changes(old, replace(old), judged, lambda setting: setting != "action")
    invariant_changes(old, replace(old, flows={}), judged, lambda _: True)
    assert everything == ["acts", "checked"]
    assert asked == [[], [], ["acts"], ["acts"], everything, everything]
