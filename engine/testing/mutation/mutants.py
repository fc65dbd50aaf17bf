"""Every mutant of a workspace, in a fixed order: policies, flows and products, each as declared."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from engine.model.conditions import ALWAYS
from engine.model.entities import Flow, FlowUse, Policy, Product, Setting, Step
from engine.model.settings import SETTING_NAMES
from engine.model.values import Action, SettingValue, written
from engine.model.workspace import PriorityOrder, Workspace
from engine.testing.flow_steps import passed_before
from engine.testing.mutation.conditions import Vocabulary, changed_conditions
from engine.testing.mutation.mutant import Change, Mutant
from engine.testing.mutation.vocabulary import InUse

Rival = Callable[[Policy], Policy | None]
"""Finds the next better policy that a policy loses to somewhere; None when it loses nowhere."""

_OTHER_ACTION = {Action.COMMIT: Action.PR, Action.PR: Action.COMMIT, Action.NONE: Action.COMMIT}


def mutants_of(workspace: Workspace, rival: Rival) -> Iterator[Mutant]:
    """Yield every mutant.

    Args:
        workspace: a workspace without errors.
        rival: finds whom a policy would have to stand above to make a difference.
    """
    vocabulary = InUse(workspace)
    for policy in workspace.policies.values():
        yield from _of_policy(policy, rival(policy), vocabulary, workspace.priority_order)
    for flow in workspace.flows.values():
        yield from _of_flow(flow)
    for product in workspace.products.values():
        for position, use in enumerate(product.flows):
            yield from _of_use(product, position, use, vocabulary)


def _of_policy(policy: Policy, rival: Policy | None, vocabulary: Vocabulary, order: PriorityOrder) -> Iterator[Mutant]:
    title = f"policy `{policy.name}`"
    if len(policy.settings) > 1:
        yield Mutant(Change.POLICY, f"{title} removed", policy, None, policy.span)
    for setting in policy.settings:
        words, changed = f"{title} without `{_said(setting)}`", _without(policy.settings, setting)
        yield Mutant(Change.SETTING, words, policy, replace(policy, settings=changed), setting.span)
        other = _other_action(setting.value)
        if other is not None:
            words, changed = f"{title}: {_instead(setting, other)}", _with(policy.settings, setting, other)
            yield Mutant(Change.ACTION, words, policy, replace(policy, settings=changed), setting.span)
    if rival is not None:
        above = rival.priority + (1 if order is PriorityOrder.HIGHEST_WINS else -1)
        words = f"{title}: priority {above} instead of {policy.priority}, which is above `{rival.name}`"
        yield Mutant(Change.PRIORITY, words, policy, replace(policy, priority=above), policy.span)
    for changed_when in changed_conditions(policy.when, vocabulary):
        words = f"{title}: {changed_when.words}"
        span = changed_when.span if changed_when.span.source else policy.span
        yield Mutant(Change.SELECTOR, words, policy, replace(policy, when=changed_when.condition), span)


def _of_flow(flow: Flow) -> Iterator[Mutant]:
    title = f"flow `{flow.name}`"
    for setting in flow.trigger_settings:
        words = f"{title} without `{_said(setting)}` in `{flow.trigger}`"
        changed = replace(flow, trigger_settings=_without(flow.trigger_settings, setting))
        yield Mutant(Change.SETTING, words, flow, changed, setting.span)
    for step in flow.steps:
        where = f"in `{step.environment}`"
        for setting in step.settings:
            words, settings = f"{title} without `{_said(setting)}` {where}", _without(step.settings, setting)
            yield Mutant(
                Change.SETTING, words, flow, _restep(flow, step, replace(step, settings=settings)), setting.span
            )
            other = _other_action(setting.value)
            if other is not None:
                words = f"{title}: {_instead(setting, other)} {where}"
                settings = _with(step.settings, setting, other)
                yield Mutant(
                    Change.ACTION, words, flow, _restep(flow, step, replace(step, settings=settings)), setting.span
                )
        yield from _dependencies(flow, step)


def _dependencies(flow: Flow, step: Step) -> Iterator[Mutant]:
    """Yield the flow without one thing a step comes after; a step without any comes after the trigger."""
    for earlier in step.after:
        rest = tuple(name for name in step.after if name != earlier) or (flow.trigger,)
        changed = _restep(flow, step, replace(step, after=rest))
        if passed_before(changed, step.environment) == passed_before(flow, step.environment):
            continue  # the order is the same over other steps
        words = f"flow `{flow.name}`: step `{step.environment}` not after `{earlier}`"
        yield Mutant(Change.DEPENDENCY, words, flow, changed, step.span)


def _of_use(product: Product, position: int, use: FlowUse, vocabulary: Vocabulary) -> Iterator[Mutant]:
    if use.when == ALWAYS:
        return
    title = f"product `{product.name}`, flow `{use.flow}`"
    whole = FlowUse(use.flow, ALWAYS, use.span)
    yield Mutant(Change.TRIGGER, f"{title} without its condition", product, _reuse(product, position, whole), use.span)
    for changed in changed_conditions(use.when, vocabulary):
        if changed.condition != ALWAYS:
            other = replace(use, when=changed.condition)
            span = changed.span if changed.span.source else use.span
            yield Mutant(Change.TRIGGER, f"{title}: {changed.words}", product, _reuse(product, position, other), span)


def _restep(flow: Flow, old: Step, new: Step) -> Flow:
    return replace(flow, steps=tuple(new if step is old else step for step in flow.steps))


def _reuse(product: Product, position: int, use: FlowUse) -> Product:
    return replace(product, flows=(*product.flows[:position], use, *product.flows[position + 1 :]))


def _without(settings: tuple[Setting, ...], gone: Setting) -> tuple[Setting, ...]:
    return tuple(setting for setting in settings if setting is not gone)


def _with(settings: tuple[Setting, ...], old: Setting, value: SettingValue) -> tuple[Setting, ...]:
    return tuple(replace(setting, value=value) if setting is old else setting for setting in settings)


def _other_action(value: SettingValue) -> Action | None:
    return _OTHER_ACTION[value] if isinstance(value, Action) else None


def _said(setting: Setting) -> str:
    assert setting.name in SETTING_NAMES
    return f"{setting.name} {written(setting.value)}"


def _instead(setting: Setting, value: SettingValue) -> str:
    return f"`{setting.name} {written(value)}` instead of `{written(setting.value)}`"
