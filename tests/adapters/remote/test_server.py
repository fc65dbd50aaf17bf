"""One request and its answer, over real connections: certificates, proxies, limits, and servers that misbehave."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.remote.connecting import trusted
from adapters.remote.failures import NoAccessError, StrangerError, UnreachableError
from adapters.remote.refusals import object_of, usual_failure
from adapters.remote.server import Answer, ApiServer, LateError
from adapters.secrets import Secret, SecretError
from engine.execute.errors import AdapterError, RetryableError, TerminalError
from tests.support.certificates import make_certificates, needs_openssl

TOKEN = "remote-token-0123456789"


@dataclass
class Heard:
    """What a server was asked: method and target, and the headers, in order."""

    url: str = ""
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)


@contextmanager
def serving(answer: Callable[[BaseHTTPRequestHandler], None], context: ssl.SSLContext | None = None) -> Iterator[Heard]:
    """Serve HTTP on a port of this machine; ``answer`` writes what is answered."""
    heard = Heard()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_one_request(self) -> None:
            try:
                super().handle_one_request()
            except OSError:
                self.close_connection = True  # whoever asked has hung up

        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            self.rfile.read(length)
            heard.requests.append((f"{self.command} {self.path}", {k.lower(): v for k, v in self.headers.items()}))
            answer(self)

        do_POST = do_GET  # noqa: N815 - named by the library

        def log_message(self, format: str, *args: object) -> None:
            """Keep silent."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """Keep silent: that a client refuses a certificate is no fault of the server."""

    server = Server(("127.0.0.1", 0), Handler)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    heard.url = f"http{'s' if context else ''}://127.0.0.1:{server.server_port}"
    try:
        yield heard
    finally:
        server.shutdown()
        server.server_close()


def well(handler: BaseHTTPRequestHandler) -> None:
    body = b'{"well": true}'
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def api(url: str, **how: object) -> ApiServer:
    return ApiServer(url, lambda: Secret(TOKEN), **{"timeout": 5.0, **how})  # type: ignore[arg-type]


def ask(server: ApiServer, method: str = "GET", path: str = "/a", **how: object) -> Answer:
    return asyncio.run(server.ask(method, path, **how))  # type: ignore[arg-type]


def refused(server: ApiServer, kind: type[AdapterError] = AdapterError, **how: object) -> AdapterError:
    with pytest.raises(kind) as caught:
        ask(server, **how)  # type: ignore[arg-type]
    error = caught.value
    assert TOKEN not in f"{error}{error.help}{error.__cause__!r}{error.__context__!r}"
    return error


# --- what is said ------------------------------------------------------------------------------------


def test_what_is_sent() -> None:
    with serving(well) as heard:
        assert ask(api(f"{heard.url}/root"), path="/a", query={"b": ["1", "2"]}).body == b'{"well": true}'
        ask(api(heard.url), "POST", "/a", body={"c": 1})
        ask(ApiServer(heard.url, None))
    (first, got), (second, posted), (_, silent) = heard.requests
    assert (first, second) == ("GET /root/a?b=1&b=2", "POST /a")
    assert (got["authorization"], got["accept"]) == (f"Bearer {TOKEN}", "application/json")
    assert got["user-agent"].startswith("promo/")
    assert "content-type" not in got
    assert posted["content-type"] == "application/json"
    assert "authorization" not in silent


def test_a_token_is_read_again_for_each_call() -> None:
    kept = ["one"]
    with serving(well) as heard:
        server = ApiServer(heard.url, lambda: Secret(kept[-1]))
        ask(server)
        kept.append("two")
        ask(server)
    assert [headers["authorization"] for _, headers in heard.requests] == ["Bearer one", "Bearer two"]


def test_without_a_token_nothing_is_asked() -> None:
    def missing() -> Secret:
        raise SecretError("the variable `T` is not set", "set `T`")

    with serving(well) as heard:
        error = refused(ApiServer(heard.url, missing), NoAccessError)
        assert (error.reason, error.help) == ("the variable `T` is not set", "set `T`")
        error = refused(ApiServer(heard.url, lambda: Secret("t\u00f6ken")), NoAccessError)
        assert "letters that no token has" in error.reason
    assert heard.requests == []


def test_a_redirect_takes_the_token_nowhere() -> None:
    with serving(well) as other:

        def away(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(302)
            handler.send_header("Location", f"{other.url}/login?state=secret")
            handler.send_header("Content-Length", "0")
            handler.end_headers()

        with serving(away) as heard:
            answer = ask(api(heard.url))
        error = usual_failure(answer, f"{heard.url} answered 302")
        assert isinstance(error, TerminalError)
        assert f"a redirect to `{other.url}/login` and is not followed" in error.reason
    assert other.requests == []


# --- certificates ------------------------------------------------------------------------------------


@needs_openssl
def test_certificates(tmp_path: Path) -> None:
    made = make_certificates(tmp_path / "tls")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made.server, made.key)
    with serving(well, context) as heard:
        stranger = refused(api(heard.url), UnreachableError)
        assert "certificate verify failed" in stranger.reason.lower()
        assert heard.requests == []  # and so no token either
        believed = trusted("tls/ca.pem", tmp_path)
        assert ask(api(heard.url, trusted=believed)).status == 200
        assert ask(api(heard.url, trusted=trusted("", tmp_path, insecure=True))).status == 200
        assert len(heard.requests) == 2


@needs_openssl
def test_a_certificate_of_another_server_is_not_believed(tmp_path: Path) -> None:
    made = make_certificates(tmp_path / "tls", "DNS:argocd.example.com")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made.server, made.key)
    with serving(well, context) as heard:
        error = refused(api(heard.url, trusted=trusted("tls/ca.pem", tmp_path)), UnreachableError)
        assert "ip address mismatch" in error.reason.lower()
    assert heard.requests == []


# --- proxies -----------------------------------------------------------------------------------------


def test_a_proxy_is_taken_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(well) as proxy, serving(well) as direct:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        assert ask(api("http://argocd.example.com")).status == 200
        assert [request for request, _ in proxy.requests] == ["GET http://argocd.example.com/a"]
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        assert ask(api(direct.url)).status == 200
        assert (len(proxy.requests), len(direct.requests)) == (1, 1)


# --- limits ------------------------------------------------------------------------------------------


def test_an_answer_without_end_is_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.remote.server.LARGEST", 100_000)
    sent = 0

    def endless(handler: BaseHTTPRequestHandler) -> None:
        nonlocal sent
        handler.send_response(200)
        handler.end_headers()
        while sent < 50_000_000:
            handler.wfile.write(b"x" * 10_000)
            sent += 10_000

    with serving(endless) as heard:
        error = refused(api(heard.url), TerminalError)
    assert "is larger than" in error.reason
    assert sent < 50_000_000


@pytest.mark.parametrize("every", [0.05, 60.0])
def test_an_answer_that_takes_too_long(every: float) -> None:
    over = threading.Event()

    def slow(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "10000")
        handler.end_headers()
        while not over.wait(every):
            handler.wfile.write(b"x")

    with serving(slow) as heard:
        error = refused(api(heard.url, timeout=0.5), LateError)
        assert error.reason.endswith("did not answer within 0.5 seconds")
        assert isinstance(refused(api(heard.url), LateError, patience=0.2), RetryableError)
        over.set()


def test_a_connection_that_breaks_within_the_answer() -> None:
    def half(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "100")
        handler.end_headers()
        handler.wfile.write(b'{"a": ')
        handler.close_connection = True

    with serving(half) as heard:
        error = refused(api(heard.url), RetryableError)
    assert not isinstance(error, UnreachableError)  # the next question may be answered


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "http://nowhere.invalid"])
def test_a_server_that_is_not_there(url: str) -> None:
    error = refused(api(url), UnreachableError)
    assert f"{url.removeprefix('http://')} cannot be reached" in error.reason


def test_an_address_that_is_none() -> None:
    error = refused(api("http://[::1"), TerminalError)
    assert error.help == "correct `url`"


def test_credentials_of_an_address_are_not_shown() -> None:
    assert api("https://user:secret@argocd.example.com/root").host == "argocd.example.com"


@contextmanager
def raw(content: bytes) -> Iterator[str]:
    """Serve a port that answers whatever it is asked with the same bytes."""

    class Handler(StreamRequestHandler):
        def handle(self) -> None:
            self.request.settimeout(2)
            try:
                self.request.recv(65536)
                self.wfile.write(content)
            except OSError:
                pass  # whoever asked has hung up

    class Server(ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.005,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


_HEADS = st.sampled_from([b"", b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n", b"HTTP/1.1 "])


def attempt(server: ApiServer) -> Answer | AdapterError:
    try:
        return ask(server)
    except AdapterError as failure:
        return failure


@settings(max_examples=40)
@given(_HEADS, st.binary(max_size=200))
def test_whatever_a_server_sends_is_an_answer_or_a_known_failure(head: bytes, rest: bytes) -> None:
    with raw(head + rest) as url:
        outcome = attempt(api(url, timeout=2.0))
    assert isinstance(outcome, Answer) or "127.0.0.1" in outcome.reason


# --- what an answer means ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "kind", "after"),
    [
        (401, NoAccessError, None),
        (409, RetryableError, None),
        (429, RetryableError, 7.0),
        (502, RetryableError, 7.0),
        (307, TerminalError, None),
    ],
)
def test_what_every_server_means(status: int, kind: type[AdapterError], after: float | None) -> None:
    found = usual_failure(Answer(status, {"retry-after": "7"}, b""), f"it answered {status}")
    assert isinstance(found, kind)
    assert getattr(found, "after", None) == after


@pytest.mark.parametrize("status", [400, 403, 404, 415, 501])
def test_what_depends_on_the_server(status: int) -> None:
    assert usual_failure(Answer(status, {}, b"{}"), "it answered") is None


def test_a_page_that_says_404_may_be_of_something_in_between() -> None:
    error = usual_failure(Answer(404, {}, b"404 page not found"), "it answered")
    assert isinstance(error, StrangerError)
    assert error.help == "set `url` to the server's own address"


def test_objects() -> None:
    assert object_of(Answer(200, {}, b'{"a": 1}'), "it", "look") == {"a": 1}
    for body, kind in ((b'{"a": ', RetryableError), (b"[1]", TerminalError), (b"<html>", AdapterError)):
        with pytest.raises(kind):
            object_of(Answer(200, {}, body), "it", "look")
    with pytest.raises(AdapterError):
        object_of(Answer(200, {}, b"[" * 1_000_000), "it", "look")


def test_what_a_server_repeats_of_the_token_is_hidden() -> None:
    assert api("http://a").hidden(f"no {TOKEN}".encode()) == b"no ***"
