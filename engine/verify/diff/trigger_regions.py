"""Which commits start another flow than before, for each product and each environment a commit can land in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from engine.model.attributes import Subject
from engine.model.conditions import Condition
from engine.model.entities import FlowUse, Product
from engine.model.workspace import Workspace
from engine.resolve.facts import CommitFacts
from engine.resolve.flow_choice import choose_flow, made_by_promotion
from engine.verify.folding import all_of, any_of, negated
from engine.verify.question import Questions
from engine.verify.trigger_commits import commit_of, parted, simplest
from engine.verify.verdict import CoreReason, Proved, ReasonKind, Unknown, VerificationError

MOST_ROUNDS = 2_000
"""Commits that are looked at for one list before it is given up."""

_REASON = CoreReason(ReasonKind.CONDITION, "difference")


@dataclass(frozen=True, slots=True)
class TriggerRegion:
    """All commits that started one flow, and start another one now.

    Attributes:
        products: whose commits, in the order declared.
        environment: where they land.
        old: the flow that started; None where none did.
        new: the flow that starts; None where none does.
        commit: the most ordinary one that was found.
    """

    products: tuple[str, ...]
    environment: str
    old: str | None
    new: str | None
    commit: CommitFacts


_Lists = tuple[tuple[FlowUse, ...], tuple[FlowUse, ...]]


def trigger_regions(
    old: Workspace, new: Workspace, questions: Questions
) -> tuple[list[TriggerRegion], Proved | Unknown]:
    """Return every change of what commits start, and whether these are all.

    Products with the same lists of flows share their regions. Products that only one side declares are no change of
    triggers.
    """
    grouped: dict[tuple[str, _Lists], list[str]] = {}
    for name, product in old.products.items():
        other = new.products.get(name)
        if other is not None:
            for environment, lists in _lists(old, product, new, other):
                grouped.setdefault((environment, lists), []).append(name)
    regions: list[TriggerRegion] = []
    rest: Proved | Unknown = Proved()
    for (environment, lists), products in grouped.items():
        found, verdict = _compare(questions, lists)
        regions += [TriggerRegion(tuple(products), environment, *key, commit) for key, commit in found.items()]
        rest = verdict if isinstance(verdict, Unknown) else rest
    return regions, rest


def _lists(old: Workspace, before: Product, new: Workspace, after: Product) -> Iterator[tuple[str, _Lists]]:
    """Yield the lists that compete for commits in one environment, where they are not the same."""
    environments = dict.fromkeys(
        workspace.flows[use.flow].trigger
        for workspace, product in ((old, before), (new, after))
        for use in product.flows
        if use.flow in workspace.flows
    )
    for environment in environments:
        lists = _of(old, before, environment), _of(new, after, environment)
        if lists[0] != lists[1]:
            yield environment, lists


def _of(workspace: Workspace, product: Product, environment: str) -> tuple[FlowUse, ...]:
    return tuple(
        use for use in product.flows if use.flow in workspace.flows and workspace.flows[use.flow].trigger == environment
    )


_Key = tuple[str | None, str | None]


def _compare(questions: Questions, lists: _Lists) -> tuple[dict[_Key, CommitFacts], Proved | Unknown]:
    """Find a commit for each pair of flows that differ, until there is no commit left."""
    from engine.verify.prover import GaveUp, NoModel

    prover, statistics = questions.prover, questions.statistics
    products = [Product("product", uses) for uses in lists]
    encoded = [[parted(use.when) for use in uses] for uses in lists]
    found: dict[_Key, CommitFacts] = {}
    excluded: set[tuple[int | None, int | None]] = set()
    statistics.begin()
    checks = prover.checks
    goal = prover.goal()

    def fits(commit: CommitFacts) -> bool:
        if made_by_promotion(commit.message):
            return False
        return _positions(products, commit) not in excluded

    try:
        for _ in range(MOST_ROUNDS):
            answer = goal.check()
            if isinstance(answer, NoModel):
                return found, Proved()
            if isinstance(answer, GaveUp):
                return found, Unknown(answer.reason)
            commit = commit_of(answer.others.get(Subject.COMMIT, {}), fits)
            if commit is None:
                return found, Unknown("the only commits found have an object name or a trailer that gets in the way")
            positions = _positions(products, commit)
            key = _flow(lists[0], positions[0]), _flow(lists[1], positions[1])
            if key[0] != key[1] and key not in found:
                found[key] = simplest(commit, partial(_same, products, positions))
                _replay(products, found[key], key)
            excluded.add(positions)
            wins = [_wins(parts, position) for parts, position in zip(encoded, positions, strict=True)]
            goal.require(negated(all_of(wins)), _REASON)
        return found, Unknown(f"the prover looked at {MOST_ROUNDS} commits and gave up")
    finally:
        statistics.asked(prover.checks - checks)
        statistics.end()


def _positions(products: Sequence[Product], commit: CommitFacts) -> tuple[int | None, int | None]:
    """Return the places in both lists of what a commit starts."""
    old, new = (
        next((number for number, tried in enumerate(choose_flow(product, commit).tried) if tried.matched), None)
        for product in products
    )
    return old, new


def _same(products: Sequence[Product], positions: tuple[int | None, int | None], commit: CommitFacts) -> bool:
    return _positions(products, commit) == positions


def _wins(parts: Sequence[Condition], position: int | None) -> Condition:
    """Return the condition that a flow of a list is the first that fits; None is that none does."""
    if position is None:
        return negated(any_of(parts))
    return all_of((parts[position], negated(any_of(parts[:position]))))


def _flow(uses: Sequence[FlowUse], position: int | None) -> str | None:
    return None if position is None else uses[position].flow


def _replay(products: Sequence[Product], commit: CommitFacts, key: _Key) -> None:
    old, new = (choose_flow(product, commit).flow for product in products)
    if (old, new) != key:
        raise VerificationError(f"a commit was to start {key}, not {(old, new)}")
