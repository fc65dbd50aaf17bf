"""The shipped requirements hold for products and environments that nobody has declared yet."""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from random import Random

import pytest

from adapters.workspace import load
from engine.model.attributes import Attribute, Subject
from engine.model.conditions import Condition, Membership, PassedThrough, atoms
from engine.model.values import Scalar
from engine.model.workspace import Workspace
from engine.resolve import Facts, Resolver, evaluate
from engine.resolve.facts import given, setting_facts

POLICIES = Path(__file__).parents[2] / "policies"
ROUNDS = 3_000
KINDS: tuple[Scalar, ...] = ("prod", "non-prod")


@pytest.mark.parametrize("template", ["quickstart", "multi-region", "enterprise", "library"])
def test_no_pair_that_could_be_declared_breaks_a_requirement(template: str) -> None:
    workspace = load(POLICIES / template).workspace
    resolver = Resolver(workspace)
    random = Random(template)
    vocabulary = mentioned(workspace)
    asked = [require for require in workspace.requires.values() if about_settings(require.that)]
    assert asked
    held = set()
    for _ in range(ROUNDS):
        product = imagined(random, vocabulary, Subject.PRODUCT)
        environment = imagined(random, vocabulary, Subject.ENVIRONMENT)
        decision = resolver.decide(product, environment)
        assert decision.ambiguous == (), (product, environment)
        values = {name: effective.value for name, effective in decision.effective.items()}
        facts = resolver.facts_of(product, environment).overlaid(setting_facts(values))
        for require in asked:
            if evaluate(require.when, facts):
                assert evaluate(require.that, facts), (require.name, product, environment, decision)
                held.add(require.name)
    assert held == {require.name for require in asked if not about_flows(require.when)}


def about_settings(condition: Condition) -> bool:
    return not any(isinstance(atom, PassedThrough) for atom in atoms(condition))


def about_flows(condition: Condition) -> bool:
    """Say whether something holds in one flow only; what is imagined is in none."""
    return any(isinstance(atom, Membership) and atom.attribute.subject is Subject.FLOW for atom in atoms(condition))


def mentioned(workspace: Workspace) -> dict[Attribute, set[Scalar]]:
    """Return every value that some condition asks an attribute for."""
    found: dict[Attribute, set[Scalar]] = {Attribute(Subject.ENVIRONMENT, "kind"): set(KINDS)}
    conditions = chain(
        (policy.when for policy in workspace.policies.values()),
        (require.when for require in workspace.requires.values()),
    )
    for condition in conditions:
        for atom in atoms(condition):
            if isinstance(atom, Membership):
                found.setdefault(atom.attribute, set()).update(atom.values)
    return found


def imagined(random: Random, vocabulary: dict[Attribute, set[Scalar]], subject: Subject) -> Facts:
    """Return a product or an environment with any of the values that matter, or none of them."""
    assignments: list[tuple[Attribute, Scalar]] = []
    for attribute in sorted(vocabulary, key=str):
        if attribute.subject is not subject:
            continue
        values = sorted(vocabulary[attribute], key=str)
        if attribute.field in ("tags", "clusters"):
            assignments += [(attribute, value) for value in values if random.random() < 0.3]
        elif attribute.field == "kind" or random.random() < 0.8:
            assignments.append((attribute, random.choice(values)))
    return given(assignments)
