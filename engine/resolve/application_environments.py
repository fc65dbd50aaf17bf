"""Which environment an application lives in: by its destination cluster and namespace. Source: domain, environment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine.model.argo import IN_CLUSTER_SERVER, Application
from engine.model.entities import Cluster, Environment
from engine.model.workspace import Workspace
from grammar.diagnostics import Diagnostic, Label, error


@dataclass(frozen=True, slots=True)
class Home:
    """An application's environment, or why it has none.

    Attributes:
        environment: the environment's name, or None.
        reason: why there is none; empty when there is one.
    """

    environment: str | None
    reason: str = ""


def homes(workspace: Workspace) -> tuple[Mapping[str, Home], tuple[Diagnostic, ...]]:
    """Return each application's environment by the application's key, and what is contradictory.

    An environment that names the namespace comes before one that takes every namespace of the cluster. Two
    that are equally specific are an error, and the application belongs to neither.
    Cost: O(applications + clusters of environments), besides ties.
    """
    by_cluster: dict[str, list[tuple[Environment, Cluster]]] = {}
    for environment in workspace.environments.values():
        for cluster in environment.clusters:
            by_cluster.setdefault(cluster_name(cluster.name), []).append((environment, cluster))
    found: list[Diagnostic] = []
    return {key: _home(application, by_cluster, found) for key, application in workspace.applications.items()}, tuple(
        found
    )


def cluster_name(name: str) -> str:
    """Return the one name for every way a cluster is called: Argo CD ignores slashes at an address's end."""
    trimmed = name.rstrip("/")
    return "in-cluster" if trimmed == IN_CLUSTER_SERVER else trimmed


def _home(
    application: Application,
    by_cluster: Mapping[str, list[tuple[Environment, Cluster]]],
    found: list[Diagnostic],
) -> Home:
    """Return one application's environment."""
    names = {cluster_name(name) for name in application.cluster_names}
    if not names:
        return Home(None, "it has no destination cluster")
    mapped = [entry for name in sorted(names) for entry in by_cluster.get(name, ())]
    called = " or ".join(f"`{name}`" for name in sorted(names))
    if not mapped:
        return Home(None, f"no environment spans its cluster {called}")
    namespace = application.target_namespace
    named = _distinct(environment for environment, cluster in mapped if namespace in cluster.namespaces)
    whole = _distinct(environment for environment, cluster in mapped if not cluster.namespaces)
    candidates = named or whole
    if not candidates:
        if not namespace:
            return Home(None, f"it names no namespace, and no environment takes every namespace of cluster {called}")
        return Home(None, f"no environment maps namespace `{namespace}` of cluster {called}")
    if len(candidates) == 1:
        return Home(candidates[0].name)
    listed = " and ".join(f"`{environment.name}`" for environment in candidates)
    found.append(
        error(
            "R005",
            f"application `{application.key}` lies in environments {listed}",
            application.span,
            labels=[Label(environment.span, f"`{environment.name}` maps it too") for environment in candidates],
            help=f"let only one of them map namespace `{namespace}` of cluster {called}",
        )
    )
    return Home(None, f"{listed} both map it")


def _distinct(environments: Iterable[Environment]) -> list[Environment]:
    """Return environments once each, by name: an environment may map a namespace twice."""
    by_name = {environment.name: environment for environment in environments}
    return [by_name[name] for name in sorted(by_name)]
