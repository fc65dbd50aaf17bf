"""Which question of the editor is answered by what."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from adapters.lsp import commands
from adapters.lsp.actions import KINDS, actions
from adapters.lsp.asked import Asked, asked
from adapters.lsp.completion import TRIGGERS, complete
from adapters.lsp.folding import folds
from adapters.lsp.formatting import formatted
from adapters.lsp.hints import hints
from adapters.lsp.hover import hover
from adapters.lsp.lenses import lenses
from adapters.lsp.navigation import definition, highlights, references
from adapters.lsp.rename import prepare_rename, rename
from adapters.lsp.semantic_tokens import LEGEND, semantic_tokens
from adapters.lsp.symbols import outline, workspace_symbols

if TYPE_CHECKING:
    from adapters.lsp.server import PromoServer

_LOG = logging.getLogger("promo.lsp")


def answer_texts(server: PromoServer) -> None:
    """Answer questions about one text by itself."""
    desk = server.desk

    @server.feature(types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=list(TRIGGERS)))
    def on_completion(params: types.CompletionParams) -> types.CompletionList | None:
        document = desk.documents.get(params.text_document.uri)
        if document is None:
            return None
        project = desk.project_of(document)
        analysis = None if project is None else project.analysis
        items = complete(document, document.lines.offset(params.position), analysis, snippets=desk.snippets)
        return types.CompletionList(is_incomplete=False, items=items)

    @server.feature(types.TEXT_DOCUMENT_FORMATTING)
    def on_formatting(params: types.DocumentFormattingParams) -> list[types.TextEdit] | None:
        document = desk.documents.get(params.text_document.uri)
        return None if document is None else formatted(document)

    @server.feature(types.TEXT_DOCUMENT_RANGE_FORMATTING)
    def on_range_formatting(params: types.DocumentRangeFormattingParams) -> list[types.TextEdit] | None:
        document = desk.documents.get(params.text_document.uri)
        return None if document is None else formatted(document, params.range)

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    def on_symbols(params: types.DocumentSymbolParams) -> list[types.DocumentSymbol] | None:
        document = desk.documents.get(params.text_document.uri)
        return None if document is None else outline(document)

    @server.feature(types.TEXT_DOCUMENT_FOLDING_RANGE)
    def on_folding(params: types.FoldingRangeParams) -> list[types.FoldingRange] | None:
        document = desk.documents.get(params.text_document.uri)
        return None if document is None or document.pieces is None else folds(document.lines)

    @server.feature(types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL, LEGEND)
    def on_tokens(params: types.SemanticTokensParams) -> types.SemanticTokens | None:
        document = desk.documents.get(params.text_document.uri)
        return None if document is None else semantic_tokens(document)

    @server.feature(types.TEXT_DOCUMENT_SEMANTIC_TOKENS_RANGE, LEGEND)
    def on_some_tokens(params: types.SemanticTokensRangeParams) -> types.SemanticTokens | None:
        document = desk.documents.get(params.text_document.uri)
        return None if document is None else semantic_tokens(document, params.range)


def answer_names(server: PromoServer) -> None:
    """Answer questions about what names mean in the whole workspace."""
    desk = server.desk

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    async def on_hover(params: types.HoverParams) -> types.Hover | None:
        about = await asked(desk, params.text_document.uri)
        return None if about is None else hover(about, params.position)

    @server.feature(types.TEXT_DOCUMENT_DEFINITION)
    async def on_definition(params: types.DefinitionParams) -> list[types.Location]:
        about = await asked(desk, params.text_document.uri)
        return [] if about is None else definition(about, params.position)

    @server.feature(types.TEXT_DOCUMENT_REFERENCES)
    async def on_references(params: types.ReferenceParams) -> list[types.Location]:
        about = await asked(desk, params.text_document.uri)
        if about is None:
            return []
        return references(about, params.position, declarations=params.context.include_declaration)

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT)
    async def on_highlight(params: types.DocumentHighlightParams) -> list[types.DocumentHighlight]:
        about = await asked(desk, params.text_document.uri)
        return [] if about is None else highlights(about, params.position)

    @server.feature(types.TEXT_DOCUMENT_PREPARE_RENAME)
    async def on_prepare_rename(params: types.PrepareRenameParams) -> types.PrepareRenamePlaceholder | None:
        about = await asked(desk, params.text_document.uri)
        return None if about is None else prepare_rename(about, params.position)

    @server.feature(types.TEXT_DOCUMENT_RENAME, types.RenameOptions(prepare_provider=True))
    async def on_rename(params: types.RenameParams) -> types.WorkspaceEdit | None:
        about = await asked(desk, params.text_document.uri)
        return None if about is None else rename(about, params.position, params.new_name)


def answer_lines(server: PromoServer) -> None:
    """Answer what stands beside the lines of a text: actions, hints and lenses."""
    desk = server.desk

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions(code_action_kinds=list(KINDS)))
    async def on_actions(params: types.CodeActionParams) -> list[types.CodeAction]:
        about = await asked(desk, params.text_document.uri)
        only = params.context.only
        kinds = None if only is None else [getattr(kind, "value", kind) for kind in only]
        return [] if about is None else actions(about, params.range, kinds)

    @server.feature(types.TEXT_DOCUMENT_INLAY_HINT)
    async def on_hints(params: types.InlayHintParams) -> list[types.InlayHint]:
        about = await asked(desk, params.text_document.uri)
        return [] if about is None else hints(about, params.range)

    @server.feature(types.TEXT_DOCUMENT_CODE_LENS)
    async def on_lenses(params: types.CodeLensParams) -> list[types.CodeLens]:
        about = await asked(desk, params.text_document.uri)
        return [] if about is None else lenses(about)

    @server.feature(types.WORKSPACE_SYMBOL)
    async def on_workspace_symbols(params: types.WorkspaceSymbolParams) -> list[types.SymbolInformation]:
        return await workspace_symbols(desk, params.query)


def answer_commands(server: PromoServer) -> None:
    """Run what lenses offer; the result is returned, and shown in a few words."""
    desk = server.desk

    @server.command("promo.check")
    async def on_check() -> dict[str, int]:
        return await desk.settle()

    @server.command("promo.explain")
    async def on_explain(uri: str, product: str) -> dict[str, Any]:
        return _told(server, commands.explain(await _sound(server, uri), product))

    @server.command("promo.explainPolicy")
    async def on_explain_policy(uri: str, policy: str) -> dict[str, Any]:
        return _told(server, commands.explain_policy(await _sound(server, uri), policy))

    @server.command("promo.test")
    async def on_test(uri: str, title: str) -> dict[str, Any]:
        return _told(server, commands.run_test(await _sound(server, uri), title))

    @server.command("promo.plan")
    async def on_plan(uri: str, product: str, target: str) -> dict[str, Any]:
        return _told(server, await commands.plan(await _sound(server, uri), product, target))


async def _sound(server: PromoServer, uri: str) -> Asked:
    """Return the workspace of a text; one with errors has no effective settings."""
    about = await asked(server.desk, uri)
    if about is None:
        raise JsonRpcInvalidParams(f"{uri} belongs to no workspace")
    if about.analysis.loaded.broken:
        raise JsonRpcInvalidParams("the workspace has errors; mend them first")
    return about


def _told(server: PromoServer, report: dict[str, Any]) -> dict[str, Any]:
    """Show the title of a report, and put all of it into the editor's log."""
    server.window_show_message(types.ShowMessageParams(types.MessageType.Info, report["title"]))
    whole = f"{report['title']}\n\n{report['text']}"
    server.window_log_message(types.LogMessageParams(types.MessageType.Info, whole))
    return report
