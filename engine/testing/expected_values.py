"""From a setting as a test writes it to the value it stands for."""

from __future__ import annotations

from typing import assert_never

from engine.model.settings import SETTING_BY_NAME, SettingType
from engine.model.values import (
    Action,
    Approvals,
    NoWorkflow,
    RollbackRule,
    Seconds,
    SettingValue,
    WindowName,
    Workflow,
)
from grammar import nodes


def expected_value(setting: nodes.Setting) -> SettingValue:
    """Return the value a test expects.

    Args:
        setting: of a test that was checked when the workspace was built.

    Raises:
        KeyError: for a setting that does not exist.
        ValueError: for a word that the setting does not take.
    """
    match setting.value:
        case nodes.DurationValue(seconds=seconds):
            return Seconds(seconds)
        case nodes.ApprovalsValue(count=count, teams=teams):
            return Approvals(count, tuple(team.text for team in teams))
        case nodes.NameValue(name=name):
            return _named(SETTING_BY_NAME[setting.keyword].type, name)
        case _:
            assert_never(setting.value)


def _named(kind: SettingType, name: nodes.Name) -> SettingValue:
    match kind:
        case SettingType.ACTION:
            return Action(name.text)
        case SettingType.ROLLBACK:
            return RollbackRule(name.text)
        case SettingType.WINDOW:
            return WindowName(name.text)
        case SettingType.WORKFLOW:
            return NoWorkflow() if name.text == "none" and not name.quoted else Workflow(name.text)
        case SettingType.DURATION | SettingType.APPROVALS:
            raise ValueError(f"`{name.text}` is no value of a setting that takes {kind.value}")
        case _:
            assert_never(kind)
