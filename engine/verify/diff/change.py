"""A change of something that is declared, in words and with its weight."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum

from engine.verify.diff.strictness import Strictness
from grammar.span import NOWHERE, Span
from grammar.vocabulary import listing


class Topic(Enum):
    """What a change is about, in the order they are listed; the values are the headings."""

    FLOWS = "flows"
    ROADS = "what must be passed"
    TRIGGERS = "triggers"
    REQUIREMENTS = "requirements"
    FREEZES = "freezes"
    WINDOWS = "windows"
    ACCESS = "access"
    PRODUCTS = "products"
    ENVIRONMENTS = "environments"
    APPLICATIONS = "applications"
    PROMOTED = "promoted files"
    TEMPLATES = "templates"
    WORKFLOWS = "workflows"


@dataclass(frozen=True, slots=True)
class Change:
    """One change.

    Attributes:
        topic: what it is about.
        subject: whose change it is, e.g. ``flow `standard` ``.
        text: what changed, lower case, no final period, the user's text in backticks.
        strictness: what it means for those who promote.
        old: where it was written; `NOWHERE` for what is new.
        new: where it is written; `NOWHERE` for what is gone.
        witness: an example, for changes that need one; empty for others.
    """

    topic: Topic
    subject: str
    text: str
    strictness: Strictness = Strictness.DIFFERENT
    old: Span = field(default=NOWHERE, compare=False)
    new: Span = field(default=NOWHERE, compare=False)
    witness: str = ""


def named(names: Iterable[str], conjunction: str = "and") -> str:
    """Return names in backticks, as a sentence lists them, in the order given."""
    return listing([f"`{name}`" for name in names], conjunction)
