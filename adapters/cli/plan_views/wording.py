"""What every view says about a plan in the same words. Nothing here is escaped: each view does that its own way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import Enum

from engine.plan.nodes import Argument, Blocker, BlockerCode, Gate, Plan, PlannedApplication, PlannedStep, StepState
from grammar.vocabulary import listing


class Outlook(Enum):
    """What a reader should expect of a step; as `StepState`, but work that nobody can foresee is not "no changes"."""

    CHANGES = "changes"
    NO_CHANGES = "no changes"
    UNSEEN = "unseen"
    WAITS = "waits"
    BLOCKED = "blocked"


def outlook(step: PlannedStep) -> Outlook:
    """Return what to expect of a step."""
    if step.state is StepState.NO_CHANGES and step.action == "none":
        return Outlook.UNSEEN
    return Outlook(step.state.value)


def outlook_text(step: PlannedStep) -> str:
    """Return a step's outlook in a few words, with the moment until which it waits where one is known."""
    match outlook(step):
        case Outlook.CHANGES:
            return plural(file_count((step,)), "file changes", "files change")
        case Outlook.NO_CHANGES:
            return "no changes"
        case Outlook.UNSEEN:
            return "changes are made by its workflow"
        case Outlook.WAITS:
            return f"waits until {waits_until(step)}"
        case Outlook.BLOCKED:
            return "blocked"


def waits_until(step: PlannedStep) -> str:
    """Return the last moment at which one of a step's blockers clears by itself; empty when none does."""
    return _last(step.all_blockers)


def _last(blockers: Sequence[Blocker]) -> str:
    moments = sorted({blocker.clears_at for blocker in blockers if blocker.clears_at is not None})
    try:
        return max(moments, key=_moment, default="")
    except ValueError:
        # Nobody can say which is last, so each is named.
        return listing(moments, "and")


def _moment(text: str) -> datetime:
    """Return an ISO 8601 text with an offset as a moment that can be compared.

    Raises:
        ValueError: for any other text.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text} has no offset")
    return moment


def file_count(steps: Sequence[PlannedStep]) -> int:
    """Return how many files change in some steps."""
    return sum(len(application.changes) for step in steps for application in step.applications)


def summary(plan: Plan) -> str:
    """Return the plan in one sentence, such as "Plan: 2 environments change (3 files), 1 waits, 1 blocked"."""
    if plan.no_op:
        return "No changes."
    if not plan.steps:
        return "Plan: no environment to promote to."
    found = {state: [step for step in plan.steps if outlook(step) is state] for state in Outlook}
    changing, waiting = found[Outlook.CHANGES], found[Outlook.WAITS]
    parts = []
    if changing:
        verb = plural(len(changing), "environment changes", "environments change")
        parts.append(f"{verb} ({plural(file_count(changing), 'file', 'files')})")
    if waiting:
        files = file_count(waiting)
        verb = "waits" if len(waiting) == 1 else "wait"
        parts.append(f"{len(waiting)} {verb}" + (f" ({plural(files, 'file', 'files')})" if files else ""))
    if found[Outlook.BLOCKED]:
        parts.append(f"{len(found[Outlook.BLOCKED])} blocked")
    if found[Outlook.UNSEEN]:
        parts.append(f"{len(found[Outlook.UNSEEN])} changed by workflow only")
    if found[Outlook.NO_CHANGES]:
        parts.append(f"{len(found[Outlook.NO_CHANGES])} without changes")
    return f"Plan: {', '.join(parts)}."


def verdict(plan: Plan) -> str:
    """Return in one sentence whether a release of the plan could run, and what it would stop for."""
    if not plan.steps:
        return "A release cannot run: there is no environment to promote to."
    if not plan.applyable:
        count = len(causes(plan))
        return f"A release cannot run: {plural(count, 'blocker', 'blockers')} must be removed first."
    waits = _grouped([(waits_until(step), step) for step in plan.steps if step.state is StepState.WAITS])
    phrases = [f"{names} until {until}" for until, names in waits]
    if _last(plan.blockers):
        phrases.insert(0, f"all of it until {_last(plan.blockers)}")
    asks = [
        f"{kinds} in {names}" for kinds, names in _grouped([(_undecided(step), step) for step in plan.steps]) if kinds
    ]
    text = "A release can run"
    if phrases:
        text += f"; it waits for {'; for '.join(phrases)}"
    if asks:
        text += f"; it stops for {'; for '.join(asks)}"
    return f"{text}."


def _grouped(items: list[tuple[str, PlannedStep]]) -> list[tuple[str, str]]:
    """Return each different text once, with the environments it is about as one phrase."""
    groups: dict[str, list[str]] = {}
    for text, step in items:
        groups.setdefault(text, []).append(step.environment)
    return [(text, listing(names, "and")) for text, names in groups.items()]


def _undecided(step: PlannedStep) -> str:
    """Return which gates only the release can tell about."""
    kinds = list(dict.fromkeys(gate.kind.value for gate in step.gates if gate.open_now is None))
    return listing(kinds, "and")


def causes(plan: Plan) -> tuple[tuple[str, Blocker], ...]:
    """Return the blockers somebody must remove, each with its environment (empty: the plan's own).

    Steps that are blocked only because an earlier one is are left out, unless there is nothing else.
    """
    found = [("", blocker) for blocker in plan.blockers]
    found += [(step.environment, blocker) for step in plan.steps for blocker in step.all_blockers]
    lasting = [(where, blocker) for where, blocker in found if blocker.clears_at is None]
    roots = [(where, blocker) for where, blocker in lasting if blocker.code is not BlockerCode.EARLIER_STEP]
    return tuple(roots or lasting)


def version_text(application: PlannedApplication, arrow: str) -> str:
    """Return e.g. ``1.4 -> 1.5``, one version when it stays, and an empty text when there is none at all."""
    before, after = application.version_from, application.version_to
    if before == after or after is None:
        return before or ""
    return f"{before or 'none'} {arrow} {after}"


def step_versions(step: PlannedStep, arrow: str) -> tuple[str, ...]:
    """Return the different version texts of a step's applications, in their order."""
    texts = (version_text(application, arrow) for application in step.applications)
    return tuple(dict.fromkeys(text for text in texts if text))


def gate_text(gate: Gate) -> str:
    """Return whether a gate is open, as far as the plan can tell; empty where the gate's own text says so."""
    if gate.open_now is None:
        return "decided during the release"
    if gate.open_now:
        return "" if "open" in gate.text else "open now"
    if gate.changes_at is None:
        return "" if "never" in gate.text else "closed"
    return "" if gate.changes_at in gate.text else f"closed until {gate.changes_at}"


def argument_text(argument: Argument) -> str:
    """Return a parameter and its value, or when it becomes known."""
    if argument.value is None:
        return f"{argument.name} ({argument.when or 'not known yet'})"
    return f"{argument.name}={argument.value}"


def subject(message: str) -> str:
    """Return the first line of a commit message that says something."""
    return next((line.strip() for line in message.splitlines() if line.strip()), "")


def short(sha: str) -> str:
    """Return an abbreviated object name."""
    return sha[:10]


def plural(count: int, one: str, many: str) -> str:
    """Return a count and its noun."""
    return f"{count} {one if count == 1 else many}"


def unseen(plan: Plan) -> str:
    """Return a sentence about the environments whose changes nobody can foresee; empty when there are none."""
    names = [step.environment for step in plan.steps if step.action == "none"]
    return f"What workflows change in {listing(names, 'and')} cannot be foreseen." if names else ""
