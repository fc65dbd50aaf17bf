"""From a plan to a release that can be carried out."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from adapters.releases.given import read_settings
from engine.execute.access import Deed
from engine.execute.identifiers import RANDOM_BYTES, release_id
from engine.execute.release import Release, new_release
from engine.execute.snapshot import RuntimeOf, snapshot
from engine.model.entities import Permission, Setting
from engine.plan.nodes import Plan
from engine.plan.request import Surroundings
from engine.plan.serialize import to_data

if TYPE_CHECKING:
    from engine.execute.spec import ReleaseSpec
    from engine.model.argo import Application
    from engine.model.workspace import Workspace

_BY_HAND = "given by hand"


def settings_by_hand(plan: Plan, workspace: Workspace) -> tuple[Setting, ...]:
    """Return the settings that were given on the command line when a plan was made."""
    if plan.flow is not None:
        return ()
    given = [f"{one.name}={one.value}" for step in plan.steps for one in step.settings if one.origin == _BY_HAND]
    return read_settings(tuple(given), workspace) if given else ()


def _only_runtime(environment: str, application: Application) -> str:
    """Return the only runtime there is."""
    return ""


def make_release(
    surroundings: Surroundings, plan: Plan, initiator: str, runtime_of: RuntimeOf = _only_runtime
) -> Release:
    """Return a new release of a plan that can be carried out.

    Args:
        surroundings: those the plan was made in.
        plan: what was shown.
        initiator: who starts it.
        runtime_of: as `adapters.workspace.runtimes.runtimes_of` makes it; without it, there is only one.
    """
    spec = spec_of(surroundings, plan, runtime_of)
    now = surroundings.now
    return new_release(spec, release_id(now, os.urandom(RANDOM_BYTES)), initiator, now)


def spec_of(surroundings: Surroundings, plan: Plan, runtime_of: RuntimeOf = _only_runtime) -> ReleaseSpec:
    """Return what a release of a plan that can be carried out is to do; see `make_release`."""
    return snapshot(surroundings, plan, settings_by_hand(plan, surroundings.workspace), runtime_of)


def plan_text(plan: Plan) -> str:
    """Return a plan as it is kept with its release: JSON in ASCII."""
    return json.dumps(to_data(plan))


def deed_of_plan(plan: Plan) -> Deed:
    """Return what access rules are asked about before a plan is run."""
    environments = tuple(step.environment for step in plan.steps)
    permission = Permission.PROMOTE if plan.flow is None else Permission.TRIGGER
    return Deed(permission, plan.product, environments, plan.flow)
