"""Contests of policies as trees for a terminal: policies best first, what each sets, and who overrules it."""

from __future__ import annotations

from collections.abc import Iterator

from adapters.cli.graph_views.overlap_diagram import overlap_title
from adapters.cli.graph_views.wording import counted
from adapters.cli.plan_views.terminal_tree import Node, Run
from engine.graphs import Claim, PolicyOverlap, Standing
from engine.model.values import written

_MOST = 4
"""Policies named that overrule a setting."""


def overlap_tree(found: PolicyOverlap) -> tuple[Node, ...]:
    """Return a tree for every policy; those that never meet another on a setting are named at the end."""
    joined = {name for link in found.links for name in (link.over, link.under)}
    roots = [Node((Run(overlap_title(found)[1], "dim"),))]
    roots += [_policy(one) for one in found.standings if one.policy.name in joined]
    for words, alone in (
        ("never meet another on a setting", [one for one in found.standings if one.pairs]),
        ("match nothing that is declared", [one for one in found.standings if not one.pairs]),
    ):
        names = ", ".join(one.policy.name for one in alone if one.policy.name not in joined)
        if names:
            roots.append(Node((Run(f"{words}: ", "dim"), Run(names))))
    return tuple(roots)


def _policy(standing: Standing) -> Node:
    about = f"  priority {standing.policy.priority}, {counted(standing.pairs, 'pair')}"
    claims = tuple(_claim(claim, standing.pairs) for claim in standing.claims)
    return Node((Run(standing.policy.name, "bold"), Run(about, "dim")), claims)


def _claim(claim: Claim, pairs: int) -> Node:
    runs = [Run(f"{claim.setting} {written(claim.value)}")]
    if not claim.decides:
        runs.append(Run("  never decides", "yellow"))
    elif claim.beaten_by:
        runs.append(Run(f"  decides {claim.decides:,} of {pairs:,}"))
    else:
        runs.append(Run("  always decides", "dim"))
    if claim.beaten_by:
        runs.append(Run(f"  under {', '.join(_winners(claim))}", "dim"))
    if claim.tied:
        runs.append(Run(f"  only its name decides in {claim.tied:,}", "bold red"))
    return Node(tuple(runs), hang=4)


def _winners(claim: Claim) -> Iterator[str]:
    for winner, times in claim.beaten_by[:_MOST]:
        yield f"{winner} ({times:,})"
    if len(claim.beaten_by) > _MOST:
        yield f"{len(claim.beaten_by) - _MOST} more"
