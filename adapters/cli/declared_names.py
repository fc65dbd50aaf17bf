"""Names on the command line: only those the workspace declares, with a suggestion for the others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from adapters.cli.output import fail
from engine.model.glob import is_literal, matches
from grammar.render import printable
from grammar.suggest import did_you_mean
from grammar.vocabulary import listing


def require_declared(what: str, name: str, declared: Iterable[str]) -> str:
    """Return a name that is declared; exit with `INVALID` for any other.

    Args:
        what: what the name is of, e.g. ``product``.
        name: the name that was given.
        declared: every name there is.
    """
    names = sorted(declared)
    if name not in names:
        few = f"there is {listing([f'`{known}`' for known in names], 'and')}" if 0 < len(names) <= 8 else ""
        fail(f"no {what} `{printable(name)}` is declared", printable(did_you_mean(name, names) or few))
    return name


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
