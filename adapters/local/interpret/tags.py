"""Tags, ``{{inputs.parameters.name}}``: found in texts, and replaced by values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

_TAG = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)


class UnresolvedError(Exception):
    """A tag has no value; `tag` is what stands between its braces."""

    def __init__(self, tag: str) -> None:
        """Name the tag."""
        super().__init__(f"failed to resolve {{{{{tag}}}}}")
        self.tag = tag


def tags(text: str) -> Iterator[str]:
    """Yield what stands between the braces of each tag, without the space around it, in order."""
    for match in _TAG.finditer(text):
        yield match[1].strip()


def fill(text: str, values: Mapping[str, str]) -> str:
    """Replace every tag by its value; values are not looked at for tags again.

    Raises:
        UnresolvedError: for a tag without a value.
    """

    def value(match: re.Match[str]) -> str:
        tag = match[1].strip()
        if tag not in values:
            raise UnresolvedError(tag)
        return values[tag]

    return _TAG.sub(value, text)
