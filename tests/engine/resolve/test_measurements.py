"""What a decision costs as policies grow. Behind `make bench`: the figures are for reading, nothing is asserted.

A cold product is one the index was never asked about; a new pair is one whose product and environment were
both met before, but never together. No result is kept, so a repeated pair costs what a new one does.
"""

from __future__ import annotations

from itertools import cycle
from random import Random
from typing import Any

import pytest

from engine.model.attributes import Attribute, Subject
from engine.model.conditions import ALWAYS, Condition, Conjunction, Disjunction, Matching, Membership, Negation
from engine.model.entities import Environment, EnvironmentKind, Metadata, Policy, Product, Setting
from engine.model.values import Action, Approvals, NoWorkflow, RollbackRule, Seconds, WindowName, Workflow
from engine.model.workspace import Workspace
from engine.resolve import Resolver
from engine.resolve.facts import product_facts

pytestmark = pytest.mark.bench

SIZES = [(100, 200, 20), (1_000, 1_000, 80), (10_000, 5_000, 200)]
"""Policies, products and environments."""

NAME = Attribute(Subject.PRODUCT, "name")
TEAM = Attribute(Subject.PRODUCT, "labels", "team")
TAGS = Attribute(Subject.PRODUCT, "tags")
PLACE = Attribute(Subject.ENVIRONMENT, "name")
KIND = Attribute(Subject.ENVIRONMENT, "kind")
REGION = Attribute(Subject.ENVIRONMENT, "labels", "region")


def when(random: Random, products: list[str], environments: list[str], teams: list[str]) -> Condition:
    """Return a condition: most are about two products, some about a team or a pattern, few are mixed or negated."""
    parts: list[Condition] = []
    about, where = random.random(), random.random()
    if about < 0.7:
        parts.append(Membership(NAME, tuple(random.sample(products, 2))))
    elif about < 0.9:
        parts.append(Membership(TEAM, (random.choice(teams),)))
    elif about < 0.95:
        parts.append(Matching(NAME, (f"p{random.randrange(10)}*",)))
    if where < 0.4:
        parts.append(Membership(KIND, (random.choice(("prod", "non-prod")),)))
    elif where < 0.7:
        parts.append(Membership(PLACE, tuple(random.sample(environments, 2))))
    elif where < 0.9:
        parts.append(Membership(REGION, (f"r{random.randrange(5)}",)))
    if random.random() < 0.05:
        parts.append(Negation(Membership(TAGS, ("tag1",))))
    if random.random() < 0.03:
        parts.append(Disjunction((Membership(KIND, ("prod",)), Membership(TAGS, ("tag2",)))))
    return ALWAYS if not parts else parts[0] if len(parts) == 1 else Conjunction(tuple(parts))


def workspace(policies: int, products: int, environments: int) -> Workspace:
    random = Random(1)
    names = [f"p{number}" for number in range(products)]
    places = [f"e{number}" for number in range(environments)]
    teams = [f"t{number}" for number in range(max(5, products // 20))]

    def settings(number: int) -> tuple[Setting, ...]:
        every = [
            Setting("pre-action", Workflow(f"w{number % 20}")),
            Setting("action", random.choice(tuple(Action))),
            Setting("post-action", NoWorkflow()),
            Setting("soak", Seconds(number)),
            Setting("approvals", Approvals(1 + number % 3)),
            Setting("window", WindowName("w")),
            Setting("rollback", RollbackRule.NEVER),
        ]
        return tuple(random.sample(every, random.randint(1, 3)))

    return Workspace(
        products={
            name: Product(name, tags=(f"tag{i % 7}",), metadata=Metadata(labels={"team": random.choice(teams)}))
            for i, name in enumerate(names)
        },
        environments={
            name: Environment(
                name, random.choice(tuple(EnvironmentKind)), metadata=Metadata(labels={"region": f"r{i % 5}"})
            )
            for i, name in enumerate(places)
        },
        policies={
            f"q{i}": Policy(f"q{i}", random.randrange(40), when(random, names, places, teams), settings(i))
            for i in range(policies)
        },
    )


@pytest.fixture(params=SIZES, ids=lambda size: f"{size[0]}-policies")
def space(request: pytest.FixtureRequest) -> Workspace:
    return workspace(*request.param)


def test_index_and_first_decision(benchmark: Any, space: Workspace) -> None:
    decision = benchmark(lambda: Resolver(space).decide("p0", "e0"))
    assert decision.effective


def test_cold_product(benchmark: Any, space: Workspace) -> None:
    resolver = Resolver(space)
    resolver.decide("p0", "e0")
    # Facts are never remembered, so each round is as cold as the first.
    facts = cycle([product_facts(product) for product in list(space.products.values())[:100]])
    assert benchmark(lambda: resolver.decide(next(facts), "e0")).product


def test_new_pair(benchmark: Any, space: Workspace) -> None:
    resolver = Resolver(space)
    products, environments = list(space.products)[:100], list(space.environments)[:20]
    for product in products:
        resolver.decide(product, "e0")
    for environment in environments:
        resolver.decide("p0", environment)
    pairs = cycle([(product, environment) for product in products for environment in environments])
    assert benchmark(lambda: resolver.decide(*next(pairs))).effective


def test_repeated_pair(benchmark: Any, space: Workspace) -> None:
    resolver = Resolver(space)
    assert benchmark(lambda: resolver.decide("p1", "e1")).effective
