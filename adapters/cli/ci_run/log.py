"""The log of a job: sections that fold, and output that the runner takes no orders from."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from adapters.ci.place import Forge

Write = Callable[[str], None]


@contextmanager
def section(forge: Forge | None, write: Write, title: str) -> Iterator[None]:
    """Write what is written inside as an inert section with a title.

    Args:
        forge: whose runner this is; None for a terminal.
        write: writes a line.
        title: a few words of promo's own.
    """
    if forge is Forge.GITLAB:
        name = f"promo_{secrets.token_hex(4)}"
        write(f"\x1b[0Ksection_start:{int(time.time())}:{name}\r\x1b[0K{title}")
        yield
        write(f"\x1b[0Ksection_end:{int(time.time())}:{name}\r\x1b[0K")
    elif forge is None:
        write(f"--- {title}")
        yield
    else:
        write(f"::group::{title}")
        with inert(forge, write):
            yield
        write("::endgroup::")


@contextmanager
def inert(forge: Forge | None, write: Write) -> Iterator[None]:
    """Make the runner take no orders from lines that are written inside.

    GitHub's and Gitea's runners obey lines of the log, and what promo prints quotes files of the change.

    Args:
        forge: whose runner this is.
        write: writes a line.
    """
    if forge not in (Forge.GITHUB, Forge.GITEA):
        yield
        return
    word = secrets.token_hex(16)
    write(f"::stop-commands::{word}")
    yield
    write(f"::{word}::")
