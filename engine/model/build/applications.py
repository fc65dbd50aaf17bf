"""Argo applications and workflow templates by name, and references to applications."""

from __future__ import annotations

from collections.abc import Iterable

from engine.model.argo import Application, WorkflowTemplate
from engine.model.build.session import Session
from grammar import nodes
from grammar.diagnostics import Label


class Applications:
    """The applications of a workspace, findable by name and by ``namespace/name``."""

    def __init__(self, session: Session, applications: Iterable[Application]) -> None:
        """Index applications; of those with one key the first counts and the others are reported."""
        self.by_key: dict[str, Application] = {}
        self._by_name: dict[str, list[Application]] = {}
        for application in applications:
            known = self.by_key.get(application.key)
            if known is None:
                self.by_key[application.key] = application
                self._by_name.setdefault(application.name, []).append(application)
            else:
                session.error(
                    "M001",
                    f"application `{application.key}` is declared more than once",
                    application.span,
                    labels=[Label(known.span, "first declared here")],
                    help="remove one of them, or give it another name or namespace",
                )
        self._places = {key: application.span for key, application in self.by_key.items()}

    def refer(self, session: Session, name: nodes.Name) -> None:
        """Check that a name stands for one application; where none at all are loaded, nobody can say."""
        if not self.by_key or name.text in self.by_key:
            return
        called = self._by_name.get(name.text, [])
        if not called:
            places = self._places | {known: found[0].span for known, found in self._by_name.items()}
            session.findings.report(session.unknown("application", name.text, name.span, places))
        elif len(called) > 1:
            session.error(
                "M016",
                f"`{name.text}` is the name of {len(called)} applications",
                name.span,
                labels=[Label(application.span, f"`{application.key}`") for application in called[:4]],
                help=f'say which, as in "{called[0].key}"',
            )


def workflows_by_name(session: Session, workflows: Iterable[WorkflowTemplate]) -> dict[str, WorkflowTemplate]:
    """Return workflow templates by name, the first of each; report what makes the choice matter.

    One name in several namespaces is the same workflow installed on several runtimes, so it must take the same
    parameters everywhere.
    """
    first: dict[str, WorkflowTemplate] = {}
    places: dict[tuple[str, str, bool], WorkflowTemplate] = {}
    for workflow in workflows:
        place = (workflow.namespace, workflow.name, workflow.cluster_scoped)
        again = places.get(place)
        places[place] = workflow
        known = first.setdefault(workflow.name, workflow)
        if again is not None:
            session.error(
                "M001",
                f"workflow template `{workflow.name}` is declared more than once",
                workflow.span,
                labels=[Label(again.span, "first declared here")],
                help="remove one of them",
            )
        elif (known.parameters, known.exports) != (workflow.parameters, workflow.exports):
            session.warning(
                "M017",
                f"workflow template `{workflow.name}` differs between namespaces",
                workflow.span,
                labels=[Label(known.span, "the parameters declared here are the ones that count")],
                help="give both the same parameters and outputs",
            )
    return first
