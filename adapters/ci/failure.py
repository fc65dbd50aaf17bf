"""What stops work on a forge.

CiError            anything, with what to do about it
  RefusedError     the token may not do that: a change from a fork, a permission that was not given
  UnsureError      nobody knows whether it was done: the answer to a request was lost
"""

from __future__ import annotations


class CiError(Exception):
    """Something is wrong with the surroundings or with what the forge answers.

    Attributes:
        message: what is wrong.
        help: what to do about it; may be empty.
    """

    def __init__(self, message: str, help: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.help = help


class RefusedError(CiError):
    """The forge knows the token, and does not let it do what was asked."""


class UnsureError(CiError):
    """A request that must not be made twice failed in a way that does not say whether it was carried out."""
