"""Settings and hooks of a manifest. Source: domain, promotion policy and promotion flow."""

from __future__ import annotations

from collections.abc import Iterable

from adapters.manifests.to_data.refusals import Data, Refusals
from engine.model.entities import Hooks, Setting
from engine.model.settings import SETTING_BY_NAME
from engine.model.values import Action, NoWorkflow, Workflow


def policy_data(settings: Iterable[Setting], refusals: Refusals) -> Data:
    """Return the `policy` of settings, its keys in the order the settings were written."""
    said: Data = {}
    for setting in settings:
        field = SETTING_BY_NAME[setting.name].manifest_field
        if field is None:
            refusals.add("Y041", f"a manifest cannot say `{setting.name}`", setting.span)
            continue
        value = setting_value(setting, refusals)
        if value is not None:
            said[field] = value
    return said


def setting_value(setting: Setting, refusals: Refusals) -> str | None:
    """Return what a manifest says for a setting; None where it cannot, which is recorded."""
    match setting.value:
        case Action(value=word):
            return word
        case Workflow(name=name):
            return name
        case NoWorkflow():
            refusals.add(
                "Y043",
                f"a manifest cannot say `{setting.name} none`: there it would name a workflow called `none`",
                setting.span,
                help="leave the setting out, and give no policy of lower priority one",
            )
        case _:
            refusals.add("Y041", f"a manifest cannot say `{setting.name}` so", setting.span)
    return None


def hooks_data(hooks: Hooks) -> Data:
    """Return the `hooks` of a flow or a step; empty where there are none."""
    named = {"onStart": hooks.start, "onSuccess": hooks.success, "onFail": hooks.failure}
    return {field: workflow.name for field, workflow in named.items() if workflow is not None}
