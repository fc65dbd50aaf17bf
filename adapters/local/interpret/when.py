"""``when``, after its tags are filled: comparisons of texts, numbers and booleans. Source: govaluate, as Argo uses it.

Bare words are texts. Arithmetic, dates and functions are not understood.
"""

from __future__ import annotations

import re

from adapters.local.interpret.conditions import ConditionError, Logic, tokens

_TOKEN = re.compile(
    r"""(?P<space>\s+)
    |(?P<number>[0-9]+(?:\.[0-9]+)?(?![\w.]))
    |(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    |(?P<sign>&&|\|\||==|!=|>=|<=|=~|!~|[<>!(),-])
    |(?P<word>[A-Za-z_][A-Za-z0-9_.]*)""",
    re.VERBOSE | re.DOTALL,
)
_COMPARED = ("==", "!=", "<", "<=", ">", ">=", "=~", "!~")
_LONGEST = 65_536
_LONGEST_PATTERN = 200

Value = bool | float | str


def holds(text: str) -> bool:
    """Say whether a condition holds.

    Raises:
        ConditionError: when it is not understood, or is no boolean.
    """
    if len(text) > _LONGEST:
        raise ConditionError(f"it has more than {_LONGEST:,} characters")
    value = Logic[Value](
        tokens(text, _TOKEN),
        _comparison,
        lambda first, second: _boolean(first, "&&") & _boolean(second, "&&"),
        lambda first, second: _boolean(first, "||") | _boolean(second, "||"),
        lambda value: not _boolean(value, "!"),
    ).whole()
    if not isinstance(value, bool):
        raise ConditionError(f"it is {_shown(value)}, neither true nor false")
    return value


def _comparison(logic: Logic[Value]) -> Value:
    first = _single(logic)
    sign = logic.take(*_COMPARED)
    if sign is not None:
        return _compared(sign.text, first, _single(logic))
    word = logic.peek()
    if word is not None and word.kind == "word" and word.text.lower() == "in":
        logic.take()
        return any(_same(first, choice) for choice in _choices(logic))
    return first


def _choices(logic: Logic[Value]) -> list[Value]:
    if not logic.take("("):
        raise ConditionError("`in` needs a list in parentheses, e.g. `in ('a', 'b')`")
    found = [_single(logic)]
    while logic.take(","):
        found.append(_single(logic))
    if not logic.take(")"):
        raise ConditionError("the list after `in` has no end: `)` is missing")
    return found


def _single(logic: Logic[Value]) -> Value:
    token = logic.take()
    if token is None:
        raise ConditionError("it ends where a value is expected")
    if token.kind == "number":
        return float(token.text)
    if token.kind == "text":
        return re.sub(r"\\(.)", r"\1", token.text[1:-1], flags=re.DOTALL)
    if token.kind == "word":
        return {"true": True, "false": False}.get(token.text, token.text)
    if token.text == "(":
        return logic.inner()
    if token.text == "-":
        number = logic.take()
        if number is not None and number.kind == "number":
            return -float(number.text)
    raise ConditionError(f"`{token.text}` at character {token.at + 1} stands where a value is expected")


def _compared(sign: str, first: Value, second: Value) -> bool:
    match sign:
        case "==":
            return _same(first, second)
        case "!=":
            return not _same(first, second)
        case "=~" | "!~":
            return _matches(first, second) is (sign == "=~")
    if isinstance(first, bool) or isinstance(second, bool) or isinstance(first, str) is not isinstance(second, str):
        raise ConditionError(f"{_shown(first)} and {_shown(second)} cannot be compared with `{sign}`")
    less, equal = first < second, first == second  # type: ignore[operator]  # both are texts, or both are numbers
    return {"<": less, "<=": less or equal, ">": not (less or equal), ">=": not less}[sign]


def _same(first: Value, second: Value) -> bool:
    return type(first) is type(second) and first == second


def _matches(text: Value, pattern: Value) -> bool:
    if not isinstance(text, str) or not isinstance(pattern, str):
        raise ConditionError("`=~` and `!~` compare texts")
    import regex  # keeps to a time limit, which the standard library cannot

    if len(pattern) > _LONGEST_PATTERN:
        raise ConditionError(f"the pattern has more than {_LONGEST_PATTERN} characters")
    try:
        return regex.search(pattern, text, timeout=0.2) is not None
    except (regex.error, TimeoutError) as failure:
        raise ConditionError(f"the pattern `{pattern}`: {failure}") from failure


def _boolean(value: Value, sign: str) -> bool:
    if not isinstance(value, bool):
        raise ConditionError(f"`{sign}` needs true or false, not {_shown(value)}")
    return value


def _shown(value: Value) -> str:
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f"the number {value:g}" if isinstance(value, float) else f"the text `{value[:40]}`"
