"""Finds a workspace on disk, reads its configuration and its files, and builds the model."""

from adapters.workspace.configuration import Configuration as Configuration
from adapters.workspace.configuration import GitConfiguration as GitConfiguration
from adapters.workspace.loading import Loaded as Loaded
from adapters.workspace.loading import find_and_load as find_and_load
from adapters.workspace.loading import load as load

__all__ = ["Configuration", "GitConfiguration", "Loaded", "find_and_load", "load"]
