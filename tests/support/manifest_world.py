"""Builds the model of a few manifests, with everything they refer to declared beside them."""

from __future__ import annotations

from typing import Any

from adapters.manifests import read
from adapters.manifests.to_data import Entity
from engine.model.build import build_workspace
from engine.model.workspace import Workspace
from grammar import nodes
from grammar.diagnostics import Diagnostic


def errors(diagnostics: tuple[Diagnostic, ...]) -> list[str]:
    """Return the errors among diagnostics, short."""
    return [f"{found.code} {found.message}" for found in diagnostics if found.is_error]


def declared(text: str) -> nodes.Declaration:
    """Return the one declaration that a good YAML text holds."""
    manifests = read(text, "x.yaml", named=True)
    assert errors(manifests.diagnostics) == []
    (declaration,) = manifests.file.declarations
    return declaration


def entity_of(declaration: nodes.Declaration) -> Entity:
    """Return the entity of a declaration, checked in a workspace that has everything it names."""
    surroundings = nodes.File("surroundings", tuple(_surroundings(declaration)))
    built = build_workspace([nodes.File("x", (declaration,)), surroundings])
    assert errors(built.diagnostics) == []
    return _entities(built.workspace)[type(declaration)][declaration.name.text]


def _entities(workspace: Workspace) -> dict[type, Any]:
    return {
        nodes.Environment: workspace.environments,
        nodes.Product: workspace.products,
        nodes.Template: workspace.templates,
        nodes.Policy: workspace.policies,
        nodes.Flow: workspace.flows,
    }


def _surroundings(declaration: nodes.Declaration) -> list[nodes.Declaration]:
    """Return declarations of what a product or a flow refers to."""
    found: dict[str, nodes.Declaration] = {}
    items = getattr(declaration, "items", ())
    for item in items:
        match item:
            case nodes.FlowUse(name=name):
                found[f"flow {name.text}"] = nodes.Flow(name, (nodes.Trigger(nodes.Name("dev"), ()),))
                found["environment dev"] = _environment("dev")
            case nodes.TemplateReference(name=name):
                found["template"] = nodes.Template(name, None, ())
            case nodes.Trigger(environment=name) | nodes.Step(environment=name):
                found[f"environment {name.text}"] = _environment(name.text)
    return list(found.values())


def _environment(name: str) -> nodes.Environment:
    return nodes.Environment(nodes.Name(name), (nodes.Kind(nodes.Name("prod")),))
