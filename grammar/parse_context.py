"""Where in a declaration the parser stood when it stopped: read off its stack."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from grammar import expressions, nodes
from grammar.parsing.token import Token
from grammar.vocabulary import AFTER, DECLARATIONS, TERMINAL_WORDS, keyword_of

_BLOCKS = {"trigger": "a trigger", "step": "a step", "expect": "an expectation"}
_ITEM_STARTS = {"environment": {"CLUSTER"}, "policy": {"SOAK"}}
_CONDITIONS = (
    expressions.Comparison
    | expressions.Passed
    | expressions.Not
    | expressions.And
    | expressions.Or
    | expressions.Word
    | expressions.Path
    | expressions.Text
    | expressions.Alternatives
    | expressions.Number
    | expressions.Duration
)
_CONTINUATIONS = {"COMMA", "AND", "OR", "PRIORITY", "NAMESPACES", "FROM", "TO", "EQUAL"}


@dataclass(frozen=True, slots=True)
class Context:
    """The unfinished declaration around a syntax error.

    Attributes:
        keyword: the declaration's keyword; empty outside any.
        title: how messages call the declaration, e.g. ``policy `x```; empty outside any.
        title_at: offsets of the keyword and name in the parsed text.
        block: how messages call the innermost open block.
        brace: offset of the innermost open ``{``; None when none is open.
        after: the keyword that the value being read belongs to; empty between items.
        previous: the last complete token before the error.
        in_condition: whether a condition is being read.
        empty_item: whether nothing has been read since ``after``.
    """

    keyword: str
    title: str
    title_at: tuple[int, int] | None
    block: str
    brace: int | None
    after: str
    previous: Token | None
    in_condition: bool
    empty_item: bool

    def at_item(self, expected: set[str]) -> bool:
        """Say whether an attribute's keyword could stand here."""
        return self.brace is not None and ("RBRACE" in expected)

    def items(self, expected: set[str]) -> list[str]:
        """Return the attributes that could stand here, as keywords in alphabetical order."""
        return sorted(keyword_of(name) for name in expected - _CONTINUATIONS if name not in TERMINAL_WORDS)

    def wants_value(self, expected: set[str]) -> bool:
        """Say whether the keyword before the error lacks its value."""
        return self.empty_item and self.after in AFTER and "RBRACE" not in expected

    def ranked(self, expected: set[str]) -> list[str]:
        """Return the expected terminals, punctuation first, at most eight."""
        return sorted(expected, key=lambda name: (name not in TERMINAL_WORDS, name))[:8]

    def shape(self) -> str:
        """Return what the declaration looks like, for a help line; empty outside any."""
        if not self.keyword or self.brace is not None:
            return ""
        return f"the form is `{DECLARATIONS[self.keyword]}`"


def context_of(values: tuple[Any, ...], base: int) -> Context:
    """Read the context off the parser's stack of finished nodes, lists and tokens.

    Args:
        values: the stack.
        base: offset of the parsed text in its source.
    """
    flat: list[Any] = []
    for value in values:
        flat.extend(_flatten(value))
    keyword, title, title_at, block, brace = "", "", None, "", None
    after, previous, empty = "", None, True
    condition = False
    for index, value in enumerate(flat):
        if not isinstance(value, Token):
            empty = False
            condition = condition or isinstance(value, _CONDITIONS)
            after = "" if isinstance(value, _ITEMS) else after
            continue
        previous = value
        start, end = value.start - base, value.end - base
        if value.type == "LBRACE":
            brace, after, empty, condition = start, "", True, False
        elif value.type in {"NAME", "STRING", "PATH", "INT", "DURATION", "COMMA", "TIME", "DATE", "MOMENT"}:
            empty = value.type == "COMMA"
            if title_at is not None and index == 1:
                title, title_at = f"{keyword} `{value.text.strip(chr(34))}`", (title_at[0], end)
                block = title
        elif value.type not in TERMINAL_WORDS:
            word = keyword_of(value.type) if value.type != "COMMIT_FIELD" else value.text
            if index == 0 and word in DECLARATIONS:
                keyword, title, title_at, block = word, f"this {word}", (start, end), f"this {word}"
            if word in _BLOCKS and brace is not None:
                block = _BLOCKS[word]
            after, empty = word, True
            condition = word in {"when", "that"} or (condition and word in {"and", "or", "not", "in", "matches"})
        else:
            empty = True
    return Context(keyword, title, title_at, block, brace, after, previous, condition, empty)


_ITEMS = (
    nodes.Description
    | nodes.Labels
    | nodes.Annotations
    | nodes.Tags
    | nodes.Namespace
    | nodes.When
    | nodes.Setting
    | nodes.Kind
    | nodes.Cluster
    | nodes.VersionSource
    | nodes.Promote
    | nodes.TemplateReference
    | nodes.Applications
    | nodes.FlowUse
    | nodes.Concurrency
    | nodes.ApiVersion
    | nodes.Hook
    | nodes.Trigger
    | nodes.Step
    | nodes.Timeout
    | nodes.That
    | nodes.Days
    | nodes.Hours
    | nodes.Zone
    | nodes.Dates
    | nodes.Teams
    | nodes.Allow
    | nodes.GivenProduct
    | nodes.GivenCommit
    | nodes.GivenTime
    | nodes.ExpectFlow
    | nodes.ExpectOrder
    | nodes.ExpectSettings
    | nodes.ExpectBlocked
)


def _flatten(value: Any) -> list[Any]:
    """Open the lists the parser keeps for repetitions."""
    if isinstance(value, list):
        return [inner for item in value for inner in _flatten(item)]
    return [value]
