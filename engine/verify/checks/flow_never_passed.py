"""V703: a requirement that asks for an environment to have been passed which no road leads through.

Source: `docs/adr/0006-what-passed-means.md`.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.model.attributes import Subject
from engine.model.conditions import PassedThrough, atoms
from engine.model.entities import Require
from engine.resolve.facts import environment_facts, flow_facts
from engine.verify.by_hand import BY_HAND_HELP
from engine.verify.context import Check, Context, Holds, Outcome
from engine.verify.domination import Roads
from engine.verify.finding import Finding
from engine.verify.folding import NEVER, about, fold
from engine.verify.question import Questions
from engine.verify.verdict import Proved
from grammar.diagnostics import Label, Severity


def _run(context: Context) -> Iterator[Outcome]:
    questions = context.questions
    roads: Roads | None = None
    for require in questions.workspace.requires.values():
        asked = dict.fromkeys(atom for atom in atoms(require.that) if isinstance(atom, PassedThrough))
        if not asked:
            continue
        roads = roads or Roads(questions.workspace)
        points = _points(questions, roads, require)
        for atom in asked:
            through = [
                (flow, environment)
                for flow, environment in points
                if roads.must_pass(environment, flow, among=(atom.environment,))
            ]
            if points and not through:
                yield _finding(questions, require, atom, points)
            else:
                yield Holds(CHECK.code, f"{require.name}: {atom.environment}")


def _points(questions: Questions, roads: Roads, require: Require) -> list[tuple[str, str]]:
    """Return the steps that a requirement may be about, as flow and environment: whatever the product is."""
    found = []
    for flow in questions.workspace.flows.values():
        for step in flow.steps:
            environment = questions.workspace.environments[step.environment]
            facts = {Subject.ENVIRONMENT: environment_facts(environment), Subject.FLOW: flow_facts(flow.name)}
            if fold(require.when, about(facts)) != NEVER and roads.reached(step.environment, flow.name):
                found.append((flow.name, step.environment))
    return found


def _finding(questions: Questions, require: Require, atom: PassedThrough, points: list[tuple[str, str]]) -> Finding:
    flow, environment = points[0]
    step = questions.workspace.flows[flow].step(environment)
    others = f", and the same holds for {len(points) - 1} more" if len(points) > 1 else ""
    return Finding(
        CHECK.code,
        CHECK.severity,
        f"requirement `{require.name}` asks whether `{atom.environment}` was passed, and no flow goes through it first",
        f"{require.name}: {atom.environment}",
        atom.span,
        () if step is None else (Label(step.span, f"`{flow}` gets to `{environment}` without it{others}"),),
        f"correct the name, or add a step to `{atom.environment}`; {BY_HAND_HELP}",
        Proved(),
    )


CHECK = Check(
    "V703",
    "never-passed",
    Severity.WARNING,
    "A requirement that asks for an environment to have been passed which no flow goes through before.",
    _run,
)
