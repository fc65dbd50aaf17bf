"""The shape of an Application on the wire, as far as it is read."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field

from adapters.remote.shape import OPEN, Items, Text, Texts


def _in_utc(moment: datetime | None) -> datetime | None:
    if moment is None:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


Moment = Annotated[datetime | None, AfterValidator(_in_utc)]


class Shape(BaseModel):
    """A mapping of which some keys are known."""

    model_config = OPEN


class Info(Shape):
    """An entry that says something about an operation."""

    name: Text = ""
    value: Text = ""


class WireSource(Shape):
    """A source."""

    repo_url: Annotated[Text, Field(alias="repoURL")] = ""
    path: Text = ""
    target_revision: Text = ""
    chart: Text = ""
    ref: Text = ""


class SyncOperation(Shape):
    """What a sync was asked to do."""

    revision: Text = ""
    revisions: Items[Text] = []


class Operation(Shape):
    """An operation that was asked for."""

    info: Items[Info] = []
    sync: SyncOperation | None = None


class SyncResult(Shape):
    """What a sync did."""

    revision: Text = ""
    revisions: Items[Text] = []


class OperationState(Shape):
    """The operation that runs, or the last one."""

    phase: Text = ""
    message: Text = ""
    started_at: Moment = None
    finished_at: Moment = None
    operation: Operation | None = None
    sync_result: SyncResult | None = None


class Condition(Shape):
    """Something that is wrong."""

    type: Text = ""
    message: Text = ""
    last_transition_time: Moment = None


class ComparedTo(Shape):
    """What was compared."""

    source: WireSource | None = None
    sources: Items[WireSource] = []


class Sync(Shape):
    """The comparison."""

    status: Text = ""
    revision: Text = ""
    revisions: Items[Text] = []
    compared_to: ComparedTo | None = None


class Health(Shape):
    """The health."""

    status: Text = ""
    message: Text = ""
    last_transition_time: Moment = None


class Resource(Shape):
    """A resource of the application."""

    kind: Text = ""
    name: Text = ""
    status: Text = ""
    requires_pruning: bool | None = None


class HydrateOperation(Shape):
    """A run of the hydrator."""

    phase: Text = ""
    message: Text = ""
    dry_sha: Annotated[Text, Field(alias="drySHA")] = ""
    hydrated_sha: Annotated[Text, Field(alias="hydratedSHA")] = ""
    finished_at: Moment = None


class HydratorStatus(Shape):
    """How the hydrator stands."""

    current_operation: HydrateOperation | None = None
    last_successful_operation: HydrateOperation | None = None
    last_compared_dry_revision: Text = ""


class Deployment(Shape):
    """A sync of the past that succeeded."""

    revision: Text = ""
    revisions: Items[Text] = []
    source: WireSource | None = None
    sources: Items[WireSource] = []
    deployed_at: Moment = None


class Status(Shape):
    """What the controller found."""

    sync: Sync | None = None
    health: Health | None = None
    operation_state: OperationState | None = None
    conditions: Items[Condition] = []
    reconciled_at: Moment = None
    resources: Items[Resource] = []
    history: Items[Deployment] = []
    source_hydrator: HydratorStatus | None = None


class Automated(Shape):
    """Automated synchronisation."""

    enabled: bool | None = None


class SyncPolicy(Shape):
    """How it is synchronised."""

    automated: Automated | None = None
    sync_options: Items[Text] = []
    retry: dict[str, Any] | None = None


class Branch(Shape):
    """A branch of rendered manifests."""

    repo_url: Annotated[Text, Field(alias="repoURL")] = ""
    target_branch: Text = ""
    path: Text = ""


class SourceHydrator(Shape):
    """A source hydrator."""

    dry_source: WireSource = WireSource()
    sync_source: Branch = Branch()
    hydrate_to: Branch | None = None


class Spec(Shape):
    """What is wanted."""

    project: Text = ""
    source: WireSource | None = None
    sources: Items[WireSource] = []
    source_hydrator: SourceHydrator | None = None
    sync_policy: SyncPolicy | None = None


class Metadata(Shape):
    """Of the object."""

    name: Text
    namespace: Text = ""
    resource_version: Text = ""
    deletion_timestamp: Moment = None
    annotations: Texts = {}


class WireApplication(Shape):
    """An Application."""

    metadata: Metadata
    spec: Spec
    operation: Operation | None = None
    status: Annotated[Status, BeforeValidator(lambda given: {} if given is None else given)] = Status()
