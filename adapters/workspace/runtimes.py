"""Which runtime looks after an application: which Argo CD deploys it, and which Argo Workflows runs its actions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from adapters.workspace.configuration import Configuration, RuntimeConfiguration
from engine.model.argo import IN_CLUSTER_SERVER, Application
from engine.model.entities import Environment
from engine.model.workspace import Workspace
from grammar.diagnostics import Diagnostic, error
from grammar.span import Span
from grammar.suggest import did_you_mean

if TYPE_CHECKING:
    from engine.execute.snapshot import RuntimeOf

_OWN_CLUSTER = frozenset({"in-cluster", IN_CLUSTER_SERVER})


class NoRuntimeError(Exception):
    """No runtime looks after an application; the text says which."""


def runtime_of(configuration: Configuration, environment: Environment, application: Application) -> str:
    """Return the name of the runtime that looks after an application; empty where none is configured.

    It is the one that names the environment, else the one that names the application's cluster, else the one that
    names a cluster of the environment. A runtime that names nothing is the only one, and looks after everything.

    Raises:
        NoRuntimeError: when none of them does.
    """
    runtimes = configuration.adapters.runtimes
    if not runtimes:
        return ""
    if len(runtimes) == 1 and not runtimes[0].environments and not runtimes[0].clusters:
        return runtimes[0].name
    for runtime in runtimes:
        if environment.name in runtime.environments:
            return runtime.name
    for clusters in (application.cluster_names, _clusters_of(environment)):
        for runtime in runtimes:
            if _spread(runtime) & clusters:
                return runtime.name
    raise NoRuntimeError(f"no runtime looks after the environment `{environment.name}`")


def runtimes_of(configuration: Configuration, workspace: Workspace) -> RuntimeOf:
    """Return what `engine.execute.snapshot.snapshot` asks; it raises `NoRuntimeError` as `runtime_of` does."""
    return lambda environment, application: runtime_of(configuration, workspace.environments[environment], application)


def control_runtime(configuration: Configuration) -> str:
    """Return the runtime that hooks run in; empty where none is configured."""
    runtimes = configuration.adapters.runtimes
    return next((one.name for one in runtimes if one.control or len(runtimes) == 1), "")


def runtime_problems(configuration: Configuration, workspace: Workspace, text: str, source: str) -> list[Diagnostic]:
    """Return what runtimes say that does not fit what is declared.

    Args:
        configuration: of the workspace.
        workspace: what is declared.
        text: of `promo.toml`.
        source: its name in diagnostics.
    """
    return list(_problems(configuration.adapters.runtimes, workspace, text, source))


def _problems(
    runtimes: tuple[RuntimeConfiguration, ...], workspace: Workspace, text: str, source: str
) -> Iterator[Diagnostic]:
    from adapters.workspace.toml_places import toml_places

    places = toml_places(text, source)
    clusters = {name for one in workspace.environments.values() for name in _clusters_of(one)}
    clusters |= {name for one in workspace.applications.values() for name in one.cluster_names}
    for runtime in runtimes:
        known = {"environments": set(workspace.environments), "clusters": clusters}
        for field, names in known.items():
            for name in getattr(runtime, field):
                if name in names:
                    continue
                word = "environment" if field == "environments" else "cluster of an environment or an application"
                span = places.value(("runtimes", runtime.name, field)) or Span(0, 0, source)
                near = did_you_mean(name, sorted(names))
                yield error("C012", f"there is no {word} `{name}`", span, help=near or "remove it, or declare it")
    if not any(one.environments or one.clusters for one in runtimes):
        return
    for environment in workspace.environments.values():
        if not any(_looks_after(runtime, environment) for runtime in runtimes):
            yield error(
                "C013",
                f"no runtime looks after the environment `{environment.name}`",
                places.key(("runtimes",)) or Span(0, 0, source),
                help=f"add `{environment.name}` to the `environments` of one, or its cluster to the `clusters`",
            )


def _looks_after(runtime: RuntimeConfiguration, environment: Environment) -> bool:
    return environment.name in runtime.environments or bool(_spread(runtime) & _clusters_of(environment))


def _spread(runtime: RuntimeConfiguration) -> frozenset[str]:
    """Return every name that a runtime's clusters go by."""
    return _with_names(frozenset(runtime.clusters))


def _clusters_of(environment: Environment) -> frozenset[str]:
    return _with_names(frozenset(cluster.name for cluster in environment.clusters))


def _with_names(names: frozenset[str]) -> frozenset[str]:
    return names | _OWN_CLUSTER if names & _OWN_CLUSTER else names
