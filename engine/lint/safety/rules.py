"""The rules of the category, by code."""

from __future__ import annotations

from engine.lint.rule import Rule
from engine.lint.safety.missing_timeout import MissingTimeout
from engine.lint.safety.production_trigger import ProductionTrigger
from engine.lint.safety.secret_literal import SecretLiteral
from engine.lint.safety.skipped_stage import SkippedStage
from engine.lint.safety.unchecked_production import UncheckedProduction
from engine.lint.safety.unexplained_rollback_never import UnexplainedRollbackNever
from engine.lint.safety.unreviewed_production import UnreviewedProduction
from engine.lint.safety.whole_file_promotion import WholeFilePromotion
from engine.lint.safety.wide_access import WideAccess

RULES: tuple[type[Rule], ...] = (
    UnreviewedProduction,
    UncheckedProduction,
    SkippedStage,
    MissingTimeout,
    UnexplainedRollbackNever,
    SecretLiteral,
    WideAccess,
    ProductionTrigger,
    WholeFilePromotion,
)
