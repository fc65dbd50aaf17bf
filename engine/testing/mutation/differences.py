"""What a mutant changes that nothing declared shows: for a product that could be declared, or for a commit.

Environments are the declared ones: a test can invent a product, but no environment.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from engine.model.conditions import Condition, Conjunction, Disjunction, Negation
from engine.model.entities import Flow, Policy, Product
from engine.model.workspace import Workspace
from engine.resolve.flow_choice import choose_flow
from engine.resolve.resolver import Resolver
from engine.testing.flow_steps import passed_before
from engine.testing.mutation.mutant import Mutant
from engine.testing.mutation.pairs import difference, values_of
from engine.testing.suggesting.situations import Situations
from engine.verify.trigger_commits import words as commit_words
from engine.verify.verdict import Refuted


class Differences:
    """Answers for one workspace, with the prover's help."""

    def __init__(self, workspace: Workspace) -> None:
        """Prepare; the prover is loaded when it is needed."""
        self._workspace = workspace
        self._situations = Situations(workspace)

    def elsewhere(self, mutant: Mutant, resolver: Resolver) -> str:
        """Return what a mutant of a policy or a flow changes, for people; empty when nothing was found.

        Args:
            mutant: one that changes no settings of anything declared.
            resolver: of the workspace with the change.
        """
        match mutant.old:
            case Flow():
                return _reached_otherwise(mutant.old, mutant.new)
            case Policy():
                return self._possible(mutant.old, mutant.new, resolver)
            case _:
                return ""

    def _possible(self, old: Policy, new: object, resolver: Resolver) -> str:
        questions = self._situations.questions
        changed = new if isinstance(new, Policy) else None
        places = product(self._ways(old, changed), self._workspace.environments)
        for (must, forbid), environment in places:
            verdict = questions.decide(must, forbid, environment=environment, readable=False)
            if not isinstance(verdict, Refuted):
                continue
            witness = verdict.witness
            about, where = witness.product.facts, witness.environment.facts
            before = values_of(questions.resolver.decide(about, where))
            after = values_of(resolver.decide(about, where))
            if before != after:
                return f"{witness.words()}: {difference(before, after)}"
        return ""

    def _ways(self, old: Policy, new: Policy | None) -> Iterator[tuple[list[Condition], list[Condition]]]:
        """Yield what holds, and what does not, for pairs where a difference can show: one for each setting."""
        for setting in old.settings:
            better = [policy.when for policy in self._situations.better(old, setting.name)]
            if new is None or new.when == old.when:
                yield [old.when], better
            else:
                yield [either(old.when, new.when)], better

    def of_trigger(self, mutant: Mutant) -> str:
        """Return a commit that starts another flow, for people; empty when there is none."""
        old, new = mutant.old, mutant.new
        if not isinstance(old, Product) or not isinstance(new, Product):
            return ""
        position = next(number for number, use in enumerate(old.flows) if use.when != new.flows[number].when)
        commit = self._situations.commit(old, position, either(old.flows[position].when, new.flows[position].when))
        if commit is None:
            return ""
        before, after = choose_flow(old, commit).flow, choose_flow(new, commit).flow
        if before == after:
            return ""
        return f"{commit_words(commit)} starts {_flow(after)} instead of {_flow(before)}"


def either(one: Condition, other: Condition) -> Condition:
    """Return what holds where just one of two conditions does."""
    return Disjunction((Conjunction((one, Negation(other))), Conjunction((Negation(one), other))))


def _reached_otherwise(old: Flow, new: object) -> str:
    """Return what a change is no longer certain to have passed."""
    if not isinstance(new, Flow):
        return ""
    for step in old.steps:
        gone = sorted(passed_before(old, step.environment) - passed_before(new, step.environment))
        if gone:
            return f"`{step.environment}` no longer comes after `{gone[0]}`"
    return ""


def _flow(name: str | None) -> str:
    return "no flow" if name is None else f"flow `{name}`"
