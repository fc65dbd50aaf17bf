"""The kinds of declarations, as the server speaks about them."""

from __future__ import annotations

from grammar import nodes

KINDS: dict[type[nodes.Declaration], str] = {
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
"""The keyword of each declaration."""


def name_of(declaration: nodes.Declaration) -> nodes.Name | nodes.StringValue:
    """Return what a declaration is called; a test has a title."""
    return declaration.title if isinstance(declaration, nodes.Test) else declaration.name
