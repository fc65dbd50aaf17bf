"""A small TextMate tokeniser: enough of the rules editors follow to run `promo.tmLanguage.json`.

`match`, `begin`/`end`, captures, `patterns`, `include` of the repository and `applyEndPatternLast`; line by line, the
earliest match wins, then the end of the open rule, then the order of the patterns.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

Rule = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Open:
    """A begun rule."""

    rule_id: int
    entered: tuple[int, int]


class TextMate:
    """A grammar ready to tokenise."""

    def __init__(self, grammar: Rule) -> None:
        self.grammar = grammar
        self.rules: list[Rule] = [grammar]

    def scopes(self, text: str) -> list[str]:
        """Return the innermost scope of every character; empty where there is none."""
        found: list[str] = []
        stack = [Open(0, (-1, -1))]
        for number, line in enumerate(text.splitlines(keepends=True)):
            found += self._line(line, number, stack)
        return found

    def _line(self, line: str, number: int, stack: list[Open]) -> list[str]:
        scopes = [""] * len(line)
        position = 0
        while position < len(line):
            best = self._first(line, position, stack[-1])
            if best is None:
                break
            match, rule, ends = best
            if ends:
                opened = stack.pop()
                assert match.end() > position or opened.entered != (number, position), f"endless at {line!r}"
                self._capture(scopes, match, rule.get("endCaptures", {}))
            elif "begin" in rule:
                self._capture(scopes, match, rule.get("beginCaptures", {}))
                self.rules.append(rule)
                stack.append(Open(len(self.rules) - 1, (number, match.end())))
            else:
                self._paint(scopes, match.span(), rule.get("name", ""))
                self._capture(scopes, match, rule.get("captures", {}))
                assert match.end() > match.start(), f"{rule} matches nothing at {line!r}"
            position = match.end()
        return scopes

    def _first(self, line: str, position: int, opened: Open) -> tuple[re.Match[str], Rule, bool] | None:
        rule = self.rules[opened.rule_id]
        candidates: list[tuple[re.Match[str], Rule, bool]] = []
        for pattern in self._flat(rule["patterns"]):
            match = compiled(pattern.get("begin") or pattern["match"]).search(line, position)
            if match is not None:
                candidates.append((match, pattern, False))
        if "end" in rule:
            match = compiled(rule["end"]).search(line, position)
            if match is not None:
                candidates.insert(len(candidates) if rule.get("applyEndPatternLast") else 0, (match, rule, True))
        return min(candidates, key=lambda candidate: candidate[0].start(), default=None)

    def _flat(self, patterns: list[Rule]) -> list[Rule]:
        flat: list[Rule] = []
        for pattern in patterns:
            if "include" in pattern:
                pattern = self.grammar["repository"][pattern["include"].removeprefix("#")]
            if "match" in pattern or "begin" in pattern:
                flat.append(pattern)
            else:
                flat += self._flat(pattern["patterns"])
        return flat

    def _capture(self, scopes: list[str], match: re.Match[str], captures: dict[str, Rule]) -> None:
        for group, capture in captures.items():
            if match[int(group)] is not None:
                self._paint(scopes, match.span(int(group)), capture["name"])

    def _paint(self, scopes: list[str], span: tuple[int, int], name: str) -> None:
        scopes[span[0] : span[1]] = [name] * (span[1] - span[0])


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
