"""Settings: from keyword and value as written to a typed value, by the registry."""

from __future__ import annotations

from collections.abc import Iterable

from engine.model import entities
from engine.model.build.items import repeated
from engine.model.build.names import check_name, distinct
from engine.model.build.session import Session
from engine.model.settings import SETTING_BY_NAME, SETTING_NAMES, SettingSpec, SettingType
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
from grammar.quick_make import quick_make
from grammar.span import Span

LONGEST = 366 * 86_400
"""Seconds that a soak or a timeout may last."""

MOST_APPROVALS = 100
"""Approvals that a step may ask for."""

_ACTIONS = {action.value: action for action in Action}
_ROLLBACK_RULES = {rule.value: rule for rule in RollbackRule}
_make_setting = quick_make(entities.Setting)
_make_workflow = quick_make(Workflow)

_ACTION_WORDS = {"pull-request": "pr", "pullrequest": "pr", "mr": "pr", "merge-request": "pr", "push": "commit"}


def settings(session: Session, written: Iterable[nodes.Setting], title: str) -> tuple[entities.Setting, ...]:
    """Read the settings of a block, each at most once, in the order written; broken ones are left out."""
    first: dict[str, Span] = {}
    made: list[entities.Setting] = []
    for item in written:
        if item.keyword in first:
            repeated(session, item.keyword, title, first[item.keyword], item.span)
            continue
        first[item.keyword] = item.span
        value = _value(session, item)
        if value is not None:
            made.append(_make_setting(item.keyword, value, item.span))
    return tuple(made)


def workflow(session: Session, name: nodes.Name) -> Workflow | None:
    """Return the workflow a hook names."""
    if name.text == "none" and not name.quoted:
        session.error("M005", "a hook is a workflow, and `none` is none", name.span, help="leave the hook out")
        return None
    return _make_workflow(name.text) if check_name(session, name, "a workflow") else None


def duration(session: Session, seconds: int, span: Span, what: str) -> int | None:
    """Return a duration that is more than nothing and not absurd; report any other."""
    if 0 < seconds <= LONGEST:
        return seconds
    if seconds > LONGEST:
        session.error("M050", f"{what} of more than a year", span, help="write a shorter duration")
    else:
        session.error("M050", f"{what} of no time", span, help="write how long, or leave it out")
    return None


def _value(session: Session, item: nodes.Setting) -> SettingValue | None:
    spec = SETTING_BY_NAME.get(item.keyword)
    if spec is None:
        name = nodes.Name(item.keyword, item.keyword_span)
        session.word(name, SETTING_NAMES, "a setting")
        return None
    match item.value:
        case nodes.NameValue(name=name):
            return _named(session, spec, name)
        case nodes.DurationValue(seconds=seconds, span=span) if spec.type is SettingType.DURATION:
            held = duration(session, seconds, span, f"a `{spec.name}`")
            return None if held is None else Seconds(held)
        case nodes.ApprovalsValue() if spec.type is SettingType.APPROVALS:
            return _approvals(session, item.value)
        case nodes.DurationValue(span=span) | nodes.ApprovalsValue(span=span):
            _wrong(session, spec, span)
            return None


def _named(session: Session, spec: SettingSpec, name: nodes.Name) -> SettingValue | None:
    """Return a setting's value that is one name."""
    match spec.type:
        case SettingType.ACTION:
            good = session.word(name, _ACTIONS, "an action", _ACTION_WORDS)
            return _ACTIONS[name.text] if good else None
        case SettingType.ROLLBACK:
            good = session.word(name, _ROLLBACK_RULES, "a rule for rolling back")
            return _ROLLBACK_RULES[name.text] if good else None
        case SettingType.WORKFLOW:
            if name.text == "none" and not name.quoted:
                return NoWorkflow()
            return _make_workflow(name.text) if check_name(session, name, "a workflow") else None
        case SettingType.WINDOW:
            return WindowName(name.text) if session.refer("window", name) else None
        case SettingType.DURATION | SettingType.APPROVALS:
            _wrong(session, spec, name.span)
            return None


def _approvals(session: Session, value: nodes.ApprovalsValue) -> Approvals | None:
    if not 1 <= value.count <= MOST_APPROVALS:
        session.error(
            "M050",
            f"`approvals` must be from 1 to {MOST_APPROVALS}, not {value.count}",
            value.span,
            help="leave the setting out where nobody has to approve" if value.count < 1 else "",
        )
        return None
    return Approvals(value.count, distinct(session, value.teams, "team"))


def _wrong(session: Session, spec: SettingSpec, span: Span) -> None:
    session.error("M005", f"`{spec.name}` takes {spec.type.value}", span)
