"""What went wrong, in the domain's words: one diagnostic for the place where the parser stopped."""

from grammar.explaining.explain import explain as explain
from grammar.explaining.foreign import foreign_language as foreign_language

__all__ = ["explain", "foreign_language"]
