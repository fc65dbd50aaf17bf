"""Finds a workspace on disk, reads its configuration and its files, and builds the model.

The names are found when they are first used: who needs no more than the texts does not load the model.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from adapters.workspace.configuration import Configuration as Configuration
    from adapters.workspace.configuration import GitConfiguration as GitConfiguration
    from adapters.workspace.loading import Loaded as Loaded
    from adapters.workspace.loading import find_and_load as find_and_load
    from adapters.workspace.loading import load as load

_NAMES = {
    "configuration": ("Configuration", "GitConfiguration"),
    "loading": ("Loaded", "find_and_load", "load"),
}
_HOMES = {name: module for module, names in _NAMES.items() for name in names}

__all__ = list(_HOMES)  # a test holds it to the imports above


def __getattr__(name: str) -> object:
    """Import a public name's module when the name is first used."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    found: object = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = found
    return found
