"""The shape of what is read of Argo's kinds: strict on that, open to everything else.

Argo has many more fields, and new ones with every release; those are not looked at. A key that is one slip away
from one that is read is still an error, because passing over `targetRevison` would promote the wrong branch.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from adapters.manifests.schema import Text


class OpenShape(BaseModel):
    """A mapping of which some keys are known."""

    model_config = ConfigDict(extra="ignore", strict=True, alias_generator=to_camel)


class ArgoMetadata(OpenShape):
    """The parts of `metadata` that are read."""

    name: Text
    namespace: Text | None = None
    labels: dict[Text, str] | None = None
    annotations: dict[Text, str] | None = None


class Destination(OpenShape):
    """Where an application is deployed."""

    server: str | None = None
    name: str | None = None
    namespace: str | None = None


class ApplicationSource(OpenShape):
    """Where manifests are."""

    repo_url: Annotated[Text, Field(alias="repoURL")]
    path: str | None = None
    target_revision: str | None = None
    chart: str | None = None
    ref: str | None = None


class DrySource(OpenShape):
    """Where a hydrator reads."""

    repo_url: Annotated[Text, Field(alias="repoURL")]
    path: str
    target_revision: Text


class SyncSource(OpenShape):
    """Where a hydrator's result is deployed from."""

    target_branch: Text
    path: Text


class HydrateTo(OpenShape):
    """Where a hydrator's result is staged."""

    target_branch: Text


class SourceHydrator(OpenShape):
    """A source hydrator."""

    dry_source: DrySource
    sync_source: SyncSource
    hydrate_to: HydrateTo | None = None


class Automated(OpenShape):
    """Automated synchronisation."""

    enabled: bool | None = None


class SyncPolicy(OpenShape):
    """How an application is synchronised."""

    automated: Automated | None = None


class ApplicationSpec(OpenShape):
    """An application."""

    project: Text
    destination: Destination
    source: ApplicationSource | None = None
    sources: list[ApplicationSource] | None = None
    source_hydrator: SourceHydrator | None = None
    sync_policy: SyncPolicy | None = None


class Application(OpenShape):
    """`Application`."""

    metadata: ArgoMetadata
    spec: ApplicationSpec


class Parameter(OpenShape):
    """A parameter; its value may be of any scalar type, which Argo takes for text."""

    name: Text
    value: Any = None
    default: Any = None
    value_from: dict[str, Any] | None = None


class OutputParameter(OpenShape):
    """What a template puts out."""

    name: Text
    global_name: Text | None = None


class Arguments(OpenShape):
    """What a workflow takes."""

    parameters: list[Parameter] | None = None


class Outputs(OpenShape):
    """What a template puts out."""

    parameters: list[OutputParameter] | None = None


class WorkflowPart(OpenShape):
    """A template of a workflow."""

    outputs: Outputs | None = None


class WorkflowSpec(OpenShape):
    """A workflow."""

    arguments: Arguments | None = None
    templates: list[WorkflowPart] | None = None


class WorkflowTemplate(OpenShape):
    """`WorkflowTemplate` and `ClusterWorkflowTemplate`."""

    metadata: ArgoMetadata
    spec: WorkflowSpec
