"""What a forge tells by webhook: verified by its signature first, then read. Pure.

    secret = parse_reference(forge.webhook_secret).read(base)
    event = read_webhook(forge.kind, secret, headers, body)

A webhook only says that something may have happened: whoever is told looks for itself, in Git and at the forge. So a
repeated, late or lost one changes nothing.

Source: GitHub, "validating webhook deliveries"; GitLab, "webhook events"; Gitea, "webhooks".
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, assert_never

from adapters.forge.configured import ForgeKind
from adapters.forge.port import text_of
from adapters.secrets import Secret

LARGEST = 25 * 1024 * 1024
"""Bytes a webhook may have. Source: GitHub, "webhook events and payloads", which caps its own there."""

_MOST_COMMITS = 2_048
_BRANCH = "refs/heads/"
_NOBODY = "0" * 40


class WebhookRefusedError(Exception):
    """A webhook is not believed, or cannot be read; the text holds nothing of it.

    Attributes:
        status: what its sender is answered with: 401 without a valid signature, 413 for too much, 400 for what is no
            webhook.
    """

    def __init__(self, status: int, reason: str) -> None:
        """Describe what is wrong."""
        super().__init__(reason)
        self.status = status


@dataclass(frozen=True, slots=True)
class Pushed:
    """A branch was pushed to.

    Attributes:
        repo_urls: addresses of the repository, as the forge calls it: over HTTPS and over SSH.
        branch: its short name.
        before: where it stood; empty where it was made.
        after: where it stands; empty where it was removed.
        commits: the new ones that were told, the oldest first; forges leave some out of long pushes.
    """

    repo_urls: tuple[str, ...]
    branch: str
    before: str
    after: str
    commits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PullRequestChanged:
    """A pull request was opened, closed, merged, reviewed or pushed to, or a check of it has ended.

    Attributes:
        repo_urls: as of `Pushed`.
        head_branch: the short name of its branch.
    """

    repo_urls: tuple[str, ...]
    head_branch: str


@dataclass(frozen=True, slots=True)
class Ignored:
    """A webhook that is genuine and means nothing here; ``reason`` says why."""

    reason: str


Event = Pushed | PullRequestChanged | Ignored


def read_webhook(kind: ForgeKind, secret: Secret, headers: Mapping[str, str], body: bytes) -> Event:
    """Verify and read a webhook.

    Args:
        kind: the kind of the forge that sends it.
        secret: what was agreed with the forge.
        headers: of the request; the case of their names does not count.
        body: of the request, byte for byte.

    Raises:
        WebhookRefusedError: when it is too large, is not signed with the secret, or cannot be read.
    """
    if len(body) > LARGEST:
        raise WebhookRefusedError(413, f"the webhook is larger than {LARGEST // 1024 // 1024} MB")
    told = {name.lower(): value for name, value in headers.items()}
    if not _is_genuine(kind, secret.reveal().encode(), told, body):
        raise WebhookRefusedError(401, "the webhook is not signed with the secret of this forge")
    event = _event(kind, told)
    if event == "ping":
        return Ignored("the forge asks whether somebody is there")
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise WebhookRefusedError(400, "the webhook is not JSON; set its content type to `application/json`") from None
    if not isinstance(data, dict):
        raise WebhookRefusedError(400, "the webhook is no object")
    if event in ("push", "Push Hook"):
        return _pushed(kind, data)
    return _changed(kind, event, data)


def _is_genuine(kind: ForgeKind, secret: bytes, headers: Mapping[str, str], body: bytes) -> bool:
    if not secret:
        return False
    match kind:
        case ForgeKind.GITHUB:
            wanted = "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest()
            given = headers.get("x-hub-signature-256", "")
        case ForgeKind.GITLAB:
            wanted, given = secret.decode(), headers.get("x-gitlab-token", "")
        case ForgeKind.GITEA:
            wanted = hmac.new(secret, body, hashlib.sha256).hexdigest()
            given = headers.get("x-gitea-signature", "") or headers.get("x-forgejo-signature", "")
        case unknown:
            assert_never(unknown)
    return hmac.compare_digest(wanted.encode(), given.encode("utf-8", "surrogateescape"))


def _event(kind: ForgeKind, headers: Mapping[str, str]) -> str:
    names = {
        ForgeKind.GITHUB: ("x-github-event",),
        ForgeKind.GITLAB: ("x-gitlab-event",),
        ForgeKind.GITEA: ("x-gitea-event", "x-forgejo-event"),
    }
    return next((headers[name] for name in names[kind] if headers.get(name)), "")


def _pushed(kind: ForgeKind, data: dict[str, Any]) -> Event:
    reference = text_of(data, "ref")
    if not reference.startswith(_BRANCH):
        return Ignored("something else than a branch was pushed")
    before, after = text_of(data, "before"), text_of(data, "after")
    commits = data.get("commits")
    told = [text_of(commit, "id") for commit in commits[:_MOST_COMMITS]] if isinstance(commits, list) else []
    urls = _urls(kind, data)
    if not urls or not after:
        raise WebhookRefusedError(400, "the webhook of a push does not say of which repository, or what")
    return Pushed(
        urls,
        reference.removeprefix(_BRANCH),
        "" if before.startswith(_NOBODY) else before,
        "" if after.startswith(_NOBODY) else after,
        tuple(sha for sha in told if sha),
    )


def _changed(kind: ForgeKind, event: str, data: dict[str, Any]) -> Event:
    heads = {
        "pull_request": ("pull_request", "head", "ref"),
        "pull_request_review": ("pull_request", "head", "ref"),
        "pull_request_sync": ("pull_request", "head", "ref"),
        "pull_request_approved": ("pull_request", "head", "ref"),
        "pull_request_rejected": ("pull_request", "head", "ref"),
        "check_suite": ("check_suite", "head_branch"),
        "check_run": ("check_run", "check_suite", "head_branch"),
        "Merge Request Hook": ("object_attributes", "source_branch"),
        "Pipeline Hook": ("object_attributes", "ref"),
    }
    if event not in heads:
        return Ignored("it is about something else than pushes and pull requests")
    head = text_of(data, *heads[event])
    urls = _urls(kind, data)
    if not head or not urls:
        return Ignored("it does not say which branch of which repository it is about")
    return PullRequestChanged(urls, head)


def _urls(kind: ForgeKind, data: dict[str, Any]) -> tuple[str, ...]:
    if kind is ForgeKind.GITLAB:
        found = (text_of(data, "project", key) for key in ("git_http_url", "git_ssh_url"))
    else:
        found = (text_of(data, "repository", key) for key in ("clone_url", "ssh_url"))
    return tuple(url for url in found if url)
