"""Logs of the service: one line an event, as text or as JSON, without any secret that is known."""

from __future__ import annotations

import json
import logging
import os
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.secrets import SecretError, parse_reference
from adapters.store.errors import StoreError
from adapters.store.location import PostgresLocation, locate
from grammar.render import printable

if TYPE_CHECKING:
    from adapters.workspace import Configuration

FIELDS = ("release", "product", "environment", "step", "method", "path", "status", "milliseconds", "actor", "result")
"""What a line may say besides its text, where whoever wrote it knew."""

_IN_ADDRESS = re.compile(r"(?<=://)[^/\s@]+@")
_BEARER = re.compile(r"(?i)\b(bearer|token|basic)\s+[A-Za-z0-9._~+/=-]{8,}")


class Redaction(logging.Filter):
    """Takes out secrets as a last line: none should come here."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        """Know secrets to take out, besides what looks like one."""
        super().__init__()
        self._secrets = tuple(secret for secret in secrets if len(secret) >= 4)

    def filter(self, record: logging.LogRecord) -> bool:
        """Replace the text of a record by one without secrets; every record passes."""
        record.msg, record.args = self.hidden(record.getMessage()), ()
        if record.exc_info:
            record.exc_text = self.hidden(logging.Formatter().formatException(record.exc_info))
            record.exc_info = None
        return True

    def hidden(self, text: str) -> str:
        """Return a text without secrets."""
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return _BEARER.sub(r"\1 ***", _IN_ADDRESS.sub("***@", text))


class TextLines(logging.Formatter):
    """A line for people."""

    def format(self, record: logging.LogRecord) -> str:
        """Return a line; a fault has its traceback below."""
        more = " ".join(f"{name}={getattr(record, name)}" for name in FIELDS if hasattr(record, name))
        moment = datetime.fromtimestamp(record.created, UTC)
        said = f"{moment:%Y-%m-%dT%H:%M:%S}Z {record.levelname.lower():7} {record.name}: {record.getMessage()}"
        line = printable(f"{said} {more}".rstrip())
        return f"{line}\n{record.exc_text}" if record.exc_text else line


class JsonLines(logging.Formatter):
    """A line for machines: one JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        """Return a JSON object on one line."""
        data: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        data |= {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        if record.exc_text:
            data["traceback"] = record.exc_text
        return json.dumps(data)


def known_secrets(configuration: Configuration, base: Path) -> Iterator[str]:
    """Yield the secrets that a workspace names and that can be read, so that no line ever shows them.

    Args:
        configuration: of the workspace.
        base: the folder that relative paths are taken from.
    """
    service, forges, runtimes = configuration.service, configuration.adapters.forges, configuration.adapters.runtimes
    named = [token.reference for token in service.tokens] + [service.argocd]
    named += [reference for forge in forges for reference in (forge.token, forge.webhook_secret)]
    named += [server.token for one in runtimes for server in (one.argocd, one.workflows) if server is not None]
    for reference in named:
        # One that cannot be read is told of where it is needed.
        with suppress(SecretError, ValueError):
            yield parse_reference(reference).read(base).reveal()
    with suppress(StoreError):
        store = locate(configuration.store_url, os.environ, base)
        yield from store.passwords if isinstance(store, PostgresLocation) else ()


def configure_logs(form: str, secrets: Iterable[str]) -> None:
    """Send every log of the process to standard error.

    Args:
        form: ``text`` or ``json``.
        secrets: what is never shown.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if form == "json" else TextLines())
    handler.addFilter(Redaction(secrets))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("promo").setLevel(logging.INFO)
