"""A workflow template says what is not run locally, or what Argo refuses too."""

from __future__ import annotations


class RefusedError(Exception):
    """A template cannot be run.

    Attributes:
        reason: what is wrong.
        place: the template and the field, e.g. ``smoke, templates[main].container.env[0]``.
        help: what to do; empty when there is nothing to say.
    """

    def __init__(self, reason: str, place: str, help: str = "") -> None:
        """Describe what is wrong, and where."""
        super().__init__(f"{place}: {reason}")
        self.reason = reason
        self.place = place
        self.help = help
