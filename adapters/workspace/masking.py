"""Passwords that somebody wrote into a file, out of sight wherever the file is shown."""

from __future__ import annotations

import re

_PASSWORD = re.compile(
    r"""(?<=://)(?P<user>[^/@\s:"']*:)(?P<first>[^\s"']+)(?=@)|(?P<key>[?&]password=)(?P<second>[^&\s"']+)"""
)


def masked(text: str) -> str:
    """Return a text with the passwords in its URLs replaced by stars, one for each character.

    Places in it stay what they are, so that diagnostics mark the same.
    """
    return _PASSWORD.sub(_stars, text)


def _stars(found: re.Match[str]) -> str:
    if found["user"] is not None:
        return found["user"] + "*" * len(found["first"])
    return found["key"] + "*" * len(found["second"])
