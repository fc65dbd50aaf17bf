"""How an image is run on this machine: on the host itself, or by a program that knows how."""

from __future__ import annotations

import re

HOST = "host"
"""The command of the template is run as it is."""


def how(image: str, images: tuple[tuple[str, str], ...]) -> str | None:
    """Return how an image is run, by the first pattern that fits it whole; None when none does.

    Args:
        image: e.g. ``registry.example.com/shop/smoke-tests:14``.
        images: pairs of a pattern, where ``*`` stands for any characters, and `HOST` or an absolute path.
    """
    for pattern, way in images:
        if re.fullmatch(".*".join(re.escape(part) for part in pattern.split("*")), image, re.DOTALL):
            return way
    return None


def unmapped(image: str) -> str:
    """Say that nothing is configured for an image."""
    return f"no way is configured to run the image `{image}` here"


def mapping_help(image: str) -> str:
    """Say what to configure for an image."""
    return f'add `"{image}" = "host"`, or the path of a program that runs it, to `[workflows.local.images]`'
