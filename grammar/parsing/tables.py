"""The parser's tables: lark derives them from `promo.lark`, the cache keeps them, so that lark is seldom loaded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from importlib.resources import files
from typing import Any, NamedTuple

from grammar.content_cache import ContentCache

END = "$END"
_FORMAT = "3"
_ENDS_A_KEYWORD = "(?![A-Za-z0-9-])"


class Rule(NamedTuple):
    """What the parser does when a rule is complete.

    Attributes:
        length: how many symbols it takes off the stack.
        origin: the nonterminal they become.
        name: which function makes a node of them; empty for a list that is spliced into its parent.
        kept: for each symbol that is a child its index, and whether it is such a list; None when all are plain.
        passing: whether its one symbol stands for itself, so that nothing but the state changes.
    """

    length: int
    origin: str
    name: str
    kept: tuple[tuple[int, bool], ...] | None
    passing: bool


class Tables(NamedTuple):
    """LALR(1) tables.

    Attributes:
        actions: by state and terminal: the state to shift to, or -1 - the index of the rule to reduce by.
        gotos: by state and nonterminal: the state after a reduction.
        rules: by index.
        start: the first state.
        end: the state in which a text is complete.
        keywords: by word, the terminal it is where the parser's state accepts one.
    """

    actions: list[dict[str, int]]
    gotos: list[dict[str, int]]
    rules: list[Rule]
    start: int
    end: int
    keywords: dict[str, str]


@lru_cache(maxsize=1)
def tables() -> Tables:
    """Return the tables of `promo.lark`, from the user's cache where it has them."""
    grammar = files("grammar").joinpath("promo.lark").read_text(encoding="utf-8")
    cache = ContentCache.of_user("tables", ())
    key = cache.key("tables", _FORMAT, grammar)
    kept = cache.get(key)
    if isinstance(kept, tuple) and len(kept) == len(Tables._fields):
        stored = Tables(*kept)
        return stored._replace(rules=[Rule(*rule) for rule in stored.rules])
    made = derive(grammar)
    plain_rules = [tuple(rule) for rule in made.rules]
    cache.put(key, (made.actions, made.gotos, plain_rules, made.start, made.end, made.keywords))
    return made


def derive(grammar: str) -> Tables:
    """Return the tables of a grammar in lark's notation. Slow: some 100 ms with the import of lark."""
    from lark import Lark

    parser: Any = Lark(grammar, parser="lalr", lexer="contextual", maybe_placeholders=False).parser
    table = parser.parser._parse_table
    numbers = {state: number for number, state in enumerate(table.states)}
    rules: dict[Any, int] = {}
    actions: list[dict[str, int]] = []
    gotos: list[dict[str, int]] = []
    terminals = {terminal.name for terminal in parser.lexer_conf.terminals} | {END}
    for row in table.states.values():
        own: dict[str, int] = {}
        after: dict[str, int] = {}
        for symbol, (action, argument) in row.items():
            if action.name != "Shift":
                own[str(symbol)] = -1 - rules.setdefault(argument, len(rules))
            elif symbol in terminals:
                own[str(symbol)] = numbers[argument]
            else:
                after[str(symbol)] = numbers[argument]
        actions.append(own)
        gotos.append(after)
    words = _words(rules)
    return Tables(
        actions,
        gotos,
        [_rule(rule, words) for rule in rules],
        numbers[table.start_states["start"]],
        numbers[table.end_states["start"]],
        dict(_keywords(parser.lexer_conf.terminals)),
    )


def _keywords(terminals: Iterable[Any]) -> Iterator[tuple[str, str]]:
    """Yield each keyword with its terminal: those whose definition ends where a name would."""
    for terminal in terminals:
        words = str(terminal.pattern.value).removesuffix(_ENDS_A_KEYWORD)
        if words != terminal.pattern.value and words[-1] not in "+)]":
            yield words, str(terminal.name)
        elif words.startswith("(?:") and words.removeprefix("(?:").rstrip(")").replace("|", "").isalpha():
            yield from ((word, str(terminal.name)) for word in words.removeprefix("(?:").rstrip(")").split("|"))


def _words(rules: Iterable[Any]) -> set[str]:
    """Return the nonterminals to be spliced in that are always one terminal: their token can stand for them."""
    shapes: dict[str, list[bool]] = {}
    for rule in rules:
        shapes.setdefault(rule.origin.name, []).append(len(rule.expansion) == 1 and rule.expansion[0].is_term)
    return {name for name, shape in shapes.items() if name.startswith("_") and all(shape)}


def _rule(rule: Any, words: set[str]) -> Rule:
    """Return what lark would do with a complete rule: leave out signs, splice in lists, name the node."""
    kept = tuple(
        (index, not symbol.is_term and symbol.name.startswith("_") and symbol.name not in words)
        for index, symbol in enumerate(rule.expansion)
        if not (symbol.is_term and symbol.filter_out)
    )
    plain = len(kept) == len(rule.expansion) and not any(spliced for _, spliced in kept)
    origin = str(rule.origin.name)
    name = str(rule.alias or origin)
    passing = (bool(rule.options.expand1) and not rule.alias) or origin in words
    assert not passing or len(rule.expansion) == 1, "`?rule` is only used for rules with one child"
    return Rule(len(rule.expansion), origin, "" if name.startswith("_") else name, None if plain else kept, passing)
