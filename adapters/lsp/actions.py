"""What can be done about findings: their fixes, all safe ones at once, and silencing one with a reason."""

from __future__ import annotations

from collections.abc import Iterator

from lsprotocol import types

from adapters.lsp.asked import Asked
from adapters.lsp.formatting import line_edits
from adapters.lsp.shown import Shower
from engine.lint.fixing import apply_fixes
from engine.lint.registry import RULE_BY_CODE
from grammar.diagnostics import Diagnostic, FixSafety

FIX_ALL = "source.fixAll.promo"
KINDS = (types.CodeActionKind.QuickFix, types.CodeActionKind.SourceFixAll, FIX_ALL)


def actions(asked: Asked, place: types.Range, only: list[str] | None) -> list[types.CodeAction]:
    """Return what can be done in a place.

    Args:
        asked: the text that is asked about.
        place: what is selected.
        only: the kinds of actions the editor wants; None for all.
    """
    lines = asked.document.lines
    start, end = lines.offset(place.start), lines.offset(place.end)
    own = asked.analysis.by_source.get(asked.document.name, ())
    found: list[types.CodeAction] = []
    if _wanted(types.CodeActionKind.QuickFix.value, only):
        for diagnostic in own:
            if diagnostic.span.start <= end and diagnostic.span.end >= start:
                found += _quick(asked, diagnostic)
    if _wanted(FIX_ALL, only):
        found += _all(asked, own)
    return found


def _wanted(kind: str, only: list[str] | None) -> bool:
    return only is None or any(kind == one or kind.startswith(f"{one}.") for one in only)


def _quick(asked: Asked, found: Diagnostic) -> Iterator[types.CodeAction]:
    shower = Shower(
        lambda name: asked.desk.lines(asked.project, name), lambda name: asked.desk.uri(asked.project, name)
    )
    shown = shower.one(found, asked.document.lines)
    if found.fix is not None and found.fix.safety is not FixSafety.DISPLAY_ONLY:
        edits: dict[str, list[types.TextEdit]] = {}
        for edit in found.fix.edits:
            where = asked.location(edit.span)
            if where is not None:
                edits.setdefault(where.uri, []).append(types.TextEdit(where.range, edit.text))
        title = found.fix.message[:1].upper() + found.fix.message[1:]
        yield types.CodeAction(
            title,
            types.CodeActionKind.QuickFix,
            [shown],
            is_preferred=True,
            edit=types.WorkspaceEdit(changes=edits),
        )
    if found.code in RULE_BY_CODE and not found.is_error:
        yield _silence(asked, found, shown)


def _silence(asked: Asked, found: Diagnostic, shown: types.Diagnostic) -> types.CodeAction:
    """Return the action that writes a comment above the line of a finding."""
    lines = asked.document.lines
    number = lines.line_of(found.span.start)
    line = lines.line(number)
    indent = line[: len(line) - len(line.lstrip())]
    at = lines.position(lines.start(number))
    comment = f"{indent}# promo: ignore[{found.code}] say why\n"
    edit = types.TextEdit(types.Range(at, at), comment)
    return types.CodeAction(
        f"Silence {RULE_BY_CODE[found.code].name} here, with a reason",
        types.CodeActionKind.QuickFix,
        [shown],
        edit=types.WorkspaceEdit(changes={asked.document.uri: [edit]}),
    )


def _all(asked: Asked, own: tuple[Diagnostic, ...]) -> Iterator[types.CodeAction]:
    document = asked.document
    mine = [found for found in own if found.fix and all(edit.span.source == document.name for edit in found.fix.edits)]
    changed, applied = apply_fixes(mine, {document.name: document.text}, {FixSafety.SAFE})
    if not applied:
        return
    count = f"{len(applied)} safe fix{'' if len(applied) == 1 else 'es'}"
    yield types.CodeAction(
        f"Apply {count} in this file",
        FIX_ALL,
        edit=types.WorkspaceEdit(changes={document.uri: line_edits(document, changed[document.name])}),
    )
