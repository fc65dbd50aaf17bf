"""Where something is declared, and where it is named."""

from __future__ import annotations

from lsprotocol import types

from adapters.lsp.asked import Asked


def definition(asked: Asked, position: types.Position) -> list[types.Location]:
    """Return where what is named at a position is declared."""
    found = asked.occurrence(position)
    if found is None:
        return []
    places = (asked.location(one.span) for one in asked.analysis.occurrences.declarations(found))
    return [place for place in places if place is not None]


def references(asked: Asked, position: types.Position, *, declarations: bool) -> list[types.Location]:
    """Return every place that names what is named at a position, in all texts of the workspace.

    Args:
        asked: the text that is asked about.
        position: of the name.
        declarations: whether the declaration counts.
    """
    found = asked.occurrence(position)
    if found is None:
        return []
    wanted = (one for one in asked.analysis.occurrences.of(found) if declarations or not one.declares)
    places = (asked.location(one.span) for one in wanted)
    return [place for place in places if place is not None]


def highlights(asked: Asked, position: types.Position) -> list[types.DocumentHighlight]:
    """Return the places of this text that name what is named at a position."""
    found = asked.occurrence(position)
    if found is None:
        return []
    return [
        types.DocumentHighlight(
            asked.document.lines.range(one.span),
            types.DocumentHighlightKind.Write if one.declares else types.DocumentHighlightKind.Read,
        )
        for one in asked.analysis.occurrences.of(found)
        if one.span.source == asked.document.name
    ]
