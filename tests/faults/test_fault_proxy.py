"""The proxy that makes faults: what it passes on it does not change, and every fault is what it is called."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.fakes.fault_proxy import Fault, FaultProxy, Kind, TcpRelay
from tests.fakes.forge_server import TOKEN, ForgeServer, serve
from tests.fakes.forge_state import ForgeState
from tests.fakes.socket_thread import listening
from tests.fakes.workflows_server import TOKEN as ARGO_TOKEN
from tests.fakes.workflows_server import FakeArgo
from tests.fakes.workflows_server import serving as serving_argo
from tests.support.gitdaemon import GitDaemon
from tests.support.gitrepo import GitRepo, run_git
from tests.support.postgres import MISSING, PostgresCluster, programs

ANSWER = {"answer": "all is well", "padding": "x" * 200}


class Counting:
    """A server that counts what it is asked, and streams numbers at ``/stream``."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.left = threading.Event()
        self.url = ""

    @contextmanager
    def serving(self) -> Iterator[Counting]:
        counting = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                counting.asked.append(f"{self.command} {self.path} {body.decode()}".strip())
                if self.path == "/stream":
                    self.stream()
                    return
                data = json.dumps(ANSWER | {"number": len(counting.asked)}).encode()
                self.send_response(201 if self.command == "POST" else 200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.send_header("X-Own", "kept")
                self.end_headers()
                self.wfile.write(data)

            do_POST = do_GET  # noqa: N815

            def stream(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                try:
                    for number in range(1000):
                        line = f"data: {number}\n\n".encode()
                        self.wfile.write(f"{len(line):x}\r\n".encode() + line + b"\r\n")
                        time.sleep(0.02)
                except ConnectionError:
                    self.close_connection = True
                    counting.left.set()

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        with listening(Handler) as url:
            self.url = f"{url}/base"
            yield self


@pytest.fixture
def server() -> Iterator[Counting]:
    with Counting().serving() as counting:
        yield counting


@pytest.fixture
def proxy(server: Counting) -> Iterator[FaultProxy]:
    with FaultProxy(server.url) as made:
        yield made


@pytest.fixture
def client(proxy: FaultProxy) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"http://127.0.0.1:{proxy.port}", timeout=0.5) as made:
        yield made


def test_what_is_asked_and_answered_is_passed_on(server: Counting, proxy: FaultProxy, client: httpx.Client) -> None:
    assert proxy.url.endswith("/base")
    for number in (1, 2):
        got = client.post("/things?a=1", json={"b": number})
        assert (got.status_code, got.json()["number"], got.headers["x-own"]) == (201, number, "kept")
    assert server.asked == ['POST /things?a=1 {"b":1}', 'POST /things?a=1 {"b":2}']
    assert proxy.connections == 1, "a connection is kept for the next request"
    assert [(one.method, one.target, one.path, one.deliveries) for one in proxy.passed] == [
        ("POST", "/things?a=1", "/things", 1)
    ] * 2


@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize("kind", [Kind.CUT, Kind.HANG, Kind.STATUS, Kind.GARBAGE, Kind.PAGE], ids=lambda one: one.name)
def test_an_answer_that_is_not_the_servers(
    server: Counting, proxy: FaultProxy, client: httpx.Client, kind: Kind, done: bool
) -> None:
    proxy.faults.append(Fault(kind, "POST", "^/things", done, status=429, headers={"Retry-After": "7"}))
    match kind:
        case Kind.CUT:
            with pytest.raises(httpx.RemoteProtocolError):
                client.post("/things")
        case Kind.HANG:
            with pytest.raises(httpx.ReadTimeout):
                client.post("/things")
        case _:
            got = client.post("/things")
            assert got.status_code == (429 if kind is Kind.STATUS else 200)
            assert got.headers.get("retry-after") == ("7" if kind is Kind.STATUS else None)
            assert ("html" in got.headers["content-type"]) == (kind is Kind.PAGE)
            if kind is not Kind.STATUS:
                with pytest.raises(ValueError):  # noqa: PT011 - the noise is no UTF-8, the page no JSON
                    got.json()
    assert len(server.asked) == proxy.passed[0].deliveries == int(done)
    assert proxy.did() == {kind: 1}
    assert client.post("/things").status_code == 201, "it happens once"


def test_the_servers_answer_is_late_or_spoiled(server: Counting, proxy: FaultProxy, client: httpx.Client) -> None:
    proxy.faults = [Fault(Kind.DELAY, seconds=0.25)]
    began = time.monotonic()
    assert client.get("/things").json()["number"] == 1
    assert time.monotonic() - began >= 0.25
    proxy.faults = [Fault(Kind.TWICE)]
    assert client.get("/things").json()["number"] == 3
    proxy.faults = [Fault(Kind.MISTYPED)]
    got = client.get("/things")
    assert (got.json()["number"], got.headers["content-type"]) == (4, "text/html")
    proxy.faults = [Fault(Kind.TRUNCATE)]
    with pytest.raises(httpx.RemoteProtocolError, match="complete message body"):
        client.get("/things")
    proxy.faults = [Fault(Kind.HALVE)]
    got = client.get("/things")
    assert json.dumps(ANSWER).encode().startswith(got.content[:50])
    assert len(got.content) < len(json.dumps(ANSWER))
    # No two bytes are further apart than the client waits, and yet the whole takes longer.
    proxy.faults = [Fault(Kind.DRIP, seconds=0.003)]
    began = time.monotonic()
    assert client.get("/things").json()["number"] == 7
    assert time.monotonic() - began > 0.6
    assert len(server.asked) == 7


def test_a_fault_is_about_some_requests_only(proxy: FaultProxy, client: httpx.Client) -> None:
    proxy.faults = [Fault(Kind.STATUS, "GET", "/b$", first=2, times=2), Fault(Kind.STATUS, status=418, path="^/c")]
    assert [client.get("/b").status_code for _ in range(5)] == [200, 503, 503, 200, 200]
    assert [client.post("/b").status_code, client.post("/c").status_code] == [201, 418]
    proxy.faults = [Fault(Kind.STATUS, times=None)]
    assert {client.get("/b").status_code for _ in range(5)} == {503}
    proxy.faults, proxy.chaos = [], lambda method, target: Fault(Kind.STATUS, status=500) if method == "POST" else None
    assert [client.get("/b").status_code, client.post("/b").status_code] == [200, 500]


def test_a_stream_is_passed_on_as_it_comes_and_ends_with_its_reader(server: Counting, client: httpx.Client) -> None:
    with client.stream("GET", "/stream") as got:
        lines = got.iter_lines()
        assert [next(lines), next(lines), next(lines)] == ["data: 0", "", "data: 1"]
        assert not server.left.is_set()
    assert server.left.wait(5), "the server still sends"


@pytest.mark.parametrize("kind", [Kind.TRUNCATE, Kind.CUT], ids=lambda one: one.name)
def test_a_stream_breaks_off(server: Counting, proxy: FaultProxy, client: httpx.Client, kind: Kind) -> None:
    proxy.faults = [Fault(kind, path="/stream", done=True)]
    with pytest.raises(httpx.RemoteProtocolError), client.stream("GET", "/stream") as got:
        list(got.iter_lines())
    assert server.left.wait(5)


def test_an_outage_and_its_end(server: Counting, proxy: FaultProxy, client: httpx.Client) -> None:
    port = proxy.port
    with client.stream("GET", "/stream") as got:
        lines = got.iter_lines()
        next(lines)
        proxy.down()
        with pytest.raises(httpx.HTTPError):
            list(lines)
    with pytest.raises(httpx.ConnectError):
        client.get("/things")
    proxy.up()
    assert proxy.port == port
    assert client.get("/things").status_code == 200


def test_a_server_that_is_away_is_away(server: Counting) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    with FaultProxy(f"http://127.0.0.1:{port}") as proxy, pytest.raises(httpx.RemoteProtocolError):
        httpx.get(proxy.url)


def test_a_forge_and_an_argo_are_passed_on(tmp_path: Path) -> None:
    state = ForgeState(GitRepo(tmp_path / "apps.git", bare=True), "shop/apps.git")
    with serve(ForgeServer("github", state)) as forge, FaultProxy(forge.url) as proxy:
        got = httpx.get(f"{proxy.url}/user", headers={"Authorization": f"Bearer {TOKEN}"})
        assert got.json()["login"] == "promo-bot"
        tagged = {"Authorization": f"Bearer {TOKEN}", "If-None-Match": got.headers["etag"]}
        assert httpx.get(f"{proxy.url}/user", headers=tagged).status_code == 304
    with serving_argo(FakeArgo()) as argo, FaultProxy(argo.url) as proxy:
        headers = {"Authorization": f"Bearer {ARGO_TOKEN}", "Accept": "text/event-stream"}
        events = f"{proxy.url}/api/v1/workflow-events/promotions"
        with httpx.stream("GET", events, headers=headers, timeout=5) as stream:
            assert next(stream.iter_lines()) == ":", "a sign of life comes through at once"


def test_git_and_postgresql_are_relayed(tmp_path: Path) -> None:
    (tmp_path / "served").mkdir()
    GitRepo(tmp_path / "served" / "apps.git", bare=True).commit({"a": "1"})
    with GitDaemon(tmp_path / "served") as daemon:
        host, _, port = daemon.url("").removeprefix("git://").rstrip("/").partition(":")
        with TcpRelay((host, int(port))) as relay:
            run_git(tmp_path, "clone", "-q", f"git://{relay.address}/apps.git", "clone")
            relay.down()
            with pytest.raises(AssertionError, match="refused"):
                run_git(tmp_path / "clone", "fetch")
            relay.up()
            run_git(tmp_path / "clone", "fetch")


def test_connections_to_postgresql_are_cut(tmp_path: Path) -> None:
    if programs() is None:
        pytest.skip(MISSING)
    import psycopg

    with PostgresCluster() as cluster, TcpRelay(str(cluster.folder / ".s.PGSQL.5432")) as relay:
        url = f"postgresql://promo@{relay.address}/postgres"
        with psycopg.connect(url, autocommit=True) as first:
            assert first.execute("SELECT 1").fetchone() == (1,)
            assert relay.cut() == 1
            with pytest.raises(psycopg.OperationalError):
                first.execute("SELECT 1")
        relay.down()
        with pytest.raises(psycopg.OperationalError, match="refused"):
            psycopg.connect(url)
        relay.up()
        with psycopg.connect(url) as second:
            assert second.execute("SELECT 1").fetchone() == (1,)
        cluster.stop()
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(url)
        cluster.start()
