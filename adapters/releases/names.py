"""Names that somebody gives: only those that are declared, with a suggestion for the others."""

from __future__ import annotations

from collections.abc import Iterable

from adapters.releases.refusal import RefusedError
from grammar.render import printable
from grammar.suggest import did_you_mean
from grammar.vocabulary import listing


class UndeclaredError(RefusedError):
    """A name is not declared."""


def declared_name(what: str, name: str, declared: Iterable[str]) -> str:
    """Return a name that is declared.

    Args:
        what: what the name is of, e.g. ``product``.
        name: the name that was given.
        declared: every name there is.

    Raises:
        UndeclaredError: for any other.
    """
    names = sorted(declared)
    if name not in names:
        few = f"there is {listing([f'`{known}`' for known in names], 'and')}" if 0 < len(names) <= 8 else ""
        raise UndeclaredError(f"no {what} `{printable(name)}` is declared", printable(did_you_mean(name, names) or few))
    return name
