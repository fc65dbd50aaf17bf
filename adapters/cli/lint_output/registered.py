"""The rules by code, imported when one of them is asked about: a report without findings needs none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.lint.rule import Rule


class Registered(Mapping[str, "type[Rule]"]):
    """The same as `engine.lint.registry.RULE_BY_CODE`."""

    def _rules(self) -> Mapping[str, type[Rule]]:
        from engine.lint.registry import RULE_BY_CODE

        return RULE_BY_CODE

    def __getitem__(self, code: str) -> type[Rule]:
        """Return the rule of a code."""
        return self._rules()[code]

    def __iter__(self) -> Iterator[str]:
        """Yield the codes, in order."""
        return iter(self._rules())

    def __len__(self) -> int:
        """Return how many rules there are."""
        return len(self._rules())


REGISTERED = Registered()
