"""Where workflows are named, and in which role."""

from __future__ import annotations

from typing import NamedTuple

from engine.lint.material import HookUse, Material, SettingUse
from grammar import nodes

_new = tuple.__new__

_ROLES = {"pre-action": "pre-action", "post-action": "post-action"}


class WorkflowUse(NamedTuple):
    """A workflow as a setting or a hook names it.

    Attributes:
        name: as written.
        role: ``pre-action``, ``post-action``, or ``on start``, ``on success``, ``on failure``.
        use: the setting or the hook.
    """

    name: nodes.Name
    role: str
    use: SettingUse | HookUse

    @property
    def setting(self) -> SettingUse | None:
        """Return the setting; None for a hook."""
        return self.use if isinstance(self.use, SettingUse) else None

    @property
    def title(self) -> str:
        """Return how messages call what names it."""
        if isinstance(self.use, SettingUse):
            return self.use.title
        where = f"step `{self.use.environment}` of flow" if self.use.environment else "flow"
        return f"{where} `{self.use.flow.name.text}`"

    @property
    def first_hook(self) -> bool:
        """Say whether nothing of the release ran before, so that no earlier hook can have added parameters."""
        return isinstance(self.use, HookUse) and self.role == "on start" and not self.use.environment


def workflow_uses(material: Material) -> tuple[WorkflowUse, ...]:
    """Return every place that names a workflow, settings first; `none` names none."""
    found: list[WorkflowUse] = []
    for use in material.settings:
        value = use.setting.value
        if use.setting.keyword in _ROLES and isinstance(value, nodes.NameValue) and not is_none(value.name):
            found.append(_new(WorkflowUse, (value.name, use.setting.keyword, use)))
    found += [_new(WorkflowUse, (hook.hook.workflow, f"on {hook.hook.event}", hook)) for hook in material.hooks]
    return tuple(found)


def is_none(name: nodes.Name) -> bool:
    """Say whether a workflow's place holds the word `none`, and not a workflow of that name."""
    return name.text == "none" and not name.quoted
