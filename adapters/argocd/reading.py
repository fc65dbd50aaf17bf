"""From the JSON of an Application to what the landing rule looks at."""

from __future__ import annotations

from adapters.argocd.schema import (
    Deployment,
    Operation,
    OperationState,
    SourceHydrator,
    Status,
    WireApplication,
    WireSource,
)
from adapters.argocd.seen import (
    REFRESH_ANNOTATION,
    STEP_KEY,
    ApplicationSeen,
    ConditionSeen,
    DeploymentSeen,
    HydrationSeen,
    OperationSeen,
    SourceSeen,
)
from adapters.remote.shape import read


def read_application(data: object) -> ApplicationSeen:
    """Return an Application of which everything has the right type.

    Args:
        data: what the JSON stands for.

    Raises:
        NotReadableError: when it is something else.
    """
    wire = read(WireApplication, data)
    spec, status = wire.spec, wire.status
    policy = spec.sync_policy
    automated = policy.automated if policy else None
    sync, health = status.sync, status.health
    return ApplicationSeen(
        name=wire.metadata.name,
        namespace=wire.metadata.namespace,
        project=spec.project,
        version=wire.metadata.resource_version,
        sources=_sources(spec.sources, spec.source),
        compared_sources=_compared(status),
        hydration=None if spec.source_hydrator is None else _hydration(spec.source_hydrator, status),
        auto_sync=automated is not None and automated.enabled is not False,
        sync_options=tuple(policy.sync_options) if policy else (),
        retry=policy.retry if policy else None,
        deleting=wire.metadata.deletion_timestamp is not None,
        refreshing=REFRESH_ANNOTATION in wire.metadata.annotations,
        pending=None if wire.operation is None else _step(wire.operation),
        operation=None if status.operation_state is None else _operation(status.operation_state),
        sync=sync.status if sync else "",
        revisions=_revisions(sync.revisions, sync.revision) if sync else (),
        health=health.status if health else "",
        health_message=health.message if health else "",
        health_since=health.last_transition_time if health else None,
        reconciled_at=status.reconciled_at,
        conditions=tuple(
            ConditionSeen(found.type, found.message, found.last_transition_time) for found in status.conditions
        ),
        unsynced=tuple(f"{one.kind}/{one.name}" for one in status.resources if one.status == "OutOfSync"),
        to_prune=sum(1 for one in status.resources if one.requires_pruning),
        deployment=_deployment(status.history[-1]) if status.history else None,
    )


def _sources(several: list[WireSource], single: WireSource | None) -> tuple[SourceSeen, ...]:
    found = several or ([single] if single else [])
    return tuple(SourceSeen(one.repo_url, one.path, one.target_revision, one.chart, one.ref) for one in found)


def _deployment(last: Deployment) -> DeploymentSeen:
    # The oldest comes first; which is the last only their order says.
    return DeploymentSeen(
        _sources(last.sources, last.source), _revisions(last.revisions, last.revision), last.deployed_at
    )


def _compared(status: Status) -> tuple[SourceSeen, ...]:
    compared = status.sync.compared_to if status.sync else None
    return () if compared is None else _sources(compared.sources, compared.source)


def _revisions(several: list[str], single: str) -> tuple[str, ...]:
    return tuple(several) or ((single,) if single else ())


def _step(operation: Operation | None) -> str:
    found = operation.info if operation else []
    return next((entry.value for entry in found if entry.name == STEP_KEY), "")


def _operation(state: OperationState) -> OperationSeen:
    done, asked = state.sync_result, state.operation.sync if state.operation else None
    revisions = _revisions(done.revisions, done.revision) if done else ()
    return OperationSeen(
        phase=state.phase,
        message=state.message,
        started_at=state.started_at,
        finished_at=state.finished_at,
        step=_step(state.operation),
        revisions=revisions or (_revisions(asked.revisions, asked.revision) if asked else ()),
    )


def _hydration(spec: SourceHydrator, status: Status) -> HydrationSeen:
    hydrator = status.source_hydrator
    current = hydrator.current_operation if hydrator else None
    last = hydrator.last_successful_operation if hydrator else None
    return HydrationSeen(
        repo_url=spec.dry_source.repo_url,
        path=spec.dry_source.path,
        sync_url=spec.sync_source.repo_url or spec.dry_source.repo_url,
        sync_path=spec.sync_source.path,
        staged=spec.hydrate_to is not None,
        phase=current.phase if current else "",
        message=current.message if current else "",
        dry=current.dry_sha if current else "",
        hydrated=current.hydrated_sha if current else "",
        finished_at=current.finished_at if current else None,
        compared=hydrator.last_compared_dry_revision if hydrator else "",
        last_hydrated=last.hydrated_sha if last else "",
        last_dry=last.dry_sha if last else "",
    )
