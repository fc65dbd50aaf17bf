"""V801: promotions of two products, applications or environments that write the same values of the same file.

Source: domain, application and promotion template.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.resolve import ApplicationMap
from engine.verify.collisions import Collision, collisions
from engine.verify.context import Check, Context, Holds, Outcome, later
from engine.verify.finding import Finding
from engine.verify.verdict import Proved
from engine.verify.write_sets import WriteSet, write_sets
from grammar.diagnostics import Label, Severity


def _run(context: Context) -> Iterator[Outcome]:
    questions = context.questions
    written = write_sets(
        questions.workspace, ApplicationMap(questions.workspace), questions.resolver, context.same_repository
    )
    found = collisions(written)
    hit = {collision.second.application for collision in found}
    for one in written:
        if one.application not in hit:
            yield Holds(CHECK.code, one.application)
    for collision in found:
        yield _finding(collision)


def _finding(collision: Collision) -> Finding:
    first, second = collision.first, collision.second
    now = collision.certain and bool(first.flows and second.flows)
    what = f"`{collision.file}`" if collision.paths is None else _values(collision)
    verb = "both write" if collision.certain else "may both write"
    branch = f" on `{second.branch}`" if first.branch == second.branch != "HEAD" else ""
    return Finding(
        CHECK.code,
        later(CHECK.severity, now),
        f"promotions of {_whose(first)} and of {_whose(second)} {verb} {what}{branch}{_by_hand(first, second)}",
        f"{first.application}, {second.application}",
        second.span,
        (Label(first.span, "it is written for this one too"),),
        _help(first, second),
        Proved(),
        now=now,
    )


def _whose(one: WriteSet) -> str:
    return f"`{one.product}` into `{one.environment}` (application `{one.application}`)"


def _values(collision: Collision) -> str:
    assert collision.paths is not None
    left, right = collision.paths
    meet = "meet" if collision.certain else "may meet"
    paths = f"`{left}`" if left == right else f"`{left}` and `{right}`, which {meet},"
    return f"{paths} in `{collision.file}`"


def _by_hand(first: WriteSet, second: WriteSet) -> str:
    by_hand = [one.environment for one in (first, second) if not one.flows]
    if not by_hand:
        return ""
    return f"; into {' and '.join(f'`{name}`' for name in dict.fromkeys(by_hand))} only by hand"


def _help(first: WriteSet, second: WriteSet) -> str:
    if first.product == second.product:
        return "give each environment a folder or a branch of its own"
    return "give each product its own folder, or let their templates promote different values"


CHECK = Check(
    "V801",
    "written-twice",
    Severity.ERROR,
    "Promotions of two products, applications or environments that write the same values of the same file.",
    _run,
)
