"""Where workflows are named, and in which role."""

from __future__ import annotations

from typing import NamedTuple

from engine.lint.material import Material, SettingUse
from grammar import nodes

_ROLES = {"pre-action": "pre-action", "post-action": "post-action"}


class WorkflowUse(NamedTuple):
    """A workflow as a setting or a hook names it.

    Attributes:
        name: as written.
        role: ``pre-action``, ``post-action``, or ``on start``, ``on success``, ``on failure``.
        setting: the setting; None for a hook.
        title: how messages call what names it.
        first_hook: whether nothing of the release ran before, so that no earlier hook can have added parameters.
    """

    name: nodes.Name
    role: str
    setting: SettingUse | None
    title: str
    first_hook: bool = False


def workflow_uses(material: Material) -> tuple[WorkflowUse, ...]:
    """Return every place that names a workflow, settings first; `none` names none."""
    found: list[WorkflowUse] = []
    for use in material.settings:
        value = use.setting.value
        if use.setting.keyword in _ROLES and isinstance(value, nodes.NameValue) and not is_none(value.name):
            found.append(WorkflowUse(value.name, use.setting.keyword, use, use.title))
    for hook in material.hooks:
        event = hook.hook.event
        where = f"step `{hook.environment}` of flow" if hook.environment else "flow"
        title = f"{where} `{hook.flow.name.text}`"
        first = event == "start" and not hook.environment
        found.append(WorkflowUse(hook.hook.workflow, f"on {event}", None, title, first))
    return tuple(found)


def is_none(name: nodes.Name) -> bool:
    """Say whether a workflow's place holds the word `none`, and not a workflow of that name."""
    return name.text == "none" and not name.quoted
