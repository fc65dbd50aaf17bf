"""Cards and arrows, before anybody knows whether they become Mermaid, DOT or SVG. Texts are raw."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Look(Enum):
    """What a card stands for."""

    TRIGGER = "trigger"
    PROD = "prod"
    OTHER = "other"
    ABSENT = "absent"
    PRODUCT = "product"
    FLOW = "flow"
    POLICY = "policy"


@dataclass(frozen=True, slots=True)
class Card:
    """A node.

    Attributes:
        title: its name.
        look: what it stands for.
        badge: a word beside the name; may be empty.
        lines: facts, one below the other.
        pills: short facts that stand side by side.
    """

    title: str
    look: Look
    badge: str = ""
    lines: tuple[str, ...] = ()
    pills: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Arrow:
    """An edge between cards of one part, as indices into its cards."""

    start: int
    end: int
    label: str = ""
    warns: bool = False
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """Cards that belong together, with a heading.

    Attributes:
        title: of the heading.
        lines: below the heading.
        cards: in order.
        arrows: between them.
    """

    title: str
    lines: tuple[str, ...]
    cards: tuple[Card, ...]
    arrows: tuple[Arrow, ...]


@dataclass(frozen=True, slots=True)
class Diagram:
    """A whole picture.

    Attributes:
        title: what it shows.
        about: one sentence for people who cannot see it.
        parts: one below the other.
    """

    title: str
    about: str
    parts: tuple[Part, ...]
