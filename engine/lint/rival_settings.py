"""Settings that policies of one priority give different values."""

from __future__ import annotations

from typing import NamedTuple

from engine.lint.material import Material
from engine.model.entities import Policy, Setting
from engine.model.values import SettingValue


class Rival(NamedTuple):
    """A setting of a policy, in a group of those of one name and priority.

    Attributes:
        policy: the policy.
        setting: its setting.
        value: the number of the setting's value in the group, the same for equal values.
    """

    policy: Policy
    setting: Setting
    value: int


def rival_settings(material: Material) -> list[list[Rival]]:
    """Return the groups that hold more than one value, in the order of policies; for `Material.shared`."""
    groups: dict[tuple[int, str], tuple[dict[SettingValue, int], list[Rival]]] = {}
    for policy in material.workspace.policies.values():
        for setting in policy.settings:
            key = (policy.priority, setting.name)
            group = groups.get(key)
            if group is None:
                group = groups[key] = ({}, [])
            numbers, rivals = group
            rivals.append(Rival(policy, setting, numbers.setdefault(setting.value, len(numbers))))
    return [rivals for numbers, rivals in groups.values() if len(numbers) > 1]
