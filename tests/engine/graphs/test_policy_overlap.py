"""Who stands over whom: by hand on a small example, against counting pair by pair on random ones."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest

from engine.graphs import Link, PolicyOverlap, policy_overlap
from engine.model.workspace import PriorityOrder, Workspace
from engine.resolve import PolicyOrigin, Resolver
from tests.engine.resolve import oracle
from tests.engine.resolve.random_workspaces import workspace as random_workspace
from tests.support.testing_world import workspace_of

TEXT = """\
environment qa { kind non-prod }
environment eu { kind prod }
environment us { kind prod }
product a { tags fast }
product b { }
policy base { action commit  soak 1h }
policy reviewed priority 10 { when environment.kind == prod  action pr }
policy strict priority 10 { when environment.name == eu  action none  soak 1h }
policy fast priority 20 { when product.tags == fast  action commit }
policy never priority 5 { when environment.name == nowhere and product.name == nobody  soak 2h }
"""


def everything(workspace: Workspace) -> PolicyOverlap:
    pairs = [(product, environment) for product in workspace.products for environment in workspace.environments]
    return policy_overlap(Resolver(workspace), pairs)


def test_by_hand() -> None:
    found = everything(workspace_of(TEXT))
    assert found.pairs == 6
    assert [(one.policy.name, one.pairs, one.contested) for one in found.standings] == [
        ("fast", 3, False),
        ("reviewed", 4, True),
        ("strict", 2, True),
        ("never", 0, False),
        ("base", 6, True),
    ]
    reviewed = found.standings[1].claims[0]
    assert (reviewed.decides, reviewed.beaten_by, reviewed.tied) == (2, (("fast", 2),), 1)
    strict = found.standings[2].claims
    assert [(one.setting, one.decides, one.beaten_by, one.tied) for one in strict] == [
        ("action", 0, (("fast", 1), ("reviewed", 1)), 1),
        ("soak", 2, (), 0),
    ]
    assert found.links == (
        Link("fast", "reviewed", "action", 2, agree=False, tie=False),
        Link("fast", "base", "action", 1, agree=True, tie=False),
        Link("reviewed", "strict", "action", 2, agree=False, tie=True),
        Link("reviewed", "base", "action", 2, agree=False, tie=False),
        Link("strict", "base", "action", 2, agree=False, tie=False),
        Link("strict", "base", "soak", 2, agree=True, tie=False),
    )


@pytest.mark.parametrize("order", list(PriorityOrder))
@pytest.mark.parametrize("seed", range(60))
def test_counts_are_those_of_each_pair(seed: int, order: PriorityOrder) -> None:
    space = random_workspace(seed, order)
    found = everything(space)
    matched: Counter[str] = Counter()
    decides: Counter[tuple[str, str]] = Counter()
    beaten: Counter[tuple[str, str, str]] = Counter()
    tied: Counter[tuple[str, str]] = Counter()
    for product in space.products.values():
        for environment in space.environments.values():
            names = oracle.matching(space, product, environment)
            matched.update(names)
            ambiguous = oracle.ambiguities(space, product, environment)
            for setting, (_, winner) in oracle.merged(space, product, environment).items():
                decides[(winner, setting)] += 1
                for name in names - {winner}:
                    if any(one.name == setting for one in space.policies[name].settings):
                        beaten[(name, setting, winner)] += 1
                rivals = ambiguous.get(setting, set())
                tied.update((name, setting) for name in rivals)
                tied[(winner, setting)] += bool(rivals)
    for standing in found.standings:
        name = standing.policy.name
        assert standing.pairs == matched[name]
        for claim in standing.claims:
            assert claim.decides == decides[(name, claim.setting)]
            assert claim.tied == tied[(name, claim.setting)]
            assert dict(claim.beaten_by) == {
                winner: times
                for (loser, setting, winner), times in beaten.items()
                if (loser, setting) == (name, claim.setting)
            }
            assert claim.decides + sum(times for _, times in claim.beaten_by) == standing.pairs


@pytest.mark.parametrize("seed", range(30))
def test_links_join_neighbours_and_lead_downwards(seed: int) -> None:
    space = random_workspace(seed)
    resolver = Resolver(space)
    rank = {policy.name: place for place, policy in enumerate(resolver.policies)}
    expected: Counter[tuple[str, str, str]] = Counter()
    for product in space.products:
        for environment in space.environments:
            decision = resolver.decide(product, environment)
            for setting, winner in decision.effective.items():
                ladder = [one.origin for one in (winner, *decision.losers(setting))]
                names = [origin.policy for origin in ladder if isinstance(origin, PolicyOrigin)]
                expected.update((over, under, setting) for over, under in pairwise(names))
    found = everything(space).links
    assert {(link.over, link.under, link.setting): link.pairs for link in found} == expected
    assert all(rank[link.over] < rank[link.under] for link in found)
