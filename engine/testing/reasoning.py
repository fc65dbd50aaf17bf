"""Why something is not as a test expects: who set it, what would set it as expected, and why that does not."""

from __future__ import annotations

from collections.abc import Iterator

from engine.model.entities import Flow, Policy
from engine.model.values import SettingValue, written
from engine.resolve.decision import Decision
from engine.resolve.facts import Facts
from engine.resolve.flow_choice import FlowChoice
from engine.resolve.origin_words import origin_words
from engine.resolve.reasons import why_not
from engine.resolve.resolver import Resolver
from engine.testing.outcome import Because
from grammar.vocabulary import listing

_MOST_WISHED = 3
"""Policies that would set what is expected, shown at most."""


def why_setting(
    resolver: Resolver, facts: Facts, decision: Decision, setting: str, expected: SettingValue | None
) -> tuple[Because, ...]:
    """Return why a setting is what it is: who set it, over whom, and why nobody sets what is expected.

    Args:
        resolver: of the workspace.
        facts: of the pair.
        decision: its effective settings.
        setting: the setting's name.
        expected: what it should be; None where nothing should set it.
    """
    found: list[Because] = []
    winner = decision.effective.get(setting)
    if winner is not None:
        found.append(Because(f"set by {origin_words(winner.origin)}", winner.origin.span))
        ties = {tie.setting: tie.others for tie in decision.ambiguous}.get(setting, ())
        for loser in decision.losers(setting):
            how = "ties with" if loser in ties else "over"
            why = ", and only its name comes later" if loser in ties else ""
            note = f"{how} {origin_words(loser.origin)}, which sets {written(loser.value)}{why}"
            found.append(Because(note, loser.origin.span))
    else:
        found.append(Because(f"no policy that matches sets `{setting}`"))
    names = {policy.name for policy in decision.matching}
    wished = [
        policy
        for policy in resolver.policies
        if expected is not None and policy.name not in names and _sets(policy, setting) == expected
    ]
    for policy in wished[:_MOST_WISHED]:
        reasons = why_not(policy.when, facts)
        first = reasons[0] if reasons else None
        why = f": {first.message}" if first is not None else ""
        found.append(
            Because(
                f"policy `{policy.name}` (priority {policy.priority}) would set it so, but does not match{why}",
                first.span if first is not None else policy.span,
            )
        )
    if len(wished) > _MOST_WISHED:
        found.append(Because(f"{len(wished) - _MOST_WISHED} more policies would set it so, but do not match"))
    return tuple(found)


def _sets(policy: Policy, name: str) -> SettingValue | None:
    return next((setting.value for setting in policy.settings if setting.name == name), None)


def why_flow(choice: FlowChoice) -> tuple[Because, ...]:
    """Return what became of each of the product's flows."""
    return tuple(_tried(choice)) or (Because("the product has no flows"),)


def _tried(choice: FlowChoice) -> Iterator[Because]:
    chosen = False
    for number, tried in enumerate(choice.tried, 1):
        head = f"{number}. `{tried.use.flow}`"
        if not tried.matched:
            for reason in tried.reasons:
                yield Because(f"{head}: {reason.message}", reason.span if reason.span.source else tried.use.span)
        elif not chosen:
            chosen = True
            yield Because(f"{head} is started: the first whose conditions all hold", tried.use.span)
        else:
            yield Because(f"{head} would hold too, but `{choice.flow}` stands before it", tried.use.span)


def why_order(flow: Flow) -> tuple[Because, ...]:
    """Return what a flow's steps come after."""
    begin = Because(f"flow `{flow.name}` begins in `{flow.trigger}`", flow.span)
    return (
        begin,
        *(
            Because(
                f"`{step.environment}` comes after {listing([f'`{name}`' for name in step.after], 'and')}", step.span
            )
            for step in flow.steps
        ),
    )
