"""Contests of policies as cards and arrows: from a policy to the one directly below it, with the settings both set."""

from __future__ import annotations

from adapters.cli.graph_views.diagram import Arrow, Card, Diagram, Look, Part
from adapters.cli.graph_views.wording import counted
from engine.graphs import Link, PolicyOverlap, Standing
from engine.model.values import written


def overlap_title(found: PolicyOverlap) -> tuple[str, str]:
    """Return what a picture of contests is called, and one sentence about it."""
    contested = sum(one.contested for one in found.standings)
    tied = sum(any(claim.tied for claim in one.claims) for one in found.standings)
    policies = counted(len(found.standings), "policy", "policies")
    about = (
        f"{policies}, best first, in {counted(found.pairs, 'pair')} of product and environment; "
        f"{contested or 'none'} {'is' if contested == 1 else 'are'} overruled somewhere"
    )
    return "Policy overlap", about + (f", {tied} tied." if tied else ".")


def overlap_diagram(found: PolicyOverlap) -> Diagram:
    """Return what to draw: every policy that meets another on a setting, and the links between them."""
    joined = {name for link in found.links for name in (link.over, link.under)}
    shown = [one for one in found.standings if one.policy.name in joined]
    place = {one.policy.name: number for number, one in enumerate(shown)}
    between: dict[tuple[str, str], list[Link]] = {}
    for link in found.links:
        between.setdefault((link.over, link.under), []).append(link)
    arrows = [
        Arrow(
            place[over],
            place[under],
            ", ".join(map(link_words, links)),
            warns=any(link.tie for link in links),
            dashed=all(link.agree for link in links),
        )
        for (over, under), links in between.items()
    ]
    title, about = overlap_title(found)
    return Diagram(title, about, (Part(title, (), tuple(map(_card, shown)), tuple(arrows)),))


def link_words(link: Link) -> str:
    """Return e.g. ``action in 12 pairs``, and whether it matters."""
    note = ", a tie" if link.tie else ", the same" if link.agree else ""
    return f"{link.setting} ({counted(link.pairs, 'pair')}{note})"


def _card(standing: Standing) -> Card:
    lines = [f"priority {standing.policy.priority}, {counted(standing.pairs, 'pair')}"]
    lines += [f"{claim.setting} {written(claim.value)}: decides {claim.decides}" for claim in standing.claims]
    return Card(standing.policy.name, Look.POLICY, lines=tuple(lines))
