"""The API over HTTP: who may, what is answered, what is refused and how."""

from __future__ import annotations

import socket
import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from adapters.service.connections import MOST
from tests.support.service_world import ARGO_SECRET, SECRET, TOKENS, ServiceWorld, make_world
from tests.support.serving import Served, push_hook, served
from tests.support.waiting import eventually

PROMOTION = {"product": "trio", "flow": "standard"}


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ServiceWorld, Served]]:
    folder = tmp_path_factory.mktemp("api")
    world = make_world(folder, ("trio", "blog"))
    world.commit("trio", "1.1.0")
    with served(world, folder / "log", "--log-format", "json") as service:
        yield world, service


@pytest.fixture
def service(here: tuple[ServiceWorld, Served]) -> Served:
    return here[1]


CALLS = [
    ("GET", "/products"),
    ("GET", "/environments"),
    ("GET", "/releases"),
    ("GET", "/releases/0"),
    ("GET", "/releases/0/events"),
    ("GET", "/releases/0/plan"),
    ("GET", "/releases/0/notes"),
    ("GET", "/openapi.json"),
    ("POST", "/releases"),
    ("POST", "/plan"),
    *(("POST", f"/releases/0/{wish}") for wish in ("approve", "retry", "terminate")),
]


@pytest.mark.parametrize(("method", "path"), CALLS)
@pytest.mark.parametrize("header", [None, "Bearer wrong", "Basic YTpi", f"Bearer {TOKENS['alice']}x", "Bearer"])
def test_without_a_valid_token_every_call_is_refused(
    service: Served, method: str, path: str, header: str | None
) -> None:
    answer = service.call(method, path, who=None, headers={"authorization": header} if header else {})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_release_is_started_once_under_a_key_and_followed_to_its_end(service: Served) -> None:
    key = {"idempotency-key": "deploy-17"}
    first = service.call("POST", "/releases", json=PROMOTION, headers=key)
    assert first.status_code == 201, first.text
    release = first.json()["id"]
    assert first.headers["location"] == f"/api/v1/releases/{release}"
    again = service.call("POST", "/releases", json=PROMOTION, headers=key)
    assert (again.status_code, again.json()["id"]) == (200, release)
    other = service.call("POST", "/releases", json=PROMOTION | {"product": "blog"}, headers=key)
    assert other.status_code == 422
    assert "used for another request" in other.json()["detail"]

    with service.http.stream(
        "GET",
        f"/api/v1/releases/{release}/events",
        headers={"authorization": f"Bearer {TOKENS['bob']}", "accept": "text/event-stream"},
    ) as stream:
        kinds = [line.removeprefix("event: ") for line in stream.iter_lines() if line.startswith("event: ")]
    assert kinds[0] == "release.created"
    assert "release.succeeded" in kinds
    page = service.call("GET", f"/releases/{release}/events", params={"limit": 2}).json()
    rest = service.call("GET", f"/releases/{release}/events", params={"after": page["next"]}).json()
    assert [one["kind"] for one in page["events"] + rest["events"]] == kinds
    assert service.call("GET", f"/releases/{release[:8]}").json()["initiator"] == "alice@example.com"
    assert service.call("GET", f"/releases/{release}/plan").json()["product"] == "trio"
    assert service.call("GET", f"/releases/{release}/notes").json()["release"] == release
    for wish in ("approve", "retry", "terminate"):
        answer = service.call("POST", f"/releases/{release}/{wish}", json={})
        assert answer.status_code == 409, answer.text


def test_a_token_of_another_team_reads_and_does_nothing(service: Served) -> None:
    made = service.call("POST", "/releases", json=PROMOTION)
    release = made.json()["id"]
    answer = service.call("POST", "/releases", "bob", json=PROMOTION)
    assert answer.status_code == 403
    assert "`payments` may" in answer.json()["detail"]
    assert service.call("POST", "/releases", "bob", json={"product": "trio", "to": "qa"}).status_code == 403
    for wish in ("approve", "retry", "terminate"):
        assert service.call("POST", f"/releases/{release}/{wish}", "bob", json={}).status_code == 403
    assert service.call("GET", f"/releases/{release}", "bob").status_code == 200
    assert service.call("POST", "/plan", "bob", json=PROMOTION).json()["applyable"] is True


@pytest.mark.parametrize(
    ("method", "path", "options", "status", "said"),
    [
        ("GET", "/releases/zzz", {}, 404, "zzz"),
        ("GET", "/release", {}, 404, "did you mean `/api/v1/releases`?"),
        ("PUT", "/releases", {}, 405, ""),
        ("GET", "/releases?staus=running", {}, 400, "did you mean `status`?"),
        ("GET", "/releases?status=runing", {}, 400, "did you mean `running`?"),
        ("GET", "/releases?limit=100000", {}, 400, "from 1 to 200"),
        ("POST", "/releases", {"json": {"product": "tryo", "flow": "standard"}}, 404, "did you mean `trio`?"),
        ("POST", "/releases", {"json": {"product": "trio", "flow": "standart"}}, 404, "did you mean `standard`?"),
        ("POST", "/releases", {"json": {"product": "trio", "flwo": "standard"}}, 422, "did you mean `flow`?"),
        ("POST", "/releases", {"json": {"product": "trio"}}, 422, "say either `flow` or `to`"),
        ("POST", "/releases", {"json": {"product": 7, "flow": "standard"}}, 422, "`product`"),
        ("POST", "/releases", {"json": PROMOTION | {"commit": "f" * 40}}, 422, "has the commit"),
        ("POST", "/releases", {"json": {"product": "trio", "to": "qa", "settings": {"actoin": "pr"}}}, 404, "`action`"),
        ("POST", "/releases", {"content": b"{", "headers": {"content-type": "application/json"}}, 400, "not JSON"),
        ("POST", "/releases", {"content": b"{}", "headers": {"content-type": "text/plain"}}, 415, "application/json"),
        ("POST", "/releases", {"json": {"product": "x" * 70_000}}, 413, "bytes"),
        ("POST", "/releases", {"content": b"[" * 60_000, "headers": {"content-type": "application/json"}}, 400, "JSON"),
        ("POST", "/releases", {"json": PROMOTION, "headers": {"idempotency-key": "x" * 300}}, 400, "printable"),
    ],
)
def test_what_is_wrong_is_said(
    service: Served, method: str, path: str, options: dict[str, object], status: int, said: str
) -> None:
    answer = service.call(method, path, **options)
    data = answer.json()
    assert (answer.status_code, data["status"]) == (status, status), data
    assert answer.headers["content-type"] == "application/problem+json"
    assert said in f"{data['detail']}; {data.get('help', '')}"


