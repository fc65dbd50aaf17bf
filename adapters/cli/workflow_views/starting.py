"""Starts a run for somebody who tries a workflow."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from adapters.cli.output import fail
from grammar.render import printable

if TYPE_CHECKING:
    from adapters.local.running.record import Record
    from adapters.workspace import Loaded

_LETTERS = "bcdfghjklmnpqrstvwxz2456789"
_LONGEST = 63


def parameters_of(given: tuple[str, ...]) -> dict[str, str]:
    """Read ``NAME=VALUE`` options; a name that is given twice is refused."""
    found: dict[str, str] = {}
    for text in given:
        name, separator, value = text.partition("=")
        if not separator or not name:
            fail(f"`-p {printable(text)}` is not of the form NAME=VALUE", "e.g. -p APP_NAME=storefront-qa")
        if name in found:
            fail(f"the parameter `{printable(name)}` is given twice")
        found[name] = value
    return found


def started(loaded: Loaded, template: str, parameters: dict[str, str]) -> Record:
    """Start a run under a new name; exit with `INVALID` where it cannot run."""
    from adapters.local.configured import local_settings, local_workflows
    from adapters.local.interpret.refusal import RefusedError
    from adapters.local.preparing import prepare
    from adapters.local.templates import workflow_manifests
    from engine.execute.errors import AdapterError

    ending = "".join(secrets.choice(_LETTERS) for _ in range(5))
    name = f"{template[: _LONGEST - 6].rstrip('-.')}-{ending}"
    try:
        record = prepare(
            workflow_manifests(loaded.sources.texts.items()),
            local_settings(loaded),
            key=f"try/{name}",
            name=name,
            template=template,
            parameters=parameters,
        )
        local_workflows(loaded).start(record)
    except RefusedError as refused:
        fail(printable(str(refused)), printable(refused.help))
    except AdapterError as failure:
        fail(printable(failure.reason), printable(failure.help))
    return record
