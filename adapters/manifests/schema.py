"""The shape of the manifests that have a `.promo` form.

Each model is the structural schema of one kind; keys are in camel case, types are strict, and an unknown key
is an error. What a shape cannot say (which words an action may be) is a type here as well, so that one pass
finds everything. Source: domain, entities; the published resource definitions of the kinds.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from adapters.manifests.limits import LARGEST_NUMBER, SMALLEST_NUMBER


class Shape(BaseModel):
    """A mapping with known keys."""

    model_config = ConfigDict(extra="forbid", strict=True, alias_generator=to_camel)


Text = Annotated[str, Field(min_length=1)]
Names = Annotated[list[Text], Field(min_length=1)]
Values = Annotated[list[str], Field(min_length=1)]
Priority = Annotated[int, Field(ge=SMALLEST_NUMBER, le=LARGEST_NUMBER)]
Minutes = Annotated[int, Field(ge=1, le=LARGEST_NUMBER // 60)]
Action = Literal["commit", "pr", "none"]
EnvironmentType = Literal["PROD", "NON_PROD"]


class Metadata(Shape):
    """What every object carries; fields that a server sets are accepted and not read."""

    name: Text
    namespace: Text | None = None
    labels: dict[Text, str] | None = None
    annotations: dict[Text, str] | None = None
    generate_name: str | None = None
    finalizers: list[str] | None = None
    owner_references: list[dict[str, Any]] | None = None
    uid: Any = None
    resource_version: Any = None
    generation: Any = None
    creation_timestamp: Any = None
    deletion_timestamp: Any = None
    deletion_grace_period_seconds: Any = None
    managed_fields: Any = None
    self_link: Any = None
    cluster_name: Any = None


class Manifest(Shape):
    """What every kind has around its own `spec`."""

    api_version: str
    kind: str
    metadata: Metadata
    status: Any = None


class VersionSource(Shape):
    """Where a version is written."""

    file: Text
    json_path: str


class PromotedFile(Shape):
    """The values of one file that a promotion copies."""

    json_paths: Values


Promotion = Annotated[dict[Text, PromotedFile], Field(min_length=1)]


class InlineTemplate(Shape):
    """A promotion template without a selector."""

    version_source: VersionSource | None = None
    promotion: Promotion | None = None


class GitTriggerSelector(Shape):
    """One test of the commit."""

    key: Literal["commitMessage", "gitRevision"]
    operator: Literal["In", "NotIn"]
    values: Values


class ProductFlow(Shape):
    """A flow of a product."""

    name: Text
    git_trigger_selectors: Annotated[list[GitTriggerSelector], Field(min_length=1)] | None = None


class ProductSpec(Shape):
    """A product, first version."""

    promotion_template_ref: Text | None = None
    promotion_template: InlineTemplate | None = None
    promotion_flows: Annotated[list[ProductFlow], Field(min_length=1)] | None = None


class ProductSpecV1beta2(ProductSpec):
    """A product, second version."""

    concurrency: Literal["queue", "terminate"] | None = None


class Product(Manifest):
    """`Product`, first version."""

    spec: ProductSpec | None = None


class ProductV1beta2(Manifest):
    """`Product`, second version."""

    spec: ProductSpecV1beta2 | None = None


class LabelRequirement(Shape):
    """One test of an application's labels."""

    key: Text
    operator: Literal["In", "NotIn", "Exists", "DoesNotExist"]
    values: list[str] | None = None


class LabelSelector(Shape):
    """Which applications a template is for."""

    match_labels: dict[Text, str] | None = None
    match_expressions: list[LabelRequirement] | None = None


class PromotionTemplateSpec(InlineTemplate):
    """A promotion template."""

    application_source_selector: LabelSelector
    priority: Priority


class PromotionTemplate(Manifest):
    """`PromotionTemplate`."""

    spec: PromotionTemplateSpec


class StepPolicy(Shape):
    """The settings that a manifest can say."""

    pre_action: Text | None = None
    action: Action | None = None
    post_action: Text | None = None


class ProductSelector(Shape):
    """Which products a policy is for."""

    names: Names | None = None
    tags: Names | None = None


class EnvironmentSelector(Shape):
    """Which target environments a policy is for."""

    names: Names | None = None
    types: Annotated[list[EnvironmentType], Field(min_length=1)] | None = None
    tags: Names | None = None


class PolicySelector(Shape):
    """What a policy is for."""

    product: ProductSelector | None = None
    target_environment: EnvironmentSelector | None = None


class PromotionPolicySpec(Shape):
    """A policy."""

    priority: Priority
    selector: PolicySelector | None = None
    policy: StepPolicy


class PromotionPolicy(Manifest):
    """`PromotionPolicy`."""

    spec: PromotionPolicySpec


class Hooks(Shape):
    """Workflows around a release or a step."""

    on_start: Text | None = None
    on_success: Text | None = None
    on_fail: Text | None = None


class FlowStep(Shape):
    """One target environment of a flow."""

    environment: Text
    depends_on: Names
    policy: StepPolicy | None = None
    hooks: Hooks | None = None


class PromotionFlowSpec(Shape):
    """A flow."""

    trigger_environment: Text
    steps: list[FlowStep] | None = None
    post_trigger: Text | None = None
    hooks: Hooks | None = None
    promotion_timeout_limit: Minutes | None = None


class PromotionFlow(Manifest):
    """`PromotionFlow`."""

    spec: PromotionFlowSpec


class Cluster(Shape):
    """A cluster of an environment; no namespaces means every namespace."""

    name: Text
    namespaces: list[Text] | None = None


class EnvironmentSpec(Shape):
    """An environment."""

    kind: EnvironmentType
    clusters: list[Cluster] | None = None
    tags: list[Text] | None = None


class Environment(Manifest):
    """`Environment`, our own kind."""

    spec: EnvironmentSpec
