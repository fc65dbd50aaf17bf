"""What went wrong in a Git process, and how it is told to a person."""

from __future__ import annotations

import re

from adapters.git.address import redact_text
from engine.plan.ports import RepositoryError

MAX_DETAIL = 300
"""The longest excerpt of Git's own words that is shown, in characters."""


class GitError(Exception):
    """A Git process ended with an error.

    Attributes:
        returncode: the exit status; negative when a signal ended it.
        stderr: what Git wrote, in English, shortened to its end.
    """

    def __init__(self, returncode: int, stderr: str) -> None:
        super().__init__(f"git ended with status {returncode}: {stderr[-MAX_DETAIL:]}")
        self.returncode = returncode
        self.stderr = stderr


class GitTimeoutError(GitError):
    """A Git process was stopped because it took too long; ``seconds`` is the limit it had."""

    def __init__(self, seconds: float) -> None:
        super().__init__(-9, "")
        self.seconds = seconds


class OutputTooLargeError(GitError):
    """A Git process wrote more than is accepted; ``limit`` is in bytes."""

    def __init__(self, what: str, limit: int) -> None:
        super().__init__(0, "")
        self.what = what
        self.limit = limit


_CREDENTIALS = "give Git a credential helper or an ssh agent with access; promo never asks for a password"
_KNOWN: tuple[tuple[str, str, str], ...] = (
    (
        r"detected dubious ownership|unsafe repository",
        "the folder belongs to another user, so Git refuses to read it",
        "if you trust it, run `git config --global --add safe.directory FOLDER` with the repository's folder",
    ),
    (
        r"Host key verification failed",
        "the server's ssh host key is not known",
        "add the key to ~/.ssh/known_hosts after checking it, for instance with ssh-keyscan",
    ),
    (
        r"Authentication failed|could not read (Username|Password)|terminal prompts disabled"
        r"|Permission denied|returned error: 40[13]|Access denied|HTTP Basic",
        "the server refused access: authentication failed",
        _CREDENTIALS,
    ),
    (
        r"Repository not found|returned error: 404|does not appear to be a git repository"
        r"|repository '.*' not found|repository not exported|no such repository",
        "the server has no such repository, or does not show it to you",
        "check the address, and that your credentials may read it",
    ),
    (
        r"Could not resolve host(name)?|unable to look up|Name or service not known|name resolution",
        "the server's host name is unknown",
        "check the spelling of the host and the network, or give a local checkout with --checkout URL=PATH",
    ),
    (
        r"Connection (refused|timed out|reset)|Failed to connect|unable to connect|Network is unreachable|No route to",
        "the server cannot be reached",
        "check the network and the port, or give a local checkout with --checkout URL=PATH",
    ),
    (
        r"certificate|SSL",
        "the server's certificate could not be verified",
        "add the issuing authority with `git config --global http.sslCAInfo FILE`",
    ),
    (
        r"transport '.*' not allowed",
        "Git was led to a transport that is not allowed here",
        "look for url.*.insteadOf settings and redirects; only https, ssh, http and git may be fetched from, "
        "and a bare repository may not fetch on demand",
    ),
    (r"No space left on device", "the disk is full", "make room, or choose another cache folder"),
    (
        r"lazy fetching disabled|promisor|could not fetch",
        "an object of this partial clone is not present and could not be fetched",
        "allow fetching, or give a complete clone with --checkout URL=PATH",
    ),
    (r"not a git repository", "this is not a Git repository", "check the path, or run `git init` there"),
)
_DAMAGE = re.compile(
    r"corrupt|bad object|missing object|unable to read|object file .* is empty|not a git repository"
    r"|invalid sha1 pointer|could not parse|did not send all necessary|packfile|unexpected line|index file|inflate"
    r"|bad (config|signature|tree)|unknown repository extension|mismatch|unresolved delta|does not point to a valid",
    re.IGNORECASE,
)


def is_damage(failure: GitError) -> bool:
    """Tell whether a failure may come from damaged files of the clone itself, which a new clone would heal."""
    return _DAMAGE.search(failure.stderr) is not None


def explain(failure: GitError) -> tuple[str, str]:
    """Return the reason and the help for a failure, both without credentials."""
    match failure:
        case GitTimeoutError(seconds=seconds):
            return (
                f"Git did not answer within {seconds:g} seconds and was stopped",
                "check the network, or allow more time",
            )
        case OutputTooLargeError(what=what, limit=limit):
            return (
                f"{what} is larger than the limit of {limit:,} bytes",
                "promotions read small text files; keep large files out of the promoted paths",
            )
    for pattern, reason, help_text in _KNOWN:
        if re.search(pattern, failure.stderr):
            return reason, help_text
    return f"git failed: {_detail(failure)}", ""


def repository_error(url: str, failure: GitError) -> RepositoryError:
    """Turn a failure into the error of the port.

    Args:
        url: the repository's address, already without credentials.
        failure: what happened.
    """
    reason, help_text = explain(failure)
    return RepositoryError(url, reason, help_text)


def _detail(failure: GitError) -> str:
    lines = [line.strip() for line in failure.stderr.splitlines() if line.strip()]
    telling = [line for line in lines if line.startswith(("fatal:", "error:"))] or lines
    detail = telling[-1] if telling else f"exit status {failure.returncode}"
    return "".join(c if c.isprintable() else "?" for c in redact_text(detail))[:MAX_DETAIL]
