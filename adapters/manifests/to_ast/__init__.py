"""Manifests that have the right shape, as declarations of the language."""

from adapters.manifests.to_ast.declarations import declaration as declaration

__all__ = ["declaration"]
