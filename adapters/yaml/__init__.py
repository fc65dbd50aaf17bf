"""Byte-exact edits of YAML and JSON files: the adapter behind `engine.plan.ports.DocumentEditor`."""

from __future__ import annotations

from adapters.yaml.editor import SpliceEditor as SpliceEditor

__all__ = ["SpliceEditor"]
