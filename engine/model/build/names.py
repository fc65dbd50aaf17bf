"""Names: their syntax, and lists of them without repetition."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from engine.model.build.session import Session
from grammar import nodes
from grammar.diagnostics import Label

LONGEST_NAME = 253
"""Characters. Source: Kubernetes, object names."""

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?\Z")


@lru_cache(maxsize=4096)
def _is_name(text: str) -> bool:
    """Say whether a text has the form of a name; the same workflows are named again and again."""
    return _NAME.match(text) is not None


def check_name(session: Session, name: nodes.Name, what: str) -> bool:
    """Say whether a name may be given to something; report it when not.

    Args:
        session: receives the report.
        name: as written.
        what: what is called so, for the message.
    """
    if len(name.text) <= LONGEST_NAME and _is_name(name.text):
        return True
    if not name.text:
        session.error("M004", f"{what} has an empty name", name.span)
        return False
    if len(name.text) > LONGEST_NAME:
        session.error("M004", f"the name of {what} is longer than {LONGEST_NAME} characters", name.span)
        return False
    session.error(
        "M004",
        f"`{name.text[:80]}` cannot be the name of {what}",
        name.span,
        help="a name holds letters, digits, `-`, `_` and `.`, and begins and ends with a letter or a digit",
    )
    return False


def distinct(session: Session, names: Iterable[nodes.Name], what: str) -> tuple[str, ...]:
    """Return names as written, each once; report those that are repeated.

    Args:
        session: receives the report.
        names: as written.
        what: what each name is, for the message, e.g. ``tag``.
    """
    first: dict[str, nodes.Name] = {}
    for name in names:
        known = first.get(name.text)
        if known is not None:
            session.error(
                "M006",
                f"the {what} `{name.text[:80]}` is listed more than once",
                name.span,
                labels=[Label(known.span, "first listed here")],
                help="remove one of them",
            )
            continue
        first[name.text] = name
        if not name.text:
            session.error("M004", f"a {what} has an empty name", name.span)
    return tuple(first)
