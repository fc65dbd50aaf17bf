"""Identifiers of releases: short enough to be typed, in order of time, and unique without asking anybody."""

from __future__ import annotations

from datetime import UTC, datetime

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_TIME_DIGITS = 7
_RANDOM_DIGITS = 6

RANDOM_BYTES = 4
"""How many random bytes an identifier takes."""

_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)


def release_id(moment: datetime, random: bytes) -> str:
    """Return an identifier such as ``0d4k2fw-7m3x9a``.

    Two of the same second are the same with a chance of one in a thousand million.

    Args:
        moment: when the release is created.
        random: `RANDOM_BYTES` bytes that nobody can guess or repeat.
    """
    seconds = int((moment - _EPOCH).total_seconds())
    number = int.from_bytes(random[:RANDOM_BYTES], "big") >> 2
    return f"{_digits(seconds, _TIME_DIGITS)}-{_digits(number, _RANDOM_DIGITS)}"


def _digits(number: int, count: int) -> str:
    digits = []
    for _ in range(count):
        number, digit = divmod(number, len(_ALPHABET))
        digits.append(_ALPHABET[digit])
    return "".join(reversed(digits))
