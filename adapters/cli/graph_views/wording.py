"""The words of graphs: settings, hooks and counts, the same in every format."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.graphs import FlowGraph, Station
from engine.model.entities import DEFAULT_TIMEOUT, Hooks
from engine.model.values import Action, Approvals, written
from engine.resolve.decision import Effective
from grammar.lexical import duration_token
from grammar.vocabulary import listing

_ACTIONS = {Action.COMMIT: "commit", Action.PR: "pull request", Action.NONE: "no commit"}


def counted(count: int, one: str, several: str = "") -> str:
    """Return e.g. ``1 product`` or ``12 products``."""
    return f"{count:,} {one if count == 1 else several or one + 's'}"


def action(station: Station) -> str:
    """Return how a change gets there; empty where the flow alone does not say."""
    found = station.settings.get("action")
    if found is not None:
        return _ACTIONS[found.value] if isinstance(found.value, Action) else written(found.value)
    return "nothing sets an action" if station.applications is not None and not station.trigger else ""


def workflows(station: Station) -> tuple[str, ...]:
    """Return the workflows that run at a station, e.g. ``pre-action smoke-tests`` or ``on failure page``."""
    settings = [
        f"{name} {written(station.settings[name].value)}"
        for name in ("pre-action", "post-action")
        if name in station.settings
    ]
    return (*settings, *hooks(station.hooks))


def hooks(found: Hooks) -> tuple[str, ...]:
    """Return e.g. ``on failure page-oncall``."""
    named = (("start", found.start), ("success", found.success), ("failure", found.failure))
    return tuple(f"on {name} {workflow.name}" for name, workflow in named if workflow is not None)


def gates(settings: Mapping[str, Effective]) -> tuple[str, ...]:
    """Return what a step waits for and how it ends, in short, e.g. ``soak 2h``, ``2 approvals``."""
    found = []
    for name, effective in settings.items():
        if name in ("soak", "window"):
            found.append(f"{name} {written(effective.value)}")
        elif isinstance(effective.value, Approvals):
            teams = f" from {', '.join(effective.value.teams)}" if effective.value.teams else ""
            found.append(counted(effective.value.count, "approval") + teams)
        elif name == "rollback":
            found.append(f"rollback {written(effective.value)}")
    return tuple(found)


def present(station: Station) -> str:
    """Return which applications of the product are there; empty where no product was asked about."""
    if station.applications is None:
        return ""
    if not station.applications:
        return "no application here"
    if len(station.applications) == 1:
        return station.applications[0].rpartition("/")[2]
    return counted(len(station.applications), "application")


def flow_lines(graph: FlowGraph) -> tuple[str, ...]:
    """Return what is to be said of a flow as a whole."""
    lines = [graph.flow.metadata.description] if graph.flow.metadata.description else []
    limit = graph.flow.timeout
    about = [f"times out after {duration_token(DEFAULT_TIMEOUT if limit is None else limit)}", *hooks(graph.flow.hooks)]
    if graph.product is None:
        about.insert(0, f"used by {some(graph.used_by)}" if graph.used_by else "used by no product")
    return (*lines, ", ".join(about))


def some(names: Sequence[str], most: int = 4) -> str:
    """Return e.g. ``a, b and c``, or ``a, b, c, d and 8 more``."""
    if len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most} more"
    return listing(list(names), "and")
