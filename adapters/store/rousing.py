"""Has releases look again at once at what they wait for, because somebody tells that it has changed.

Nothing depends on it: whatever is never told is found by the next look. So who is woken too often loses a call of
another system, and who is not woken loses a little time.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from sqlalchemy import ColumnElement, Connection, bindparam, select, update

from adapters.store.clock import database_now
from adapters.store.product_lock import notify
from adapters.store.reading import Specs, releases_of
from adapters.store.tables import RELEASE, STEP
from engine.execute.release import PROPOSED, Release, Role, Step
from engine.execute.status import StepStatus

MOST = 500
"""How many releases are named to the database at once."""

_WAITING = RELEASE.c.status.in_(("running", "suspended", "terminating"))
_RUNS = STEP.c.status == StepStatus.RUNNING.value
_WORKFLOWS = tuple(role.value for role in Role if role.is_workflow)
_CHANGES = tuple(role.value for role in Role if role.is_change)
_HEALTH = (Role.HEALTH.value, Role.ROLLBACK_HEALTH.value)
_LOOK = (
    update(STEP)
    .where(STEP.c.release == bindparam("of"), STEP.c.position == bindparam("place"), _RUNS)
    .values(look_at=None)
)
_WAKE = (
    update(RELEASE).where(RELEASE.c.number == bindparam("of")).values(wake=RELEASE.c.wake + 1, next_due=database_now())
)

_Found = set[tuple[int, int]]
"""Steps: the number of the release, and the step's position in it."""


def rouse_workflows(connection: Connection, releases: Collection[str]) -> int:
    """Have releases look at once at the workflows that they run.

    Args:
        connection: in a transaction that writes.
        releases: identifiers; those that there are not, or that run no workflow, are left out.

    Returns:
        How many releases were woken.
    """
    found: _Found = set()
    names = sorted(releases)
    for start in range(0, len(names), MOST):
        found |= _steps(connection, RELEASE.c.id.in_(names[start : start + MOST]), STEP.c.role.in_(_WORKFLOWS))
    return _rouse(connection, found)


def rouse_applications(connection: Connection, names: Collection[str], specs: Specs) -> int:
    """Have releases look at once at applications whose health they wait for.

    Args:
        connection: in a transaction that writes.
        names: of applications as releases have them, with their namespace and without.
        specs: specs that were read before.

    Returns:
        How many releases were woken.
    """
    wanted = frozenset(names)
    found = _steps(connection, STEP.c.role.in_(_HEALTH), STEP.c.application.in_(sorted(wanted)))
    soaking = _steps(connection, STEP.c.role == Role.SOAK.value)
    found |= _those(connection, soaking, specs, lambda release, step: not wanted.isdisjoint(_soaked(release, step)))
    return _rouse(connection, found)


def rouse_pull_request(connection: Connection, is_there: Callable[[str], bool], branch: str, specs: Specs) -> int:
    """Have the release look at once that waits for a pull request.

    A step that a forge refused for now is left alone: it waits as long as the forge has asked for.

    Args:
        connection: in a transaction that writes.
        is_there: says whether the pull request is in the repository with an address.
        branch: the short name of its branch.
        specs: specs that were read before.

    Returns:
        How many releases were woken.
    """
    if not branch.startswith(PROPOSED):
        return 0
    waiting = _steps(connection, STEP.c.role.in_(_CHANGES), STEP.c.tries == 0)

    def is_meant(release: Release, step: Step) -> bool:
        return release.proposed(step) == branch and is_there(_repository(release, step))

    return _rouse(connection, _those(connection, waiting, specs, is_meant))


def _steps(connection: Connection, *conditions: ColumnElement[bool]) -> _Found:
    query = select(STEP.c.release, STEP.c.position).join(RELEASE, RELEASE.c.number == STEP.c.release)
    return {(row.release, row.position) for row in connection.execute(query.where(_WAITING, _RUNS, *conditions))}


def _those(connection: Connection, steps: _Found, specs: Specs, meant: Callable[[Release, Step], bool]) -> _Found:
    """Return the steps for which a condition holds that only the release can tell."""
    if not steps:
        return set()
    numbers = sorted({number for number, _ in steps})
    rows = connection.execute(select(RELEASE).where(RELEASE.c.number.in_(numbers)))
    found = {one.number: one.release for one in releases_of(connection, rows.all(), specs)}
    return {(number, position) for number, position in steps if meant(found[number], _at(found[number], position))}


def _at(release: Release, position: int) -> Step:
    return tuple(release.steps.values())[position]


def _soaked(release: Release, step: Step) -> Iterable[str]:
    """Return the applications whose health a soak watches: those of the environments before its own."""
    before = release.spec.environment(step.id.environment).after
    return [one.target.key for name in before for one in release.spec.environment(name).applications]


def _repository(release: Release, step: Step) -> str:
    applications = release.spec.environment(step.id.environment).applications
    return next(one.target.repo_url for one in applications if one.target.key == step.id.application)


def _rouse(connection: Connection, steps: _Found) -> int:
    if not steps:
        return 0
    numbers = sorted({number for number, _ in steps})
    # Releases first, in the order of everybody who locks several: two of these must not wait for each other.
    connection.execute(_WAKE, [{"of": number} for number in numbers])
    connection.execute(_LOOK, [{"of": number, "place": position} for number, position in sorted(steps)])
    notify(connection)
    return len(numbers)
