"""Which requirements can be broken now and could not before, and the other way."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from engine.model.workspace import Workspace
from engine.verify.checks.requirement import outcomes
from engine.verify.context import Context, Holds, Outcome
from engine.verify.diff.change import Change, Topic
from engine.verify.diff.strictness import Strictness
from engine.verify.finding import Finding
from engine.verify.question import Questions
from engine.verify.verdict import Proved, Unknown
from engine.verify.wording import settings_asked


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was found out about one requirement: the first way to break it, or why that is not known, or neither."""

    broken: Finding | None = None
    open: Unknown | None = None


Judge = Callable[[Workspace, Collection[str]], Mapping[str, Judgement]]
"""Judges some requirements of a workspace, by name."""


def judge(questions: Questions) -> Judge:
    """Return a judge that asks the check of requirements, until each one is seen to be broken.

    Args:
        questions: about what both workspaces have in common; each is asked about in the same way.
    """

    def judged(workspace: Workspace, names: Collection[str]) -> Mapping[str, Judgement]:
        if not names:
            return {}
        own = Questions(workspace, closed=questions.closed, rlimit=questions.rlimit, beside=questions)
        context = Context(own)
        return {name: _judgement(outcomes(context, workspace.requires[name])) for name in names}

    return judged


def _judgement(found: Iterable[Outcome]) -> Judgement:
    left = Judgement()
    for outcome in found:
        if isinstance(outcome, Holds):
            continue
        if not isinstance(outcome.verdict, Unknown):
            return Judgement(broken=outcome)
        if left.open is None:
            left = Judgement(open=outcome.verdict)
    return left


def invariant_changes(
    old: Workspace, new: Workspace, judged: Judge, same: Callable[[str], bool] = lambda _: False
) -> tuple[list[Change], Proved | Unknown]:
    """Return the requirements whose judgement changed, and whether it is known of each whether it did.

    Args:
        old: before.
        new: after.
        judged: judges requirements.
        same: whether it is proved that what policies make of a setting is the same everywhere. A requirement that is
            the same and asks for such settings only needs no judgement where nothing else changed but policies.
    """
    alike = replace(old, policies={}) == replace(new, policies={})
    asked = [
        name
        for name, require in new.requires.items()
        if not alike or not all(same(setting) for setting in settings_asked(require.that))
    ]
    before, after = judged(old, [name for name in asked if name in old.requires]), judged(new, asked)
    changes: list[Change] = []
    rest: Proved | Unknown = Proved()
    for name in asked:
        require, was, now = new.requires[name], before.get(name), after[name]
        for judgement in (was, now):
            if judgement is not None and judgement.open is not None:
                rest = judgement.open
        text, strictness = _words(was, now)
        if text:
            finding = now.broken or (was.broken if was else None)
            span = old.requires[name].span if name in old.requires else require.span
            example = finding.witness.words() if finding is not None and finding.witness is not None else ""
            subject = f"requirement `{name}`"
            changes.append(Change(Topic.REQUIREMENTS, subject, text, strictness, span, require.span, example))
    return changes, rest


def _words(was: Judgement | None, now: Judgement) -> tuple[str, Strictness]:
    if now.open is not None or (was is not None and was.open is not None):
        return "", Strictness.DIFFERENT
    if now.broken is not None:
        if was is None:
            return "is new, and can be broken", Strictness.DIFFERENT
        if was.broken is None:
            return "can be broken, which was not possible", Strictness.LOOSER
    elif was is not None and was.broken is not None:
        return "cannot be broken any more", Strictness.STRICTER
    return "", Strictness.DIFFERENT
