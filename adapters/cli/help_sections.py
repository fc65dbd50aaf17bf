r"""The sections of a command's docstring, so that its help, its page and its tests read the same text.

A docstring is paragraphs. These are sections, any other is description:

    \b
    Examples:
      promo fmt                    every file below here
      promo fmt --check policies   in continuous integration

    \b
    Files:
      promo.toml   what is read

    Exit codes: 0 done, 1 findings, 2 invalid input.

Two spaces end an example or the name of a file; what follows is a remark.
"""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass

VERBATIM = "\b"
"""What click takes as the sign that the lines of a paragraph stay as they are."""

_EXIT_CODE = re.compile(r"(?:^|, |; )(?=\d+ )")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a section: a call, a file or an exit code, and what is said about it (may be empty)."""

    subject: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Sections:
    """What a docstring says.

    Attributes:
        description: its other paragraphs; those that begin with `VERBATIM` keep their lines.
        examples: complete calls, in order.
        files: what the command reads or writes besides its arguments.
        exit_codes: each code and when it is returned.
    """

    description: tuple[str, ...] = ()
    examples: tuple[Line, ...] = ()
    files: tuple[Line, ...] = ()
    exit_codes: tuple[Line, ...] = ()


def sections(docstring: str) -> Sections:
    """Divide a docstring; one without any section is all description."""
    description: list[str] = []
    found: dict[str, tuple[Line, ...]] = {}
    for paragraph in re.split(r"\n[ \t]*\n", inspect.cleandoc(docstring).strip()):
        head, _, rest = paragraph.removeprefix(VERBATIM).lstrip("\n").partition(":")
        match head:
            case "Examples" | "Files":
                found[head] = tuple(_line(line) for line in rest.splitlines() if line.strip())
            case "Exit codes":
                found[head] = tuple(_exit_codes(rest))
            case _:
                description.append(paragraph)
    return Sections(tuple(description), found.get("Examples", ()), found.get("Files", ()), found.get("Exit codes", ()))


def _line(text: str) -> Line:
    subject, _, remark = text.strip().partition("  ")
    return Line(subject, remark.strip())


def _exit_codes(text: str) -> list[Line]:
    """Read e.g. ``0 done, 1 findings.``; a comma that no number follows belongs to the text."""
    joined = " ".join(text.split()).removesuffix(".")
    return [Line(*part.partition(" ")[::2]) for part in _EXIT_CODE.split(joined) if part]
