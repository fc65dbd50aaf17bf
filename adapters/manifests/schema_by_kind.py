"""Which shape each kind and version has. Importing this imports pydantic; it is done when a manifest turns up."""

from __future__ import annotations

from pydantic import BaseModel

from adapters.manifests import schema, schema_argo

_SHAPES: dict[tuple[str, str], type[BaseModel]] = {
    ("Product", "v1beta1"): schema.Product,
    ("Product", "v1beta2"): schema.ProductV1beta2,
    ("PromotionFlow", "v1beta1"): schema.PromotionFlow,
    ("PromotionPolicy", "v1beta1"): schema.PromotionPolicy,
    ("PromotionTemplate", "v1beta1"): schema.PromotionTemplate,
    ("Environment", "v1alpha1"): schema.Environment,
    ("Application", "v1alpha1"): schema_argo.Application,
    ("WorkflowTemplate", "v1alpha1"): schema_argo.WorkflowTemplate,
    ("ClusterWorkflowTemplate", "v1alpha1"): schema_argo.WorkflowTemplate,
}


def shape_of(kind: str, version: str) -> type[BaseModel]:
    """Return the shape of a known kind in one of its versions."""
    return _SHAPES[kind, version]
