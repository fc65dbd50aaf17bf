"""Streams of Argo's server: events of workflows as server-sent events, and logs as lines of JSON."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

from adapters.remote.said import said
from adapters.remote.shape import NotReadableError, read
from adapters.workflows.transport import RELEASE_LABEL, Sighting
from adapters.workflows.wire import Workflow
from engine.execute.errors import RetryableError

_LARGEST = 32 * 1024 * 1024


async def sightings(lines: AsyncIterator[str], server: str) -> AsyncIterator[Sighting | None]:
    """Yield what each event says, and None for every other sign of life.

    Args:
        lines: of the stream.
        server: its address, for people.

    Raises:
        RetryableError: when the stream says that something went wrong, as when Kubernetes closes the watch, or when
            an event cannot be read.
    """
    async for line in lines:
        if len(line) > _LARGEST:
            raise RetryableError(f"an event of {server} is larger than {_LARGEST // 1024 // 1024} MB")
        # An error before the first event may come without the field's name.
        text = line.removeprefix("data:").strip()
        if not text or text.startswith(":"):
            yield None
            continue
        if text.startswith(("event:", "id:", "retry:")):
            continue
        yield _sighting(_item(text, server), server)


def _item(text: str, server: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as wrong:
        raise RetryableError(f"an event of {server} is not JSON") from wrong
    if not isinstance(found, dict):
        raise RetryableError(f"an event of {server} is no object")
    trouble = found.get("error")
    if trouble is not None or "result" not in found:
        told = trouble if isinstance(trouble, dict) else found
        raise RetryableError(
            f"{server} ended the stream: {said(str(told.get('message') or trouble or 'without a reason'))}"
        )
    return found


def _sighting(item: dict[str, Any], server: str) -> Sighting:
    event = item["result"] if isinstance(item["result"], dict) else {}
    try:
        workflow = read(Workflow, event.get("object"))
    except NotReadableError as wrong:
        raise RetryableError(f"an event of {server} cannot be read: {wrong}") from wrong
    found = workflow.metadata
    release = found.labels.get(RELEASE_LABEL, "")
    return Sighting(found.uid or found.name, release, workflow.status.phase, event.get("type") == "DELETED")


def log_text(text: str) -> str:
    """Return what a log's stream holds; what is cut off or is an error says nothing.

    Args:
        text: lines of ``{"result": {"content": ...}}``, those of server-sent events included.
    """
    lines: list[str] = []
    for line in text.splitlines():
        try:
            found = json.loads(line.removeprefix("data:").strip() or "null")
        except (ValueError, RecursionError):
            continue
        result = found.get("result") if isinstance(found, dict) else None
        if isinstance(result, dict) and isinstance(result.get("content"), str):
            lines.append(result["content"].rstrip("\n"))
    return "\n".join(lines)
