"""What `promo plan` and `promo run` are asked for: the options they share, and the plans that follow from them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from adapters.cli.completion.names import environments, flows, products
from adapters.cli.declared_names import require_declared
from adapters.cli.output import fail

if TYPE_CHECKING:
    from adapters.git import GitRepositories
    from engine.model.entities import Setting
    from engine.model.workspace import Workspace
    from engine.plan.nodes import Plan
    from engine.plan.request import Surroundings

_Command = TypeVar("_Command", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the options ask for."""

    product: str | None
    flow: str | None
    target: str | None
    source: str | None
    commit: str | None
    repository: Path | None
    settings: tuple[str, ...]


def promotion_options(command: _Command) -> _Command:
    """Add the options that say what is promoted, and where to; the command receives them by the names of `Wanted`.

    It also receives ``checkouts``, which `adapters.cli.surroundings.parse_checkouts` reads.
    """
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


_OPTIONS = (
    click.option("-p", "--product", metavar="NAME", shell_complete=products, help="The product to promote."),
    click.option("-f", "--flow", metavar="NAME", shell_complete=flows, help="The flow to promote it along."),
    click.option(
        "--to",
        "target",
        metavar="ENV",
        shell_complete=environments,
        help="Promote into this one environment instead of along a flow.",
    ),
    click.option(
        "--from",
        "source",
        metavar="ENV",
        shell_complete=environments,
        help="With --to: the environment to take values from.",
    ),
    click.option("--commit", metavar="REV", help="Find product and flow from a commit of the application repository."),
    click.option(
        "--repo",
        "repository",
        type=click.Path(path_type=Path, exists=True, file_okay=False),
        metavar="DIR",
        help="With --commit: a checkout of that repository; otherwise the current folder's.",
    ),
    click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="With --to: a setting given by hand."),
    click.option("--checkout", "checkouts", multiple=True, metavar="URL=PATH", help="Read a repository from a folder."),
)


def check_options(wanted: Wanted) -> None:
    """Refuse combinations that make no sense, saying what would."""
    if wanted.commit is not None:
        if wanted.target or wanted.source or wanted.flow:
            fail("--commit finds the flow itself and cannot be combined with --flow, --to or --from")
    elif wanted.product is None:
        fail("say what to promote", "--product NAME with --flow NAME or --to ENV; or --commit REV")
    elif wanted.flow is None and wanted.target is None:
        fail("say where to promote to", "either --flow NAME, or --to ENV")
    elif wanted.flow is not None and wanted.target is not None:
        fail("--flow and --to exclude each other", "--flow plans all of its environments, --to a single one")
    if wanted.source is not None and wanted.target is None:
        fail("--from goes with --to", "a flow has its own trigger environment")
    if wanted.settings and wanted.target is None:
        fail("--set goes with --to", "a flow's settings come from its policies")
    if wanted.repository is not None and wanted.commit is None:
        fail("--repo goes with --commit")


def check_names(wanted: Wanted, workspace: Workspace) -> None:
    """Refuse names that the workspace does not declare."""
    for what, name, declared in (
        ("product", wanted.product, workspace.products),
        ("flow", wanted.flow, workspace.flows),
        ("environment", wanted.target, workspace.environments),
        ("environment", wanted.source, workspace.environments),
    ):
        if name is not None:
            require_declared(what, name, declared)


def make_plans(wanted: Wanted, surroundings: Surroundings, repositories: GitRepositories) -> list[Plan]:
    """Return the plan that is asked for; of a commit, one for each product it starts a flow of."""
    from engine.plan.planner import plan_environment, plan_flow
    from engine.plan.request import EnvironmentRequest, FlowRequest

    if wanted.commit is not None:
        return _plans_of_commit(wanted, surroundings, repositories)
    assert wanted.product is not None
    if wanted.flow is not None:
        return [plan_flow(surroundings, FlowRequest(wanted.product, wanted.flow))]
    assert wanted.target is not None
    source = wanted.source or _usual(wanted.product, wanted.target, surroundings.workspace)
    if source == wanted.target:
        fail(f"--from and --to are both `{source}`")
    request = EnvironmentRequest(
        wanted.product, source, wanted.target, given_settings(wanted.settings, surroundings.workspace)
    )
    return [plan_environment(surroundings, request)]


def _usual(product: str, target: str, workspace: Workspace) -> str:
    from adapters.releases.given import usual_source
    from adapters.releases.refusal import RefusedError

    try:
        return usual_source(product, target, workspace)
    except RefusedError as unclear:
        fail(unclear.reason, "say --from ENV")


def _plans_of_commit(wanted: Wanted, surroundings: Surroundings, repositories: GitRepositories) -> list[Plan]:
    from adapters.cli.commit_trigger import find_commit
    from engine.plan.planner import plan_flow
    from engine.plan.request import FlowRequest

    assert wanted.commit is not None
    found = find_commit(surroundings, repositories, wanted.commit, wanted.repository)
    plans: list[Plan] = []
    for triggered in found.triggered:
        if wanted.product is not None and triggered.product != wanted.product:
            continue
        if triggered.choice.flow is None:
            click.echo(
                f"{triggered.product}: no flow starts; `promo explain --commit {wanted.commit}` says why", err=True
            )
            continue
        flow = surroundings.workspace.flows[triggered.choice.flow]
        pinned = {
            touched.application.key: found.sha for touched in triggered.touched if touched.environment == flow.trigger
        }
        plans.append(plan_flow(surroundings, FlowRequest(triggered.product, flow.name, pinned)))
    wanted_product = wanted.product
    if not any(wanted_product in (None, triggered.product) for triggered in found.triggered):
        whose = "any product" if wanted_product is None else f"`{wanted_product}`"
        click.echo(f"commit {found.sha[:10]} touches no application of {whose}: nothing is promoted", err=True)
    return plans


def given_settings(values: tuple[str, ...], workspace: Workspace) -> tuple[Setting, ...]:
    """Read ``NAME=VALUE`` options; exits with `INVALID` where one is wrong."""
    from adapters.releases.given import read_settings
    from adapters.releases.refusal import RefusedError

    try:
        return read_settings(values, workspace)
    except RefusedError as wrong:
        fail(f"--set: {wrong.reason}", wrong.help)
