"""Which rules are asked, how much their findings weigh, and where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from engine.lint.rule import Rule
from grammar.diagnostics import Severity

ALL = "all"
DEFAULT = "default"
"""The selectors for every rule, and for those that are selected where nothing is configured."""


class Choice(NamedTuple):
    """What is configured, for the workspace or for some of its files.

    Selectors are codes (``L101``), beginnings of codes (``L1``), names (``yoda-condition``), categories (``style``),
    and the words ``all`` and ``default``.

    Attributes:
        select: what is asked; None where nothing is said, which means ``default``.
        ignore: what is not asked, whatever is selected.
        severity: how much findings weigh, by selector; the most specific selector counts.
    """

    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, Severity] = {}


def fits(selector: str, code: str, rule: type[Rule] | None) -> int:
    """Say how well a selector fits a finding: 0 not at all, and the more specific the more.

    Args:
        selector: as configured.
        code: of the finding.
        rule: the rule of that code; None for findings of reading the workspace.
    """
    if selector == code or (rule is not None and selector == rule.name):
        return 100
    if selector == ALL:
        return 1
    if selector == DEFAULT:
        return 1 if rule is None or rule.by_default else 0
    if code.startswith(selector):
        return 2 + len(selector)
    return 2 if rule is not None and selector == rule.category.value else 0


class Selection:
    """One answer from several choices: those of the workspace, of a path, of the command line."""

    def __init__(self, choices: Iterable[Choice], rules: Mapping[str, type[Rule]]) -> None:
        """Combine choices; a later one's `select` replaces an earlier one's, what is ignored adds up.

        Args:
            choices: from the most general to the most particular.
            rules: by code.
        """
        self._rules = rules
        self._select: tuple[str, ...] = (DEFAULT,)
        self._ignore: list[str] = []
        self._severities: list[Mapping[str, Severity]] = []
        for choice in choices:
            if choice.select is not None:
                self._select = choice.select
                self._ignore = []
            self._ignore += choice.ignore
            self._severities.append(choice.severity)
        self._known: dict[str, bool] = {}

    def has(self, code: str) -> bool:
        """Say whether findings of a code are wanted."""
        known = self._known.get(code)
        if known is None:
            rule = self._rules.get(code)
            wanted = any(fits(selector, code, rule) for selector in self._select)
            known = wanted and not any(fits(selector, code, rule) for selector in self._ignore)
            self._known[code] = known
        return known

    def severity(self, code: str, default: Severity) -> Severity:
        """Return how much a finding weighs; of two choices the more particular, in one the more specific counts."""
        rule = self._rules.get(code)
        for severities in reversed(self._severities):
            best = max(severities, key=lambda selector: fits(selector, code, rule), default=None)
            if best is not None and fits(best, code, rule):
                return severities[best]
        return default
