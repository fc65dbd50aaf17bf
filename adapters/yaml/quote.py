"""Writes one scalar so that every reader takes it for exactly what it is."""

from __future__ import annotations

import json
import re

from adapters.yaml.node import Node
from adapters.yaml.values import resolve

_PRINTABLE = re.compile(r"[\t\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]*")
"""What may stand unescaped on a line: YAML's printable characters without line breaks and byte order marks."""

_PLAIN = re.compile(r"[^\s\-?:,\[\]{}#&*!|>'\"%@`].*|[-?:][^\s,\[\]{}].*", re.DOTALL)
_NOT_PLAIN = re.compile(r":\s|\s#|:$|^\s|\s$|^---|^\.\.\.|\t")
_NOT_PLAIN_IN_FLOW = re.compile(r"[,\[\]{}?]|:(?![A-Za-z0-9/])|^-")


def plain_is_safe(text: str, *, flow: bool) -> bool:
    """Say whether a string may be written without quotes."""
    return (
        isinstance(resolve(text), str)
        and _PRINTABLE.fullmatch(text) is not None
        and _PLAIN.match(text) is not None
        and _NOT_PLAIN.search(text) is None
        and not (flow and _NOT_PLAIN_IN_FLOW.search(text))
    )


def single_is_safe(text: str) -> bool:
    """Say whether a string may be written in single quotes, on one line."""
    return _PRINTABLE.fullmatch(text) is not None


def quoted(text: str, styles: tuple[str, ...], *, flow: bool) -> str:
    """Return a string on one line, in the first style that keeps it exactly.

    Args:
        text: the string.
        styles: the styles to try; double quotes, which can say everything, come last in any case.
        flow: whether it stands inside brackets or braces.
    """
    for style in styles:
        if style == "" and plain_is_safe(text, flow=flow):
            return text
        if style == "'" and single_is_safe(text):
            return "'" + text.replace("'", "''") + "'"
        if style == '"':
            break
    return double_quoted(text)


def double_quoted(text: str) -> str:
    """Return a string in double quotes; valid YAML and, where the text allows it, valid JSON."""
    escaped = json.dumps(text, ensure_ascii=False)
    return "".join(char if _PRINTABLE.fullmatch(char) else _escape(char) for char in escaped)


def _escape(char: str) -> str:
    return f"\\u{ord(char):04x}" if ord(char) <= 0xFFFF else f"\\U{ord(char):08x}"


def json_string(text: str) -> str:
    """Return a string as JSON, readable where it can be."""
    lone = any("\ud800" <= char <= "\udfff" for char in text)
    return json.dumps(text, ensure_ascii=lone)


def block_scalar(text: str, *, indent: int, step: int, folded: bool) -> tuple[str, list[str]] | None:
    """Return a string as a block scalar: its header and its lines; None where a block cannot say it.

    Args:
        text: the string.
        indent: columns of the content.
        step: by how many columns that is more than the parent's.
        folded: whether to write ``>`` where it says the same, which it does for a single line.
    """
    content = text.rstrip("\n")
    lines = content.split("\n")
    if not content or not all(_PRINTABLE.fullmatch(line) for line in lines) or any(li.startswith("\t") for li in lines):
        return None
    ends = len(text) - len(content)
    chomp = "-" if ends == 0 else "" if ends == 1 else "+"
    indicator = str(step) if text[0] in " \n" else ""
    if indicator and not 1 <= step <= 9:
        return None
    body = [" " * indent + line if line else "" for line in lines]
    kind = ">" if folded and len(lines) == 1 and text[0] not in " \n" else "|"
    return f"{kind}{indicator}{chomp}", body + [""] * max(ends - 1, 0)


def tag_text(tag: str) -> str:
    """Return a resolved tag as it is written before a value."""
    prefix = "tag:yaml.org,2002:"
    if tag.startswith(prefix) and re.fullmatch(r"[A-Za-z0-9_-]+", tag[len(prefix) :]):
        return "!!" + tag[len(prefix) :]
    if re.fullmatch(r"![A-Za-z0-9_./:-]*", tag):
        return tag
    return f"!<{tag}>"


def plain_spelling(node: Node) -> str:
    """Return how a scalar that is no string is written: as it was, an empty null as ``null``."""
    return node.text or "null"
