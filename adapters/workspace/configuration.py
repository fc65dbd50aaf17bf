"""What `promo.toml` configures, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.model.workspace import PriorityOrder

CONFIGURATION_FILE = "promo.toml"
"""The file that makes a folder a workspace."""

DEFAULT_SOURCES = ("**/*.promo", "**/*.yaml", "**/*.yml")
"""What is read where `sources` is not set; hidden folders never are."""


@dataclass(frozen=True, slots=True)
class GitConfiguration:
    """How repositories are read.

    Attributes:
        fetch: False keeps promo off the network.
        timeout: seconds one Git command may take.
    """

    fetch: bool = True
    timeout: int = 60


@dataclass(frozen=True, slots=True)
class Configuration:
    """The settings of a workspace; every default is what an empty `promo.toml` means.

    Attributes:
        priority: which of two policy priorities is better.
        sources: patterns of the files that are read, relative to the workspace's folder.
        exclude: patterns of files and folders that are not.
        checkouts: folders that stand for repositories, by address; relative ones are taken from the workspace's
            folder.
        git: how repositories are read.
    """

    priority: PriorityOrder = PriorityOrder.HIGHEST_WINS
    sources: tuple[str, ...] = DEFAULT_SOURCES
    exclude: tuple[str, ...] = ()
    checkouts: Mapping[str, str] = field(default_factory=dict)
    git: GitConfiguration = GitConfiguration()
