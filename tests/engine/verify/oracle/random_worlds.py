"""Random worlds for the oracle, and the same worlds as workspaces of the engine."""

from __future__ import annotations

from random import Random

from engine.model import attributes, conditions, entities
from engine.model.values import Action, NoWorkflow, Seconds, SettingValue, Workflow
from engine.model.workspace import PriorityOrder, Workspace
from tests.engine.verify.oracle.naive import Attribute, Condition, Naive, Rule, Thing

NAMES = ("a", "b", "a-b", "b.1", "1", "ab", "a-a")
TEXTS = ("", "a", "-", "a-b", ".", "1", "ab", "-a", "b.")
GLOBS = ("*", "a*", "*b", "*-*", "*a-*", "*.*", "**", "a*b", "*-", "-*", "*1*", "*a*b*", "b*1", "*aa*", "*.1", "a-*-b")
SETTINGS = ("action", "pre-action", "soak")


def random_world(seed: int, *, negations: bool = True) -> Naive:
    random = Random(seed)
    makers = _Maker(random, negations)
    products = [makers.thing("product", name) for name in random.sample(NAMES, random.randint(0, 3))]
    environments = [makers.thing("environment", name) for name in random.sample(NAMES, random.randint(0, 2))]
    rules = [makers.rule(f"p{number}") for number in range(random.randint(1, 6))]
    random.shuffle(rules)
    extra = [makers.condition(2) for _ in range(2)]
    return Naive(products, environments, rules, random.random() < 0.5, extra)


class _Maker:
    def __init__(self, random: Random, negations: bool) -> None:
        self.random = random
        self.negations = negations
        # Few attributes a world: everything there can be is enumerated.
        self.attributes: list[Attribute] = random.sample(
            [
                ("product", "name"),
                ("product", "labels", "team"),
                ("product", "labels", "a/b"),
                ("product", "tags"),
                ("environment", "name"),
                ("environment", "kind"),
                ("environment", "labels", "team"),
                ("environment", "tags"),
                ("environment", "clusters"),
            ],
            random.randint(2, 4),
        )

    def thing(self, what: str, name: str) -> Thing:
        random = self.random
        values: dict[Attribute, tuple[str, ...]] = {(what, "name"): (name,)}
        if what == "environment":
            values[what, "kind"] = (random.choice(("prod", "non-prod")),)
        for key in ("team", "a/b"):
            if random.random() < 0.5:
                values[what, "labels", key] = (random.choice(TEXTS),)
        for field in ("tags", *(["clusters"] if what == "environment" else [])):
            found = tuple(random.sample([text for text in TEXTS if text], random.randint(0, 2)))
            if found:
                values[what, field] = found
        return Thing(what, True, values)

    def test(self) -> Condition:
        random = self.random
        attribute = random.choice(self.attributes)
        if attribute[1] == "kind":
            return ("in", attribute, (random.choice(("prod", "non-prod")),))
        if random.random() < 0.5:
            return ("matches", attribute, tuple(random.sample(GLOBS, random.randint(1, 2))))
        known = NAMES if attribute[1] == "name" else TEXTS
        return ("in", attribute, tuple(random.sample(known, random.randint(1, 3))))

    def condition(self, depth: int = 3) -> Condition:
        share = self.random.random()
        if depth == 0 or share < 0.4:
            return self.test()
        if share < 0.6:
            return ("not", self.condition(depth - 1)) if self.negations else self.test()
        parts = tuple(self.condition(depth - 1) for _ in range(self.random.randint(2, 3)))
        return ("and" if share < 0.85 else "or", parts)

    def rule(self, name: str) -> Rule:
        random = self.random
        when: Condition = ("always",) if random.random() < 0.1 else self.condition()
        chosen = random.sample(SETTINGS, random.randint(1, 3))
        return Rule(name, random.choice((0, 0, 1, 2)), when, {setting: random.randint(0, 2) for setting in chosen})


VALUES: dict[str, tuple[SettingValue, ...]] = {
    "action": (Action.COMMIT, Action.PR, Action.NONE),
    "pre-action": (NoWorkflow(), Workflow("smoke"), Workflow("none")),
    "soak": (Seconds(60), Seconds(3600), Seconds(0)),
}


def engine_attribute(attribute: Attribute) -> attributes.Attribute:
    subject = attributes.Subject(attribute[0])
    return attributes.Attribute(subject, attribute[1], attribute[2] if len(attribute) > 2 else None)


def engine_condition(condition: Condition) -> conditions.Condition:
    match condition[0]:
        case "always":
            return conditions.ALWAYS
        case "not":
            return conditions.Negation(engine_condition(condition[1]))
        case "and":
            return conditions.Conjunction(tuple(engine_condition(part) for part in condition[1]))
        case "or":
            return conditions.Disjunction(tuple(engine_condition(part) for part in condition[1]))
        case "in":
            return conditions.Membership(engine_attribute(condition[1]), condition[2])
        case _:
            return conditions.Matching(engine_attribute(condition[1]), condition[2])


def workspace_of(world: Naive) -> Workspace:
    return Workspace(
        products={thing.name: _product(thing) for thing in world.products},
        environments={thing.name: _environment(thing) for thing in world.environments},
        policies={
            rule.name: entities.Policy(
                rule.name,
                rule.priority,
                engine_condition(rule.when),
                tuple(entities.Setting(name, VALUES[name][value]) for name, value in rule.settings.items()),  # type: ignore[index]
            )
            for rule in world.rules
        },
        priority_order=PriorityOrder.LOWEST_WINS if world.lowest_wins else PriorityOrder.HIGHEST_WINS,
    )


def _metadata(thing: Thing) -> entities.Metadata:
    return entities.Metadata(
        labels={attribute[2]: value for attribute, (value, *_) in thing.values.items() if attribute[1] == "labels"}
    )


def _product(thing: Thing) -> entities.Product:
    return entities.Product(thing.name, tags=thing.values.get(("product", "tags"), ()), metadata=_metadata(thing))


def _environment(thing: Thing) -> entities.Environment:
    return entities.Environment(
        thing.name,
        entities.EnvironmentKind(thing.values["environment", "kind"][0]),
        tuple(entities.Cluster(name) for name in thing.values.get(("environment", "clusters"), ())),
        thing.values.get(("environment", "tags"), ()),
        _metadata(thing),
    )
