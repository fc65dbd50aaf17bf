"""The sets of words an attribute's values come from, besides what patterns say."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from string import ascii_letters, digits

from engine.model.attributes import ATTRIBUTES, Attribute, Subject, ValueType

LONGEST_NAME = 253
"""Characters of the name of a product or an environment. Source: Kubernetes, object names."""

_ALNUM = frozenset(ascii_letters + digits)
_INNER = _ALNUM | frozenset("-_.")


class Language(Enum):
    """Which words exist at all.

    Attributes:
        NAME: what a declaration can be called: letters, digits, `-`, `_` and `.`, with a letter or a digit at
            both ends.
        WORD: any text but the empty one.
        TEXT: any text.
    """

    NAME = "name"
    WORD = "word"
    TEXT = "text"

    def holds(self, word: str) -> bool:
        """Say whether a word belongs to the language."""
        match self:
            case Language.TEXT:
                return True
            case Language.WORD:
                return bool(word)
            case Language.NAME:
                return (
                    0 < len(word) <= LONGEST_NAME
                    and word[0] in _ALNUM
                    and word[-1] in _ALNUM
                    and all(character in _INNER for character in word)
                )

    @property
    def characters(self) -> frozenset[str] | None:
        """Return the characters its words consist of; None where every character is one."""
        return _INNER if self is Language.NAME else None


@dataclass(frozen=True, slots=True)
class Domain:
    """What values an attribute can have.

    Attributes:
        language: of each value.
        many: whether it can hold several values, and none.
        optional: whether it can hold none.
    """

    language: Language
    many: bool = False
    optional: bool = False


_DOMAINS: dict[tuple[Subject, str], Domain] = {
    (Subject.PRODUCT, "name"): Domain(Language.NAME),
    (Subject.ENVIRONMENT, "name"): Domain(Language.NAME),
    (Subject.APPLICATION, "name"): Domain(Language.WORD),
    (Subject.ENVIRONMENT, "clusters"): Domain(Language.TEXT, many=True, optional=True),
    (Subject.COMMIT, "message"): Domain(Language.TEXT),
    (Subject.COMMIT, "author"): Domain(Language.WORD, optional=True),
}


def domain_of(attribute: Attribute) -> Domain:
    """Return what values a text attribute can have; kinds and settings have none of these domains.

    Labels hold any text or none; tags, branches and revisions hold any number of non-empty texts, and
    clusters any number of texts.
    """
    known = _DOMAINS.get((attribute.subject, attribute.field))
    if known is not None:
        return known
    spec = ATTRIBUTES[attribute.subject, attribute.field]
    if spec.many:
        return Domain(Language.WORD, many=True, optional=True)
    return Domain(Language.TEXT, optional=True)


def is_kind(attribute: Attribute) -> bool:
    """Say whether an attribute is an environment's kind: a closed choice of two."""
    return ATTRIBUTES[attribute.subject, attribute.field].type is ValueType.KIND
