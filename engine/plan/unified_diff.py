"""The difference of two file contents, as `git diff` would print it."""

from __future__ import annotations

from collections import Counter
from difflib import SequenceMatcher

_CONTEXT = 3
_MOST_LINES = 4_000
"""Changed lines on one side beyond which a region is shown as replaced whole."""

_MOST_WORK = 100_000_000
"""Pairs of equal lines, looked at a second or two, beyond which matching is coarser, or a region replaced whole."""


def unified_diff(path: str, before: bytes | None, after: bytes) -> str:
    """Return the unified diff of a file.

    Args:
        path: from the repository's root.
        before: the old content; None for a new file.
        after: the new content.

    Returns:
        The diff with a final line break; empty when nothing changes. Content that is not UTF-8 or holds a
        NUL byte is only said to differ.
    """
    if before == after:
        return ""
    old_name = "/dev/null" if before is None else _name(f"a/{path}")
    new_name = _name(f"b/{path}")
    try:
        old_text, new_text = (before or b"").decode("utf-8"), after.decode("utf-8")
    except UnicodeDecodeError:
        return f"Binary files {old_name} and {new_name} differ\n"
    if "\0" in old_text or "\0" in new_text:
        return f"Binary files {old_name} and {new_name} differ\n"
    lines = [f"--- {old_name}\n", f"+++ {new_name}\n"]
    old, new = _lines(old_text), _lines(new_text)
    for group in _hunks(_opcodes(old, new)):
        first, last = group[0], group[-1]
        lines.append(f"@@ -{_range(first[1], last[2])} +{_range(first[3], last[4])} @@\n")
        for tag, old_start, old_end, new_start, new_end in group:
            if tag == "equal":
                lines += [_line(" ", line) for line in old[old_start:old_end]]
                continue
            lines += [_line("-", line) for line in old[old_start:old_end]]
            lines += [_line("+", line) for line in new[new_start:new_end]]
    return "".join(lines)


_ESCAPES = {"\a": "a", "\b": "b", "\t": "t", "\n": "n", "\v": "v", "\f": "f", "\r": "r", '"': '"', "\\": "\\"}


def _name(path: str) -> str:
    """Quote a path as Git does where it needs it: a line break in a name never begins a line of the diff.

    Bytes that are no UTF-8 become octal; other letters stay, as with Git's `core.quotePath` off.
    """
    quoted = "".join(_quoted(character) for character in path)
    return path if quoted == path else f'"{quoted}"'


def _quoted(character: str) -> str:
    if character in _ESCAPES:
        return f"\\{_ESCAPES[character]}"
    if character < " " or character == "\x7f" or "\udc80" <= character <= "\udcff":
        return "".join(f"\\{byte:03o}" for byte in character.encode("utf-8", "surrogateescape"))
    return character


_Opcode = tuple[str, int, int, int, int]


def _lines(text: str) -> list[str]:
    """Split after line feeds only, as Git does."""
    lines = text.split("\n")
    return [f"{line}\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])


def _line(mark: str, line: str) -> str:
    return f"{mark}{line}" if line.endswith("\n") else f"{mark}{line}\n\\ No newline at end of file\n"


def _range(start: int, stop: int) -> str:
    length = stop - start
    if length == 1:
        return str(start + 1)
    return f"{start + 1 if length else start},{length}"


def _opcodes(old: list[str], new: list[str]) -> list[_Opcode]:
    """Return how one list of lines becomes the other; what is equal at both ends is not searched."""
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    middle_old, middle_new = old[head : len(old) - tail], new[head : len(new) - tail]
    codes: list[_Opcode]
    for coarse in (False, True):
        if _most_work(middle_old, middle_new, coarse=coarse) <= _MOST_WORK:
            codes = list(SequenceMatcher(None, middle_old, middle_new, autojunk=coarse).get_opcodes())
            break
    else:
        codes = [("replace", 0, len(middle_old), 0, len(middle_new))]
    moved = [(tag, a + head, b + head, c + head, d + head) for tag, a, b, c, d in codes]
    if head:
        moved.insert(0, ("equal", 0, head, 0, head))
    if tail:
        moved.append(("equal", len(old) - tail, len(old), len(new) - tail, len(new)))
    return moved


def _most_work(old: list[str], new: list[str], *, coarse: bool) -> int:
    """Return how many pairs of equal lines matching looks at, at the very most.

    It looks for the longest match in what is left, once for every line in the worst case: with a closing brace
    after each changed line that is cubic.

    Args:
        old: lines of one side.
        new: lines of the other.
        coarse: whether no match begins with a line that is frequent in ``new`` (`SequenceMatcher`'s ``autojunk``).
    """
    if max(len(old), len(new)) > _MOST_LINES:
        return _MOST_WORK + 1
    frequent = len(new) // 100 + 1 if coarse and len(new) >= 200 else len(new)
    counts = Counter(new)
    pairs = sum(found for line in old if (found := counts[line]) <= frequent)
    return (pairs + len(old)) * min(len(old), len(new))


def _hunks(codes: list[_Opcode]) -> list[list[_Opcode]]:
    """Cut opcodes into hunks with at most three lines of context."""
    hunks: list[list[_Opcode]] = []
    hunk: list[_Opcode] = []
    for index, (tag, a, b, c, d) in enumerate(codes):
        if tag != "equal":
            hunk.append((tag, a, b, c, d))
            continue
        first, last = index == 0, index == len(codes) - 1
        if first:
            hunk = [(tag, max(a, b - _CONTEXT), b, max(c, d - _CONTEXT), d)]
        elif last:
            hunk.append((tag, a, min(b, a + _CONTEXT), c, min(d, c + _CONTEXT)))
        elif b - a > 2 * _CONTEXT:
            hunk.append((tag, a, a + _CONTEXT, c, c + _CONTEXT))
            hunks.append(hunk)
            hunk = [(tag, b - _CONTEXT, b, d - _CONTEXT, d)]
        else:
            hunk.append((tag, a, b, c, d))
    if any(code[0] != "equal" for code in hunk):
        hunks.append(hunk)
    return hunks
