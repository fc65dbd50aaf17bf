"""One comment a change: the same contract on every kind of forge, against a real server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from adapters.ci.failure import CiError, RefusedError, UnsureError
from adapters.ci.forges import comments_of
from adapters.ci.place import Forge, Place
from adapters.ci.posting import Posted, mark, post
from tests.support.fake_forge import LONGEST, PROJECT, REPLACE, REPOSITORY, TOKEN, Failure, FakeForge, serve

KINDS = ("github", "gitea", "gitlab")


@pytest.fixture(params=KINDS)
def forge(request: pytest.FixtureRequest) -> Iterator[FakeForge]:
    with serve(FakeForge(request.param)) as forge:
        yield forge


@pytest.fixture
def waits() -> list[float]:
    return []


def say(forge: FakeForge, text: str, waits: list[float], *, name: str = "promo", token: str = TOKEN) -> Posted:
    repository = PROJECT if forge.kind == "gitlab" else REPOSITORY
    place = Place(Forge(forge.kind), forge.url, repository, 12, token)
    return post(comments_of(place, 12, token, waits.append), name, text, waits.append)


def test_it_is_written_then_left_alone_then_brought_up_to_date(forge: FakeForge, waits: list[float]) -> None:
    assert say(forge, "one\ntwo\n", waits) is Posted.CREATED
    assert say(forge, "one\ntwo\n", waits) is Posted.UNCHANGED
    assert say(forge, "three\n", waits) is Posted.UPDATED
    assert forge.bodies() == [f"{mark('promo')}\nthree\n"]
    assert forge.written == ["POST", REPLACE[forge.kind]]
    assert waits == []


def test_it_is_found_behind_many_others(forge: FakeForge, waits: list[float]) -> None:
    for number in range(130):
        forge.add(f"opinion {number}")
    say(forge, "one", waits)
    for number in range(130):
        forge.add(f"another {number}")
    assert say(forge, "two", waits) is Posted.UPDATED
    assert len(forge.comments) == 261
    assert forge.comments[130]["body"].endswith("two")


@pytest.mark.parametrize("kind", ["github", "gitlab"])
def test_a_server_may_send_fewer_than_were_asked_for(kind: str, waits: list[float]) -> None:
    with serve(FakeForge(kind, page=3)) as forge:
        for number in range(7):
            forge.add(f"opinion {number}")
        say(forge, "one", waits)
        assert say(forge, "two", waits) is Posted.UPDATED


def test_somebody_elses_comment_is_never_taken_for_ours(forge: FakeForge, waits: list[float]) -> None:
    forged = f"{mark('promo')}\nno semantic change\n"
    forge.add(forged)
    assert say(forge, "looser", waits) is Posted.CREATED
    assert say(forge, "looser", waits) is Posted.UNCHANGED
    assert forge.bodies()[0] == forged


@pytest.mark.parametrize("kind", ["github", "gitea"])
def test_a_jobs_token_that_has_no_account_still_knows_its_own(kind: str, waits: list[float]) -> None:
    with serve(FakeForge(kind, job_token=True)) as forge:
        forge.add(f"{mark('promo')}\nforged\n")
        assert say(forge, "one", waits) is Posted.CREATED
        assert say(forge, "two", waits) is Posted.UPDATED
        assert len(forge.comments) == 2


def test_a_comment_that_only_quotes_the_mark_is_another_one(forge: FakeForge, waits: list[float]) -> None:
    forge.add(f"as promo said:\n{mark('promo')}\n", ours=True)
    assert say(forge, "one", waits) is Posted.CREATED


def test_each_workspace_has_its_own(forge: FakeForge, waits: list[float]) -> None:
    assert say(forge, "one", waits, name="policies/a") is Posted.CREATED
    assert say(forge, "one", waits, name="policies/a --> <b>") is Posted.CREATED
    assert say(forge, "one", waits, name="policies/a") is Posted.UNCHANGED
    assert "--> <b>" not in forge.bodies()[1]


def test_of_several_of_ours_the_oldest_stays(forge: FakeForge, waits: list[float]) -> None:
    for number in range(3):
        forge.add(f"{mark('promo')}\n{number}", ours=True)
    assert say(forge, "one", waits) is Posted.UPDATED
    assert forge.bodies() == [f"{mark('promo')}\none"]


def test_what_the_forge_itself_notes_is_no_comment(waits: list[float]) -> None:
    with serve(FakeForge("gitlab")) as forge:
        forge.add(f"{mark('promo')}\n", ours=True, system=True)
        assert say(forge, "one", waits) is Posted.CREATED


def test_what_is_too_long_is_cut_to_what_the_forge_takes(forge: FakeForge, waits: list[float]) -> None:
    assert say(forge, "a line\n" * 200_000, waits) is Posted.CREATED
    (body,) = forge.bodies()
    assert LONGEST[forge.kind] - 200 < len(body.replace("\r\n", "\n")) <= LONGEST[forge.kind]
    assert "_The rest is left out: the whole has 1,400,000 characters" in body


def test_a_busy_server_is_asked_again_as_late_as_it_says(forge: FakeForge, waits: list[float]) -> None:
    forge.failures = [
        Failure("GET", 429, {"Retry-After": "17"}),
        Failure("GET", 403, {"X-RateLimit-Remaining": "0", "Retry-After": "3"}),
        Failure("GET", 502),
        Failure("POST", 429, {"Retry-After": "5"}),
    ]
    assert say(forge, "one", waits) is Posted.CREATED
    assert waits == [17.0, 3.0, 4.0, 5.0]
    assert len(forge.comments) == 1


def test_a_server_that_stays_busy_is_given_up(forge: FakeForge, waits: list[float]) -> None:
    forge.failures = [Failure("GET", 503) for _ in range(9)]
    with pytest.raises(CiError, match="answered 4 times with 503"):
        say(forge, "one", waits)
    assert waits == [1.0, 2.0, 4.0]


def test_a_server_that_asks_for_too_much_patience_is_given_up(forge: FakeForge, waits: list[float]) -> None:
    forge.failures = [Failure("GET", 429, {"Retry-After": "3600"})]
    with pytest.raises(CiError, match="come back in 3600 seconds"):
        say(forge, "one", waits)
    assert waits == []


@pytest.mark.parametrize("status", [502, None])
@pytest.mark.parametrize("done", [True, False])
def test_a_lost_answer_never_makes_two(forge: FakeForge, waits: list[float], status: int | None, done: bool) -> None:
    forge.failures = [Failure("POST", status, done=done)]
    assert say(forge, "one", waits) is (Posted.UNCHANGED if done else Posted.CREATED)
    assert len(forge.comments) == 1


def test_answers_that_stay_lost_are_given_up(forge: FakeForge, waits: list[float]) -> None:
    forge.failures = [Failure("POST", 500) for _ in range(9)]
    with pytest.raises(CiError, match="answered with 500"):
        say(forge, "one", waits)
    assert forge.written == ["POST"] * 3


def test_the_token_follows_no_redirect(forge: FakeForge, waits: list[float]) -> None:
    with serve(FakeForge(forge.kind)) as other:
        forge.failures = [Failure("GET", 307, {"Location": f"{other.url}/user"})]
        with pytest.raises(CiError, match=r"redirected to 127\.0\.0\.1, which is not followed"):
            say(forge, "one", waits)
        assert other.requests == []


def test_a_token_that_may_not_write_is_refused(forge: FakeForge, waits: list[float]) -> None:
    forge.may_write = False
    with pytest.raises(RefusedError, match="answered with 403"):
        say(forge, "one", waits)


def test_a_wrong_token_is_no_fork(forge: FakeForge, waits: list[float]) -> None:
    with pytest.raises(CiError, match="does not know the token") as caught:
        say(forge, "one", waits, token="another-token")
    assert not isinstance(caught.value, RefusedError)


def test_no_message_shows_the_token(forge: FakeForge, waits: list[float]) -> None:
    forge.failures = [Failure("GET", 400, message=f"what is {TOKEN}?\x1b[2J")]
    with pytest.raises(CiError) as caught:
        say(forge, "one", waits)
    assert "what is ***?" in caught.value.message
    assert "\x1b" not in caught.value.message


def test_a_place_does_not_show_its_token() -> None:
    assert TOKEN not in repr(Place(Forge.GITHUB, "https://api.github.com", REPOSITORY, 1, TOKEN))


def test_nobody_there_is_said(waits: list[float]) -> None:
    with serve(FakeForge("github")) as forge:
        pass
    with pytest.raises(CiError, match=r"the server at 127\.0\.0\.1 cannot be reached"):
        say(forge, "one", waits)
    assert waits == [1.0, 2.0, 4.0]


@pytest.mark.parametrize("answer", [b"<html>", b"[1]", b'{"id": 1}', b"[" * 100_000])
def test_an_answer_that_is_none_is_said(answer: bytes, waits: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    import httpx

    from adapters.ci.client import Client
    from adapters.ci.github import IssueComments

    transport = httpx.MockTransport(lambda request: httpx.Response(200, content=answer))
    client = Client("https://api.example.com", {}, TOKEN, waits.append, transport=transport)
    with pytest.raises(CiError, match=r"not JSON|not a list|no comment"):
        post(IssueComments(client, REPOSITORY, 1), "promo", "one")


def test_a_page_of_a_proxy_is_no_answer_of_the_forge(waits: list[float]) -> None:
    import httpx

    from adapters.ci.client import Client

    page = httpx.Response(404, text="<h1>404 no such backend</h1>")
    answers = iter([page, httpx.Response(200, json=[]), page, *[page] * 4])
    transport = httpx.MockTransport(lambda request: next(answers))
    client = Client("https://api.example.com", {}, TOKEN, waits.append, transport=transport)
    assert client.ask("GET", "/x") == []
    with pytest.raises(UnsureError, match="404"):
        client.ask("POST", "/x", body={})
    with pytest.raises(CiError, match=r"api\.example\.com answered 4 times with 404; something else may have answered"):
        client.ask("DELETE", "/x")
    assert waits == [1.0, 1.0, 2.0, 4.0]


def test_a_date_says_how_long_to_wait_too(waits: list[float]) -> None:
    import httpx

    from adapters.ci.client import Client

    answers = iter(
        [
            httpx.Response(503, headers={"Retry-After": "Mon, 30 Nov 2026 12:00:30 GMT"}),
            httpx.Response(403, headers={"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1796040012"}),
            httpx.Response(503, headers={"Retry-After": "soon"}),
            httpx.Response(200, json=[]),
        ]
    )
    transport = httpx.MockTransport(lambda request: next(answers))
    noon = 1796040000.0
    client = Client("https://api.example.com", {}, TOKEN, waits.append, lambda: noon, transport)
    assert client.ask("GET", "/x") == []
    assert waits == [30.0, 12.0, 4.0]
