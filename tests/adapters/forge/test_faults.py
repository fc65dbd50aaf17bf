"""Forges that are busy, away or cut off: one pull request all the same, waits as they ask, and no secret told."""

from __future__ import annotations

import email.utils
import gc
import socketserver
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import httpx
import pytest

from adapters.forge import github
from adapters.forge.client import Client
from adapters.forge.configured import ForgeConfiguration, ForgeKind
from adapters.forge.exchange import exchange, new_client
from adapters.forge.forges import Forges, forge_of
from adapters.forge.statuses import ForgeStatuses
from adapters.secrets import Secret
from engine.execute.errors import AdapterError, RetryableError, TerminalError
from engine.execute.ports import Proposed, StatusReport
from tests.adapters.execute_contracts.changes_contract import START, run
from tests.adapters.forge.conftest import ENVIRONMENT, PROJECT, ForgeWorld, settings
from tests.fakes.fault_proxy import Fault as ProxyFault
from tests.fakes.fault_proxy import FaultProxy, Kind
from tests.fakes.forge_server import TOKEN, Fault
from tests.fakes.socket_thread import answering
from tests.support.changes import promotion


def insist(call: Callable[[], Coroutine[Any, Any, Any]], tries: int = 5) -> Any:
    """Repeat a call as a release does: while the adapter says that it may succeed later."""
    for _ in range(tries):
        try:
            return run(call())
        except RetryableError as failed:
            last = failed
    raise last


LOST = [Fault("POST", "(pulls|merge_requests)$", done=True), Fault("POST", "(pulls|merge_requests)$", truncated=True)]


@pytest.mark.parametrize("fault", LOST, ids=["no answer", "half an answer"])
def test_an_answer_that_is_lost_after_the_effect_makes_no_second_one(world: ForgeWorld, fault: Fault) -> None:
    start = world.commit(START)
    change = promotion(world.url, start, head=start)
    world.server.faults.append(Fault(fault.method, fault.path, done=fault.done, truncated=fault.truncated))
    with pytest.raises(RetryableError):
        run(world.make().propose(change))
    assert len(world.state.pulls) == 1
    changes = world.make()
    assert isinstance(insist(lambda: changes.propose(change)), Proposed)
    assert len(world.state.pulls) == 1
    assert world.server.faults == []


def test_whatever_request_fails_there_is_one_of_everything(world: ForgeWorld) -> None:
    start = world.commit(START)
    change = promotion(world.url, start, head=start)
    for status in (None, 502):
        for method in ("GET", "POST", "PATCH", "PUT"):
            for done in (False, True):
                world.server.faults.append(Fault(method, "", status, done=done))
    wanted = {"labels": ("promotion",), "reviewers": ("bob",)}
    for _ in range(3):
        changes = world.make(**wanted)
        insist(lambda: changes.propose(change), tries=20)  # noqa: B023
    insist(lambda: changes.withdraw(change, "terminated"), tries=20)
    pull = world.pull
    assert (set(pull.labels), set(pull.reviewers), pull.state) == ({"promotion"}, {"bob"}, "closed")
    assert "could not set" not in pull.body
    assert len(pull.comments) == 1
    assert world.head(change.proposed) is None


