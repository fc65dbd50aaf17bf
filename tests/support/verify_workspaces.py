"""Workspaces of any size for measuring proofs, with the skew that platform teams have.

About 70 % of the policies are about one product or a few, 20 % about a label, 5 % about a pattern of names, the
rest about environments; priorities are 9 to 43 tiers, and about one setting in twenty is dead.
"""

from __future__ import annotations

from random import Random

from engine.model.attributes import Attribute, Subject
from engine.model.conditions import ALWAYS, Condition, Conjunction, Disjunction, Matching, Membership, Negation
from engine.model.entities import (
    Environment,
    EnvironmentKind,
    Flow,
    FlowUse,
    Metadata,
    Policy,
    Product,
    Require,
    Setting,
    Step,
)
from engine.model.values import Action, Approvals, Seconds, SettingValue, Workflow, written
from engine.model.workspace import Workspace
from grammar.lexical import name_token, quote
from grammar.vocabulary import listing

SIZES = {10: (50, 10, 9), 100: (200, 20, 17), 1_000: (1_000, 80, 30), 10_000: (5_000, 200, 43)}
"""Products, environments and priority tiers, by number of policies."""

PRODUCT_NAME = Attribute(Subject.PRODUCT, "name")
TEAM = Attribute(Subject.PRODUCT, "labels", "team")
TIER = Attribute(Subject.PRODUCT, "labels", "tier")
COMPLIANCE = Attribute(Subject.PRODUCT, "labels", "compliance")
ENVIRONMENT_NAME = Attribute(Subject.ENVIRONMENT, "name")
KIND = Attribute(Subject.ENVIRONMENT, "kind")
REGION = Attribute(Subject.ENVIRONMENT, "labels", "region")
TAGS = Attribute(Subject.ENVIRONMENT, "tags")
ACTION = Attribute(Subject.SETTING, "action")
PRE_ACTION = Attribute(Subject.SETTING, "pre-action")

_STAGES = ("dev", "qa", "staging", "prod")
_REGIONS = ("eu", "us", "ap", "sa")
_ENDINGS = ("api", "job", "web", "db")
_VALUES: dict[str, tuple[SettingValue, ...]] = {
    "pre-action": tuple(Workflow(f"check-{number}") for number in range(12)),
    "action": (Action.PR, Action.COMMIT),
    "post-action": tuple(Workflow(f"watch-{number}") for number in range(8)),
    "soak": tuple(Seconds(600 * number) for number in (1, 3, 6, 12)),
    "approvals": (Approvals(1), Approvals(2), Approvals(1, ("sre",))),
}


def verify_workspace(policies: int, seed: int = 5, *, negations: bool = False) -> Workspace:
    """Return a workspace of that many policies: a key of `SIZES`, or another number, scaled.

    Args:
        policies: how many.
        seed: of everything that is chosen at random.
        negations: whether one policy in eight has negative criteria or alternatives.
    """
    return _Maker(policies, seed, negations).workspace()


