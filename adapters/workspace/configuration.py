"""What `promo.toml` configures, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from adapters.argocd.configured import ArgoCdConfiguration
from adapters.forge.configured import ForgeConfiguration
from adapters.workflows.configured import WorkflowsConfiguration
from adapters.workspace.service_configuration import DEFAULT_SERVICE, ServiceConfiguration
from engine.model.priority_order import PriorityOrder

CONFIGURATION_FILE = "promo.toml"
"""The file that makes a folder a workspace."""

DEFAULT_SOURCES = ("**/*.promo", "**/*.yaml", "**/*.yml")
"""What is read where `sources` is not set; hidden folders never are."""


@dataclass(frozen=True, slots=True)
class GitConfiguration:
    """How repositories are read, and whom the commits of promotions are by.

    Attributes:
        fetch: False keeps promo off the network.
        timeout: seconds one Git command may take.
        author: ``Name <address>``; empty for whom Git is configured to.
        sign: ``ssh:FILE``, ``gpg:KEY`` or ``never``; empty for what Git is configured to.
    """

    fetch: bool = True
    timeout: int = 60
    author: str = ""
    sign: str = ""


class LintChoice(NamedTuple):
    """Which rules are asked, as `engine.lint.selection.Choice` says it; severities are words here.

    Attributes:
        select: selectors; None where nothing is said.
        ignore: selectors.
        severity: pairs of selector and severity.
    """

    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()
    severity: tuple[tuple[str, str], ...] = ()


class LintConfiguration(NamedTuple):
    """The table ``[lint]``.

    Attributes:
        choice: for every file.
        paths: for the files that patterns fit, in the order written.
        baseline: the file with the findings that are known, from the workspace's folder; empty for none.
        fail_level: the least severity of a finding that makes `promo lint` exit with 1.
        file_lines: lines a `.promo` file may have.
        owner_labels: labels and annotations of a product that say whose it is.
    """

    choice: LintChoice = LintChoice()
    paths: tuple[tuple[tuple[str, ...], LintChoice], ...] = ()
    baseline: str = ""
    fail_level: str = "error"
    file_lines: int = 500
    owner_labels: tuple[str, ...] = ("team", "owner")


DEFAULT_LINT = LintConfiguration()


class LocalConfiguration(NamedTuple):
    """The table ``[workflows.local]``: what promotion workflows may do on this machine.

    Attributes:
        timeout: seconds a run may take.
        step_timeout: seconds one process may take where its template says nothing.
        output_limit: bytes of a process's output that are kept.
        isolation: ``auto``, ``namespaces``, ``landlock`` or ``none``.
        readable: paths that processes may read besides the system's; relative ones are taken from the workspace.
        writable: paths that they may write to besides a folder of their own.
        pass_environment: variables they see.
        images: pairs of a pattern of images and how they are run: ``host``, or a program's path.
        memory: bytes of data the processes of a step may hold together.
        file_size: bytes one file may have.
        processes: how many processes a step may have at once.
        keep: seconds that a run which has ended is kept.
    """

    timeout: int = 3600
    step_timeout: int = 1800
    output_limit: int = 10_000_000
    isolation: str = "auto"
    readable: tuple[str, ...] = ()
    writable: tuple[str, ...] = ()
    pass_environment: tuple[str, ...] = ()
    images: tuple[tuple[str, str], ...] = ()
    memory: int = 2_000_000_000
    file_size: int = 1_000_000_000
    processes: int = 256
    keep: int = 2_592_000


class RuntimeConfiguration(NamedTuple):
    """One table ``[runtimes.NAME]``: servers that look after some environments.

    Attributes:
        name: of the table.
        environments: those it looks after, whatever their clusters.
        clusters: whose applications it looks after; with none of both, it looks after everything.
        control: whether hooks of releases run there.
        argocd: how its Argo CD is reached; None where it has none.
        workflows: how its Argo Workflows is reached; None where it has none.
    """

    name: str
    environments: tuple[str, ...] = ()
    clusters: tuple[str, ...] = ()
    control: bool = False
    argocd: ArgoCdConfiguration | None = None
    workflows: WorkflowsConfiguration | None = None


class AdaptersConfiguration(NamedTuple):
    """What releases act through; an adapter that is empty is off.

    Attributes:
        workflows: what runs promotion workflows: ``local``.
        local: what they may do on this machine.
        applications: what tells how applications stand: ``local``.
        check: the command that says whether an application's folder is healthy; empty for none.
        check_timeout: seconds it may take.
        forges: what knows the pull requests and statuses of repositories.
        runtimes: the servers that look after environments, in the order written.
    """

    workflows: str = ""
    local: LocalConfiguration = LocalConfiguration()
    applications: str = ""
    check: tuple[str, ...] = ()
    check_timeout: int = 300
    forges: tuple[ForgeConfiguration, ...] = ()
    runtimes: tuple[RuntimeConfiguration, ...] = ()


DEFAULT_ADAPTERS = AdaptersConfiguration()


@dataclass(frozen=True, slots=True)
class Configuration:
    """The settings of a workspace; every default is what an empty `promo.toml` means.

    Attributes:
        priority: which of two policy priorities is better.
        sources: patterns of the files that are read, relative to the workspace's folder.
        exclude: patterns of files and folders that are not.
        checkouts: folders that stand for repositories, by address; relative ones are taken from the workspace's
            folder.
        git: how repositories are read.
        lint: what `promo lint` asks.
        service: who may call `promo serve`.
        service_url: the address releases are shown under; empty where they are shown nowhere.
        store_url: where releases are kept, as `adapters.store.location.locate` reads it; empty for the default.
        teams: who is in which team, as access rules and approvals call it.
        adapters: what releases act through.
    """

    priority: PriorityOrder = PriorityOrder.HIGHEST_WINS
    sources: tuple[str, ...] = DEFAULT_SOURCES
    exclude: tuple[str, ...] = ()
    checkouts: Mapping[str, str] = field(default_factory=dict)
    git: GitConfiguration = GitConfiguration()
    lint: LintConfiguration = DEFAULT_LINT
    service: ServiceConfiguration = DEFAULT_SERVICE
    service_url: str = ""
    store_url: str = ""
    teams: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    adapters: AdaptersConfiguration = DEFAULT_ADAPTERS
