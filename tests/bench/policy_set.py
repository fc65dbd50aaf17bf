"""The same policies for every engine: a neutral form, the pairs that are asked about, and the `.promo` text.

Sizes and mix follow what platform teams have: most policies are about one product, some about a team, few about
all. Every engine gets the same selectors, the same settings and the same order, and must give the same answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

SETTINGS = ("pre-action", "action", "post-action", "soak", "rollback")
SIZES = {10: (50, 10), 100: (200, 20), 1_000: (1_000, 80), 10_000: (5_000, 200)}
"""Products and environments, by number of policies."""

_PRODUCTS_A_TEAM = 8
_VALUES = {
    "pre-action": ("smoke-tests", "change-ticket", "load-test", "db-migration"),
    "action": ("pr", "commit"),
    "post-action": ("canary-check", "announce", "verify"),
    "soak": ("30m", "2h", "1d"),
    "rollback": ("on-failure", "never"),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """A policy: settings for all pairs in which every criterion that is given holds.

    Attributes:
        name: its name.
        priority: the higher wins, for each setting by itself; no two are equal.
        product: the product's name.
        team: the product's label ``team``.
        environment: the environment's name.
        prefix: what the environment's name begins with.
        kind: the environment's kind.
        settings: at least one.
    """

    name: str
    priority: int
    settings: Mapping[str, str]
    product: str | None = None
    team: str | None = None
    environment: str | None = None
    prefix: str | None = None
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """What a decision is about, as plain facts."""

    product: str
    team: str
    environment: str
    kind: str


@dataclass(frozen=True, slots=True)
class PolicySet:
    """Policies, best first, and the world they are about."""

    rules: tuple[Rule, ...]
    products: Mapping[str, str]
    environments: Mapping[str, str]

    def pairs(self, count: int, seed: int = 7) -> list[Pair]:
        """Return that many pairs, chosen at random; some occur twice where there are few."""
        random = Random(seed)
        products, environments = list(self.products.items()), list(self.environments.items())
        return [Pair(*random.choice(products), *random.choice(environments)) for _ in range(count)]

    def promo_text(self) -> str:
        """Return the policies and their world as a `.promo` file."""
        lines = [
            *(f"environment {name} {{ kind {kind} }}" for name, kind in self.environments.items()),
            *(f'product {name} {{ labels team = "{team}" }}' for name, team in self.products.items()),
        ]
        for rule in self.rules:
            tests = [
                *([f"product.name == {rule.product}"] if rule.product else []),
                *([f"product.labels.team == {rule.team}"] if rule.team else []),
                *([f"environment.name == {rule.environment}"] if rule.environment else []),
                *([f'environment.name matches "{rule.prefix}*"'] if rule.prefix else []),
                *([f"environment.kind == {rule.kind}"] if rule.kind else []),
            ]
            when = f" when {' and '.join(tests)}" if tests else ""
            settings = " ".join(f"{name} {value}" for name, value in rule.settings.items())
            lines.append(f"policy {rule.name} priority {rule.priority} {{{when} {settings} }}")
        return "\n".join(lines)


def policy_set(policies: int, product_count: int = 0, environment_count: int = 0, seed: int = 11) -> PolicySet:
    """Return that many policies: one for everything below all others, 70 % about one product, 25 % about a team.

    Args:
        policies: how many.
        product_count: how many products there are; 0 for what `SIZES` says.
        environment_count: the same for environments.
        seed: the same arguments always give the same policies.
    """
    random = Random(seed)
    product_count, environment_count = (product_count, environment_count) if product_count else SIZES[policies]
    teams = [f"team-{number}" for number in range(max(4, product_count // _PRODUCTS_A_TEAM))]
    products = {f"product-{number}": random.choice(teams) for number in range(product_count)}
    environments = {
        f"{stage}-{number}": "prod" if stage == "prod" else "non-prod"
        for number in range(environment_count)
        for stage in [("dev", "qa", "staging", "prod")[number % 4]]
    }
    default = Rule("default", 0, {setting: values[0] for setting, values in _VALUES.items()})
    rules = [_rule(number, random, list(products), teams, list(environments)) for number in range(1, policies)]
    return PolicySet((*sorted(rules, key=lambda rule: -rule.priority), default), products, environments)


def _rule(number: int, random: Random, products: list[str], teams: list[str], environments: list[str]) -> Rule:
    chosen = random.sample(SETTINGS, random.choice((1, 2, 2, 3)))
    settings = {setting: random.choice(_VALUES[setting]) for setting in SETTINGS if setting in chosen}
    name, share = f"policy-{number}", random.random()
    kind = random.choice(("prod", "non-prod"))
    if share < 0.35:
        return Rule(name, number, settings, product=random.choice(products), kind=kind)
    if share < 0.7:
        return Rule(name, number, settings, product=random.choice(products), environment=random.choice(environments))
    if share < 0.9:
        return Rule(name, number, settings, team=random.choice(teams), kind=kind)
    if share < 0.95:
        return Rule(name, number, settings, team=random.choice(teams), prefix=random.choice(("prod-", "staging-")))
    return Rule(name, number, settings, environment=random.choice(environments))
