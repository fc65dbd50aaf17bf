"""Who may do what: rules add up, every environment of a flow counts, and the first rule closes the rest."""

from __future__ import annotations

import pytest

from engine.execute.access import Deed, refusal
from engine.model.build import build_workspace
from engine.model.entities import Permission
from engine.model.workspace import Workspace
from grammar.parser import parse

WORLD = """
environment dev  { kind non-prod }
environment qa   { kind non-prod }
environment prod { kind prod }
product shop { labels team = "web" }
product till { labels team = "payments" }
flow standard { trigger dev  step qa after dev  step prod after qa }
"""

RULES = """
access tries   { teams engineering  allow promote, trigger  when environment.kind == non-prod }
access web     { teams web-leads  allow trigger  when product.labels.team == "web" and environment.kind == prod }
access hotfix  { teams on-call  allow trigger  when flow.name == "hotfix" }
access signers { teams release-managers  allow approve }
"""


def world(rules: str) -> Workspace:
    built = build_workspace([parse(WORLD + rules, "world.promo").file])
    assert not [found for found in built.diagnostics if found.is_error]
    return built.workspace


def test_without_rules_everybody_may() -> None:
    assert refusal(world(""), Deed(Permission.PROMOTE, "shop", ("prod",), None), ()) is None


@pytest.mark.parametrize(
    ("permission", "product", "environments", "flow", "teams", "allowed"),
    [
        (Permission.PROMOTE, "shop", ("qa",), None, ("engineering",), True),
        (Permission.PROMOTE, "shop", ("prod",), None, ("engineering",), False),
        (Permission.TRIGGER, "shop", ("qa", "prod"), "standard", ("engineering",), False),
        (Permission.TRIGGER, "shop", ("qa", "prod"), "standard", ("engineering", "web-leads"), True),
        (Permission.TRIGGER, "till", ("qa", "prod"), "standard", ("engineering", "web-leads"), False),
        (Permission.TRIGGER, "till", ("qa", "prod"), "hotfix", ("on-call",), True),
        (Permission.TRIGGER, "till", ("qa", "prod"), "standard", ("on-call",), False),
        (Permission.APPROVE, "till", ("prod",), "standard", ("release-managers",), True),
        (Permission.APPROVE, "till", ("prod",), "standard", (), False),
        (Permission.TERMINATE, "shop", ("qa",), "standard", ("engineering",), False),
    ],
)
def test_rules_add_up_and_the_first_closes_the_rest(
    permission: Permission,
    product: str,
    environments: tuple[str, ...],
    flow: str | None,
    teams: tuple[str, ...],
    allowed: bool,
) -> None:
    found = refusal(world(RULES), Deed(permission, product, environments, flow), teams)
    assert (found is None) == allowed


def test_a_refusal_says_who_may() -> None:
    found = refusal(world(RULES), Deed(Permission.TRIGGER, "shop", ("qa", "prod"), "standard"), ("engineering",))
    assert found == ("no access rule allows the teams `engineering` to trigger `shop` in `prod`; `web-leads` may")
    found = refusal(world(RULES), Deed(Permission.RETRY, "shop", ("prod",), None), ())
    assert found == "no access rule allows somebody who is in no team to retry `shop` in `prod`; nobody may"


def test_what_is_not_declared_any_more_has_a_name_only() -> None:
    rules = 'access all { teams ops  allow terminate  when product.labels.team != "web" }'
    assert refusal(world(rules), Deed(Permission.TERMINATE, "gone", ("prod",), None), ("ops",)) is None
