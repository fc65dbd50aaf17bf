"""V702: a dependency of a step that follows from its other ones and has no other effect. Source: domain, flow.

What a step comes after does three things: it orders, the first one says where values come from, and a soak is about
each of them. A dependency is redundant only if all three stay the same without it.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.model.entities import Environment, Flow, Step
from engine.verify.context import Check, Context, Holds, Outcome
from engine.verify.domination import Roads
from engine.verify.finding import Finding
from engine.verify.question import Questions
from engine.verify.verdict import Proved, Refuted, Unknown, Verdict
from grammar.diagnostics import Severity


def _run(context: Context) -> Iterator[Outcome]:
    questions = context.questions
    roads = Roads(questions.workspace)
    soaks: dict[str, Verdict] = {}
    for flow in questions.workspace.flows.values():
        for step in flow.steps:
            subject = f"{flow.name}/{step.environment}"
            implied = _implied(roads, flow, step)
            if not implied or any(setting.name == "soak" for setting in step.settings):
                yield Holds(CHECK.code, subject)
                continue
            environment = questions.workspace.environments[step.environment]
            if environment.name not in soaks:
                soaks[environment.name] = _never_soaks(questions, environment)
            never = soaks[environment.name]
            if isinstance(never, Refuted):
                yield Holds(CHECK.code, subject)
            else:
                for name, through in implied:
                    yield _finding(flow, step, name, through, never)


def _implied(roads: Roads, flow: Flow, step: Step) -> list[tuple[str, str]]:
    """Return the dependencies, but the first one, that another one has passed already, with that other one."""
    found = []
    for name in dict.fromkeys(step.after[1:]):
        through = next(
            (
                other
                for other in step.after
                if other != name
                and roads.reached(other, flow.name)
                and roads.must_pass(other, flow.name, among=(name,))
            ),
            None,
        )
        if through is not None:
            found.append((name, through))
    return found


def _never_soaks(questions: Questions, environment: Environment) -> Verdict:
    """Say whether a policy can set a soak for an environment: refuted by a product for which one does."""
    verdict: Verdict = Proved()
    for policy in questions.workspace.policies.values():
        if any(setting.name == "soak" for setting in policy.settings):
            found = questions.decide([policy.when], environment=environment.name, readable=False)
            if isinstance(found, Refuted):
                return found
            if isinstance(found, Unknown):
                verdict = found
    return verdict


def _finding(flow: Flow, step: Step, name: str, through: str, verdict: Verdict) -> Finding:
    subject = f"{flow.name}/{step.environment}: {name}"
    if isinstance(verdict, Unknown):
        return Finding(
            CHECK.code,
            CHECK.severity,
            f"whether step `{step.environment}` of flow `{flow.name}` needs `{name}` is not known: {verdict.reason}",
            subject,
            step.span,
            help="say `soak` in the step, or make the conditions of the policies that set it simpler",
            verdict=verdict,
        )
    return Finding(
        CHECK.code,
        CHECK.severity,
        f"step `{step.environment}` of flow `{flow.name}` need not come after `{name}`: `{through}` does already",
        subject,
        step.span,
        help=f"remove `{name}` from its `after`: no soak is about it, and values come from `{step.after[0]}`",
        verdict=verdict,
    )


CHECK = Check(
    "V702",
    "redundant-dependency",
    Severity.WARNING,
    "A step that comes after an environment which another of its dependencies has passed already.",
    _run,
)
