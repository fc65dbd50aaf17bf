"""The registry of settings: the single place that knows what a setting is called and what it takes.

Everything else (grammar test, merge, manifests, documentation, conditions) asks here.
To add one: a keyword in `promo.lark`, an entry below, a value type in `values.py` if none fits.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class SettingType(Enum):
    """What a setting takes; the value is how it is called in messages."""

    ACTION = "`commit`, `pr` or `none`"
    WORKFLOW = "a workflow's name, or `none`"
    DURATION = "a duration such as `2h`"
    APPROVALS = "a number of approvals, and the teams they come from"
    WINDOW = "a window's name"
    ROLLBACK = "`on-failure` or `never`"


class Merge(Enum):
    """How values of several matching policies become one."""

    BEST_PRIORITY = "the best-priority policy that sets it wins"


@dataclass(frozen=True, slots=True)
class SettingSpec:
    """What is known about one setting.

    Attributes:
        name: its keyword.
        type: what it takes.
        merge: how matching policies combine.
        manifest_field: its field under `spec.policy` of the manifest form; None where that form cannot say it.
        in_trigger: whether a flow's trigger environment may set it.
        doc: one sentence for people.
    """

    name: str
    type: SettingType
    manifest_field: str | None
    doc: str
    in_trigger: bool = False
    merge: Merge = Merge.BEST_PRIORITY


SETTINGS: tuple[SettingSpec, ...] = (
    SettingSpec(
        "pre-action",
        SettingType.WORKFLOW,
        "preAction",
        "The promotion workflow that runs for each application before the action.",
    ),
    SettingSpec(
        "action",
        SettingType.ACTION,
        "action",
        "How the change reaches Git: a commit, a pull request, or nothing (the pre-action does the work).",
    ),
    SettingSpec(
        "post-action",
        SettingType.WORKFLOW,
        "postAction",
        "The promotion workflow that runs for each application once the change is live and healthy.",
        in_trigger=True,
    ),
    SettingSpec(
        "soak",
        SettingType.DURATION,
        None,
        "How long every environment the step depends on must have been healthy without a break.",
    ),
    SettingSpec(
        "approvals",
        SettingType.APPROVALS,
        None,
        "How many people must approve before the step begins, and of which teams.",
    ),
    SettingSpec(
        "window",
        SettingType.WINDOW,
        None,
        "The window in which the step may begin.",
    ),
    SettingSpec(
        "rollback",
        SettingType.ROLLBACK,
        None,
        "Whether a step that fails reverts its own commit.",
    ),
)
"""Every setting, in the order they are listed and printed."""

SETTING_BY_NAME: dict[str, SettingSpec] = {spec.name: spec for spec in SETTINGS}
SETTING_NAMES: tuple[str, ...] = tuple(SETTING_BY_NAME)
SETTING_BY_MANIFEST_FIELD: dict[str, SettingSpec] = {
    spec.manifest_field: spec for spec in SETTINGS if spec.manifest_field is not None
}
