"""A flow as a graph: the environment it begins in, its steps, what each is set to, and what comes after what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.model.entities import Environment, EnvironmentKind, Flow, Hooks, Setting
from engine.model.workspace import Workspace
from engine.resolve.applications import ApplicationMap
from engine.resolve.decision import Effective, InlineOrigin
from engine.resolve.resolver import Resolver


@dataclass(frozen=True, slots=True)
class Station:
    """An environment of a flow.

    Attributes:
        environment: its name.
        kind: production or not.
        trigger: whether releases begin here.
        after: the environments a step depends on, in the order written.
        settings: by name, in the order of the registry: for a product what is in force, otherwise what the flow
            itself sets.
        hooks: around the step.
        applications: of the product here, sorted by key; None where no product was asked about.
    """

    environment: str
    kind: EnvironmentKind
    trigger: bool = False
    after: tuple[str, ...] = ()
    settings: Mapping[str, Effective] = field(default_factory=dict)
    hooks: Hooks = field(default_factory=Hooks)
    applications: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class FlowGraph:
    """A flow.

    Attributes:
        flow: as it is declared.
        product: whose settings are shown; None for none.
        stations: the trigger, then the steps in the order written.
        edges: pairs of indices into ``stations``, from what comes first.
        used_by: the products that name the flow, in order of declaration.
    """

    flow: Flow
    product: str | None
    stations: tuple[Station, ...]
    edges: tuple[tuple[int, int], ...]
    used_by: tuple[str, ...]


def flow_graph(
    workspace: Workspace, resolver: Resolver, applications: ApplicationMap, flow: str, product: str | None = None
) -> FlowGraph:
    """Return a flow as a graph.

    Args:
        workspace: the declarations.
        resolver: of the same workspace.
        applications: of the same workspace.
        flow: a declared flow.
        product: a declared product, to show what is in force for it; it need not use the flow.

    Raises:
        KeyError: for a name that is not declared.
    """
    declared = workspace.flows[flow]

    def settings(environment: str, inline: tuple[Setting, ...]) -> Mapping[str, Effective]:
        if product is None or environment == declared.trigger:
            return {setting.name: Effective(setting.value, InlineOrigin(flow, setting.span)) for setting in inline}
        return resolver.decide(product, environment, flow=flow).effective

    def there(environment: str) -> tuple[str, ...] | None:
        if product is None:
            return None
        return tuple(application.key for application in applications.of(product, environment))

    environments: Mapping[str, Environment] = workspace.environments
    first = declared.trigger
    stations = [
        Station(
            first,
            environments[first].kind,
            trigger=True,
            settings=settings(first, declared.trigger_settings),
            applications=there(first),
        )
    ]
    for step in declared.steps:
        name = step.environment
        stations.append(
            Station(
                name,
                environments[name].kind,
                after=step.after,
                settings=settings(name, step.settings),
                hooks=step.hooks,
                applications=there(name),
            )
        )
    place = {station.environment: index for index, station in enumerate(stations)}
    edges = tuple((place[name], place[station.environment]) for station in stations for name in station.after)
    used_by = tuple(name for name, one in workspace.products.items() if any(use.flow == flow for use in one.flows))
    return FlowGraph(declared, product, tuple(stations), edges, used_by)
