"""V802: two environments that claim the same namespace of the same cluster. Source: domain, environment."""

from __future__ import annotations

from collections.abc import Iterator

from engine.model.entities import Environment
from engine.resolve.application_environments import cluster_name
from engine.verify.context import Check, Context, Holds, Outcome
from engine.verify.finding import Finding
from engine.verify.verdict import Proved
from grammar.diagnostics import Label, Severity

_EVERY = None
"""Stands for "every namespace that no other environment names"."""


def _run(context: Context) -> Iterator[Outcome]:
    owners: dict[tuple[str, str | None], Environment] = {}
    for environment in context.questions.workspace.environments.values():
        clashes: dict[str, list[tuple[str, str | None]]] = {}
        for cluster in environment.clusters:
            name = cluster_name(cluster.name)
            for namespace in dict.fromkeys(cluster.namespaces) or [_EVERY]:
                # The environment that names a namespace has it before one that takes them all, so the two never clash.
                owner = owners.setdefault((name, namespace), environment)
                if owner is not environment:
                    clashes.setdefault(owner.name, []).append((name, namespace))
        if not clashes:
            yield Holds(CHECK.code, environment.name)
        for other, places in clashes.items():
            yield _finding(context.questions.workspace.environments[other], environment, places)


def _finding(first: Environment, second: Environment, places: list[tuple[str, str | None]]) -> Finding:
    name, namespace = places[0]
    what = "every namespace" if namespace is _EVERY else f"namespace `{namespace}`"
    more = f", and {len(places) - 1} more" if len(places) > 1 else ""
    return Finding(
        CHECK.code,
        CHECK.severity,
        f"environments `{first.name}` and `{second.name}` both claim {what} of cluster `{name}`{more}",
        f"{first.name}, {second.name}",
        second.span,
        (Label(first.span, f"`{first.name}` claims it too"),),
        "let one of them have it: an application there would belong to neither",
        Proved(),
    )


CHECK = Check(
    "V802",
    "claimed-twice",
    Severity.ERROR,
    "Two environments that claim the same namespace of a cluster, equally specifically.",
    _run,
)
