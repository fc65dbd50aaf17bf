"""Files through which a job speaks to its runner, and what a run leaves for later steps."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from adapters.ci.failure import CiError
from adapters.ci.fitting import fit

_MOST_SUMMARY = 250_000
"""Characters of a job's summary; GitHub takes a megabyte from a step, and a character is up to four bytes."""


def summarise(environment: Mapping[str, str], text: str) -> bool:
    """Add Markdown to the job's summary; False where the runner has none.

    Raises:
        CiError: when the runner's file cannot be written.
    """
    name = environment.get("GITHUB_STEP_SUMMARY")
    if not name:
        return False
    _append(name, "GITHUB_STEP_SUMMARY", fit(text, _MOST_SUMMARY) + "\n")
    return True


def output(environment: Mapping[str, str], values: Mapping[str, str]) -> None:
    """Give later steps of the job values, where the runner has such a thing.

    Raises:
        CiError: when a value could be read as several, or the runner's file cannot be written.
    """
    name = environment.get("GITHUB_OUTPUT")
    if not name:
        return
    for key, value in values.items():
        if re.search(r"[\r\n]", value):
            raise CiError(f"the output `{key}` would have several lines")
    _append(name, "GITHUB_OUTPUT", "".join(f"{key}={value}\n" for key, value in values.items()))


def write(path: Path, text: str) -> None:
    """Write a report.

    Raises:
        CiError: when it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    except OSError as failed:
        raise CiError(f"`{path}` cannot be written: {failed.strerror or failed}") from failed


def _append(path: str, name: str, text: str) -> None:
    try:
        with open(path, "a", encoding="utf-8", errors="replace", newline="") as file:
            file.write(text)
    except OSError as failed:
        raise CiError(f"the file that {name} names cannot be written: {failed.strerror or failed}") from failed
