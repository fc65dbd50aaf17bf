"""Small random workspaces that reach every corner of conditions, priorities and settings."""

from __future__ import annotations

from random import Random

from engine.model.attributes import Attribute, Subject
from engine.model.conditions import ALWAYS, Condition, Conjunction, Disjunction, Matching, Membership, Negation
from engine.model.entities import Cluster, Environment, EnvironmentKind, Metadata, Policy, Product, Setting
from engine.model.values import Action, Approvals, NoWorkflow, RollbackRule, Seconds, SettingValue, WindowName, Workflow
from engine.model.workspace import PriorityOrder, Workspace

PRODUCTS = ("a", "b", "a-b", "pay-x", "x*y")
ENVIRONMENTS = ("prod", "prod-eu", "qa", "dev", "-")
LABELS = {"team": ("payments", "core", ""), "a/b": ("x", "y")}
TAGS = ("t1", "t2", "t3")
CLUSTERS = ("in-cluster", "eu-1", "https://kubernetes.default.svc")
GLOBS = ("*", "a*", "*b", "*-*", "prod*", "*o*", "**", "pay-*x", "*t*2*")

VALUES: dict[str, tuple[SettingValue, ...]] = {
    "pre-action": (NoWorkflow(), Workflow("smoke"), Workflow("none")),
    "action": tuple(Action),
    "post-action": (NoWorkflow(), Workflow("smoke")),
    "soak": (Seconds(0), Seconds(60)),
    "approvals": (Approvals(1), Approvals(1, ("sre",)), Approvals(2)),
    "window": (WindowName("office"), WindowName("night")),
    "rollback": tuple(RollbackRule),
}


def attribute_and_values(random: Random) -> tuple[Attribute, tuple[str, ...]]:
    subject = random.choice((Subject.PRODUCT, Subject.ENVIRONMENT))
    field = random.choice(("name", "labels", "tags") + (("kind", "clusters") if subject is Subject.ENVIRONMENT else ()))
    if field == "labels":
        key = random.choice(tuple(LABELS))
        return Attribute(subject, field, key), LABELS[key]
    names = PRODUCTS if subject is Subject.PRODUCT else ENVIRONMENTS
    known = {"name": names, "tags": TAGS, "kind": ("prod", "non-prod"), "clusters": CLUSTERS}
    return Attribute(subject, field), known[field]


def single_test(random: Random) -> Condition:
    attribute, known = attribute_and_values(random)
    if attribute.field != "kind" and random.random() < 0.25:
        return Matching(attribute, tuple(random.sample(GLOBS, random.randint(1, 2))))
    return Membership(attribute, tuple(random.sample(known, random.randint(1, min(2, len(known))))))


def condition(random: Random, depth: int = 3) -> Condition:
    kind = random.random()
    if depth == 0 or kind < 0.45:
        return single_test(random)
    if kind < 0.6:
        return Negation(condition(random, depth - 1))
    operands = tuple(condition(random, depth - 1) for _ in range(random.randint(2, 4)))
    return Conjunction(operands) if kind < 0.85 else Disjunction(operands)


def metadata(random: Random) -> Metadata:
    return Metadata(labels={key: random.choice(known) for key, known in LABELS.items() if random.random() < 0.6})


def tags(random: Random) -> tuple[str, ...]:
    return tuple(random.sample(TAGS, random.randint(0, 2)))


def policy(random: Random, name: str) -> Policy:
    names = random.sample(tuple(VALUES), random.randint(0, 4))
    return Policy(
        name,
        random.choice((-1, 0, 0, 1, 100)),
        ALWAYS if random.random() < 0.1 else condition(random),
        tuple(Setting(setting, random.choice(VALUES[setting])) for setting in names),
    )


def workspace(seed: int, order: PriorityOrder = PriorityOrder.HIGHEST_WINS) -> Workspace:
    """Return the workspace of a seed; policies are declared in random order."""
    random = Random(seed)
    policies = [policy(random, f"p{number}") for number in range(random.randint(0, 14))]
    random.shuffle(policies)
    return Workspace(
        products={
            name: Product(name, tags=tags(random), metadata=metadata(random))
            for name in random.sample(PRODUCTS, random.randint(1, 3))
        },
        environments={
            name: Environment(
                name,
                random.choice(tuple(EnvironmentKind)),
                tuple(Cluster(found) for found in random.sample(CLUSTERS, random.randint(0, 2))),
                tags(random),
                metadata(random),
            )
            for name in random.sample(ENVIRONMENTS, random.randint(1, 3))
        },
        policies={found.name: found for found in policies},
        priority_order=order,
    )