class _Maker:
    def __init__(self, policies: int, seed: int, negations: bool) -> None:
        self.count = policies
        self.random = Random(seed)
        self.negations = negations
        known = SIZES.get(policies)
        products, environments, self.tiers = known or (max(10, policies // 2), min(200, 10 + policies // 40), 20)
        self.teams = [f"team-{number}" for number in range(max(3, products // 25))]
        self.products = {
            name: Product(
                name,
                flows=(FlowUse(f"flow-{number % max(1, environments // 8)}"),),
                metadata=Metadata(labels=self._labels()),
            )
            for number in range(products)
            for name in [f"svc{number}-{_ENDINGS[number % 4]}"]
        }
        self.environments = {
            name: Environment(
                name,
                EnvironmentKind.PROD if stage == "prod" else EnvironmentKind.NON_PROD,
                tags=("pci",) if number % 10 == 7 else (),
                metadata=Metadata(labels={"region": _REGIONS[number // 4 % 4]}),
            )
            for number in range(environments)
            for stage in [_STAGES[number % 4]]
            for name in [f"{stage}-{_REGIONS[number // 4 % 4]}-{number}"]
        }

    def _labels(self) -> dict[str, str]:
        labels = {"team": self.random.choice(self.teams), "tier": str(self.random.randint(1, 3))}
        if self.random.random() < 0.1:
            labels["compliance"] = self.random.choice(("pci", "sox"))
        return labels

    def workspace(self) -> Workspace:
        default = Policy("default", 0, ALWAYS, tuple(Setting(name, values[0]) for name, values in _VALUES.items()))
        policies = [default, *(self.policy(number) for number in range(1, self.count))]
        self.random.shuffle(policies)
        return Workspace(
            environments=self.environments,
            products=self.products,
            policies={policy.name: policy for policy in policies},
            flows=self.flows(),
            requires={found.name: found for found in self.requires()},
        )

    def policy(self, number: int) -> Policy:
        random = self.random
        share = random.random()
        if share < 0.7:
            when, low, high = self.about_products(), 0.45, 1.0
        elif share < 0.9:
            when, low, high = self.about_label(), 0.2, 0.5
        elif share < 0.95:
            when, low, high = self.about_pattern(), 0.05, 0.25
        else:
            when, low, high = self.about_environments(), 0.0, 0.1
        if self.negations and random.random() < 0.125:
            when = self.negative(when)
        tier = 1 + int((low + (high - low) * random.random()) * (self.tiers - 1))
        names = random.sample(tuple(_VALUES), random.choice((1, 1, 2, 2, 3)))
        # Who shares a priority mostly wants the same: few merges are ambiguous.
        settings = tuple(
            Setting(name, values[tier % len(values)] if random.random() < 0.93 else random.choice(values))
            for name, values in _VALUES.items()
            if name in names
        )
        return Policy(f"p{number}", tier * 10, when, settings)

    def about_products(self) -> Condition:
        names = tuple(self.random.sample(list(self.products), self.random.choice((1, 1, 1, 1, 2, 3))))
        return Conjunction((Membership(PRODUCT_NAME, names), self.place()))

    def about_label(self) -> Condition:
        random = self.random
        label: Condition = Membership(TEAM, tuple(random.sample(self.teams, random.choice((1, 1, 2)))))
        extra = random.random()
        if extra < 0.4:
            label = Conjunction((label, Membership(TIER, (str(random.randint(1, 3)),))))
        elif extra < 0.44:
            label = Membership(COMPLIANCE, (random.choice(("pci", "sox")),))
        return Conjunction((label, self.place()))

    def about_pattern(self) -> Condition:
        random = self.random
        globs = (f"svc{random.randint(1, 99)}*", f"*-{random.choice(_ENDINGS)}", f"*{random.randint(1, 9)}-*")
        return Conjunction((Matching(PRODUCT_NAME, (random.choice(globs),)), self.few_places()))

    def about_environments(self) -> Condition:
        random = self.random
        choices: tuple[Condition, ...] = (
            Membership(REGION, (random.choice(_REGIONS),)),
            Membership(TAGS, ("pci",)),
            Matching(ENVIRONMENT_NAME, (f"{random.choice(_STAGES)}-{random.choice(_REGIONS)}-*",)),
        )
        if random.random() < 0.15:
            return Conjunction((random.choice(choices), Membership(KIND, (random.choice(("prod", "non-prod")),))))
        return self.few_places()

    def place(self) -> Condition:
        random = self.random
        share = random.random()
        if share < 0.5:
            return Membership(KIND, (random.choice(("prod", "non-prod")),))
        if share < 0.85:
            return Membership(ENVIRONMENT_NAME, tuple(random.sample(list(self.environments), random.choice((1, 1, 2)))))
        return Matching(ENVIRONMENT_NAME, (f"{random.choice(_STAGES)}-*",))

    def few_places(self) -> Condition:
        return Membership(ENVIRONMENT_NAME, tuple(self.random.sample(list(self.environments), 2)))

    def negative(self, when: Condition) -> Condition:
        random = self.random
        choices: tuple[Condition, ...] = (
            Conjunction((when, Negation(Membership(TIER, ("3",))))),
            Conjunction((when, Negation(Matching(PRODUCT_NAME, ("*-db",))))),
            Conjunction((when, Negation(Membership(TAGS, ("pci",))))),
            Disjunction((when, Conjunction((self.about_label(), Negation(Membership(KIND, ("prod",))))))),
            Negation(Disjunction((Negation(when), Membership(COMPLIANCE, ("sox",))))),
        )
        return random.choice(choices)

    def flows(self) -> dict[str, Flow]:
        groups = max(1, len(self.environments) // 8)
        names = list(self.environments)
        found = {}
        for number in range(groups):
            trigger, *steps = names[number * 8 : number * 8 + 8] or names[:8]
            order = [trigger, *steps]
            found[f"flow-{number}"] = Flow(
                f"flow-{number}",
                trigger,
                tuple(Step(step, (order[at],)) for at, step in enumerate(steps)),
            )
        return found

    def requires(self) -> list[Require]:
        prod = Membership(KIND, ("prod",))
        return [
            Require("acts", Membership(ACTION, ("pr", "commit")), prod),
            Require("checked", Matching(PRE_ACTION, ("check-*",)), prod),
        ]


# --- as text ---------------------------------------------------------------------------------------


def promo_text(workspace: Workspace) -> str:
    """Return a workspace made here as a `.promo` file."""
    lines = []
    for environment in workspace.environments.values():
        tags = f" tags {', '.join(environment.tags)}" if environment.tags else ""
        lines.append(
            f"environment {environment.name} {{ kind {environment.kind.value}{tags}{_labels(environment.metadata)} }}"
        )
    for product in workspace.products.values():
        flows = "".join(f" flow {use.flow}" for use in product.flows)
        lines.append(f"product {product.name} {{{_labels(product.metadata)}{flows} }}")
    for policy in workspace.policies.values():
        when = "" if policy.when == ALWAYS else f" when {condition_text(policy.when)}"
        settings = " ".join(f"{setting.name} {written(setting.value)}" for setting in policy.settings)
        lines.append(f"policy {policy.name} priority {policy.priority} {{{when} {settings} }}")
    for flow in workspace.flows.values():
        steps = " ".join(f"step {step.environment} after {', '.join(step.after)}" for step in flow.steps)
        lines.append(f"flow {flow.name} {{ trigger {flow.trigger} {steps} }}")
    for require in workspace.requires.values():
        when = condition_text(require.when)
        lines.append(f"require {require.name} {{ when {when} that {condition_text(require.that)} }}")
    return "\n".join(lines) + "\n"


def _labels(metadata: Metadata) -> str:
    return "".join(f" labels {name_token(key)} = {quote(value)}" for key, value in metadata.labels.items())


def condition_text(condition: Condition) -> str:
    match condition:
        case Membership():
            return f"{condition.attribute} in [{', '.join(quote(str(value)) for value in condition.values)}]"
        case Matching():
            return f"{condition.attribute} matches [{', '.join(quote(glob) for glob in condition.globs)}]"
        case Negation():
            return f"not ({condition_text(condition.operand)})"
        case Conjunction():
            return " and ".join(f"({condition_text(operand)})" for operand in condition.operands)
        case Disjunction():
            return " or ".join(f"({condition_text(operand)})" for operand in condition.operands)
        case _:
            raise AssertionError(f"not made here: {listing([repr(condition)])}")