def test_webhooks_with_a_bad_signature_are_refused_and_counted(here: tuple[ServiceWorld, Served]) -> None:
    world, service = here
    before = service.metric('promo_webhook_bad_signatures_total{kind="github"}')
    for _ in range(3):
        assert service.http.post("/webhooks/main", **push_hook(world, "2" * 40, "guessed")).status_code == 401
    assert service.metric('promo_webhook_bad_signatures_total{kind="github"}') == before + 3
    assert service.http.post("/webhooks/other", **push_hook(world, "2" * 40)).status_code == 404
    assert service.http.get("/webhooks/main").status_code == 405


def test_argocd_wakes_what_waits_for_an_application(service: Served) -> None:
    note = {"application": "trio-qa", "namespace": "argocd"}
    wrong = service.http.post("/webhooks/argocd", json=note, headers={"x-promo-token": "guessed"})
    assert wrong.status_code == 401
    assert service.metric('promo_webhook_bad_signatures_total{kind="argocd"}') == 1
    right = {"x-promo-token": ARGO_SECRET}
    assert service.http.post("/webhooks/argocd", json=note, headers=right).status_code == 202
    assert service.http.post("/webhooks/argocd", json={"application": 7}, headers=right).status_code == 400


def test_nobody_takes_all_connections(service: Served) -> None:
    address = (service.http.base_url.host, service.http.base_url.port or 0)
    with ExitStack() as stack:
        held = [stack.enter_context(socket.create_connection(address, timeout=40)) for _ in range(MOST + 20)]
        with pytest.raises(httpx.TransportError):
            httpx.get(f"http://{address[0]}:{address[1]}/healthz", trust_env=False, timeout=40)
        assert held[-1].recv(1) == b"", "those beyond are closed at once"
        assert service.http.get("/healthz").status_code == 200, "who was there before is answered"
    assert b"internal error" not in service.log.read_bytes()
    eventually(lambda: answers(address))


def answers(address: tuple[str, int]) -> bool:
    try:
        return httpx.get(f"http://{address[0]}:{address[1]}/healthz", trust_env=False, timeout=40).status_code == 200
    except httpx.TransportError:
        return False


@pytest.mark.parametrize(
    ("path", "header", "largest"),
    [("main", "x-github-event: push", 25 * 1024 * 1024), ("argocd", f"x-promo-token: {ARGO_SECRET}", 64 * 1024)],
)
def test_a_webhook_that_is_too_large_is_refused_before_it_is_read(
    service: Served, path: str, header: str, largest: int
) -> None:
    address = (service.http.base_url.host, service.http.base_url.port or 0)
    head = f"POST /webhooks/{path} HTTP/1.1\r\nHost: a\r\n{header}\r\nContent-Length: {largest + 1}\r\n\r\n"
    with socket.create_connection(address, timeout=40) as connection:
        connection.sendall(head.encode())
        told = b""
        while part := connection.recv(65_536):
            told += part
    assert told.startswith(b"HTTP/1.1 413")
    assert f"a body may have {largest:,} bytes".encode() in told


def test_who_still_sends_what_is_too_large_gets_to_read_the_answer(service: Served) -> None:
    address = (service.http.base_url.host, service.http.base_url.port or 0)
    head = (
        f"POST /webhooks/argocd HTTP/1.1\r\nHost: a\r\nx-promo-token: {ARGO_SECRET}\r\nContent-Length: 2000000\r\n\r\n"
    )
    with socket.create_connection(address, timeout=40) as connection:
        connection.sendall(f"{head}\r\n".encode())
        for _ in range(20):
            connection.sendall(b"x" * 100_000)
            time.sleep(0.01)
        told = b""
        while part := connection.recv(65_536):
            told += part
    assert told.startswith(b"HTTP/1.1 413")
    assert told.endswith(b"}")


def test_no_secret_reaches_logs_or_the_database(here: tuple[ServiceWorld, Served]) -> None:
    world, service = here
    service.http.get("/api/v1/releases", params={"token": TOKENS["alice"]})
    service.http.post("/webhooks/main", **push_hook(world, "2" * 40))
    eventually(lambda: b"/webhooks/main" in service.log.read_bytes())
    written = service.log.read_bytes() + Path(f"/proc/{service.process.pid}/cmdline").read_bytes()
    for file in (world.folder / ".promo").rglob("*"):
        written += file.read_bytes() if file.is_file() else b""
    with sqlite3.connect(world.folder / ".promo" / "releases.db") as database:
        written += "\n".join(database.iterdump()).encode()
    database.close()
    for secret in (*TOKENS.values(), SECRET, ARGO_SECRET, *world.environment.values()):
        assert secret.encode() not in written
