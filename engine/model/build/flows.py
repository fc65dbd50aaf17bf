"""Promotion flows."""

from __future__ import annotations

from collections.abc import Sequence

from engine.model import entities
from engine.model.build.flow_order import check_order
from engine.model.build.items import Items, repeated
from engine.model.build.metadata import metadata
from engine.model.build.names import distinct
from engine.model.build.session import Session
from engine.model.build.settings import duration, settings, workflow
from engine.model.settings import SETTING_BY_NAME, SETTINGS
from engine.model.values import Workflow
from grammar import nodes
from grammar.span import Span
from grammar.vocabulary import listing


def flow(session: Session, node: nodes.Flow) -> entities.Flow | None:
    """Build a flow; None when its trigger or the order of its steps is broken."""
    items = Items(session, f"flow `{node.name.text}`", node.name.span, node.items)
    trigger = items.required(nodes.Trigger, "trigger dev")
    if trigger is not None:
        session.refer("environment", trigger.environment)
    steps = items.all(nodes.Step)
    in_order = trigger is not None and check_order(session, trigger, steps, items.title)
    made = tuple(_step(session, step) for step in steps)
    timeout = items.one(nodes.Timeout)
    held = duration(session, timeout.seconds, timeout.span, "a timeout") if timeout else None
    hooks = _hooks(session, items.all(nodes.Hook), items.title)
    trigger_settings = _trigger_settings(session, trigger) if trigger else ()
    carried = metadata(session, items)
    if trigger is None or not in_order:
        return None
    return entities.Flow(
        node.name.text, trigger.environment.text, made, trigger_settings, hooks, held, carried, node.span
    )


_NO_HOOKS = entities.Hooks(None, None, None)


def _step(session: Session, node: nodes.Step) -> entities.Step:
    if not node.items:
        after = distinct(session, node.after, "environment")
        return entities.Step(node.environment.text, after, (), _NO_HOOKS, node.span)
    items = Items(session, f"step `{node.environment.text}`", node.environment.span, node.items)
    return entities.Step(
        node.environment.text,
        distinct(session, node.after, "environment"),
        settings(session, items.all(nodes.Setting), items.title),
        _hooks(session, items.all(nodes.Hook), items.title),
        node.span,
    )


def _trigger_settings(session: Session, trigger: nodes.Trigger) -> tuple[entities.Setting, ...]:
    """Read a trigger's settings; only its post-action runs. Source: domain, running a release."""
    good: list[nodes.Setting] = []
    for item in trigger.items:
        spec = SETTING_BY_NAME.get(item.keyword)
        if spec is not None and not spec.in_trigger:
            allowed = [f"`{spec.name}`" for spec in SETTINGS if spec.in_trigger]
            session.error(
                "M046",
                f"a trigger cannot set `{item.keyword}`: a flow never commits to its trigger environment",
                item.keyword_span,
                help=f"a trigger sets {listing(allowed)} only",
            )
        else:
            good.append(item)
    return settings(session, good, f"trigger `{trigger.environment.text}`")


def _hooks(session: Session, hooks: Sequence[nodes.Hook], title: str) -> entities.Hooks:
    if not hooks:
        return _NO_HOOKS
    first: dict[str, Span] = {}
    made: dict[str, Workflow | None] = {}
    for hook in hooks:
        if hook.event in first:
            repeated(session, f"on {hook.event}", title, first[hook.event], hook.span)
            continue
        first[hook.event] = hook.span
        made[hook.event] = workflow(session, hook.workflow)
    return entities.Hooks(made.get("start"), made.get("success"), made.get("failure"))
