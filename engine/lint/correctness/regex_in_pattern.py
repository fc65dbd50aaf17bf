"""L129."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.lint.material import Material
from engine.lint.rule import Category, Rule
from engine.model.conditions import Matching, Membership
from grammar.diagnostics import Diagnostic

_REGEX = re.compile(r"\A\^|\$\Z|\A\.[*+]|\\[dwsb.*+?()\[\]]|\(\?[:=!<i]|\[\^?(?:a-z|A-Z|0-9|a-zA-Z)|\.\*\?")
_COMMIT_FIELDS = ("message", "revision", "branch", "author")


class RegexInPattern(Rule):
    """Regular expressions where patterns are."""

    code = "L129"
    name = "regex-in-pattern"
    category = Category.CORRECTNESS
    summary = "A pattern looks like a regular expression"
    why = (
        "The only wildcard is `*`, for any characters; everything else stands for itself and the whole text is "
        "compared. `^hotfix.*` matches texts that begin with a circumflex."
    )
    avoid = """
environment dev { kind non-prod }

environment qa { kind non-prod }

product shop {
  labels team = "shop"
  flow hotfix when message matches "^hotfix.*"
}

flow hotfix {
  trigger dev
  step qa after dev
}
"""
    prefer = """
environment dev { kind non-prod }

environment qa { kind non-prod }

product shop {
  labels team = "shop"
  flow hotfix when message matches "hotfix*"
}

flow hotfix {
  trigger dev
  step qa after dev
}
"""

    def check(self, material: Material) -> Iterator[Diagnostic]:
        """Yield the patterns with the marks of regular expressions; exact texts of commits count as patterns."""
        for atom in material.tests:
            match atom:
                case Matching():
                    patterns: tuple[object, ...] = atom.globs
                case Membership() if atom.attribute.field in _COMMIT_FIELDS:
                    patterns = atom.values
                case _:
                    continue
            for pattern in patterns:
                if isinstance(pattern, str) and _REGEX.search(pattern):
                    yield self.found(
                        f"`{pattern}` looks like a regular expression, and is compared as it stands",
                        atom.span,
                        help="use `*` for any characters, and several patterns for alternatives",
                    )
