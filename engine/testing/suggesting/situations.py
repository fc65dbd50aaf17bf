"""Finds situations that exercise something: pairs from the prover's witnesses, commits from its commits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine.model.conditions import Condition, Negation
from engine.model.entities import Policy, Product
from engine.model.workspace import Workspace
from engine.resolve.facts import CommitFacts
from engine.resolve.rows import conjunction
from engine.testing.coverage.branches import Branch
from engine.verify.points import Witness
from engine.verify.question import Questions
from engine.verify.triggers import Runs, Triggers
from engine.verify.verdict import Refuted


class Situations:
    """Answers for one workspace; what was found for one question serves the next."""

    def __init__(self, workspace: Workspace) -> None:
        """Prepare; Z3 is loaded when a question needs it."""
        self.workspace = workspace
        self.questions = Questions(workspace)
        self._triggers = Triggers(self.questions)

    # --- pairs -------------------------------------------------------------------------------------

    def deciding(self, policy: Policy, setting: str | None = None) -> Witness | None:
        """Return a pair in a declared environment that a policy matches, and whose setting it decides."""
        forbid = [] if setting is None else [better.when for better in self.better(policy, setting)]
        return self._pair([policy.when], forbid)

    def exercising(self, policy: Policy, branch: Branch) -> Witness | None:
        """Return a pair that exercises a branch of a policy's condition; where it can, one the policy decides."""
        forbid = [better.when for setting in policy.settings[:1] for better in self.better(policy, setting.name)]
        return self._pair(branch.must, [*branch.forbid, *forbid]) or self._pair(branch.must, branch.forbid)

    def better(self, policy: Policy, setting: str) -> Iterator[Policy]:
        """Yield the policies that win a setting over a policy where both match, best first."""
        for other in self.questions.resolver.policies:
            if other.name == policy.name:
                return
            if any(found.name == setting for found in other.settings):
                yield other

    def _pair(self, must: Sequence[Condition], forbid: Sequence[Condition]) -> Witness | None:
        """Return a pair with a declared product if there is one; tests name declared environments only."""
        undeclared: Witness | None = None
        for environment in self.workspace.environments:
            verdict = self.questions.decide(must, forbid, environment=environment)
            if isinstance(verdict, Refuted):
                if verdict.witness.product.declared:
                    return verdict.witness
                undeclared = undeclared or verdict.witness
        return undeclared

    # --- commits -----------------------------------------------------------------------------------

    def starting(self, flow: str) -> Iterator[tuple[Product, CommitFacts]]:
        """Yield products with a commit of theirs that starts a flow."""
        for product in self.workspace.products.values():
            for position, use in enumerate(product.flows):
                if use.flow == flow:
                    commit = self.commit(product, position, use.when)
                    if commit is not None:
                        yield product, commit

    def commit(self, product: Product, position: int, wanted: Condition) -> CommitFacts | None:
        """Return a commit that no flow before a position takes, and that a condition holds for."""
        before = [use.when for use in product.flows[:position]]
        outcome = self._triggers.outcomes([*before, wanted])[-1]
        return outcome.commit if isinstance(outcome, Runs) else None


def branch_condition(branch: Branch) -> Condition:
    """Return what holds for exactly the facts that exercise a branch."""
    return conjunction((*branch.must, *(Negation(found) for found in branch.forbid)))
