"""The rules of the category, by code."""

from __future__ import annotations

from engine.lint.rule import Rule
from engine.lint.style.alternatives_apart import AlternativesApart
from engine.lint.style.double_negative import DoubleNegative
from engine.lint.style.double_wildcard import DoubleWildcard
from engine.lint.style.file_too_long import FileTooLong
from engine.lint.style.missing_description import MissingDescription
from engine.lint.style.missing_owner import MissingOwner
from engine.lint.style.naming import Naming
from engine.lint.style.negated_kind import NegatedKind
from engine.lint.style.priority_collision import PriorityCollision
from engine.lint.style.priority_without_room import PriorityWithoutRoom
from engine.lint.style.redundant_after import RedundantAfter
from engine.lint.style.single_alternative import SingleAlternative
from engine.lint.style.step_order import StepOrder
from engine.lint.style.untitled_requirement import UntitledRequirement
from engine.lint.style.yoda_condition import YodaCondition

RULES: tuple[type[Rule], ...] = (
    StepOrder,
    Naming,
    DoubleNegative,
    YodaCondition,
    SingleAlternative,
    AlternativesApart,
    NegatedKind,
    DoubleWildcard,
    RedundantAfter,
    PriorityCollision,
    PriorityWithoutRoom,
    UntitledRequirement,
    MissingOwner,
    MissingDescription,
    FileTooLong,
)
