"""The repositories and branches whose commits may start releases: those that trigger environments are read from."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from adapters.git import AddressError, normalise
from engine.model.workspace import Workspace
from engine.plan.world import UnreachableError, dry_source
from engine.resolve import ApplicationMap

_log = logging.getLogger("promo.triggers")


def watched_sources(workspace: Workspace) -> Mapping[str, tuple[str, frozenset[str]]]:
    """Return what is watched, by repository as `adapters.git.normalise` writes it: its address, and branches.

    ``HEAD`` among the branches is the repository's own default.
    """
    found: dict[str, tuple[str, frozenset[str]]] = {}
    applications = ApplicationMap(workspace)
    for name, product in workspace.products.items():
        for trigger in sorted({workspace.flows[use.flow].trigger for use in product.flows}):
            for application in applications.of(name, trigger):
                try:
                    source = dry_source(application)
                    key = normalise(source.repo_url)
                except (UnreachableError, AddressError):
                    continue  # a plan of it says what is wrong
                url, branches = found.get(key, (source.repo_url, frozenset[str]()))
                found[key] = (url, branches | {source.target_revision})
    return found
