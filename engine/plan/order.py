"""The order in which a flow's steps run."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter

from engine.model.entities import Flow, Step


def in_dependency_order(flow: Flow) -> tuple[Step, ...]:
    """Return the steps so that each comes after those it depends on; otherwise as written.

    Steps that are on a cycle come last, as written: the workspace's own checks report them.
    """
    by_environment = {step.environment: step for step in flow.steps}
    position = {step.environment: index for index, step in enumerate(flow.steps)}
    sorter = TopologicalSorter(
        {step.environment: [name for name in step.after if name in by_environment] for step in flow.steps}
    )
    ordered: list[str] = []
    try:
        sorter.prepare()
    except CycleError:
        return flow.steps
    while sorter.is_active():
        ready = sorted(sorter.get_ready(), key=position.__getitem__)
        ordered += ready
        sorter.done(*ready)
    return tuple(by_environment[name] for name in ordered)
