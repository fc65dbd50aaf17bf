"""The JSONPath environment: the package's own, with regular expressions that end in time."""

from __future__ import annotations

import regex
from iregexp_check import check
from jsonpath_rfc9535 import JSONPathEnvironment
from jsonpath_rfc9535.function_extensions import ExpressionType, FilterFunction

from adapters.yaml.limits import MAX_DEPTH, MAX_REGEX_SECONDS


class _Regex(FilterFunction):
    """``match`` and ``search`` of RFC 9535, which see an I-Regexp (RFC 9485).

    Raises `TimeoutError` where the package's own would try on and on.
    """

    arg_types = [ExpressionType.VALUE, ExpressionType.VALUE]  # noqa: RUF012 (the package's class attribute)
    return_type = ExpressionType.LOGICAL

    def __init__(self, *, whole: bool) -> None:
        self.whole = whole

    def __call__(self, string: object, pattern: object) -> bool:
        if not isinstance(string, str) or not isinstance(pattern, str) or not check(pattern):
            return False
        try:
            compiled = regex.compile(_dots(pattern), regex.VERSION1)
        except regex.error:
            return False
        attempt = compiled.fullmatch if self.whole else compiled.search
        return attempt(string, timeout=MAX_REGEX_SECONDS) is not None


def _dots(pattern: str) -> str:
    """Spell out that a dot outside a class matches everything but a line's end (RFC 9485, section 5.3)."""
    parts: list[str] = []
    escaped = in_class = False
    for char in pattern:
        if char == "." and not escaped and not in_class:
            parts.append(r"[^\r\n]")
            continue
        if not escaped and char in "[]":
            in_class = char == "["
        escaped = char == "\\" and not escaped
        parts.append(char)
    return "".join(parts)


class BoundedEnvironment(JSONPathEnvironment):
    """An environment whose functions and recursion are bounded."""

    max_recursion_depth = MAX_DEPTH * 3

    def setup_function_extensions(self) -> None:
        """Register the functions of RFC 9535."""
        super().setup_function_extensions()
        self.function_extensions["match"] = _Regex(whole=True)
        self.function_extensions["search"] = _Regex(whole=False)
