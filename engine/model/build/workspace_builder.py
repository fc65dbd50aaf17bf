"""From the declarations of all files to one workspace, with everything that is wrong."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from engine.model import entities
from engine.model.argo import Application, WorkflowTemplate
from engine.model.build.access import access
from engine.model.build.applications import Applications, workflows_by_name
from engine.model.build.calendar import freeze, window
from engine.model.build.environments import environment
from engine.model.build.examples import example
from engine.model.build.flows import flow
from engine.model.build.mentions import check_mentions
from engine.model.build.names import check_name
from engine.model.build.policies import policy
from engine.model.build.products import product
from engine.model.build.requires import require
from engine.model.build.session import Names, Session
from engine.model.build.templates import template
from engine.model.workspace import PriorityOrder, Workspace
from grammar import nodes
from grammar.diagnostics import Diagnostic, Label, in_order
from grammar.span import Span

_KINDS: dict[type[nodes.Declaration], str] = {
    nodes.Environment: "environment",
    nodes.Product: "product",
    nodes.Template: "template",
    nodes.Policy: "policy",
    nodes.Flow: "flow",
    nodes.Require: "require",
    nodes.Window: "window",
    nodes.Freeze: "freeze",
    nodes.Access: "access",
    nodes.Test: "test",
}
"""The keyword of each kind of declaration."""

Node = TypeVar("Node")
Entity = (
    entities.Environment
    | entities.Product
    | entities.Template
    | entities.Policy
    | entities.Flow
    | entities.Require
    | entities.Window
    | entities.Freeze
    | entities.Access
)
Made = TypeVar("Made", bound=Entity)


@dataclass(frozen=True, slots=True)
class Built:
    """What building a workspace gave.

    Attributes:
        workspace: everything that could be built; it can be relied on when no diagnostic is an error.
        diagnostics: by source and place.
    """

    workspace: Workspace
    diagnostics: tuple[Diagnostic, ...]


def build_workspace(
    files: Sequence[nodes.File],
    applications: Sequence[Application] = (),
    workflows: Sequence[WorkflowTemplate] = (),
    *,
    priority_order: PriorityOrder = PriorityOrder.HIGHEST_WINS,
    known_zones: Collection[str] | None = None,
    check_json_path: Callable[[str], str | None] | None = None,
) -> Built:
    """Build a workspace from what was parsed.

    Names are resolved across all files, so neither order nor file changes the meaning. Of declarations with one name
    the first counts. What is broken is left out or built as far as it goes.

    Args:
        files: declarations, from either form.
        applications: Argo CD applications; with none, nothing is said about references to them.
        workflows: Argo workflow templates.
        priority_order: which of two priorities is better.
        known_zones: the time zones that exist; None leaves zones unchecked.
        check_json_path: says what is wrong with a JSONPath, or None; without it JSONPaths are unchecked.

    Returns:
        The workspace and the diagnostics; never raises for any declarations. Cost: linear in what is declared.
    """
    declarations = [declaration for file in files for declaration in file.declarations]
    session = Session({kind: {} for kind in _KINDS.values()}, known_zones, check_json_path)
    kept = _Kept(session, declarations)
    apps = Applications(session, applications)
    environments = kept.built(nodes.Environment, environment)
    products = kept.built(nodes.Product, lambda session, node: product(session, node, apps))
    workspace = Workspace(
        environments,
        products,
        kept.built(nodes.Template, template),
        kept.built(nodes.Policy, policy),
        kept.built(nodes.Flow, flow),
        kept.built(nodes.Require, require),
        kept.built(nodes.Window, window),
        kept.built(nodes.Freeze, freeze),
        kept.built(nodes.Access, access),
        tuple(example(session, node) for node in kept.all(nodes.Test)),
        apps.by_key,
        workflows_by_name(session, workflows),
        priority_order,
    )
    check_mentions(session, products.values(), environments.values(), apps.by_key.values())
    return Built(workspace, in_order(session.findings.diagnostics))


class _Kept:
    """Declarations by kind, with every name registered before anything refers to it."""

    def __init__(self, session: Session, declarations: Iterable[nodes.Declaration]) -> None:
        self._session = session
        self._by_type: dict[type, list[nodes.Declaration]] = {kind: [] for kind in _KINDS}
        self._again: set[int] = set()
        for declaration in declarations:
            kind = _KINDS[type(declaration)]
            self._by_type[type(declaration)].append(declaration)
            if self._register(kind, declaration, session.names[kind]):
                self._again.add(id(declaration))

    def _register(self, kind: str, declaration: nodes.Declaration, known: Names) -> bool:
        """Register a name; say whether it was declared before, which is reported."""
        name, span = _name_of(declaration)
        if not isinstance(declaration, nodes.Test):
            check_name(self._session, declaration.name, _ARTICLED[kind])
        if name not in known:
            known[name] = span
            return False
        self._session.error(
            "M001",
            f"{kind} `{name[:80]}` is declared more than once",
            span,
            labels=[Label(known[name], "first declared here")],
            help="remove one of them, or give it another name",
        )
        return True

    def all(self, kind: type[Node]) -> list[Node]:
        """Return the declarations of a kind, repeated ones included."""
        return [declaration for declaration in self._by_type[kind] if isinstance(declaration, kind)]

    def built(self, kind: type[Node], build: Callable[[Session, Node], Made | None]) -> dict[str, Made]:
        """Build the declarations of a kind by name; repeated ones are checked and not kept."""
        made: dict[str, Made] = {}
        for node in self.all(kind):
            entity = build(self._session, node)
            if entity is not None and id(node) not in self._again:
                made[entity.name] = entity
        return made


def _name_of(declaration: nodes.Declaration) -> tuple[str, Span]:
    if isinstance(declaration, nodes.Test):
        return declaration.title.text, declaration.title.span
    return declaration.name.text, declaration.name.span


_ARTICLED = {
    "environment": "an environment",
    "product": "a product",
    "template": "a template",
    "policy": "a policy",
    "flow": "a flow",
    "require": "a requirement",
    "window": "a window",
    "freeze": "a freeze",
    "access": "an access rule",
}
