"""From a plan that was shown to a release that can be carried out."""

from __future__ import annotations

import json
from pathlib import Path

from adapters.cli.output import fail
from adapters.releases.making import settings_by_hand
from engine.plan.comparison import changed_inputs
from engine.plan.deserialize import PlanDataError, from_data
from engine.plan.nodes import Plan
from engine.plan.planner import plan_environment, plan_flow
from engine.plan.request import EnvironmentRequest, FlowRequest, Surroundings
from grammar.render import printable

_LARGEST = 64 * 1024 * 1024


def read_plan(path: Path) -> Plan:
    """Read a plan that `promo plan` saved or printed as JSON; exits with `INVALID` for anything else.

    How applications stood when it was printed with ``--live`` is no part of a plan, and is not looked at.
    """
    shown = printable(str(path))
    try:
        if path.stat().st_size > _LARGEST:
            fail(f"`{shown}` is larger than any plan")
        data = json.loads(path.read_bytes())
        if isinstance(data, dict):
            data.pop("live", None)
        return from_data(data)
    except OSError as failed:
        fail(f"cannot read `{shown}`: {failed.strerror}", "make one with: promo plan ... --out plan.json")
    except PlanDataError as wrong:
        fail(f"`{shown}` is not a plan: {wrong}", "make one with: promo plan ... --out plan.json")
    except (ValueError, RecursionError) as wrong:
        fail(f"`{shown}` is not JSON: {wrong}", "make one with: promo plan ... --out plan.json")


def plan_again(saved: Plan, surroundings: Surroundings) -> Plan:
    """Make a saved plan again from what there is now; exits with `INVALID` when what it was made from has changed."""
    workspace = surroundings.workspace
    steps = [step.environment for step in saved.steps]
    declared = saved.product in workspace.products and saved.trigger.environment in workspace.environments
    known = saved.flow in workspace.flows if saved.flow else all(name in workspace.environments for name in steps)
    if not declared or not known or not steps:
        fail("the plan is of a product, a flow or an environment that is not declared any more", _AGAIN)
    pinned = {}
    if saved.trigger.application is not None and saved.trigger.commit is not None:
        pinned[saved.trigger.application] = saved.trigger.commit.sha
    if saved.flow:
        made = plan_flow(surroundings, FlowRequest(saved.product, saved.flow, pinned))
    else:
        settings = settings_by_hand(saved, workspace)
        source, target = saved.trigger.environment, steps[0]
        made = plan_environment(surroundings, EnvironmentRequest(saved.product, source, target, settings, pinned))
    changes = changed_inputs(saved, made)
    if changes:
        fail("the plan is out of date:\n" + "\n".join(f"  {change}" for change in changes), _AGAIN)
    return made


_AGAIN = "plan again, read the new plan, and run that"
