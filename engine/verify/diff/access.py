"""Who may do what, and could not before, or the other way: for all products, environments and flows."""

from __future__ import annotations

from engine.model.conditions import Condition
from engine.model.entities import Access, Permission
from engine.model.workspace import Workspace
from engine.verify.diff.change import Change, Topic
from engine.verify.diff.strictness import Strictness
from engine.verify.folding import any_of
from engine.verify.question import ANY_FLOW, Questions
from engine.verify.verdict import Proved, Refuted, Unknown, Verdict
from grammar.span import NOWHERE, Span
from grammar.vocabulary import listing

_Grant = tuple[str, Permission]


def access_changes(old: Workspace, new: Workspace, questions: Questions) -> tuple[list[Change], Proved | Unknown]:
    """Return what teams may do now and could not, and the other way, with an example each.

    What a team may do is the union of the rules that name it, so rules can be renamed, split and joined.

    Args:
        old: before.
        new: after.
        questions: about the common world.

    Returns:
        The changes by team, and whether it is proved that there are no others.
    """
    before, after = _grants(old), _grants(new)
    answers: dict[tuple[Condition, Condition], Verdict] = {}
    rest: Proved | Unknown = Proved()
    gained: dict[tuple[str, bool, str], list[Permission]] = {}
    spans: dict[tuple[str, bool, str], Span] = {}
    for grant in sorted({**before, **after}, key=lambda found: (found[0], list(Permission).index(found[1]))):
        team, permission = grant
        one, other = _when(before.get(grant, ())), _when(after.get(grant, ()))
        for must, forbid, more in ((other, one, True), (one, other, False)):
            if must == forbid:
                continue
            if (must, forbid) not in answers:
                answers[must, forbid] = questions.decide([must], [forbid], flow=ANY_FLOW)
            verdict = answers[must, forbid]
            if isinstance(verdict, Unknown):
                rest = verdict
            elif isinstance(verdict, Refuted):
                key = (team, more, verdict.witness.words())
                gained.setdefault(key, []).append(permission)
                spans.setdefault(key, _span((after if more else before)[grant]))
    changes = [
        Change(
            Topic.ACCESS,
            f"team `{team}`",
            f"{'may now' if more else 'may no longer'} {listing([found.value for found in permissions], 'and')}",
            Strictness.LOOSER if more else Strictness.STRICTER,
            old=NOWHERE if more else spans[team, more, witness],
            new=spans[team, more, witness] if more else NOWHERE,
            witness=witness,
        )
        for (team, more, witness), permissions in gained.items()
    ]
    return changes, rest


def _grants(workspace: Workspace) -> dict[_Grant, list[Access]]:
    found: dict[_Grant, list[Access]] = {}
    for name in sorted(workspace.access):
        rule = workspace.access[name]
        for team in rule.teams:
            for permission in rule.allow:
                found.setdefault((team, permission), []).append(rule)
    return found


def _when(rules: list[Access] | tuple[()]) -> Condition:
    return any_of(rule.when for rule in rules)


def _span(rules: list[Access]) -> Span:
    return rules[0].span
