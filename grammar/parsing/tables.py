"""The parser's tables: lark derives them from `promo.lark`; what it derived is shipped, so that lark is seldom loaded.

``python -m grammar.parsing.tables`` writes what is shipped anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files
from json import dumps, loads
from typing import Any, NamedTuple

from grammar.content_cache import ContentCache

END = "$END"
_FORMAT = "3"
SHIPPED = "tables.json"
"""The name of the file, beside this one, that keeps the tables."""

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
    """Return the tables of `promo.lark`: those that are shipped beside it, or else from the user's cache.

    The shipped ones are of no use to somebody who is changing the grammar, until they are written anew.
    """
    grammar = grammar_text()
    return _shipped(grammar) or _derived(grammar)


def grammar_text() -> str:
    """Return the text of `promo.lark`."""
    return files("grammar").joinpath("promo.lark").read_text(encoding="utf-8")


def as_json(made: Tables, grammar: str) -> str:
    """Return tables of a grammar as they are shipped: a state a line."""
    fields = {"grammar": _digest(grammar), **made._asdict()}
    return "{" + ",\n".join(f"{dumps(name)}: {_lines(value)}" for name, value in fields.items()) + "}\n"


def _lines(value: Any) -> str:
    if not isinstance(value, list):
        return dumps(value)
    return "[" + ",\n".join(dumps(one, separators=(",", ":")) for one in value) + "]"


def _shipped(grammar: str) -> Tables | None:
    """Return the tables that are shipped, where they are of this very grammar."""
    kept = loads(files("grammar.parsing").joinpath(SHIPPED).read_text(encoding="utf-8"))
    if kept.pop("grammar") != _digest(grammar):
        return None
    rules = [
        Rule(
            length,
            origin,
            name,
            None if parts is None else tuple((index, spliced) for index, spliced in parts),
            passing,
        )
        for length, origin, name, parts, passing in kept.pop("rules")
    ]
    return Tables(**kept, rules=rules)


def _digest(grammar: str) -> str:
    return sha256(f"{_FORMAT} {grammar}".encode()).hexdigest()


def _derived(grammar: str) -> Tables:
    """Return the tables of a grammar that none are shipped for, from the user's cache where it has them."""
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
    terminals = {terminal.name for terminal in parser.lexer_conf.terminals} | {END}
    lark_rules = {
        argument for row in table.states.values() for action, argument in row.values() if action.name != "Shift"
    }
    words = _words(lark_rules)
    rule_of = {rule: _rule(rule, words) for rule in lark_rules}
    rules = sorted(set(rule_of.values()), key=repr)
    number = {rule: -1 - rules.index(made) for rule, made in rule_of.items()}
    order = _in_order(table.states, table.start_states["start"])
    actions: list[dict[str, int]] = []
    gotos: list[dict[str, int]] = []
    for state in order:
        row = sorted((str(symbol), action, argument) for symbol, (action, argument) in table.states[state].items())
        own = {
            symbol: order[argument] if action.name == "Shift" else number[argument] for symbol, action, argument in row
        }
        actions.append({symbol: action for symbol, action in own.items() if symbol in terminals})
        gotos.append({symbol: action for symbol, action in own.items() if symbol not in terminals})
    keywords = dict(sorted(_keywords(parser.lexer_conf.terminals)))
    return Tables(actions, gotos, rules, 0, order[table.end_states["start"]], keywords)


def _in_order(states: Mapping[Any, Mapping[Any, tuple[Any, Any]]], start: Any) -> dict[Any, int]:
    """Return a number for each state, the same every time: lark's own depend on the hashes of texts."""
    order = {start: 0}
    for state in (waiting := [start]):
        for _, action, argument in sorted((str(symbol), *found) for symbol, found in states[state].items()):
            if action.name == "Shift" and argument not in order:
                order[argument] = len(order)
                waiting.append(argument)
    return order


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


if __name__ == "__main__":
    from pathlib import Path

    text = grammar_text()
    Path(__file__).with_name(SHIPPED).write_text(as_json(derive(text), text), encoding="utf-8")
