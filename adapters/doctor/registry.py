"""Every check. One that is not listed does not exist."""

from __future__ import annotations

from adapters.doctor.check import Check
from adapters.doctor.checks.argo_cd import ArgoCdServers
from adapters.doctor.checks.argo_workflows import ArgoWorkflowsServers
from adapters.doctor.checks.cache import CacheFolder
from adapters.doctor.checks.checkouts import Checkouts
from adapters.doctor.checks.clock import Clock
from adapters.doctor.checks.configuration import ConfigurationFile
from adapters.doctor.checks.forges import ReachableForges
from adapters.doctor.checks.git import GitProgram
from adapters.doctor.checks.identity import GitIdentity
from adapters.doctor.checks.interpreter import Interpreter
from adapters.doctor.checks.promo import Installation
from adapters.doctor.checks.prover import Prover
from adapters.doctor.checks.repositories import ReachableRepositories
from adapters.doctor.checks.sources import SourcesLoad
from adapters.doctor.checks.terminal import Terminal
from adapters.doctor.checks.time_zones import TimeZones
from adapters.doctor.checks.workspace import WorkspaceFound

CHECKS: tuple[Check, ...] = (
    Interpreter(),
    Installation(),
    Prover(),
    GitProgram(),
    GitIdentity(),
    Terminal(),
    TimeZones(),
    CacheFolder(),
    WorkspaceFound(),
    ConfigurationFile(),
    SourcesLoad(),
    Checkouts(),
    ReachableRepositories(),
    ReachableForges(),
    ArgoCdServers(),
    ArgoWorkflowsServers(),
    Clock(),
)
"""In the order they run: the machine, then the workspace, then what is beyond it."""
