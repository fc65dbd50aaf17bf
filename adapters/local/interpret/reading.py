"""Reads fields of a manifest, and refuses those that are not understood where they stand."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from adapters.local.interpret.refusal import RefusedError
from adapters.local.interpret.tags import tags
from grammar.suggest import did_you_mean


class Field:
    """A mapping of a manifest, and where it stands."""

    def __init__(self, data: Any, place: str) -> None:
        """Take a mapping.

        Raises:
            RefusedError: for anything else.
        """
        if not isinstance(data, dict):
            raise RefusedError("must be a mapping", place)
        self.data: Mapping[str, Any] = data
        self.place = place

    def at(self, key: str) -> str:
        """Return the place of a field."""
        return f"{self.place}.{key}"

    def only(self, known: Collection[str], pointless: Collection[str] = (), notes: list[str] | None = None) -> None:
        """Refuse every field that is not known; those that mean nothing on one machine are noted.

        Raises:
            RefusedError: for the first one.
        """
        for key, value in self.data.items():
            if value is None or value == {} or value == [] or key in known:
                continue
            if key in pointless:
                if notes is not None:
                    notes.append(f"{self.at(key)} has no meaning here")
                continue
            near = did_you_mean(key, sorted({*known, *pointless}))
            raise RefusedError(
                f"`{key}` is not run locally", self.place, near or "remove it, or run the workflow on Argo Workflows"
            )

    def text(self, key: str, default: str | None = "") -> str:
        """Return a scalar as the text Argo would make of it.

        Raises:
            RefusedError: when it is missing and has no default, is no scalar, or holds an expression.
        """
        value = self.data.get(key)
        if value is None:
            if default is None:
                raise RefusedError(f"`{key}` is missing", self.place)
            return default
        if isinstance(value, dict | list):
            raise RefusedError("must be a text", self.at(key))
        return checked(scalar(value), self.at(key))

    def optional(self, key: str) -> str | None:
        """Return a scalar as text; None where there is none."""
        return None if self.data.get(key) is None else self.text(key)

    def flag(self, key: str, default: bool = False) -> bool:
        """Return a boolean."""
        value = self.data.get(key, default)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise RefusedError("must be true or false", self.at(key))
        return value

    def number(self, key: str) -> int:
        """Return a whole number that is not negative; 0 where there is none."""
        value = self.data.get(key)
        if value is None:
            return 0
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise RefusedError("must be a whole number", self.at(key))
        return value

    def items(self, key: str) -> list[Any]:
        """Return a list; empty where there is none."""
        value = self.data.get(key)
        if value is None:
            return []
        if not isinstance(value, list):
            raise RefusedError("must be a list", self.at(key))
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of scalars, or a single one, as texts."""
        value = self.data.get(key)
        listed = value if isinstance(value, list) else [] if value is None else [value]
        found = []
        for index, item in enumerate(listed):
            if item is None or isinstance(item, dict | list):
                raise RefusedError("must be a text", f"{self.at(key)}[{index}]")
            found.append(checked(scalar(item), f"{self.at(key)}[{index}]"))
        return tuple(found)

    def child(self, key: str) -> Field:
        """Return a mapping below; an empty one where there is none."""
        value = self.data.get(key)
        return Field({} if value is None else value, self.at(key))

    def children(self, key: str) -> Iterator[Field]:
        """Yield the mappings of a list, in order; a name, where one has it, says which."""
        for index, value in enumerate(self.items(key)):
            name = value.get("name") if isinstance(value, dict) else None
            yield Field(value, f"{self.at(key)}[{name if isinstance(name, str) else index}]")

    def has(self, key: str) -> bool:
        """Say whether a field is set."""
        return self.data.get(key) not in (None, {}, [])


def scalar(value: Any) -> str:
    """Return a scalar as Argo passes it."""
    return value if isinstance(value, str) else json.dumps(value)


def checked(text: str, place: str) -> str:
    """Return a text without expression tags.

    Raises:
        RefusedError: for ``{{=``, whose language is not understood.
    """
    for tag in tags(text):
        if tag.startswith("="):
            raise RefusedError(
                f"the expression `{{{{{tag[:40]}}}}}` is not evaluated locally", place, "use a plain tag"
            )
    return text
