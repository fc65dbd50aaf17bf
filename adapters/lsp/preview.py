"""What an edit changes about an open text, before the whole workspace has been looked at again.

The declarations that were edited are parsed, checked and linted by themselves; what was found elsewhere moves along
with its text. It is a first answer within milliseconds; the whole analysis replaces it a moment later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from adapters.lsp.analysis import Analysis
from adapters.lsp.document import Document, Edit
from adapters.lsp.kinds import KINDS, name_of
from adapters.lsp.pieces import Pieces
from adapters.lsp.relocation import relocated
from adapters.workspace.linting import selections
from adapters.workspace.zones import KnownZones
from engine.lint.material import Material
from engine.lint.options import Options
from engine.lint.registry import RULE_BY_CODE
from engine.lint.run import lint
from engine.model import entities
from engine.model.build.access import access
from engine.model.build.applications import Applications
from engine.model.build.calendar import freeze, window
from engine.model.build.environments import environment
from engine.model.build.examples import example
from engine.model.build.flows import flow
from engine.model.build.mentions import check_mentions
from engine.model.build.names import check_name
from engine.model.build.policies import policy
from engine.model.build.products import product
from engine.model.build.requires import require
from engine.model.build.session import Session
from engine.model.build.templates import template
from engine.model.workspace import Workspace
from grammar import nodes
from grammar.diagnostics import Diagnostic, in_order
from grammar.span import Span

MOST = 40
"""Declarations that are looked at by themselves; after a larger edit only the whole analysis speaks."""

_LOCAL = (
    *("L101", "L102", "L105", "L116", "L121", "L122", "L126", "L129"),
    *("L204", "L205", "L209"),
    *("L301", "L302", "L303", "L304", "L305", "L306", "L307", "L308", "L312", "L313", "L314"),
)
"""The rules whose findings about a declaration depend on it alone, and on which environments are production."""

LOCAL_RULES = {code: RULE_BY_CODE[code] for code in _LOCAL}
_ZONES = KnownZones()

_BUILDERS: dict[type[nodes.Declaration], Callable[[Session, Any], object]] = {
    nodes.Environment: environment,
    nodes.Template: template,
    nodes.Policy: policy,
    nodes.Flow: flow,
    nodes.Require: require,
    nodes.Window: window,
    nodes.Freeze: freeze,
    nodes.Access: access,
    nodes.Test: example,
}


def preview(analysis: Analysis, document: Document, hull: Edit) -> tuple[Diagnostic, ...]:
    """Return what is to be shown of an edited text.

    Args:
        analysis: the last one of the whole workspace, of an earlier state of the text.
        document: the text as it is now.
        hull: what was edited since then, as one edit.
    """
    pieces, before = document.pieces, analysis.pieces.get(document.name)
    if pieces is None or before is None:
        return ()
    known = {id(piece) for piece in before.pieces}
    current = {id(piece): start for start, piece in zip(pieces.starts, pieces.pieces, strict=True)}
    fresh = [
        (start, piece) for start, piece in zip(pieces.starts, pieces.pieces, strict=True) if id(piece) not in known
    ]
    wrong = [found for start, piece in fresh for found in piece.at(start)[1]]
    declarations = [declaration for start, piece in fresh for declaration in piece.at(start)[0]]
    kept = list(_kept(analysis.by_source.get(document.name, ()), before, current, hull))
    reading = [*wrong, *(found for found in kept if found.code[0] != "L")]
    made: list[object] = []
    if len(declarations) <= MOST:
        reading += _checked(analysis, before, current, declarations, made)
    if any(found.is_error for found in reading) or _broken_elsewhere(analysis, document.name):
        return in_order(reading)
    linted = [*reading, *(found for found in kept if found.code[0] == "L")]
    if len(declarations) <= MOST:
        linted += _linted(analysis, document, declarations, made)
    return in_order(linted)


def _broken_elsewhere(analysis: Analysis, name: str) -> bool:
    return any(found.is_error and found.span.source != name for found in analysis.loaded.diagnostics)


def _kept(
    findings: tuple[Diagnostic, ...], before: Pieces, current: Mapping[int, int], hull: Edit
) -> Iterator[Diagnostic]:
    """Yield earlier findings that still hold as far as anybody can tell, moved to where their text is now."""
    for found in findings:
        at = before.piece_at(found.span.start)
        piece = None if at is None else before.pieces[at]
        if at is not None and piece is not None and id(piece) in current:
            delta = current[id(piece)] - before.starts[at]
        elif piece is not None and _judged_again(found):
            continue
        elif found.span.end < hull.start:
            delta = 0
        elif found.span.start > hull.old_end:
            delta = hull.new_end - hull.old_end
        else:
            continue
        yield _moved(found, delta, hull)


def _judged_again(found: Diagnostic) -> bool:
    """Say whether a finding in an edited declaration is looked for again by itself."""
    return found.code[0] in "SM" or found.code in LOCAL_RULES


def _moved(found: Diagnostic, delta: int, hull: Edit) -> Diagnostic:
    own, source = found.span, found.span.source
    if delta == 0 and not found.labels and found.fix is None:
        return found

    def place(span: Span) -> Span:
        if span.source != source:
            return span
        if span.start >= own.start and span.end <= own.end:
            return Span(span.start + delta, span.end + delta, source)
        shift = hull.new_end - hull.old_end if span.start >= hull.old_end else 0
        return Span(span.start + shift, span.end + shift, source)

    return relocated(found, place)


def _checked(
    analysis: Analysis,
    before: Pieces,
    current: Mapping[int, int],
    declarations: list[nodes.Declaration],
    made: list[object],
) -> list[Diagnostic]:
    """Resolve and check declarations against what the workspace declares besides; what they mean joins ``made``."""
    session = Session(_names(analysis, before, current, declarations), _ZONES)
    workspace = analysis.workspace
    for declaration in declarations:
        if not isinstance(declaration, nodes.Test):
            check_name(session, declaration.name, f"a {KINDS[type(declaration)]}")
        if isinstance(declaration, nodes.Product):
            entity: object = product(session, declaration, Applications(session, workspace.applications.values()))
        else:
            entity = _BUILDERS[type(declaration)](session, declaration)
        made += [] if entity is None else [entity]
    if not analysis.loaded.broken:
        # Of a workspace with errors not all labels are known: what it lacks may well be declared.
        products = [*workspace.products.values(), *(one for one in made if isinstance(one, entities.Product))]
        places = [*workspace.environments.values(), *(one for one in made if isinstance(one, entities.Environment))]
        check_mentions(session, products, places, workspace.applications.values())
    return session.findings.diagnostics


def _names(
    analysis: Analysis, before: Pieces, current: Mapping[int, int], declarations: list[nodes.Declaration]
) -> dict[str, dict[str, Span]]:
    """Return the names that are declared now: those of before, less what was edited away, and the new ones."""
    names = {kind: dict(known) for kind, known in analysis.names.items()}
    for start, piece in zip(before.starts, before.pieces, strict=True):
        if id(piece) not in current:
            for gone in piece.at(start)[0]:
                names[KINDS[type(gone)]].pop(name_of(gone).text, None)
    for declaration in declarations:
        name = name_of(declaration)
        names[KINDS[type(declaration)]][name.text] = name.span
    return names


def _linted(
    analysis: Analysis, document: Document, declarations: list[nodes.Declaration], made: list[object]
) -> list[Diagnostic]:
    """Ask the rules that look at one declaration at a time."""
    configured = analysis.loaded.configuration.lint
    options = Options(configured.file_lines, configured.owner_labels)
    workspace = _alone(analysis.workspace, made)
    material = Material(
        [nodes.File(document.name, tuple(declarations))], workspace, {document.name: document.text}, options
    )
    chosen = selections(analysis.loaded, [document.name])
    return [found for found in lint(material, LOCAL_RULES, chosen) if found.code in LOCAL_RULES]


def _alone(workspace: Workspace, made: list[object]) -> Workspace:
    """Return a workspace with certain entities only, and all environments."""

    def of(kind: type[Any]) -> dict[str, Any]:
        return {entity.name: entity for entity in made if isinstance(entity, kind)}

    return Workspace(
        {**workspace.environments, **of(entities.Environment)},
        of(entities.Product),
        of(entities.Template),
        of(entities.Policy),
        of(entities.Flow),
        of(entities.Require),
        of(entities.Window),
        of(entities.Freeze),
        of(entities.Access),
        priority_order=workspace.priority_order,
    )


def joined(hull: Edit | None, edit: Edit) -> Edit:
    """Return two edits, one after the other, as one that covers both.

    Args:
        hull: the earlier one; None for none.
        edit: the later one, in the text that the earlier one made.
    """
    if hull is None:
        return edit
    delta = hull.new_end - hull.old_end
    start = min(hull.start, edit.start)
    old_end = max(hull.old_end, edit.old_end - delta)
    end_between = max(hull.new_end, edit.old_end)
    return Edit(start, old_end, end_between + edit.new_end - edit.old_end)
