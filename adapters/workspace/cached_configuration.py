"""What `promo.toml` says, kept by its content so that a warm start loads no TOML or validation library."""

from __future__ import annotations

from adapters.argocd.configured import ArgoCdConfiguration
from adapters.forge.configured import ForgeConfiguration
from adapters.workflows.configured import WorkflowsConfiguration
from adapters.workspace.configuration import Configuration
from adapters.workspace.service_configuration import ServiceConfiguration
from engine.model.priority_order import PriorityOrder
from grammar.content_cache import ContentCache, code_fingerprint
from grammar.diagnostics import Diagnostic

_MODULES = (
    Configuration.__module__,
    PriorityOrder.__module__,
    ForgeConfiguration.__module__,
    ArgoCdConfiguration.__module__,
    WorkflowsConfiguration.__module__,
    ServiceConfiguration.__module__,
)


def cached_configuration(text: str, source: str) -> tuple[Configuration, tuple[Diagnostic, ...]]:
    """Do what `read_configuration` does; a text that was right before is not checked again."""
    cache = ContentCache.of_user("configuration", _MODULES)
    asked = {
        "lint": "engine.lint",
        "store": "adapters.store",
        "forges": "adapters.forge",
        "runtimes": "adapters.argocd",
        "workflows": "adapters.workflows",
    }
    packages = ("adapters.workspace", "adapters.git", *(package for word, package in asked.items() if word in text))
    key = cache.key(text, code_fingerprint(*packages))
    kept = cache.get(key)
    if isinstance(kept, Configuration):
        return kept, ()
    from adapters.workspace.settings_file import read_configuration

    made, found = read_configuration(text, source)
    if not found:
        cache.put(key, made)
    return made, found
