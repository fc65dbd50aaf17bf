"""Whether a test that was made up could have been written: its names and values are checked as those of any test."""

from __future__ import annotations

from engine.model.build.examples import example
from engine.model.build.session import Session
from engine.model.workspace import Workspace
from grammar import nodes
from grammar.limits import DEFAULT_LIMITS
from grammar.span import NOWHERE


def is_sayable(test: nodes.Test, workspace: Workspace) -> bool:
    """Say whether a workspace with the test would still be without errors."""
    kinds = {
        "environment": workspace.environments,
        "product": workspace.products,
        "flow": workspace.flows,
        "window": workspace.windows,
        "freeze": workspace.freezes,
    }
    session = Session({kind: dict.fromkeys(declared, NOWHERE) for kind, declared in kinds.items()})
    example(session, test)
    texts = (text for item in test.items if isinstance(item, nodes.GivenCommit) for _, text in item.fields)
    return session.errors == 0 and all(len(text.text) <= DEFAULT_LIMITS.string_length for text in texts)
