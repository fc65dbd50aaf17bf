"""Webhooks: believed only with the right signature, and read whatever is in them."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.forge.configured import ForgeKind
from adapters.forge.webhooks import (
    LARGEST,
    Event,
    Ignored,
    PullRequestChanged,
    Pushed,
    WebhookRefusedError,
    read_webhook,
)
from adapters.secrets import Secret

SECRET = Secret("It's a Secret to Everybody")
A, B, NONE = "a" * 40, "b" * 40, "0" * 40
HTTPS, SSH = "https://git.example.com/shop/storefront.git", "git@git.example.com:shop/storefront.git"
URLS = (HTTPS, SSH)
REPOSITORY = {"repository": {"clone_url": HTTPS, "ssh_url": SSH}}
PROJECT = {"project": {"git_http_url": HTTPS, "git_ssh_url": SSH}}
ABOUT = {ForgeKind.GITHUB: REPOSITORY, ForgeKind.GITEA: REPOSITORY, ForgeKind.GITLAB: PROJECT}
EVENT = {ForgeKind.GITHUB: "X-GitHub-Event", ForgeKind.GITLAB: "X-Gitlab-Event", ForgeKind.GITEA: "X-Gitea-Event"}
PUSH = {ForgeKind.GITHUB: "push", ForgeKind.GITLAB: "Push Hook", ForgeKind.GITEA: "push"}


def signed(kind: ForgeKind, body: bytes, secret: str = SECRET.reveal()) -> dict[str, str]:
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {
        ForgeKind.GITHUB: {"X-Hub-Signature-256": f"sha256={digest}"},
        ForgeKind.GITLAB: {"X-Gitlab-Token": secret},
        ForgeKind.GITEA: {"X-Gitea-Signature": digest},
    }[kind]


def told(kind: ForgeKind, event: str, data: Any) -> Event:
    body = json.dumps(data).encode()
    return read_webhook(kind, SECRET, signed(kind, body) | {EVENT[kind]: event}, body)


def test_the_example_that_github_publishes() -> None:
    body = b"Hello, World!"
    signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    headers = {"x-hub-signature-256": signature, "x-github-event": "ping"}
    assert isinstance(read_webhook(ForgeKind.GITHUB, SECRET, headers, body), Ignored)


@pytest.mark.parametrize("kind", ForgeKind)
@pytest.mark.parametrize(("before", "after"), [(A, B), (NONE, B), (A, NONE)])
def test_a_push(kind: ForgeKind, before: str, after: str) -> None:
    data = {"ref": "refs/heads/release/1", "before": before, "after": after, "commits": [{"id": A}, {"id": B}]}
    moved = tuple("" if sha == NONE else sha for sha in (before, after))
    assert told(kind, PUSH[kind], data | ABOUT[kind]) == Pushed(URLS, "release/1", *moved, (A, B))


@pytest.mark.parametrize("kind", ForgeKind)
def test_a_tag_is_ignored(kind: ForgeKind) -> None:
    data = {"ref": "refs/tags/v1", "before": NONE, "after": A, "commits": []}
    assert isinstance(told(kind, PUSH[kind], data | ABOUT[kind]), Ignored)


@pytest.mark.parametrize(
    ("kind", "event", "data"),
    [
        (ForgeKind.GITHUB, "pull_request", {"pull_request": {"head": {"ref": "promo/x"}}}),
        (ForgeKind.GITHUB, "pull_request_review", {"pull_request": {"head": {"ref": "promo/x"}}}),
        (ForgeKind.GITHUB, "check_suite", {"check_suite": {"head_branch": "promo/x"}}),
        (ForgeKind.GITEA, "pull_request", {"pull_request": {"head": {"ref": "promo/x"}}}),
        (ForgeKind.GITEA, "pull_request_approved", {"pull_request": {"head": {"ref": "promo/x"}}}),
        (ForgeKind.GITLAB, "Merge Request Hook", {"object_attributes": {"source_branch": "promo/x"}}),
        (ForgeKind.GITLAB, "Pipeline Hook", {"object_attributes": {"ref": "promo/x"}}),
    ],
)
def test_a_pull_request(kind: ForgeKind, event: str, data: dict[str, Any]) -> None:
    assert told(kind, event, data | ABOUT[kind]) == PullRequestChanged(URLS, "promo/x")


@pytest.mark.parametrize("kind", ForgeKind)
def test_what_is_signed_otherwise_is_not_believed(kind: ForgeKind) -> None:
    body = json.dumps({"ref": "refs/heads/main", "before": A, "after": B} | ABOUT[kind]).encode()
    event = {EVENT[kind]: PUSH[kind]}
    good = signed(kind, body)
    (name,) = good
    wrong: list[tuple[dict[str, str], Secret]] = [
        ({}, SECRET),
        (signed(kind, body, "another secret"), SECRET),
        ({name: good[name][:-1]}, SECRET),
        ({name: ""}, SECRET),
        ({name: "\u00e9\udcff"}, SECRET),
        (signed(kind, body, ""), Secret("")),
        *([({"X-Hub-Signature": good[name]}, SECRET)] if kind is ForgeKind.GITHUB else []),
    ]
    if kind is not ForgeKind.GITLAB:
        wrong.append((signed(kind, body + b" "), SECRET))
    for headers, secret in wrong:
        with pytest.raises(WebhookRefusedError) as refused:
            read_webhook(kind, secret, headers | event, body)
        assert refused.value.status == 401
        assert SECRET.reveal() not in str(refused.value)
    assert isinstance(read_webhook(kind, SECRET, good | event, body), Pushed)


@pytest.mark.parametrize(
    ("data", "status"),
    [(b"payload=%7B%7D", 400), (b"[]", 400), (b"[" * 100_000, 400), (b"{}", 0), (b"x" * (LARGEST + 1), 413)],
)
def test_what_is_no_webhook_is_refused(data: bytes, status: int) -> None:
    headers = signed(ForgeKind.GITHUB, data) | {"X-GitHub-Event": "pull_request"}
    if not status:
        assert isinstance(read_webhook(ForgeKind.GITHUB, SECRET, headers, data), Ignored)
        return
    with pytest.raises(WebhookRefusedError) as refused:
        read_webhook(ForgeKind.GITHUB, SECRET, headers, data)
    assert refused.value.status == status


def test_a_push_of_nothing_known_is_refused() -> None:
    with pytest.raises(WebhookRefusedError, match="of which repository"):
        told(ForgeKind.GITHUB, "push", {"ref": "refs/heads/main", "after": A})


LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(["refs/heads/main", A])
KEYS = st.sampled_from(
    ["ref", "before", "after", "commits", "repository", "project", "pull_request", "head", "object_attributes", "id"]
)
JSON = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5))


@given(st.sampled_from(list(ForgeKind)), st.sampled_from(["push", "Push Hook", "pull_request", "check_run", ""]), JSON)
def test_whatever_is_signed_is_read_or_refused(kind: ForgeKind, event: str, data: Any) -> None:
    found: Event | int
    try:
        found = told(kind, event, data)
    except WebhookRefusedError as refused:
        found = refused.status
    assert found == 400 or isinstance(found, Pushed | PullRequestChanged | Ignored)
