"""Kubernetes manifests: read into declarations and Argo's values, and written from the model.

Reading is re-exported here. Writing is in `to_data` and `emit`, which a workspace that is only read never imports.
"""

from adapters.manifests.limits import DEFAULT_MANIFEST_LIMITS as DEFAULT_MANIFEST_LIMITS
from adapters.manifests.limits import ManifestLimits as ManifestLimits
from adapters.manifests.reading import ManifestFile as ManifestFile
from adapters.manifests.reading import read as read

__all__ = ["DEFAULT_MANIFEST_LIMITS", "ManifestFile", "ManifestLimits", "read"]
