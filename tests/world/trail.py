"""An audit trail as a text that is the same however fast what runs side by side was."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

_MASKS = (
    (re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|\+00:00)"), "TIME"),
    (re.compile(r"\b[0-9a-f]{10}\b"), "COMMIT"),
)


def written(trail: Sequence[dict[str, Any]], environments: Sequence[str]) -> str:
    """Return every line but those of calls that are made again, by environment and application, in their order there.

    What is masked: times, commits, and why a release that goes on has not gone on before.

    Args:
        trail: the lines as the API tells them.
        environments: in the order to write them in.
    """
    groups: dict[tuple[str, str], list[str]] = {}
    for event in trail:
        if event["kind"] == "step.retrying":
            continue
        place = (event["environment"] or "", event["application"] or "")
        groups.setdefault(place, []).append(_line(event))
    order = ["", *environments]
    text = ""
    for place in sorted(groups, key=lambda place: (order.index(place[0]), place[1])):
        heading = " ".join(part for part in place if part) or "the release"
        text += f"## {heading}\n" + "".join(f"{line}\n" for line in groups[place]) + "\n"
    return text


def _line(event: dict[str, Any]) -> str:
    message = "" if event["kind"] == "release.running" else event["message"]
    for pattern, word in _MASKS:
        message = pattern.sub(word, message)
    what = " ".join(part for part in (event["kind"], event["step"], message.replace("\n", " / ")) if part)
    return f"{event['actor']}: {what}"


def position(trail: Sequence[dict[str, Any]], kind: str, environment: str | None) -> list[int]:
    """Return where lines of a kind stand in a trail."""
    return [at for at, event in enumerate(trail) if (event["kind"], event["environment"]) == (kind, environment)]


def repetitions(trail: Iterable[dict[str, Any]]) -> list[str]:
    """Return what was said about calls that had to be made again."""
    return [event["message"] for event in trail if event["kind"] == "step.retrying"]
