"""Where in a declaration the parser stood when it stopped: read off its stack."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from grammar import expressions, nodes
from grammar.explaining.quoting import shown
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
        previous: the token before the error, if it is not part of something complete yet.
        before: offsets of what stands before the error, in the parsed text.
        in_condition: whether a condition is being read.
        empty_item: whether nothing has been read since ``after``.
        name: the declaration's name, as written without quotes.
        block_keyword: the keyword of the innermost open block.
        last_item: the keyword of the last item begun in it.
        open_bracket: the innermost open ``(`` or ``[``.
        empty_before: whether ``previous`` is the first word of a condition.
    """

    keyword: str
    title: str
    title_at: tuple[int, int] | None
    block: str
    brace: int | None
    after: str
    previous: Token | None
    before: tuple[int, int] | None
    in_condition: bool
    empty_item: bool
    name: str
    block_keyword: str
    last_item: str
    open_bracket: Token | None
    empty_before: bool

    def at_item(self, expected: frozenset[str]) -> bool:
        """Say whether an attribute's keyword could stand here."""
        return self.brace is not None and ("RBRACE" in expected)

    def items(self, expected: frozenset[str]) -> list[str]:
        """Return the attributes that could stand here, as keywords in alphabetical order."""
        return sorted(keyword_of(name) for name in expected - _CONTINUATIONS if name not in TERMINAL_WORDS)

    def wants_value(self, expected: frozenset[str]) -> bool:
        """Say whether the keyword before the error lacks its value."""
        return self.empty_item and self.after in AFTER and "RBRACE" not in expected

    def ranked(self, expected: frozenset[str]) -> list[str]:
        """Return the expected terminals, punctuation first, at most eight."""
        return sorted(expected, key=lambda name: (name not in TERMINAL_WORDS, name))[:8]

    def shape(self, expected: frozenset[str], found: str) -> str:
        """Return what the declaration or item looks like, for a help line; empty where nothing is worth saying."""
        if self.keyword and self.brace is None:
            return f"the form is `{DECLARATIONS[self.keyword]}`"
        if expected == {"AFTER"}:
            return "every step says what it waits for, as in `step qa after dev`; a flow begins with its `trigger`"
        if self.after == "expect" and expected == {"LBRACE"}:
            return "write `expect ENV { action pr }`, or `expect blocked ENV by NAME`"
        if self.after in {"labels", "annotations"} and expected == {"EQUAL"}:
            return f'write `{self.after} team = "payments"`'
        if found == "[" and expected == {"NAME", "STRING"}:
            return f"this list has no brackets, as in `{self.after} a, b`"
        if self.after == "in" and self.empty_item:
            return "a list stands in square brackets, as in `in [qa, staging]`"
        if self.after in {"==", "!="} and self.empty_item:
            return "one value is compared; to compare with several write `in [qa, staging]`"
        return ""


def context_of(values: tuple[Any, ...], base: int) -> Context:
    """Read the context off the parser's stack of finished nodes, lists and plain tokens.

    Args:
        values: the stack.
        base: offset of the parsed text in its source.
    """
    reading = _Reading(base)
    for index, value in enumerate(inner for outer in values for inner in _flatten(outer)):
        reading.take(index, value)
    return reading.context()


class _Reading:
    """A walk over the stack, from the declaration's keyword to where the parser stopped."""

    def __init__(self, base: int) -> None:
        self.base = base
        self.keyword = self.name = self.title = self.block = self.block_keyword = self.after = self.item = ""
        self.title_at: tuple[int, int] | None = None
        self.brace: int | None = None
        self.previous: Token | None = None
        self.before: tuple[int, int] | None = None
        self.open_bracket: Token | None = None
        self.empty = True
        self.empty_before = False
        self.condition = False

    def take(self, index: int, value: Any) -> None:
        """Take the next thing off the stack."""
        if not isinstance(value, Token):
            self._take_node(index, value)
            return
        self.empty_before = self.empty
        self.previous = value
        start, end = value.start - self.base, value.end - self.base
        self.before = (start, end)
        if value.type == "LBRACE":
            self.brace, self.after, self.empty, self.condition = start, "", True, False
            self.block_keyword = self.item or self.keyword
            self.block = _BLOCKS.get(self.item, self.block)
        elif value.type in _VALUES:
            self.empty = value.type == "COMMA"
            if index == 1:
                self._title(value.text, end)
        elif value.type in _COMPARISONS:
            self.after, self.empty = value.text, True
        elif value.type in TERMINAL_WORDS and value.type != "COMMIT_FIELD":
            self.empty = True
            if value.type in {"LPAR", "LSQB"}:
                self.open_bracket = value
        else:
            self._take_keyword(index, value, start, end)

    def _take_node(self, index: int, value: Any) -> None:
        self.empty = False
        self.previous = None
        placed = value.value if isinstance(value, nodes.Pair) else value
        span = getattr(placed, "span", None)
        self.before = None if span is None else (span.start - self.base, span.end - self.base)
        self.condition = self.condition or isinstance(value, _CONDITIONS)
        if isinstance(value, _ITEMS):
            self.item, self.after, self.condition = self.after, "", isinstance(value, nodes.When | nodes.That)
        if index == 1 and isinstance(value, nodes.StringValue):
            self._title(value.text, value.span.end - self.base)

    def _take_keyword(self, index: int, value: Token, start: int, end: int) -> None:
        word = keyword_of(value.type) if value.type != "COMMIT_FIELD" else value.text
        if index == 0 and word in DECLARATIONS:
            self.keyword = word
            self.title = self.block = f"this {word}"
            self.title_at = (start, end)
        elif self.brace is not None and word in _BLOCKS:
            self.item = word
        self.after, self.empty = word, True
        self.condition = word in {"when", "that"} or (self.condition and word in _IN_CONDITIONS)

    def _title(self, name: str, end: int) -> None:
        """Take the declaration's name."""
        if self.title_at is None:
            return
        self.name = name.strip('"')
        self.title = self.block = f"{self.keyword} `{shown(self.name)}`"
        self.title_at = (self.title_at[0], end)

    def context(self) -> Context:
        """Return what the walk has found."""
        return Context(
            keyword=self.keyword,
            title=self.title,
            title_at=self.title_at,
            block=self.block,
            brace=self.brace,
            after=self.after,
            previous=self.previous,
            before=self.before,
            in_condition=self.condition,
            empty_item=self.empty,
            name=self.name,
            block_keyword=self.block_keyword,
            last_item=self.item,
            open_bracket=self.open_bracket,
            empty_before=self.empty_before,
        )


_VALUES = {"NAME", "STRING", "PATH", "INT", "DURATION", "COMMA", "TIME", "DATE", "MOMENT"}
_COMPARISONS = {"EQ", "NE", "LT", "LE", "GT", "GE"}
_IN_CONDITIONS = {"and", "or", "not", "in", "matches", "passed"}

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
    | nodes.Unset
)


def _flatten(value: Any) -> list[Any]:
    """Open the lists the parser keeps for repetitions, and name the parts of its tokens."""
    if type(value) is tuple:
        return [Token(*value)]
    if isinstance(value, list):
        return [inner for item in value for inner in _flatten(item)]
    return [value]
