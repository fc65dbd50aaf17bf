"""From a plan that was shown to a release that can be carried out."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.cli.output import fail
from adapters.cli.promotion_request import given_settings
from engine.execute.access import Deed
from engine.execute.identifiers import RANDOM_BYTES, release_id
from engine.execute.release import Release, new_release
from engine.execute.snapshot import snapshot
from engine.execute.spec import ReleaseSpec
from engine.model.entities import Permission, Setting
from engine.plan.comparison import changed_inputs
from engine.plan.deserialize import PlanDataError, from_data
from engine.plan.nodes import Plan
from engine.plan.planner import plan_environment, plan_flow
from engine.plan.request import EnvironmentRequest, FlowRequest, Surroundings
from engine.plan.serialize import to_data
from grammar.render import printable

if TYPE_CHECKING:
    from engine.model.argo import Application
    from engine.model.workspace import Workspace

_LARGEST = 64 * 1024 * 1024
_BY_HAND = "given by hand"


def read_plan(path: Path) -> Plan:
    """Read a plan that `promo plan --out` saved; exits with `INVALID` for anything else."""
    shown = printable(str(path))
    try:
        if path.stat().st_size > _LARGEST:
            fail(f"`{shown}` is larger than any plan")
        return from_data(json.loads(path.read_bytes()))
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


def settings_by_hand(plan: Plan, workspace: Workspace) -> tuple[Setting, ...]:
    """Return the settings that were given on the command line when a plan was made."""
    if plan.flow is not None:
        return ()
    given = [f"{one.name}={one.value}" for step in plan.steps for one in step.settings if one.origin == _BY_HAND]
    return given_settings(tuple(given), workspace) if given else ()


def make_release(surroundings: Surroundings, plan: Plan, initiator: str) -> Release:
    """Return a new release of a plan that can be carried out."""
    spec = spec_of(surroundings, plan)
    now = surroundings.now
    return new_release(spec, release_id(now, os.urandom(RANDOM_BYTES)), initiator, now)


def spec_of(surroundings: Surroundings, plan: Plan) -> ReleaseSpec:
    """Return what a release of a plan that can be carried out is to do."""
    return snapshot(surroundings, plan, settings_by_hand(plan, surroundings.workspace), _runtime)


def _runtime(environment: str, application: Application) -> str:
    """Return the only runtime there is."""
    return ""


def plan_text(plan: Plan) -> str:
    """Return a plan as it is kept with its release: JSON in ASCII."""
    return json.dumps(to_data(plan))


def deed_of_plan(plan: Plan) -> Deed:
    """Return what access rules are asked about before a plan is run."""
    environments = tuple(step.environment for step in plan.steps)
    permission = Permission.PROMOTE if plan.flow is None else Permission.TRIGGER
    return Deed(permission, plan.product, environments, plan.flow)
