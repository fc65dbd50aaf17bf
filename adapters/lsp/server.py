"""The server: which message of the protocol is answered by what."""

from __future__ import annotations

import gc
import logging
import os
import sys
from typing import Any, BinaryIO

from cattrs import ClassValidationError, transform_error
from lsprotocol import types
from pygls.exceptions import FeatureRequestError, JsonRpcException, JsonRpcInternalError, JsonRpcInvalidParams
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol, default_converter, lsp_method

from adapters.lsp.answers import answer_commands, answer_lines, answer_names, answer_texts
from adapters.lsp.desk import Desk
from adapters.lsp.positions import Encoding
from adapters.version import VERSION

_LOG = logging.getLogger("promo.lsp")


class _Protocol(LanguageServerProtocol):
    """The protocol without pygls' own copies of open texts, whose lines end where the protocol's do not."""

    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: types.DidOpenTextDocumentParams) -> None:
        """Take over a text."""
        self._desk().open(params.text_document)

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> None:
        """Follow an edit."""
        self._desk().change(params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: types.DidCloseTextDocumentParams) -> None:
        """Give a text back."""
        self._desk().close(params.text_document.uri)

    def structure_message(self, data: dict[str, Any]) -> Any:
        """Read a message; a request that cannot be read is answered with what is wrong with it."""
        try:
            return super().structure_message(data)
        except JsonRpcException as failed:
            cause = failed.__cause__
            wrong = "; ".join(transform_error(cause)) if isinstance(cause, ClassValidationError) else str(cause)
            clear = JsonRpcInvalidParams(f"{data.get('method', 'a message')} cannot be read: {wrong}")
            number = data.get("id")
            if "method" in data and isinstance(number, int | str):
                self._send_response(number, error=clear.to_response_error())
            raise clear from cause

    def handle_message(self, message: Any) -> None:
        """Take a message; JSON that is none is passed over."""
        if not hasattr(message, "jsonrpc"):
            _LOG.warning("something that is no message was passed over")
            return
        super().handle_message(message)

    def _desk(self) -> Desk:
        server = self._server
        assert isinstance(server, PromoServer)
        return server.desk


class PromoServer(LanguageServer):
    """The language server of promo."""

    def __init__(self) -> None:
        """Make a server that is connected to nothing yet."""
        super().__init__(
            "promo",
            VERSION,
            types.TextDocumentSyncKind.Incremental,
            protocol_cls=_Protocol,
            converter_factory=default_converter,
        )
        self.desk = Desk(self.text_document_publish_diagnostics)
        self.asked_to_shut_down = False

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Log what went wrong; what an editor did wrong in a request was answered, and is not a fault of promo."""
        if isinstance(error, JsonRpcInternalError) or not isinstance(error, JsonRpcException | ValueError):
            _LOG.error("this is a fault of promo; please report it: %s", error)
        elif source is not FeatureRequestError:
            _LOG.warning("a message was passed over: %s", error)


def build() -> PromoServer:
    """Return a server with everything it can answer."""
    server = PromoServer()
    _lifecycle(server)
    _files(server)
    answer_texts(server)
    answer_names(server)
    answer_lines(server)
    answer_commands(server)
    return server


def _lifecycle(server: PromoServer) -> None:
    @server.feature(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:
        encoding = server.protocol.workspace.position_encoding
        server.desk.encoding = Encoding(getattr(encoding, "value", encoding))
        capabilities = params.capabilities
        edits = capabilities.workspace.workspace_edit if capabilities.workspace is not None else None
        server.desk.workspace_edits = bool(edits is not None and edits.document_changes)
        completion = capabilities.text_document.completion if capabilities.text_document is not None else None
        item = completion.completion_item if completion is not None else None
        server.desk.snippets = bool(item is not None and item.snippet_support)
        folders = [folder.uri for folder in params.workspace_folders or ()]
        for uri in folders or [uri for uri in (params.root_uri,) if uri]:
            server.desk.roots.add(uri)

    @server.feature(types.INITIALIZED)
    async def initialized(_: types.InitializedParams) -> None:
        await _watch(server)

    @server.feature(types.SHUTDOWN)
    def shutdown(_: None) -> None:
        server.asked_to_shut_down = True
        server.desk.end()


async def _watch(server: PromoServer) -> None:
    """Ask the editor to say when files change on disk, where it can be asked."""
    workspace = server.client_capabilities.workspace
    watched = workspace.did_change_watched_files if workspace is not None else None
    if watched is None or not watched.dynamic_registration:
        return
    watchers = [types.FileSystemWatcher(pattern) for pattern in ("**/*.promo", "**/*.{yaml,yml}", "**/promo.toml")]
    options = types.DidChangeWatchedFilesRegistrationOptions(watchers)
    registration = types.Registration("promo-files", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
    await server.client_register_capability_async(types.RegistrationParams([registration]))


def _files(server: PromoServer) -> None:
    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def watched(params: types.DidChangeWatchedFilesParams) -> None:
        server.desk.files_changed([change.uri for change in params.changes])

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def saved(params: types.DidSaveTextDocumentParams) -> None:
        server.desk.files_changed([params.text_document.uri])

    @server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    def folders(params: types.DidChangeWorkspaceFoldersParams) -> None:
        for folder in params.event.added:
            server.desk.roots.add(folder.uri)
        for folder in params.event.removed:
            server.desk.roots.remove(folder.uri)
        server.desk.roots_changed()


class _ToEditor(logging.Handler):
    """Sends log records to the editor's own log."""

    def __init__(self, server: PromoServer) -> None:
        super().__init__(logging.WARNING)
        self._server = server

    def emit(self, record: logging.LogRecord) -> None:
        """Send one record; while no editor is connected, standard error has it alone."""
        if self._server.protocol.writer is None:
            return
        kind = types.MessageType.Error if record.levelno >= logging.ERROR else types.MessageType.Warning
        try:
            self._server.window_log_message(types.LogMessageParams(kind, record.getMessage()))
        except Exception:
            self.handleError(record)


def serve(stdin: BinaryIO, stdout: BinaryIO) -> bool:
    """Serve one editor until it goes away.

    Args:
        stdin: what the editor says.
        stdout: what it is told.

    Returns:
        Whether the editor said goodbye; False where the connection just ended.
    """
    server = build()
    log = logging.getLogger("promo.lsp")
    level = os.environ.get("PROMO_LSP_LOG", "warning").upper()
    log.setLevel(level if level in logging.getLevelNamesMapping() else logging.WARNING)
    # pygls logs whole messages and every refusal with a traceback; what matters of that is logged here.
    logging.getLogger("pygls").setLevel(logging.DEBUG if log.level == logging.DEBUG else logging.CRITICAL)
    plain = logging.StreamHandler(sys.stderr)
    plain.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    log.addHandler(plain)
    log.addHandler(_ToEditor(server))
    # Syntax trees hold no cycles: a collector that walks them all the time would cost more than parsing does.
    gc.set_threshold(50_000, 50, 1000)
    # The event loop answers an edit while the worker's thread analyses: it must not wait long for its turn.
    sys.setswitchinterval(0.001)
    try:
        server.start_io(stdin, stdout)
    finally:
        server.desk.end()
    return server.asked_to_shut_down
