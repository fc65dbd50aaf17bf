"""Which requirements can be broken now and could not before, and the other way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from engine.model.workspace import Workspace
from engine.verify.diff.change import Change, Topic
from engine.verify.diff.strictness import Strictness
from engine.verify.finding import Finding
from engine.verify.verdict import Proved, Unknown
from engine.verify.verification import verify_workspace

CODE = "V401"
"""The check of requirements."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was found out about one requirement: the first way to break it, or why that is not known, or neither."""

    broken: Finding | None = None
    open: Unknown | None = None


Judge = Callable[[Workspace], Mapping[str, Judgement]]
"""Judges every requirement of a workspace, by name."""


def judge(*, closed: bool, rlimit: int) -> Judge:
    """Return a judge that asks the check of requirements."""

    def judged(workspace: Workspace) -> Mapping[str, Judgement]:
        if not workspace.requires:
            return {}
        report = verify_workspace(workspace, closed=closed, only={CODE}, rlimit=rlimit)
        found = dict.fromkeys(workspace.requires, Judgement())
        for name in workspace.requires:
            about = f"requirement `{name}` "
            broken = next((one for one in report.findings if one.subject.startswith(about)), None)
            left = next((one for one in report.unknown if one.subject.startswith(about)), None)
            if broken is not None:
                found[name] = Judgement(broken=broken)
            elif left is not None:
                reason = left.verdict.reason if isinstance(left.verdict, Unknown) else left.message
                found[name] = Judgement(open=Unknown(reason))
        return found

    return judged


def invariant_changes(old: Workspace, new: Workspace, judged: Judge) -> tuple[list[Change], Proved | Unknown]:
    """Return the requirements whose judgement changed, and whether all were judged on both sides."""
    before, after = judged(old), judged(new)
    changes: list[Change] = []
    rest: Proved | Unknown = Proved()
    for name, require in new.requires.items():
        was, now = before.get(name), after[name]
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
