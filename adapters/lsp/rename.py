"""Gives something another name, wherever it is named: in every `.promo` text and manifest of the workspace."""

from __future__ import annotations

import re

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from adapters.lsp.asked import Asked
from adapters.lsp.occurrences import Occurrence
from adapters.manifests.scalars import Reading, reading
from engine.lint.material import in_manifest
from engine.model.attributes import ATTRIBUTES
from engine.model.build.names import check_name
from engine.model.build.session import Session
from grammar import nodes
from grammar.lexical import name_token, quote

_NOT_RENAMED = ("test",)
_READ_AS_ATTRIBUTES = {field for _, field in ATTRIBUTES} | {"none"}
_SCALAR = re.compile(r"""(?P<before>(?:[&!]\S*\s+)*)(?P<mark>["']?)(?P<plain>[^"'\\\s]*)(?P=mark)""")
_PLAIN_YAML = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]*\Z")


def prepare_rename(asked: Asked, position: types.Position) -> types.PrepareRenamePlaceholder | None:
    """Return the place of the name at a position, and the name; None where there is nothing to rename."""
    found = asked.occurrence(position)
    if found is None or found.kind in _NOT_RENAMED or not asked.analysis.occurrences.declarations(found):
        return None
    return types.PrepareRenamePlaceholder(asked.document.lines.range(found.span), _short(found))


def rename(asked: Asked, position: types.Position, name: str) -> types.WorkspaceEdit:
    """Return the edits that give what is named at a position another name.

    Raises:
        JsonRpcException: where that cannot be done, or would change what something means; the message says why.
    """
    found = asked.occurrence(position)
    if found is None or found.kind in _NOT_RENAMED:
        raise _refused("there is no name here that could be changed")
    _check(asked, found, name)
    changes: dict[str, list[types.TextEdit]] = {}
    for one in asked.analysis.occurrences.of(found):
        lines = asked.lines(one.span)
        if lines is None:
            continue
        text = lines.text[one.span.start : one.span.end]
        uri = asked.desk.uri(asked.project, one.span.source)
        changes.setdefault(uri, []).append(types.TextEdit(lines.range(one.span), _token(one, text, name)))
    return _workspace_edit(asked, changes)


def _check(asked: Asked, found: Occurrence, name: str) -> None:
    session = Session({})
    if not check_name(session, nodes.Name(name), "anything"):
        wrong = session.findings.diagnostics[0]
        raise _refused(f"{wrong.message}; {wrong.help}" if wrong.help else wrong.message)
    unread = next((d for d in asked.analysis.loaded.diagnostics if d.is_error and d.code[0] in "SYC"), None)
    if unread is not None:
        raise _refused(f"`{unread.span.source}` has an error, so that not all names in it are known; mend it first")
    if not asked.analysis.occurrences.declarations(found):
        raise _refused(f"{found.kind} `{_short(found)}` is not declared in this workspace")
    taken = asked.analysis.occurrences.by_name.get((found.kind, name), ())
    if name != _short(found) and any(one.declares for one in taken):
        raise _refused(f"there is a {found.kind} called `{name}` already")


def _short(found: Occurrence) -> str:
    """Return the name that is changed: of ``namespace/name`` the second part."""
    return found.name.rpartition("/")[2] if found.kind == "application" else found.name


def _token(one: Occurrence, text: str, name: str) -> str:
    """Return how a new name is written in the place of an old one."""
    namespace = one.name.removesuffix(_short(one))
    new = namespace + name
    if in_manifest(one.span):
        return _yaml_token(one, text, new)
    if text.startswith('"'):
        return quote(new)
    if one.in_condition and name in _READ_AS_ATTRIBUTES:
        return quote(new)
    if one.kind == "workflow" and name == "none":
        return quote(new)
    return name_token(new)


def _yaml_token(one: Occurrence, text: str, name: str) -> str:
    """Return a name as a YAML scalar, in the quotes the old one had and behind its anchor."""
    match = _SCALAR.fullmatch(text)
    if match is None or match["plain"] != one.name:
        raise _refused(f"`{one.span.source}` writes the name `{one.name}` so that it cannot be replaced: {text[:60]}")
    mark = match["mark"]
    if not mark and (not _PLAIN_YAML.match(name) or reading(name) is not Reading.TEXT):
        mark = '"'
    return f"{match['before']}{mark}{name}{mark}"


def _workspace_edit(asked: Asked, changes: dict[str, list[types.TextEdit]]) -> types.WorkspaceEdit:
    """Return edits of texts; with the versions they are for, where the editor understands that."""
    capabilities = asked.desk.workspace_edits
    if not capabilities:
        return types.WorkspaceEdit(changes=changes)
    return types.WorkspaceEdit(
        document_changes=[
            types.TextDocumentEdit(types.OptionalVersionedTextDocumentIdentifier(uri, asked.desk.version(uri)), edits)
            for uri, edits in changes.items()
        ]
    )


def _refused(message: str) -> JsonRpcException:
    return JsonRpcException(message, types.LSPErrorCodes.RequestFailed.value)