@pytest.mark.parametrize(
    ("status", "headers", "message", "after"),
    [
        (429, {"Retry-After": "17"}, "slow down", 17.0),
        (403, {"Retry-After": "60"}, "You have exceeded a secondary rate limit", 60.0),
        (403, {}, "You have exceeded a secondary rate limit", None),
        (403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1000000090"}, "API rate limit exceeded", 90.0),
        (429, {"RateLimit-Reset": "1000000030"}, "Retry later", 30.0),
        (503, {"Retry-After": email.utils.formatdate(1_000_000_020, usegmt=True)}, "maintenance", 20.0),
        (500, {}, "oops", None),
    ],
)
def test_a_busy_forge_is_left_alone_as_long_as_it_says(
    make_world: Callable[[str], ForgeWorld], status: int, headers: dict[str, str], message: str, after: float | None
) -> None:
    world = make_world("github")
    world.server.faults.append(Fault("GET", "", status, headers, message))
    with client(world) as plain, pytest.raises(RetryableError) as failed:
        plain.ask("GET", "/user")
    assert failed.value.after == after
    assert f"answered GET /user with {status}: {message}" in failed.value.reason


@contextmanager
def client(world: ForgeWorld) -> Iterator[Client]:
    made = Client(
        world.server.url,
        lambda token: {"Authorization": f"Bearer {token}"},
        lambda: Secret(TOKEN),
        now=lambda: 1_000_000_000.0,
    )
    try:
        yield made
    finally:
        made.close()


def test_half_an_answer_is_not_kept_as_the_one_that_has_not_changed(make_world: Callable[[str], ForgeWorld]) -> None:
    world = make_world("github")
    with FaultProxy(world.server.url) as proxy:
        proxy.faults = [ProxyFault(Kind.HALVE, "GET", "/user$")]
        plain = Client(proxy.url, github.headers, lambda: Secret(TOKEN))
        with closing(plain):
            with pytest.raises(RetryableError, match="not JSON"):
                plain.ask("GET", "/user")
            assert plain.ask("GET", "/user")["login"] == "promo-bot"
            assert plain.ask("GET", "/user")["login"] == "promo-bot"
    assert world.server.unchanged == 1


def test_what_has_not_changed_is_not_sent_again(world: ForgeWorld) -> None:
    start = world.commit(START)
    change = promotion(world.url, start, head=start)
    changes = world.make()
    first = run(changes.propose(change))
    run(changes.propose(change))
    before, asked = world.server.unchanged, len(world.server.exchanges)
    for _ in range(3):
        assert run(changes.propose(change)) == first
    looks = world.server.exchanges[asked:]
    kind = world.server.kind
    if kind != "gitea":  # which says the same of conflicts and of what must be approved, so that Git is asked
        assert [seen.method for seen in looks] == ["GET"] * 3
    assert world.server.unchanged - before == len(looks)


def test_comments_are_looked_for_on_every_page(world: ForgeWorld) -> None:
    start = world.commit(START)
    change = promotion(world.url, start, head=start)
    changes = world.make()
    run(changes.propose(change))
    world.server.page = 2
    world.server.faults.append(Fault("PATCH", "pulls"))
    world.server.faults.append(Fault("PUT", "merge_requests"))
    with pytest.raises(RetryableError):
        run(changes.withdraw(change, "terminated"))
    for number in range(5):
        comment = world.state.comment(world.pull, f"opinion {number}", by="ada")
        world.pull.comments.insert(0, world.pull.comments.pop())
        comment["id"] = number + 1
    insist(lambda: changes.withdraw(change, "terminated"))
    assert len(world.pull.comments) == 6


@pytest.mark.parametrize(
    ("status", "told"),
    [(401, "does not know the token"), (403, "with 403: out of order"), (404, "with 404: out of order")],
)
def test_what_is_refused_ends_the_step_with_what_to_do(world: ForgeWorld, status: int, told: str) -> None:
    start = world.commit(START)
    world.server.faults += [Fault("POST", "", status), Fault("GET", "(pulls|merge_requests)$", status)]
    with pytest.raises(TerminalError, match=told) as failed:
        run(world.make().propose(promotion(world.url, start, head=start)))
    assert failed.value.help


def test_a_token_that_is_missing_is_named_and_nothing_is_asked(world: ForgeWorld) -> None:
    start = world.commit(START)
    changes = world.make(token="env:NOWHERE")
    with pytest.raises(TerminalError, match="the variable `NOWHERE` is not set"):
        run(changes.propose(promotion(world.url, start, head=start)))
    assert world.server.exchanges == []


class _Handler(BaseHTTPRequestHandler):
    """Answers as its server says, and keeps what it was asked."""

    def do_GET(self) -> None:
        self.server.seen.append(dict(self.headers))  # type: ignore[attr-defined]
        status, headers, body = self.server.says  # type: ignore[attr-defined]
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def speaking(status: int, headers: dict[str, str], body: bytes) -> Iterator[Any]:
    server = socketserver.TCPServer(("127.0.0.1", 0), _Handler)
    server.says, server.seen = (status, headers, body), []  # type: ignore[attr-defined]
    with answering(server):
        yield server


def asked(port: int, path: str = "/user") -> Any:
    made = Client(f"http://127.0.0.1:{port}", lambda token: {"Authorization": token}, lambda: Secret(TOKEN))
    try:
        return made.ask("GET", path)
    finally:
        made.close()


def test_the_token_goes_to_no_other_server() -> None:
    with speaking(200, {}, b"{}") as thief:
        there = f"http://127.0.0.1:{thief.server_address[1]}/user"
        with speaking(302, {"Location": there}, b"") as forge, pytest.raises(TerminalError, match="is not followed"):
            asked(forge.server_address[1])
    assert thief.seen == []


def test_a_renamed_repository_is_followed_on_its_own_server_but_not_for_ever() -> None:
    with speaking(301, {"Location": "/user"}, b"") as forge, pytest.raises(TerminalError):
        asked(forge.server_address[1])
    assert len(forge.seen) == 3


def test_the_token_is_in_no_message() -> None:
    body = f'{{"message": "what is {TOKEN}?\\u001b[31m"}}'.encode()
    with speaking(418, {}, body) as forge, pytest.raises(AdapterError) as failed:
        asked(forge.server_address[1])
    assert TOKEN not in str(failed.value) + repr(failed.value)
    assert "\x1b" not in str(failed.value)
    assert "what is ***?" in str(failed.value)


@pytest.mark.parametrize("body", [b"<html>", b"[" * 100_000, b"{"])
def test_what_is_not_json_is_asked_for_again(body: bytes) -> None:
    with speaking(200, {}, body) as forge, pytest.raises(RetryableError, match="not JSON"):
        asked(forge.server_address[1])


def test_headers_that_come_a_byte_at_a_time_are_given_up_with_their_connection() -> None:
    with dripping() as (url, gone), closing(Client(url, github.headers, lambda: Secret(TOKEN), timeout=0.5)) as plain:
        with pytest.raises(RetryableError, match=r"did not come within 0\.5 seconds"):
            plain.ask("GET", "/user")
        assert gone.wait(30.0)


def test_connections_that_are_ended_leave_nobody_waiting() -> None:
    with dripping() as (url, gone):
        carrier = new_client(timeout=60.0)
        ending = threading.Timer(0.2, carrier.close)
        ending.start()
        for _ in range(2):  # while it waits, and when there is nobody any more
            with pytest.raises(httpx.ReadError, match="was ended"):
                exchange(carrier, "GET", url)
            ending.join()
        assert gone.wait(30.0)


def test_a_client_that_nobody_has_any_more_leaves_no_thread() -> None:
    before = set(threading.enumerate())
    with speaking(200, {}, b"{}") as forge:
        url = f"http://127.0.0.1:{forge.server_address[1]}"
        plain = Client(url, github.headers, lambda: Secret(TOKEN))
        assert plain.ask("GET", "/user") == {}
        [carrying] = [one for one in set(threading.enumerate()) - before if one.name == "promo-forge"]
        del plain
        gc.collect()
        carrying.join(30.0)
        assert not carrying.is_alive()


@contextmanager
def dripping() -> Iterator[tuple[str, threading.Event]]:
    """Answer with headers that come a byte at a time, until the other side has gone, which is told."""
    gone, stop = threading.Event(), threading.Event()

    class Dripping(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            try:
                while not stop.wait(0.02):
                    self.request.sendall(b"a")
            except OSError:
                gone.set()

    with answering(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Dripping)) as url:
        try:
            yield url, gone
        finally:
            stop.set()


@pytest.mark.parametrize("status", [408, 425])
def test_what_did_not_reach_a_forge_in_time_is_asked_again(status: int) -> None:
    with speaking(status, {}, b"{}") as forge, pytest.raises(RetryableError, match=f"with {status}"):
        asked(forge.server_address[1])


def test_nobody_there_is_told_by_host() -> None:
    with speaking(200, {}, b"{}") as forge:
        port = forge.server_address[1]
    with pytest.raises(RetryableError, match=r"127\.0\.0\.1 cannot be reached"):
        asked(port)


@pytest.mark.parametrize("content", [None, b"no certificate"])
def test_certificates_that_cannot_be_used_are_named(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "ca.pem").write_bytes(content)
    wanted = ForgeConfiguration("main", ForgeKind.GITHUB, "github.com", "env:FORGE_TOKEN", ca="ca.pem")
    forge, made = forge_of(wanted, tmp_path, ENVIRONMENT)
    with pytest.raises(TerminalError, match=r"the certificates in `.*ca\.pem` cannot be used"):
        forge.examine()
    made.close()


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        ("queued", "pending"),
        ("running", "pending"),
        ("suspended", "pending"),
        ("terminating", "pending"),
        ("succeeded", "success"),
        ("failed", "failure"),
        ("terminated", "error"),
    ],
)
def test_the_state_of_a_release_is_shown_on_its_commit(world: ForgeWorld, state: str, shown: str) -> None:
    sha = world.commit(START)
    forges = Forges([settings(world.server)], environment=ENVIRONMENT)
    statuses = ForgeStatuses(forges)
    report = StatusReport(world.url, sha, "promo/trio", state, "x" * 200, "https://promo.example.com/releases/1")
    for _ in range(2):
        insist(lambda: statuses.report(report))
    forges.close()
    last = world.state.statuses[-1]
    own = {"failure": "failed", "error": "canceled"} if world.server.kind == "gitlab" else {}
    assert (last["sha"], last["context"], last["state"]) == (sha, "promo/trio", own.get(shown, shown))
    assert len(str(last["description"])) == 140
    assert last["target_url"] == "https://promo.example.com/releases/1"


