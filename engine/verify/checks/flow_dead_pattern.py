"""V603: a pattern or value in a list that another one of the list already covers. Source: domain, triggering."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import assert_never

from engine.model.conditions import (
    Always,
    Bound,
    Condition,
    Conjunction,
    Disjunction,
    Matching,
    Membership,
    Negation,
    PassedThrough,
)
from engine.model.workspace import Workspace
from engine.verify.context import Check, Context, Holds, Outcome
from engine.verify.finding import Finding
from engine.verify.globs import Pattern, contains, pattern
from engine.verify.verdict import Proved
from grammar.diagnostics import Label, Severity
from grammar.lexical import quote

_Test = Membership | Matching
"""A list of alternatives is one of these, or several of one attribute joined by `or`; or, joined by `and`, their
negations."""


def _run(context: Context) -> Iterator[Outcome]:
    for subject, place, condition in _conditions(context.questions.workspace):
        found: list[Outcome] = [
            finding for tests in _lists(condition, True) for finding in _dead(subject, place, tests)
        ]
        yield from found or [Holds(CHECK.code, subject)]


def _conditions(workspace: Workspace) -> Iterator[tuple[str, str, Condition]]:
    """Yield every condition with a key and with what messages call its place."""
    for product in workspace.products.values():
        for use in product.flows:
            yield f"{product.name}/{use.flow}", f"of flow `{use.flow}` in product `{product.name}`", use.when
    for name, policy in workspace.policies.items():
        yield name, f"of policy `{name}`", policy.when
    for name, template in workspace.templates.items():
        yield name, f"of template `{name}`", template.when
    for name, require in workspace.requires.items():
        yield name, f"of requirement `{name}`", require.when
        yield f"{name} (that)", f"of requirement `{name}`", require.that
    for name, freeze in workspace.freezes.items():
        yield name, f"of freeze `{name}`", freeze.when
    for name, access in workspace.access.items():
        yield name, f"of access rule `{name}`", access.when


def _lists(condition: Condition, wanted: bool) -> Iterator[list[_Test]]:
    """Yield the lists of alternatives in a condition, each with tests of one attribute."""
    match condition:
        case Always() | Bound() | PassedThrough():
            return
        case Membership() | Matching():
            yield [condition]
        case Negation():
            yield from _lists(condition.operand, not wanted)
        case Conjunction() | Disjunction():
            alternatives = isinstance(condition, Disjunction) is wanted
            joined: dict[object, list[_Test]] = {}
            for operand in condition.operands:
                test = _test(operand, wanted) if alternatives else None
                if test is None:
                    yield from _lists(operand, wanted)
                else:
                    joined.setdefault(test.attribute, []).append(test)
            yield from joined.values()
        case _:
            assert_never(condition)


def _test(condition: Condition, wanted: bool) -> _Test | None:
    """Return the test that an operand is, when it stands the right way round."""
    if isinstance(condition, Negation):
        return _test(condition.operand, not wanted)
    return condition if wanted and isinstance(condition, Membership | Matching) else None


def _dead(subject: str, place: str, tests: Sequence[_Test]) -> Iterator[Finding]:
    alternatives = [(test, found) for test in tests for found in _patterns(test)]
    # A value covers nothing but itself, so only patterns and what was said before need to be looked at.
    globs = [number for number, (_, found) in enumerate(alternatives) if found.glob]
    said: dict[Pattern, int] = {}
    for number, (test, found) in enumerate(alternatives):
        for other_number in dict.fromkeys((said.setdefault(found, number), *globs)):
            other, around = alternatives[other_number]
            if other_number == number or not _covers(around, found):
                continue
            # Of two that say the same, the later one is dead.
            if other_number > number and _covers(found, around):
                continue
            labels = () if other.span == test.span else (Label(other.span, f"{quote(around.text)} stands here"),)
            yield Finding(
                CHECK.code,
                CHECK.severity,
                f"{quote(found.text)} {place} makes no difference: {quote(around.text)} covers it",
                f"{subject}: {found.text}",
                test.span,
                labels,
                help="remove it, or make the other one narrower",
                verdict=Proved(),
            )
            break


def _patterns(test: _Test) -> list[Pattern]:
    if isinstance(test, Matching):
        return [pattern(glob) for glob in test.globs]
    return [Pattern(value, False) for value in test.values if isinstance(value, str)]


def _covers(outer: Pattern, inner: Pattern) -> bool:
    """Say whether one pattern stands for every text that another stands for."""
    if not inner.glob:
        return outer.fits(inner.text)
    return outer.glob and contains(outer.text, inner.text)


CHECK = Check(
    "V603",
    "dead-pattern",
    Severity.WARNING,
    "A pattern or a value in a list of alternatives that another one of the list already covers.",
    _run,
)
