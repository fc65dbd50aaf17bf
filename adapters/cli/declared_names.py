"""Names on the command line: only those the workspace declares, with a suggestion for the others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from adapters.cli.output import fail
from adapters.releases.names import UndeclaredError, declared_name
from engine.model.glob import is_literal, matches
from grammar.render import printable


def require_declared(what: str, name: str, declared: Iterable[str]) -> str:
    """Return a name that is declared; exit with `INVALID` for any other.

    Args:
        what: what the name is of, e.g. ``product``.
        name: the name that was given.
        declared: every name there is.
    """
    try:
        return declared_name(what, name, declared)
    except UndeclaredError as unknown:
        fail(unknown.reason, unknown.help)


def chosen(what: str, patterns: Sequence[str], declared: Iterable[str]) -> list[str]:
    """Return the declared names that one of several names or `*` patterns chooses, in the order declared.

    No pattern chooses all; one that chooses nothing exits with `INVALID`.
    """
    names = list(declared)
    for pattern in patterns:
        if is_literal(pattern):
            require_declared(what, pattern, names)
        elif not any(matches(pattern, name) for name in names):
            fail(f"no {what} matches `{printable(pattern)}`")
    return [name for name in names if not patterns or any(matches(pattern, name) for pattern in patterns)]
