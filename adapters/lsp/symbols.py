"""The declarations of a text as an outline, and those of all workspaces by name."""

from __future__ import annotations

from collections.abc import Iterator

from lsprotocol import types

from adapters.lsp.desk import Desk
from adapters.lsp.document import Document
from adapters.lsp.kinds import KINDS, name_of
from adapters.lsp.positions import Lines
from grammar import nodes
from grammar.span import Span

_PICTURES = {
    "environment": types.SymbolKind.Namespace,
    "product": types.SymbolKind.Package,
    "template": types.SymbolKind.Interface,
    "policy": types.SymbolKind.Class,
    "flow": types.SymbolKind.Function,
    "require": types.SymbolKind.Constant,
    "window": types.SymbolKind.Object,
    "freeze": types.SymbolKind.Object,
    "access": types.SymbolKind.Key,
    "test": types.SymbolKind.Event,
    "workflow": types.SymbolKind.Method,
    "application": types.SymbolKind.Module,
}
_MOST = 200


def outline(document: Document) -> list[types.DocumentSymbol]:
    """Return the declarations of a `.promo` text, with the steps, flows, settings and expectations inside."""
    if document.pieces is None:
        return []
    return [_symbol(declaration, document.lines) for declaration in document.pieces.declarations()]


def _symbol(node: nodes.Declaration, lines: Lines) -> types.DocumentSymbol:
    kind, name = KINDS[type(node)], name_of(node)
    return types.DocumentSymbol(
        name.text or kind,
        _PICTURES[kind],
        lines.range(node.span),
        lines.range(name.span),
        detail=kind,
        children=[
            types.DocumentSymbol(text or "?", picture, lines.range(span), lines.range(place))
            for item in node.items
            for text, picture, span, place in _inner(item)
        ],
    )


def _inner(item: object) -> Iterator[tuple[str, types.SymbolKind, Span, Span]]:
    match item:
        case nodes.Setting():
            yield item.keyword, types.SymbolKind.Property, item.span, item.keyword_span
        case nodes.Trigger():
            yield f"trigger {item.environment.text}", types.SymbolKind.Field, item.span, item.environment.span
        case nodes.Step():
            yield f"step {item.environment.text}", types.SymbolKind.Field, item.span, item.environment.span
        case nodes.FlowUse():
            yield f"flow {item.name.text}", types.SymbolKind.Field, item.span, item.name.span
        case nodes.ExpectSettings():
            yield f"expect {item.environment.text}", types.SymbolKind.Field, item.span, item.environment.span
        case _:
            return


async def workspace_symbols(desk: Desk, query: str) -> list[types.SymbolInformation]:
    """Return what is declared in any workspace under a name that contains what is asked for, the shortest first."""
    wanted = query.lower()
    found: list[types.SymbolInformation] = []
    for project in list(desk.projects.values()):
        analysis = await project.fresh()
        if analysis is None:
            continue
        for (kind, name), places in analysis.occurrences.by_name.items():
            if wanted not in name.lower():
                continue
            for one in places:
                lines = desk.lines(project, one.span.source)
                if one.declares and lines is not None:
                    location = types.Location(desk.uri(project, one.span.source), lines.range(one.span))
                    found.append(types.SymbolInformation(location, name, _PICTURES[kind], container_name=kind))
    found.sort(key=lambda symbol: (len(symbol.name), symbol.name))
    return found[:_MOST]
