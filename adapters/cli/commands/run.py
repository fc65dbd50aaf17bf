"""`promo run`: carry out what `promo plan` shows."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from adapters.cli.documented import DocumentedCommand
from adapters.cli.exit_codes import ExitCode
from adapters.cli.output import fail, stop_on_errors
from adapters.cli.promotion_request import Wanted, check_names, check_options, make_plans, promotion_options
from adapters.cli.workspace_option import open_workspace, workspace_option

if TYPE_CHECKING:
    from adapters.git import GitRepositories
    from adapters.store.store import ReleaseStore
    from adapters.workspace import Loaded
    from engine.execute.release import Release
    from engine.plan.nodes import Plan
    from engine.plan.request import Surroundings


@click.command("run", cls=DocumentedCommand, short_help="Carry out what `promo plan` shows.")
@workspace_option
@click.argument("plan_file", metavar="[PLAN]", required=False, type=click.Path(path_type=Path))
@promotion_options
@click.option("--resume", metavar="RELEASE", help="Carry on a release that was begun before.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@click.option("--wait/--no-wait", default=True, help="Whether to stay while it waits for people, time or health.")
@click.option("--detach", is_flag=True, help="Only begin it; `promo serve` carries it on.")
@click.option("--as", "person", metavar="NAME", help="Who you are; otherwise PROMO_ACTOR, or Git's address.")
def command(
    folder: Path | None,
    plan_file: Path | None,
    product: str | None,
    flow: str | None,
    target: str | None,
    source: str | None,
    commit: str | None,
    repository: Path | None,
    settings: tuple[str, ...],
    checkouts: tuple[str, ...],
    resume: str | None,
    yes: bool,
    wait: bool,
    detach: bool,
    person: str | None,
) -> int:
    """Carry out a promotion: a saved plan, or one that is made now and shown before you are asked.

    A saved plan is refused when anything it was made from has changed since. The release is kept in the workspace's
    store after every step: it can be interrupted at any moment and goes on where it stopped, doing nothing twice.

    \b
    Examples:
      promo run --product trio --flow standard
      promo run plan.json --yes
      promo run --commit HEAD --yes --no-wait
      promo run --resume 06f0h50

    Exit codes: 0 done or waiting, 1 something blocks it, 2 invalid input, 4 failed or terminated, 130 interrupted.
    """
    from adapters.cli.release_readiness import require_ready
    from adapters.cli.release_store import with_store
    from adapters.cli.surroundings import open_repositories, parse_checkouts
    from adapters.releases.making import spec_of
    from adapters.workspace.runtimes import runtimes_of

    wanted = Wanted(product, flow, target, source, commit, repository, settings)
    _check(wanted, plan_file, resume, detach)
    folders = parse_checkouts(checkouts)
    loaded = open_workspace(folder, check_json_paths=True)
    with open_repositories(loaded, folders, fetch=True) as repositories:
        chosen = None if resume else _chosen(loaded, repositories, wanted, plan_file)
        if chosen is not None:
            if not chosen.plan.applyable:
                return ExitCode.FINDINGS
            _allowed(loaded, chosen.plan, person)
            runtimes = runtimes_of(loaded.configuration, loaded.workspace)
            require_ready(loaded, repositories, folders, spec_of(chosen.surroundings, chosen.plan, runtimes))
            if not yes:
                _ask(chosen.plan)
        return with_store(
            loaded,
            lambda store: _carry_out(loaded, repositories, folders, store, chosen, resume, person, wait, detach),
        )


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The plan that is to be run, and what it was made in."""

    plan: Plan
    surroundings: Surroundings


def _check(wanted: Wanted, plan_file: Path | None, resume: str | None, detach: bool) -> None:
    """Refuse combinations that make no sense."""
    asked = any((wanted.product, wanted.flow, wanted.target, wanted.source, wanted.commit, wanted.settings))
    if resume is not None and (asked or plan_file):
        fail("--resume carries on a release as it was begun, and takes no plan")
    if resume is not None and detach:
        fail("--resume and --detach exclude each other")
    if plan_file is not None and asked:
        fail("a saved plan says what is promoted and where to; nothing can be added to it", "plan again instead")
    if resume is None and plan_file is None:
        check_options(wanted)


def _chosen(loaded: Loaded, repositories: GitRepositories, wanted: Wanted, plan_file: Path | None) -> _Chosen:
    """Return the plan to run: a saved one, made again to see that it still holds, or one that is made and shown now."""
    from adapters.cli.plan_views.printing import plan_as_text
    from adapters.cli.release_making import plan_again, read_plan
    from adapters.cli.surroundings import parse_moment, surroundings_of

    saved = read_plan(plan_file) if plan_file else None
    if saved is None:
        check_names(wanted, loaded.workspace)
    surroundings = surroundings_of(loaded, repositories, parse_moment(None))
    stop_on_errors(surroundings.applications.diagnostics, loaded.sources)
    if saved is not None:
        plan = plan_again(saved, surroundings)
    else:
        plans = make_plans(wanted, surroundings, repositories)
        if len(plans) != 1:
            fail(
                f"{len(plans)} promotions follow from that, and one is run at a time"
                if plans
                else "nothing is promoted",
                "say which with --product NAME" if plans else "name a commit that starts a flow",
            )
        plan = plans[0]
    if saved is None or not plan.applyable:
        click.echo(plan_as_text(plan))
    return _Chosen(plan, surroundings)


def _allowed(loaded: Loaded, plan: Plan, person: str | None) -> None:
    from adapters.cli.actor import current_actor, require_access
    from adapters.releases.making import deed_of_plan

    actor = current_actor(person, loaded.configuration.teams)
    require_access(loaded.workspace, actor, deed_of_plan(plan))


def _ask(plan: Plan) -> None:
    if not sys.stdin.isatty():
        fail("there is nobody to ask", "say --yes to run without being asked")
    where = ", ".join(step.environment for step in plan.steps)
    click.confirm(f"\nPromote {plan.product} to {where}?", abort=True)


async def _carry_out(
    loaded: Loaded,
    repositories: GitRepositories,
    folders: Mapping[str, Path],
    store: ReleaseStore,
    chosen: _Chosen | None,
    resume: str | None,
    person: str | None,
    wait: bool,
    detach: bool,
) -> int:
    """Keep the release, unless it is there, and carry it on."""
    from adapters.cli.release_events import all_events
    from adapters.cli.release_follow import is_over, waits
    from adapters.cli.release_ports import ports_of, rules_of
    from adapters.cli.release_running import carry_out

    ports, rules = ports_of(loaded, repositories, folders), rules_of(loaded)
    release = await _begun(loaded, store, chosen, person) if chosen else await store.load(resume or "")
    if detach:
        click.echo(release.id)
        return ExitCode.DONE
    click.echo(f"release {release.id}; times are UTC", err=True)
    told = [] if chosen else await all_events(store, release.id)
    after = told[-1].id if told else 0
    return await carry_out(store, ports, rules, release.id, is_over if wait else waits, after)


async def _begun(loaded: Loaded, store: ReleaseStore, chosen: _Chosen, person: str | None) -> Release:
    from adapters.cli.actor import current_actor
    from adapters.releases.making import make_release, plan_text
    from adapters.workspace.runtimes import runtimes_of

    actor = current_actor(person, loaded.configuration.teams)
    runtimes = runtimes_of(loaded.configuration, loaded.workspace)
    release = make_release(chosen.surroundings, chosen.plan, actor.name, runtimes)
    for gone in await store.create(release, plan_text(chosen.plan)):
        click.echo(f"note: release {gone} had waited longest and left the queue", err=True)
    return release
