"""Who may do what. Source: domain, access.

A workspace without a single access rule lets everybody do everything. With the first rule, what no rule allows is
refused. What concerns a whole flow is allowed when it is allowed for every environment the flow goes to, be it by
several rules together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.model.entities import Permission
from engine.model.workspace import Workspace
from engine.resolve.evaluation import evaluate
from engine.resolve.facts import PRODUCT_NAME, Facts, environment_facts, flow_facts, product_facts
from grammar.vocabulary import listing


@dataclass(frozen=True, slots=True)
class Deed:
    """Something somebody wants to do.

    Attributes:
        permission: what kind of thing.
        product: with which product.
        environments: where; for a flow, the environments it goes to, without the one it begins in.
        flow: along which flow; None outside every flow.
    """

    permission: Permission
    product: str
    environments: tuple[str, ...]
    flow: str | None


def refusal(workspace: Workspace, deed: Deed, teams: Sequence[str]) -> str | None:
    """Return why the members of teams may not do something; None when they may.

    Args:
        workspace: with the access rules as they are now.
        deed: what is to be done.
        teams: those the person is in.
    """
    if not workspace.access:
        return None
    refused = [name for name in deed.environments if not _allowed(workspace, deed, name, teams)]
    if not refused:
        return None
    where = listing([f"`{name}`" for name in refused], "and")
    whose = f"the teams {listing([f'`{team}`' for team in teams], 'and')}" if teams else "somebody who is in no team"
    able = sorted({team for name in refused for team in _able(workspace, deed, name)})
    who = f"; {listing([f'`{team}`' for team in able])} may" if able else "; nobody may"
    return f"no access rule allows {whose} to {deed.permission.value} `{deed.product}` in {where}{who}"


def _allowed(workspace: Workspace, deed: Deed, environment: str, teams: Sequence[str]) -> bool:
    return not set(teams).isdisjoint(_able(workspace, deed, environment))


def _able(workspace: Workspace, deed: Deed, environment: str) -> set[str]:
    """Return the teams that may do it in one environment."""
    facts = _facts(workspace, deed, environment)
    return {
        team
        for rule in workspace.access.values()
        if deed.permission in rule.allow and evaluate(rule.when, facts)
        for team in rule.teams
    }


def _facts(workspace: Workspace, deed: Deed, environment: str) -> Facts:
    # What is not declared any more has a name only: rules about its labels do not hold for it.
    product, place = workspace.products.get(deed.product), workspace.environments.get(environment)
    first = product_facts(product) if product else Facts({PRODUCT_NAME: (deed.product,)})
    return first.overlaid(environment_facts(place) if place else Facts(), flow_facts(deed.flow))