def test_what_is_granted_is_heard_without_the_token(world: ForgeWorld) -> None:
    start = world.commit(START)
    assert isinstance(run(world.make().propose(promotion(world.url, start, head=start))), Proposed)
    world.pull.body += f"\nseen with {TOKEN}\n"
    with closing(Forges([settings(world.server)], environment=ENVIRONMENT)) as forges:
        hosted = forges.of(world.url)
        assert hosted is not None
        assert hosted.forge.look(hosted.project, world.pull.number).body.endswith("seen with ***\n")


def test_no_status_is_shown_where_no_forge_is(make_world: Callable[[str], ForgeWorld]) -> None:
    world = make_world("github")
    forges = Forges([settings(world.server, host="git.example.com")], environment=ENVIRONMENT)
    run(ForgeStatuses(forges).report(StatusReport(world.url, "0" * 40, "promo/trio", "queued", "", "")))
    forges.close()
    assert world.server.exchanges == []


@pytest.mark.parametrize(
    ("kind", "host", "url", "project"),
    [
        ("github", "github.com", "git@github.com:shop/storefront.git", PROJECT),
        ("github", "github.com", "https://github.com/shop/storefront/", PROJECT),
        ("github", "github.com", "https://github.company.com/shop/storefront", None),
        ("gitlab", "git.example.com", "ssh://git@git.example.com:2222/a/b/c.git", "a/b/c"),
        ("gitlab", "git.example.com:8443", "https://git.example.com:8443/a/b", "a/b"),
        ("gitlab", "git.example.com:8443", "https://git.example.com/a/b", None),
        ("gitlab", "example.com/gitlab", "https://example.com/gitlab/a/b", "a/b"),
        ("gitlab", "example.com/gitlab", "https://example.com/other/a/b", None),
        ("gitlab", "example.com/gitlab", "git@example.com:a/b.git", "a/b"),
        ("gitea", "git.example.com", "/srv/git/a", None),
        ("gitea", "git.example.com", "-x", None),
    ],
)
def test_which_repositories_a_forge_has(kind: str, host: str, url: str, project: str | None) -> None:
    forges = Forges([ForgeConfiguration("main", ForgeKind(kind), host, "env:FORGE_TOKEN")])
    found = forges.of(url)
    assert (None if found is None else found.project) == project


@pytest.mark.parametrize("path", ["a", "a/b/c", "a/..", "a/b%3Fx=1"])
def test_an_address_that_is_no_repository_of_the_forge_is_told(path: str) -> None:
    forges = Forges([ForgeConfiguration("main", ForgeKind.GITHUB, "github.com", "env:FORGE_TOKEN")])
    with pytest.raises(TerminalError, match="is no repository of the forge `main`"):
        forges.of(f"https://me:secret@github.com/{path}")


def test_a_checkout_stands_before_a_forge() -> None:
    settings = ForgeConfiguration("main", ForgeKind.GITHUB, "github.com", "env:FORGE_TOKEN")
    forges = Forges([settings], is_local=lambda url: True)
    assert forges.of("https://github.com/shop/storefront") is None
