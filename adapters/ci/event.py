"""What started a run of GitHub's or Gitea's Actions: the file that GITHUB_EVENT_PATH names."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from adapters.ci.failure import CiError

_LARGEST = 32 * 1024 * 1024  # bytes; GitHub's own limit of a payload is 25 MB
_REF = re.compile(r"refs/pull/([1-9][0-9]{0,17})/(?:merge|head)")


def read_event(environment: Mapping[str, str]) -> dict[str, Any]:
    """Return the event; an empty one where the runner names no file.

    Raises:
        CiError: when the file cannot be read or is not what it should be.
    """
    name = environment.get("GITHUB_EVENT_PATH")
    if not name:
        return {}
    try:
        with open(name, "rb") as file:
            data = file.read(_LARGEST + 1)
        if len(data) > _LARGEST:
            raise CiError("the file that GITHUB_EVENT_PATH names is larger than 32 MB")
        event = json.loads(data)
    except OSError as failed:
        reason = failed.strerror or str(failed)
        raise CiError(f"the file that GITHUB_EVENT_PATH names cannot be read: {reason}") from failed
    except (ValueError, RecursionError) as failed:
        raise CiError(f"the file that GITHUB_EVENT_PATH names is not JSON: {Path(name).name}") from failed
    return event if isinstance(event, dict) else {}


def number_of_change(environment: Mapping[str, str]) -> int | None:
    """Return the number of the pull request a run belongs to; None where it belongs to none."""
    event = read_event(environment)
    change, issue = event.get("pull_request"), event.get("issue")
    # What started the run may also be a comment: that of a plain issue has no such key.
    subject = change or (issue if isinstance(issue, dict) and "pull_request" in issue else None)
    number = subject.get("number") if isinstance(subject, dict) else None
    if isinstance(number, int) and not isinstance(number, bool) and number > 0:
        return number
    found = _REF.fullmatch(environment.get("GITHUB_REF", ""))
    return int(found[1]) if found else None


def at(event: Mapping[str, Any], *keys: str) -> str:
    """Return a text from inside the event; empty where there is none."""
    value: Any = event
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, str) else ""
