"""Which applications make up a product in an environment, and which belong nowhere."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engine.model.argo import Application
from engine.model.workspace import Workspace
from engine.resolve.application_environments import homes
from engine.resolve.application_products import memberships
from grammar.diagnostics import Diagnostic, in_order


@dataclass(frozen=True, slots=True)
class Assignment:
    """Where one application belongs.

    Attributes:
        application: the application.
        product: its product's name, or None.
        environment: its environment's name, or None.
        reasons: why it has no product, or no environment; empty when it has both.
    """

    application: Application
    product: str | None
    environment: str | None
    reasons: tuple[str, ...] = ()


class ApplicationMap:
    """The applications of a workspace by product and environment; made once, O(applications).

    Attributes:
        assignments: of every application, by its key, sorted.
        diagnostics: what is contradictory, in order of place.
    """

    __slots__ = ("_by_pair", "assignments", "diagnostics")

    def __init__(self, workspace: Workspace) -> None:
        """Assign every application of a workspace."""
        products, product_findings = memberships(workspace)
        environments, environment_findings = homes(workspace)
        self.diagnostics: tuple[Diagnostic, ...] = in_order((*product_findings, *environment_findings))
        self.assignments: dict[str, Assignment] = {}
        by_pair: dict[tuple[str, str], list[Application]] = {}
        for key in sorted(workspace.applications):
            application = workspace.applications[key]
            member, home = products[key], environments[key]
            reasons = tuple(reason for reason in (member.reason, home.reason) if reason)
            self.assignments[key] = Assignment(application, member.product, home.environment, reasons)
            if member.product is not None and home.environment is not None:
                by_pair.setdefault((member.product, home.environment), []).append(application)
        self._by_pair = {pair: tuple(found) for pair, found in by_pair.items()}

    def of(self, product: str, environment: str) -> tuple[Application, ...]:
        """Return the applications of a product in an environment, sorted by key."""
        return self._by_pair.get((product, environment), ())

    def environments_of(self, product: str) -> tuple[str, ...]:
        """Return the environments in which a product has applications, sorted."""
        return tuple(sorted(environment for owner, environment in self._by_pair if owner == product))

    @property
    def unassigned(self) -> tuple[Assignment, ...]:
        """Return what lacks a product or an environment, sorted by key, with the reasons."""
        return tuple(found for found in self.assignments.values() if found.reasons)


def touched(application: Application, changed_paths: Iterable[str]) -> tuple[str, ...]:
    """Return the changed paths that lie under one of an application's sources, in the order given.

    The paths must come from the repository of the source; whose repository it is, is not asked here.
    Of an application with a source hydrator, the dry source counts. A Helm chart from a chart
    repository lies in no Git path. Source: domain, triggering.
    """
    sources = application.sources if application.hydrator is None else (application.hydrator.dry, *application.sources)
    folders = [source.path.strip("/") for source in sources if source.chart is None]
    return tuple(
        path for path in changed_paths if any(not folder or path.startswith(f"{folder}/") for folder in folders)
    )
