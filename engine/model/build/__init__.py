"""Builds the workspace: declarations become entities, references are resolved, mistakes become diagnostics."""

from engine.model.build.workspace_builder import Built as Built
from engine.model.build.workspace_builder import build_workspace as build_workspace

__all__ = ["Built", "build_workspace"]
