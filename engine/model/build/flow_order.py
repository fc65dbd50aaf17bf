"""The order of a flow's steps: every step begins some time after the trigger.

Source: domain, promotion flow.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.model.build.session import Session
from grammar import nodes
from grammar.diagnostics import Label

_SHOWN = 12
"""Steps of a cycle that are shown."""


def check_order(session: Session, trigger: nodes.Trigger, steps: Sequence[nodes.Step], title: str) -> bool:
    """Report steps that can never begin: repeated, unknown, waiting for each other or for those that do.

    Args:
        session: receives the reports.
        trigger: where the flow begins.
        steps: in the order written.
        title: how messages call the flow.

    Returns:
        Whether the order is sound. Cost: O(steps and dependencies).
    """
    before = session.errors
    own = _by_environment(session, trigger, steps, title)
    places = {name: step.environment.span for name, step in own.items()}
    places[trigger.environment.text] = trigger.environment.span
    broken: set[str] = set()
    for step in steps:
        if not _check_after(session, step, places, title):
            broken.add(step.environment.text)
    waiting = _never_ready(own, trigger.environment.text, broken)
    in_cycles = _report_cycles(session, own, waiting, title)
    for name, step in own.items():
        if name in waiting and name not in in_cycles:
            blocker = next(after for after in step.after if after.text in waiting)
            session.error(
                "M044",
                f"step `{name}` can never begin: it waits for `{blocker.text}`",
                step.environment.span,
                labels=[Label(blocker.span, "which waits for itself")],
                help=f"let every step follow from `{trigger.environment.text}`",
            )
    return session.errors == before


def _by_environment(
    session: Session, trigger: nodes.Trigger, steps: Sequence[nodes.Step], title: str
) -> dict[str, nodes.Step]:
    """Return the steps by environment, reporting unknown and repeated ones and one to the trigger."""
    own: dict[str, nodes.Step] = {}
    for step in steps:
        name = step.environment
        session.refer("environment", name)
        known = own.setdefault(name.text, step)
        if known is not step:
            session.error(
                "M040",
                f"{title} has two steps to `{name.text}`",
                name.span,
                labels=[Label(known.environment.span, "the first one")],
                help="join them: `after` takes several environments",
            )
        elif name.text == trigger.environment.text:
            session.error(
                "M041",
                f"`{name.text}` is the trigger of {title}, so it cannot be a step",
                name.span,
                labels=[Label(trigger.environment.span, "the trigger")],
                help="a flow never commits to its trigger environment; remove the step",
            )
    own.pop(trigger.environment.text, None)
    return own


def _check_after(session: Session, step: nodes.Step, places: Mapping[str, object], title: str) -> bool:
    """Say whether everything a step waits for is in the flow; report what is not."""
    if not step.after:
        session.error(
            "M044",
            f"step `{step.environment.text}` comes after nothing",
            step.environment.span,
            help="name the environments it follows: `after dev`",
        )
        return False
    good = True
    for name in step.after:
        if name.text == step.environment.text:
            session.error("M042", f"step `{name.text}` waits for itself", name.span, help="name another environment")
            good = False
        elif name.text not in places:
            good = False
            if session.refer("environment", name):
                meant = session.suggest(name.text, list(places))
                session.error(
                    "M045",
                    f"`{name.text}` is not part of {title}",
                    name.span,
                    help=f"did you mean `{meant}`?" if meant else f"add `step {name.text} after ...` to the flow",
                )
    return good


def _never_ready(own: dict[str, nodes.Step], trigger: str, broken: set[str]) -> set[str]:
    """Return the steps that wait for a cycle or are part of one; broken steps count as ready."""
    followers: dict[str, list[str]] = {}
    missing: dict[str, int] = {}
    ready = [trigger]
    for name, step in own.items():
        before = {after.text for after in step.after if after.text in own or after.text == trigger}
        if name in broken or not before:
            ready.append(name)
            continue
        missing[name] = len(before)
        for other in before:
            followers.setdefault(other, []).append(name)
    while ready:
        for name in followers.get(ready.pop(), []):
            missing[name] -= 1
            if not missing[name]:
                del missing[name]
                ready.append(name)
    return set(missing)


def _report_cycles(session: Session, own: dict[str, nodes.Step], waiting: set[str], title: str) -> set[str]:
    """Report each group of steps that wait for each other; return those steps."""
    seen: set[str] = set()
    in_cycles: set[str] = set()
    for start in own:
        path: list[str] = []
        name = start
        while name in waiting and name not in seen:
            seen.add(name)
            path.append(name)
            name = next(after.text for after in own[name].after if after.text in waiting)
        if name not in path:
            continue
        cycle = path[path.index(name) :]
        in_cycles |= set(cycle)
        _report_cycle(session, own, cycle, title)
    return in_cycles


def _report_cycle(session: Session, own: dict[str, nodes.Step], cycle: list[str], title: str) -> None:
    """Report steps of which each waits for the next; they are shown in the order the change would flow."""
    order = [cycle[0], *reversed(cycle[1:]), cycle[0]]
    shown = order if len(order) <= _SHOWN else [*order[: _SHOWN - 1], "...", order[-1]]
    first = own[cycle[0]]
    session.error(
        "M043",
        f"steps of {title} wait for each other: {' -> '.join(f'`{name}`' for name in shown)}",
        first.environment.span,
        labels=[
            Label(own[name].environment.span, f"waits for {' and '.join(f'`{a.text}`' for a in own[name].after[:3])}")
            for name in cycle[1:_SHOWN]
        ],
        help="let one of them follow from an earlier environment",
    )
