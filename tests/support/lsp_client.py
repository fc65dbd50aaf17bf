"""An editor's side of the Language Server Protocol: a real `promo lsp` process, and what it says."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0
"""Seconds that an answer may take before a test fails; machines are busy."""


class ServerError(Exception):
    """The server answered a request with an error."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(f"{error.get('code')}: {error.get('message')}")
        self.code = error.get("code")


class Editor:
    """One session: opens texts, edits them, asks, and keeps what it is told."""

    def __init__(self, folder: Path, *, encodings: tuple[str, ...] = (), watch: bool = True, **options: Any) -> None:
        self.folder = folder
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "adapters.cli.main", "lsp", "--stdio"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=folder,
            env=environment,
        )
        self.diagnostics: dict[str, list[dict[str, Any]]] = {}
        self.versions: dict[str, int | None] = {}
        self.published: queue.Queue[tuple[float, dict[str, Any]]] = queue.Queue()
        self.messages: list[dict[str, Any]] = []
        self.registered: list[str] = []
        self.texts: dict[str, str] = {}
        self._numbers: dict[str, int] = {}
        self._answers: dict[int, queue.Queue[dict[str, Any]]] = {}
        self._next = 0
        self.sent = 0.0
        self._writing = threading.Lock()
        self.errors: list[bytes] = []
        self._threads = [threading.Thread(target=self._read), threading.Thread(target=self._read_errors)]
        for thread in self._threads:
            thread.start()
        capabilities: dict[str, Any] = {
            "workspace": {
                "didChangeWatchedFiles": {"dynamicRegistration": watch},
                "workspaceEdit": {"documentChanges": True},
            },
            "textDocument": {"publishDiagnostics": {"relatedInformation": True, "versionSupport": True}},
        }
        if encodings:
            capabilities["general"] = {"positionEncodings": list(encodings)}
        self.capabilities = self.ask(
            "initialize",
            {
                "processId": os.getpid(),
                "rootUri": folder.as_uri(),
                "workspaceFolders": [{"uri": folder.as_uri(), "name": "test"}],
                "capabilities": capabilities,
                **options,
            },
        )["capabilities"]
        self.tell("initialized", {})

    # --- messages ----------------------------------------------------------------------------------

    def ask(self, method: str, params: Any) -> Any:
        """Send a request and return its result."""
        self._next += 1
        number = self._next
        self._answers[number] = queue.Queue()
        self.send({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
        answer = self._answer(number)
        if answer is None:
            self.kill()
            raise AssertionError(f"{method} was not answered; {b''.join(self.errors).decode()}")
        if "error" in answer:
            raise ServerError(answer["error"])
        return answer.get("result")

    def _answer(self, number: int) -> dict[str, Any] | None:
        """Wait for an answer; None where none came, or the server is gone."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                return self._answers[number].get(timeout=0.5)
            except queue.Empty:
                if self.process.poll() is not None:
                    return None
        return None

    def tell(self, method: str, params: Any) -> None:
        """Send a notification."""
        self.send({"jsonrpc": "2.0", "method": method, "params": params})

    def send(self, message: Any) -> None:
        self.send_bytes(json.dumps(message).encode())

    def send_bytes(self, body: bytes) -> None:
        assert self.process.stdin is not None
        with self._writing:
            self.sent = time.perf_counter()
            self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
            self.process.stdin.flush()

    def _read(self) -> None:
        stream = self.process.stdout
        assert stream is not None
        while header := stream.readline():
            length = 0
            while header.strip():
                if header.lower().startswith(b"content-length:"):
                    length = int(header.partition(b":")[2])
                header = stream.readline()
            message = json.loads(stream.read(length))
            self._take(message, time.perf_counter())

    def _take(self, message: dict[str, Any], now: float) -> None:
        if "method" not in message:
            self._answers[message["id"]].put(message)
        elif "id" in message:
            if message["method"] == "client/registerCapability":
                self.registered += [one["method"] for one in message["params"]["registrations"]]
            self.send({"jsonrpc": "2.0", "id": message["id"], "result": None})
        elif message["method"] == "textDocument/publishDiagnostics":
            params = message["params"]
            self.diagnostics[params["uri"]] = params["diagnostics"]
            self.versions[params["uri"]] = params.get("version")
            self.published.put((now, params))
        else:
            self.messages.append(message)

    def _read_errors(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.errors.append(line)

    # --- texts -------------------------------------------------------------------------------------

    @contextmanager
    def at_home_in(self, folder: Path) -> Iterator[None]:
        """Work in another folder for a while; what was opened in it is closed again."""
        self.folder = folder
        self.diagnostics.clear()
        self.messages.clear()
        self.errors.clear()
        yield
        for uri in list(self.texts):
            self.close(uri)

    def uri(self, name: str) -> str:
        return (self.folder / name).as_uri()

    def open(self, name: str, text: str | None = None, language: str = "promo") -> str:
        """Open a file, or a text that is not on disk; return its URI."""
        uri = self.uri(name)
        if text is None:
            text = (self.folder / name).read_bytes().decode()
        self.texts[uri], self._numbers[uri] = text, 1
        item = {"uri": uri, "languageId": language, "version": 1, "text": text}
        self.tell("textDocument/didOpen", {"textDocument": item})
        return uri

    def edit(self, uri: str, start: int, end: int, text: str) -> int:
        """Replace characters of an open text; return the new version."""
        before = self.texts[uri]
        where = {"start": position(before, start), "end": position(before, end)}
        return self.change(uri, [{"range": where, "text": text}], before[:start] + text + before[end:])

    def replace(self, uri: str, old: str, new: str) -> int:
        """Replace the only place of a text in an open one."""
        before = self.texts[uri]
        assert before.count(old) == 1, f"{old!r} stands {before.count(old)} times"
        start = before.index(old)
        return self.edit(uri, start, start + len(old), new)

    def change(self, uri: str, changes: list[dict[str, Any]], text: str) -> int:
        self.texts[uri] = text
        self._numbers[uri] += 1
        document = {"uri": uri, "version": self._numbers[uri]}
        self.tell("textDocument/didChange", {"textDocument": document, "contentChanges": changes})
        return self._numbers[uri]

    def close(self, uri: str) -> None:
        del self.texts[uri]
        self.tell("textDocument/didClose", {"textDocument": {"uri": uri}})

    def at(self, uri: str, mark: str, offset: int = 0) -> dict[str, Any]:
        """Return the parameters for a question about the only place of a text."""
        text = self.texts[uri]
        assert text.count(mark) == 1, f"{mark!r} stands {text.count(mark)} times"
        return {"textDocument": {"uri": uri}, "position": position(text, text.index(mark) + offset)}

    # --- findings ----------------------------------------------------------------------------------

    def settle(self) -> None:
        """Wait until what is published is of the texts as they are now."""
        self.ask("workspace/executeCommand", {"command": "promo.check", "arguments": []})

    def codes(self, uri: str) -> list[str]:
        return sorted(found["code"] for found in self.diagnostics.get(uri, []))

    def until(self, holds: Callable[[], bool], what: str) -> None:
        """Wait until something holds, for what has no answer to wait for."""
        end = time.monotonic() + PATIENCE
        while not holds():
            assert time.monotonic() < end, f"{what} did not happen; published: {self.diagnostics}"
            time.sleep(0.005)

    # --- the end -----------------------------------------------------------------------------------

    def __enter__(self) -> Editor:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if self.process.poll() is None and error is None:
                self.ask("shutdown", None)
                self.tell("exit", None)
                assert self.process.wait(PATIENCE) == 0, b"".join(self.errors).decode()
        finally:
            self.kill()

    def kill(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for thread in self._threads:
            thread.join()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream is not None:
                try:
                    stream.close()
                except BrokenPipeError:
                    # What was still to be written to a server that is gone.
                    pass


@contextmanager
def editing(folder: Path, **options: Any) -> Iterator[Editor]:
    """Start a session in a folder and end it properly."""
    with Editor(folder, **options) as editor:
        yield editor


def position(text: str, offset: int) -> dict[str, int]:
    """Return the position of an offset in UTF-16 code units, worked out as plainly as possible."""
    if "\r" not in text:
        start = text.rfind("\n", 0, offset) + 1
        units = len(text[start:offset].encode("utf-16-le", "surrogatepass")) // 2
        return {"line": text.count("\n", 0, offset), "character": units}
    line = character = at = 0
    while at < offset:
        if text[at] == "\r" and text[at + 1 : at + 2] == "\n" and at + 1 < offset:
            line, character, at = line + 1, 0, at + 2
        elif text[at] == "\n" or (text[at] == "\r" and text[at + 1 : at + 2] != "\n"):
            line, character, at = line + 1, 0, at + 1
        else:
            character += len(text[at].encode("utf-16-le", "surrogatepass")) // 2
            at += 1
    return {"line": line, "character": character}


def edited(text: str, edits: list[dict[str, Any]]) -> str:
    """Return a text after edits of the protocol, which do not overlap."""
    places = [
        (offset(text, edit["range"]["start"]), offset(text, edit["range"]["end"]), edit["newText"]) for edit in edits
    ]
    for start, end, new in sorted(places, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def offset(text: str, where: dict[str, int]) -> int:
    """Return the offset of a position; the inverse of `position`."""
    found = next((at for at in range(len(text) + 1) if position(text, at) == where), None)
    assert found is not None, f"{where} is no place of the text"
    return found
