"""Asks about every application of some plans, and puts what is said beside what Git says."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from adapters.git import GitRepositories
from adapters.live.answer import Drift, Live, LiveApplication, LiveWarning, Said, Standing
from adapters.live.asking import Question, answers
from adapters.live.servers import Servers
from adapters.live.standing import Branches
from adapters.workspace import Loaded
from engine.execute.errors import AdapterError
from engine.model.argo import Application
from engine.plan.nodes import Plan
from engine.plan.request import Surroundings


@dataclass(frozen=True, slots=True)
class _Asked:
    """An application of a plan, and where the plan takes its values from."""

    plan: int
    environment: str
    application: Application
    source: Application | None
    brings: str | None


@dataclass(frozen=True, slots=True)
class Surveyed:
    """How the applications of some plans stand.

    Attributes:
        lives: one for each plan, in their order.
        warnings: one for each server that did not say all, whichever plan asked.
    """

    lives: tuple[Live, ...]
    warnings: tuple[LiveWarning, ...]


def survey(
    plans: Sequence[Plan],
    loaded: Loaded,
    surroundings: Surroundings,
    repositories: GitRepositories,
    deadline: float,
    environment: Mapping[str, str] | None = None,
) -> Surveyed:
    """Return how the applications of some plans stand, the trigger environment's included.

    Nothing is changed anywhere, and no trouble of a server or a repository is an error: what nobody can say is unknown.

    Args:
        plans: of the workspace.
        loaded: the workspace.
        surroundings: those the plans were made in.
        repositories: those the plans were made with, still open.
        deadline: seconds until servers have to have answered.
        environment: variables that hold tokens; None for those of this process.

    """
    asked = [one for number, plan in enumerate(plans) for one in _of_plan(number, plan, surroundings)]
    now = datetime.now(UTC).replace(microsecond=0)
    branches = Branches(surroundings, repositories)
    servers = Servers(loaded, repositories, branches, surroundings.editor, environment)
    for one in asked:
        branches.locate(one.application)  # before anybody waits: a repository that is away takes long
    places = [servers.place(one.environment, one.application) for one in asked]
    questions = [
        Question(place, partial(servers.ask, place, one.application)) for place, one in zip(places, asked, strict=True)
    ]
    found = asyncio.run(answers(questions, deadline))
    lives = []
    for number, plan in enumerate(plans):
        rows = [(one, place, said) for one, place, said in zip(asked, places, found, strict=True) if one.plan == number]
        product = surroundings.workspace.products[plan.product]
        applications = tuple(
            LiveApplication(
                environment=one.environment,
                application=one.application.key,
                runtime=servers.runtime(place),
                said=said if isinstance(said, Said) else None,
                unknown="" if isinstance(said, Said) else said.reason,
                standing=branches.standing(product, one.application, one.source, said)
                if isinstance(said, Said)
                else Standing(Drift.UNKNOWN),
                brings=one.brings,
            )
            for one, place, said in rows
        )
        lives.append(Live(now, applications, tuple(_warnings(rows, servers))))
    everything = list(zip(asked, places, found, strict=True))
    return Surveyed(tuple(lives), tuple(_warnings(everything, servers)))


def _of_plan(number: int, plan: Plan, surroundings: Surroundings) -> Iterator[_Asked]:
    """Yield the applications of a plan in its order, those of the trigger environment first."""
    known = surroundings.workspace.applications
    for application in surroundings.applications.of(plan.product, plan.trigger.environment):
        yield _Asked(number, plan.trigger.environment, application, None, None)
    for step in plan.steps:
        for planned in step.applications:
            source = known.get(planned.source.application) if planned.source is not None else None
            brings = planned.version_to if planned.version_to != planned.version_from or planned.changes else None
            yield _Asked(number, step.environment, known[planned.application], source, brings)


def _warnings(rows: Sequence[tuple[_Asked, str, Said | AdapterError]], servers: Servers) -> Iterator[LiveWarning]:
    """Yield one for each server that did not answer all."""
    by_place: dict[str, list[tuple[_Asked, Said | AdapterError]]] = {}
    for one, place, said in rows:
        by_place.setdefault(place, []).append((one, said))
    for place, found in by_place.items():
        failures = [(one, said) for one, said in found if isinstance(said, AdapterError)]
        if not failures:
            continue
        reasons = dict.fromkeys(said.reason for _, said in failures)
        first = failures[0][1]
        word = "application is" if len(found) == 1 else "applications are"
        more = "" if len(reasons) == 1 else f" (the first of {len(reasons)} reasons)"
        yield LiveWarning(
            servers.shown(place),
            f"{len(failures)} of {len(found)} {word} unknown: {first.reason}{more}",
            first.help,
            tuple(one.application.key for one, _ in failures),
        )
