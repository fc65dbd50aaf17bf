"""What can be run from a text: explain a product or a policy, run a test, plan a promotion."""

from __future__ import annotations

from lsprotocol import types

from adapters.lsp.asked import Asked
from adapters.lsp.effective import environments_of
from grammar import nodes
from grammar.span import Span

_MOST_TARGETS = 6


def lenses(asked: Asked) -> list[types.CodeLens]:
    """Return the lenses above the declarations of a `.promo` text; none while the workspace has errors."""
    if asked.document.pieces is None or asked.analysis.loaded.broken:
        return []
    found: list[types.CodeLens] = []
    for node in asked.document.pieces.declarations():
        match node:
            case nodes.Product():
                found += _product(asked, node)
            case nodes.Policy():
                found.append(_policy(asked, node))
            case nodes.Test():
                found.append(_lens(asked, node.title.span, "run test", "promo.test", node.title.text))
            case _:
                pass
    return found


def _product(asked: Asked, node: nodes.Product) -> list[types.CodeLens]:
    name = node.name.text
    made = [_lens(asked, node.name.span, "explain", "promo.explain", name)]
    targets = list(environments_of(asked.analysis, name))
    for target in targets[:_MOST_TARGETS]:
        made.append(_lens(asked, node.name.span, f"plan {target}", "promo.plan", name, target))
    return made


def _policy(asked: Asked, node: nodes.Policy) -> types.CodeLens:
    reach, name = asked.analysis.reach, node.name.text
    title = "explain" if reach is None else f"explain: matches {reach.matched.get(name, 0):,} of {reach.pairs:,} pairs"
    return _lens(asked, node.name.span, title, "promo.explainPolicy", name)


def _lens(asked: Asked, span: Span, title: str, command: str, *arguments: str) -> types.CodeLens:
    return types.CodeLens(
        asked.document.lines.range(span),
        types.Command(title, command, arguments=[asked.document.uri, *arguments]),
    )
