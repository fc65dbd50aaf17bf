"""A release for a terminal: where it stands, environment by environment, and what somebody can do."""

from __future__ import annotations

from adapters.cli.plan_views.terminal_paint import painter
from adapters.cli.plan_views.terminal_tree import ASCII, BOX, Node, Run, draw
from adapters.cli.plan_views.wording import short, subject
from adapters.cli.release_views.words import MARKS, STYLES, next_steps, shown_steps, step_title, took
from engine.execute.release import Release, Role, Step
from engine.execute.spec import ApplicationSpec, EnvironmentSpec
from engine.execute.status import EnvironmentStatus, StepStatus

_DIM = "dim"
_FEWEST_DIGITS = 10


def render(release: Release, width: int, colour: bool, *, ascii_only: bool = False) -> str:
    """Return a release as text for people, without a final line break.

    Args:
        release: as it stands.
        width: columns at which sentences wrap.
        colour: whether to use ANSI colours.
        ascii_only: whether guides and marks are ASCII, for streams that can show no others.
    """
    paint = painter(colour, ascii_only)
    glyphs = ASCII if ascii_only else BOX
    blocks = [_header(release), [_environment(release, one) for one in release.spec.environments], _own(release)]
    lines: list[str] = []
    for block in [*blocks, _next(release)]:
        if block:
            lines += ([""] if lines else []) + list(draw(block, width=width, glyphs=glyphs, paint=paint))
    return "\n".join(lines)


def _header(release: Release) -> list[Node]:
    spec = release.spec
    title = [Run("Release "), Run(release.id, "bold"), Run(" of "), Run(spec.product, "bold")]
    title += [Run(" "), Run(spec.version, "bold")] if spec.version else []
    status = release.status.value
    title += [Run("  "), Run(f"{MARKS[status]} {status}", STYLES[status])]
    when = f"{release.created_at:%Y-%m-%d %H:%M:%S %Z} by {release.initiator}"
    rows = [
        ("commit", [Run(short(spec.commit.sha), "yellow"), Run(" "), Run(subject(spec.commit.message))]),
        ("along", [Run(f"flow {spec.flow}" if spec.flow else "no flow: into one environment, by hand")]),
        ("started", [Run(when)]),
    ]
    if release.finished_at is not None:
        lasted = took(release.started_at, release.finished_at)
        rows.append(
            ("ended", [Run(f"{release.finished_at:%Y-%m-%d %H:%M:%S %Z}" + (f", after {lasted}" if lasted else ""))])
        )
    if release.message and release.status.is_final:
        by = f" (by {release.ended_by})" if release.ended_by else ""
        rows.append(("why", [Run(f"{release.message}{by}", "red")]))
    if release.context:
        rows.append(("context", [Run(", ".join(f"{name}={value}" for name, value in sorted(release.context.items())))]))
    return [Node(tuple(title)), *(Node((Run(f"  {name:<9}", _DIM), *runs), hang=11) for name, runs in rows)]


def _environment(release: Release, environment: EnvironmentSpec) -> Node:
    state = release.environments[environment.name]
    status = state.status.value
    title = [
        Run(f"{MARKS[status]} ", STYLES[status]),
        Run(environment.name, "bold"),
        Run(f"  {status}", STYLES[status]),
    ]
    lasted = took(state.started_at, state.finished_at)
    title += [Run(f" in {lasted}", _DIM)] if lasted and state.status is EnvironmentStatus.SUCCEEDED else []
    if state.message and state.status is not EnvironmentStatus.FAILED:
        title.append(Run(f"  {state.message}", "yellow" if state.status is EnvironmentStatus.SUSPENDED else _DIM))
    begun = state.started_at is not None
    before = [step for step in shown_steps(release, environment.name, "") if step.id.role in _FIRST]
    after = [step for step in shown_steps(release, environment.name, "") if step.id.role not in _FIRST]
    children = [_step(release, step) for step in before if begun or step.status is not StepStatus.PENDING]
    if begun:
        children += [_application(release, environment, application) for application in environment.applications]
        children += [_step(release, step) for step in after]
    return Node(tuple(title), tuple(children))


_FIRST = (Role.SOAK, Role.SUPERSEDE, Role.START_HOOK)


def _application(release: Release, environment: EnvironmentSpec, application: ApplicationSpec) -> Node:
    title = [Run(application.target.key, "bold")]
    if release.spec.version and application.version_from and not environment.is_trigger:
        title.append(Run(f"  {application.version_from} → {release.spec.version}"))
    steps = shown_steps(release, environment.name, application.target.key)
    return Node(tuple(title), tuple(_step(release, step) for step in steps))


def _step(release: Release, step: Step) -> Node:
    status = step.status.value
    runs = [Run(f"{MARKS[status]} ", STYLES[status]), Run(step_title(release, step.id))]
    if step.attempt > 1:
        runs.append(Run(f" (attempt {step.attempt})", _DIM))
    lasted = took(step.started_at, step.finished_at)
    if step.status.is_failure or step.status is StepStatus.TERMINATED:
        runs.append(Run(f" {status}", STYLES[status]))
    if step.message:
        runs.append(Run(f"  {step.message}", "red" if step.status.is_failure else _DIM))
    elif lasted and lasted != "0s":
        runs.append(Run(f"  {lasted}", _DIM))
    if step.tries and step.status is StepStatus.RUNNING:
        runs.append(Run(f"  (tried {step.tries} times)", "yellow"))
    return Node(tuple(runs), hang=4)


def _own(release: Release) -> list[Node]:
    """Return the release's own hooks."""
    return [_step(release, step) for step in shown_steps(release, "", "") if step.status is not StepStatus.PENDING]


def _next(release: Release) -> list[Node]:
    return [Node((Run("next: ", _DIM), Run(command))) for command in next_steps(release)]
