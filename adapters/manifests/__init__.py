"""Kubernetes manifests: read into declarations and Argo's values, and written from the model."""

from adapters.manifests.limits import DEFAULT_MANIFEST_LIMITS as DEFAULT_MANIFEST_LIMITS
from adapters.manifests.limits import ManifestLimits as ManifestLimits
from adapters.manifests.reading import ManifestFile as ManifestFile
from adapters.manifests.reading import read as read

__all__ = ["DEFAULT_MANIFEST_LIMITS", "ManifestFile", "ManifestLimits", "read"]
