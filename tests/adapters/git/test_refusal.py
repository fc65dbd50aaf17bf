"""Words of servers, and what they mean for a release."""

from __future__ import annotations

import pytest

from adapters.git.failure import GitError, GitTimeoutError
from adapters.git.refusal import is_contention, refused, server_words, unreachable
from engine.execute.errors import RetryableError, TerminalError


@pytest.mark.parametrize(
    "reason",
    [
        "stale info",
        "non-fast-forward",
        "fetch first",
        "cannot lock ref 'refs/heads/main': is at 1234 but expected 5678",
        "incorrect old value provided",
        "failed to update ref",
        "reference already exists",
    ],
)
def test_somebody_else_was_quicker(reason: str) -> None:
    assert is_contention(reason)


@pytest.mark.parametrize(
    "reason", ["pre-receive hook declined", "protected branch hook declined", "deletion prohibited"]
)
def test_a_refusal_is_no_race(reason: str) -> None:
    assert not is_contention(reason)


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("protected branch hook declined", "remote: error: GH006: Protected branch update failed for refs/heads/main."),
        ("push declined due to repository rule violations", "remote: error: GH013: Repository rule violations found"),
        ("pre-receive hook declined", "remote: GitLab: You are not allowed to push code to protected branches."),
        ("pre-receive hook declined", "remote: Gitea: Not allowed to push to protected branch main"),
        (
            "TF402455: Pushes to this branch are not permitted; you must use a pull request to update this branch.",
            "",
        ),
    ],
)
def test_protected_branches_of_servers(reason: str, words: str) -> None:
    error = refused("https://git.example.com/a", "main", reason, words)
    assert isinstance(error, TerminalError)
    assert "the branch `main` is protected" in error.reason
    assert "`action pr`" in error.help


@pytest.mark.parametrize(
    ("stderr", "kind"),
    [
        ("fatal: unable to access 'https://x/': The requested URL returned error: 503", RetryableError),
        ("error: RPC failed; HTTP 502 curl 22\nfatal: the remote end hung up unexpectedly", RetryableError),
        ("fatal: unable to access 'https://x/': Could not resolve host: x", RetryableError),
        (
            "ssh: connect to host x port 22: Connection refused\nfatal: Could not read from remote repository.",
            RetryableError,
        ),
        ("fatal: something nobody has seen before", RetryableError),
        ("git@x: Permission denied (publickey).\nfatal: Could not read from remote repository.", TerminalError),
        ("Host key verification failed.", TerminalError),
        ("remote: Repository not found.\nfatal: repository 'https://x/' not found", TerminalError),
        ("fatal: unable to access 'https://x/': SSL certificate problem: self-signed certificate", TerminalError),
        ("fatal: Authentication failed for 'https://x/'", TerminalError),
    ],
)
def test_what_may_pass_and_what_lasts(stderr: str, kind: type) -> None:
    assert type(unreachable("https://x/", GitError(128, stderr))) is kind


def test_a_server_that_takes_too_long_may_be_quicker_later() -> None:
    assert type(unreachable("x", GitTimeoutError(3))) is RetryableError


def test_words_are_one_safe_line() -> None:
    words = server_words(
        "remote: a \x1b[31mred\x1b[0m\nTo https://x\nremote:\nremote: see https://u:secret@h/x\n" + "remote: y" * 999
    )
    assert words.startswith("a ?[31mred?[0m see https://h/x")
    assert "secret" not in words
    assert len(words) <= 600
