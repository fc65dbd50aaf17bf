"""Why a repository did not take a push, as told by its own words. Pure."""

from __future__ import annotations

import re

from adapters.git.address import redact_text
from adapters.git.failure import GitError, explain
from engine.execute.errors import AdapterError, RetryableError, TerminalError

MAX_WORDS = 600
"""How much of a server's own words is shown, in characters."""

_CONTENDED = re.compile(
    r"stale info|non-fast-forward|fetch first|cannot lock ref|incorrect old value provided|reference already exists"
    r"|remote ref updated since checkout|failed to update ref|needs force",
    re.IGNORECASE,
)
_PROTECTED = re.compile(
    r"protected branch|is protected from|branch is protected|GH006|GH013|repository rule violations|TF402455"
    r"|Pushes to this branch are not permitted|not permitted to update this branch|through (a )?pull request",
    re.IGNORECASE,
)
_HOOK = re.compile(r"hook declined|hook rejected|TF40\d+|prohibited by Gerrit|denied by .*hook", re.IGNORECASE)
_CHECKED_OUT = re.compile(r"branch is currently checked out|refusing to update checked out branch", re.IGNORECASE)
_WORK_TREE = re.compile(
    r"Working directory has (un)?staged changes|Could not update working tree|Up-to-date check failed"
)
_PASSES = re.compile(
    r"returned error: (408|425|429|5\d\d)|Internal (Server )?Error|hung up unexpectedly|early EOF|unexpected disconnect"
    r"|RPC failed|Connection|Could not resolve host|unable to look up|Name or service not known|name resolution"
    r"|Failed to connect|unable to connect|Network is unreachable|No route to|timed? ?out|Unable to create '.*\.lock'"
    r"|No space left on device|Too Many Requests|temporar",
    re.IGNORECASE,
)
_LASTS = re.compile(
    r"dubious ownership|unsafe repository|Host key verification|Authentication failed"
    r"|could not read (Username|Password)"
    r"|terminal prompts disabled|Permission denied|returned error: 40[134]|Access denied|HTTP Basic"
    r"|repository not found"
    r"|repository '.*' not found|does not appear to be a git repository|not exported|no such repository|certificate"
    r"|transport '.*' not allowed|not a git repository|service not enabled|read.only|insufficient permission"
    r"|does not support",
    re.IGNORECASE,
)
_OPEN_ONE = "use `action pr` for this environment, or let the account that promo pushes with past the rule"


def is_contention(reason: str) -> bool:
    """Say whether a reference was refused because somebody else moved it, so that looking again may help."""
    return _CONTENDED.search(reason) is not None


def refused(repository: str, branch: str, reason: str, words: str) -> AdapterError:
    """Return the error for a reference that a repository did not take.

    Args:
        repository: its address, without credentials.
        branch: the branch, without ``refs/heads/``.
        reason: what Git said of the reference, e.g. ``pre-receive hook declined``.
        words: what the other side wrote meanwhile.
    """
    said = server_words(words)
    told = f": {said}" if said else ""
    everything = f"{reason}\n{words}"
    if _PROTECTED.search(everything):
        return TerminalError(f"{repository}: the branch `{branch}` is protected ({reason}){told}", _OPEN_ONE)
    if _HOOK.search(reason):
        return TerminalError(f"{repository}: a hook refused the push to `{branch}` ({reason}){told}", _OPEN_ONE)
    if _CHECKED_OUT.search(reason):
        return TerminalError(
            f"{repository}: the branch `{branch}` is checked out there, and Git refuses to move it",
            "run `git config receive.denyCurrentBranch updateInstead` in that folder, or use a bare repository",
        )
    if _WORK_TREE.search(everything):
        return TerminalError(
            f"{repository}: the branch `{branch}` is checked out there, and the work tree has changes ({reason})",
            "commit the changes in that folder or put them aside, then retry",
        )
    if _PASSES.search(everything):
        return RetryableError(f"{repository}: the push to `{branch}` failed ({reason}){told}")
    return TerminalError(f"{repository}: the push to `{branch}` was refused ({reason}){told}", _OPEN_ONE)


def unreachable(repository: str, failure: GitError) -> AdapterError:
    """Return the error for a repository that could not be read or pushed to.

    What is known to last is a `TerminalError`. Anything else is tried again, because networks fail in more words than
    can be listed, and a step's own deadline ends it.

    Args:
        repository: its address, without credentials.
        failure: what happened.
    """
    reason, help_text = explain(failure)
    text = f"{repository}: {reason}"
    lasts = _LASTS.search(failure.stderr) is not None
    return (TerminalError if lasts else RetryableError)(text, help_text)


def server_words(complaint: str) -> str:
    """Return what the other side of a push wrote, on one line, without credentials and what cannot be printed."""
    lines = [line.removeprefix("remote:").strip() for line in complaint.splitlines() if line.startswith("remote:")]
    text = " ".join(line for line in lines if line)
    return "".join(c if c.isprintable() else "?" for c in redact_text(text))[:MAX_WORDS]
