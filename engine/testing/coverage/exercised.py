"""What one test exercises."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from engine.model.workspace import Workspace
from engine.resolve.decision import InlineOrigin, PolicyOrigin
from engine.resolve.evaluation import evaluate
from engine.resolve.facts import commit_facts, environment_facts
from engine.testing.coverage.branches import branches
from engine.testing.coverage.items import (
    EdgePassed,
    FlowDecides,
    PolicyBranch,
    PolicyDecides,
    PolicyMatches,
    Target,
    TriggerBranch,
    TriggerOutcome,
)
from engine.testing.flow_steps import edges_between
from engine.testing.outcome import LookedAt, Ran
from grammar import nodes


class Exercises:
    """Finds out what tests of one workspace exercise."""

    def __init__(self, workspace: Workspace) -> None:
        """Take apart the conditions. O(policies)."""
        self._workspace = workspace
        self._branches = {
            name: found for name, policy in workspace.policies.items() if (found := branches(policy.when))
        }

    def of(self, ran: Ran) -> frozenset[Target]:
        """Return what a test exercises, whether it passes or not."""
        return frozenset(self._of(ran))

    def _of(self, ran: Ran) -> Iterator[Target]:
        for looked in ran.looked_at:
            yield from self._pair(ran, looked)
        yield from self._edges(ran)
        if any(isinstance(item, nodes.ExpectFlow | nodes.ExpectOrder) for item in ran.test.items):
            yield from self._triggers(ran)

    def _pair(self, ran: Ran, looked: LookedAt) -> Iterator[Target]:
        for policy in looked.decision.matching:
            yield PolicyMatches(policy.name)
        for setting in looked.settings:
            effective = looked.decision.effective.get(setting)
            match None if effective is None else effective.origin:
                case PolicyOrigin(policy=name):
                    yield PolicyDecides(name, setting)
                case InlineOrigin(flow=str(flow)):
                    yield FlowDecides(flow, looked.environment, setting)
                case _:
                    pass
        facts = ran.given.facts.overlaid(environment_facts(self._workspace.environments[looked.environment]))
        for name, found in self._branches.items():
            for branch in found:
                if branch.exercised_by(facts):
                    yield PolicyBranch(name, branch)

    def _edges(self, ran: Ran) -> Iterator[Target]:
        flow = None if ran.given.flow is None else self._workspace.flows.get(ran.given.flow)
        if flow is None:
            return
        for looked in ran.looked_at:
            step = flow.step(looked.environment)
            for earlier in step.after if step is not None else ():
                yield EdgePassed(flow.name, earlier, looked.environment)
        for item in ran.test.items:
            if isinstance(item, nodes.ExpectOrder):
                for first, last in pairwise(name.text for name in item.environments):
                    for earlier, later in edges_between(flow, first, last):
                        yield EdgePassed(flow.name, earlier, later)

    def _triggers(self, ran: Ran) -> Iterator[Target]:
        """Yield what became of the flows that the commit reached: those up to the one it starts."""
        choice, commit, product = ran.given.choice, ran.given.commit, ran.given.product
        if choice is None or commit is None or choice.own_commit:
            return
        facts = commit_facts(commit)
        for position, tried in enumerate(choice.tried):
            taken = evaluate(tried.use.when, facts)
            yield TriggerOutcome(product.name, position, taken)
            for branch in branches(tried.use.when):
                if branch.exercised_by(facts):
                    yield TriggerBranch(product.name, position, branch)
            if taken:
                return
