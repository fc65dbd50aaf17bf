"""What a condition can ask about: every attribute, its type, and where it may be used."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from engine.model.settings import SETTINGS, SettingType
from grammar.path_parts import path_token
from grammar.quick_state import quick_state


class Subject(Enum):
    """Whose attribute it is."""

    PRODUCT = "product"
    ENVIRONMENT = "environment"
    APPLICATION = "application"
    FLOW = "flow"
    COMMIT = "commit"
    SETTING = "setting"

    # Attributes are keys everywhere; an enumeration's own hash is a call of Python code, and members are unique anyway.
    __hash__ = object.__hash__


class ValueType(Enum):
    """What an attribute holds; the value is how it is called in messages."""

    NAME = "a name"
    KIND = "`prod` or `non-prod`"
    TEXT = "a text"
    NUMBER = "a number"
    DURATION = "a duration"
    WORKFLOW = "a workflow's name, or `none`"
    ACTION = "`commit`, `pr` or `none`"
    ROLLBACK = "`on-failure` or `never`"


WORDS: dict[ValueType, tuple[str, ...]] = {
    ValueType.KIND: ("prod", "non-prod"),
    ValueType.ACTION: ("commit", "pr", "none"),
    ValueType.ROLLBACK: ("on-failure", "never"),
}
"""The only values of the types that are a closed list."""


@quick_state
@dataclass(frozen=True, slots=True)
class Attribute:
    """One thing a condition asks about.

    Attributes:
        subject: whose it is.
        field: e.g. ``name`` or ``labels``.
        key: the label's key; None for other fields.
    """

    subject: Subject
    field: str
    key: str | None = None

    def __str__(self) -> str:
        """Return the attribute as a `.promo` file says it."""
        if self.subject in (Subject.COMMIT, Subject.SETTING):
            return self.field
        return path_token((self.subject.value, self.field, *([self.key] if self.key is not None else [])))


@dataclass(frozen=True, slots=True)
class AttributeSpec:
    """What is known about a field of a subject.

    Attributes:
        type: of each value.
        keyed: whether a key follows, as in ``labels.team``.
        many: whether it can hold several values; a comparison then asks whether any of them fits.
        doc: one sentence for people.
    """

    type: ValueType
    doc: str
    keyed: bool = False
    many: bool = False


_SETTING_TYPES = {
    SettingType.ACTION: ValueType.ACTION,
    SettingType.WORKFLOW: ValueType.WORKFLOW,
    SettingType.DURATION: ValueType.DURATION,
    SettingType.APPROVALS: ValueType.NUMBER,
    SettingType.WINDOW: ValueType.NAME,
    SettingType.ROLLBACK: ValueType.ROLLBACK,
}

ATTRIBUTES: dict[tuple[Subject, str], AttributeSpec] = {
    (Subject.PRODUCT, "name"): AttributeSpec(ValueType.NAME, "The product's name."),
    (Subject.PRODUCT, "labels"): AttributeSpec(ValueType.TEXT, "A label of the product.", keyed=True),
    (Subject.PRODUCT, "tags"): AttributeSpec(ValueType.NAME, "The product's tags.", many=True),
    (Subject.ENVIRONMENT, "name"): AttributeSpec(ValueType.NAME, "The target environment's name."),
    (Subject.ENVIRONMENT, "kind"): AttributeSpec(ValueType.KIND, "Production or not."),
    (Subject.ENVIRONMENT, "labels"): AttributeSpec(ValueType.TEXT, "A label of the environment.", keyed=True),
    (Subject.ENVIRONMENT, "tags"): AttributeSpec(ValueType.NAME, "The environment's tags.", many=True),
    (Subject.ENVIRONMENT, "clusters"): AttributeSpec(ValueType.TEXT, "The clusters it spans.", many=True),
    (Subject.APPLICATION, "name"): AttributeSpec(ValueType.NAME, "The application's name."),
    (Subject.APPLICATION, "labels"): AttributeSpec(
        ValueType.TEXT, "A label of the application, or else its annotation of that name.", keyed=True
    ),
    (Subject.FLOW, "name"): AttributeSpec(ValueType.NAME, "The flow's name; nothing outside a flow."),
    (Subject.COMMIT, "message"): AttributeSpec(ValueType.TEXT, "The commit's whole message."),
    (Subject.COMMIT, "revision"): AttributeSpec(
        ValueType.TEXT, "The commit's branches and tags, and its full object name.", many=True
    ),
    (Subject.COMMIT, "branch"): AttributeSpec(ValueType.TEXT, "The branches that contain the commit.", many=True),
    (Subject.COMMIT, "author"): AttributeSpec(ValueType.TEXT, "The commit's author, as `Name <address>`."),
    **{(Subject.SETTING, spec.name): AttributeSpec(_SETTING_TYPES[spec.type], spec.doc) for spec in SETTINGS},
}
"""Every field that a condition can name."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a condition stands, and so what it may ask about.

    Attributes:
        place: how messages call it.
        subjects: whose attributes it may use.
        passed: whether it may say ``passed ENV``.
    """

    place: str
    subjects: frozenset[Subject]
    passed: bool = False


POLICY_SCOPE = Scope("a policy's `when`", frozenset({Subject.PRODUCT, Subject.ENVIRONMENT}))
TEMPLATE_SCOPE = Scope("a template's `when`", frozenset({Subject.APPLICATION}))
TRIGGER_SCOPE = Scope("a product's flow condition", frozenset({Subject.COMMIT}))
FREEZE_SCOPE = Scope("a freeze's `when`", frozenset({Subject.PRODUCT, Subject.ENVIRONMENT}))
REQUIRE_WHEN_SCOPE = Scope("a requirement's `when`", frozenset({Subject.PRODUCT, Subject.ENVIRONMENT, Subject.FLOW}))
REQUIRE_THAT_SCOPE = Scope(
    "a requirement's `that`",
    frozenset({Subject.PRODUCT, Subject.ENVIRONMENT, Subject.FLOW, Subject.SETTING}),
    passed=True,
)
ACCESS_SCOPE = Scope("an access rule's `when`", frozenset({Subject.PRODUCT, Subject.ENVIRONMENT, Subject.FLOW}))
