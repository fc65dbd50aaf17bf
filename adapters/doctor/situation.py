"""What checks look at; parts that several of them need are read once, when the first asks."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.git.address import AddressError, LocalAddress, RemoteAddress, normalise, parse_address

if TYPE_CHECKING:
    from adapters.git.process import Git
    from adapters.workspace import Loaded
    from adapters.workspace.loading import Gathered


@dataclass(frozen=True)
class Situation:
    """The surroundings of one examination.

    Attributes:
        folder: what ``-C`` gave; None to look for a workspace from the current folder upwards.
        connections: whether repositories and servers on a network may be asked.
        timeout: seconds one answer of a program or a server may take.
        environment: the process's environment.
        encoding: of standard output.
        now: the machine's time, with an offset.
        python: the interpreter's version.
    """

    folder: Path | None = None
    connections: bool = False
    timeout: float = 10.0
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ), repr=False)
    encoding: str = field(default_factory=lambda: getattr(sys.stdout, "encoding", None) or "ascii")
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    python: tuple[int, ...] = sys.version_info[:3]

    @cached_property
    def git(self) -> Git:
        """Git, recent enough.

        Raises:
            RepositoryError: when it is missing, too old or broken.
        """
        from adapters.git.process import find_git

        return find_git(self.timeout)

    @cached_property
    def workspace_folder(self) -> Path | None:
        """The workspace's folder; None where there is none."""
        from adapters.workspace.folder import find_folder

        found = find_folder(self.folder)
        return found if isinstance(found, Path) else None

    @cached_property
    def gathered(self) -> Gathered | None:
        """The configuration and the texts of the workspace, whatever is wrong with them; None without a workspace."""
        from adapters.workspace.loading import gathered

        return None if self.workspace_folder is None else gathered(self.workspace_folder)

    @cached_property
    def loaded(self) -> Loaded | None:
        """The workspace, as far as it can be understood; None without one, or where its configuration is wrong."""
        from adapters.workspace.loading import understood

        if self.gathered is None or self.gathered.listed is None:
            return None
        return understood(self.gathered, check_json_paths=True)

    @cached_property
    def checkouts(self) -> dict[str, tuple[str, Path]]:
        """The address and the folder of every checkout of `promo.toml`, by `normalise` of the address."""
        if self.loaded is None:
            return {}
        base = self.loaded.folder.absolute()
        return {normalise(url): (url, base / path) for url, path in self.loaded.configuration.checkouts.items()}

    @cached_property
    def repositories(self) -> dict[str, RemoteAddress | LocalAddress]:
        """The addresses of the Git repositories that applications name, by `normalise`, in order of declaration."""
        found: dict[str, RemoteAddress | LocalAddress] = {}
        for url in self.repository_urls:
            try:
                found.setdefault(normalise(url), parse_address(url))
            except AddressError:
                continue  # the check of repositories reports it
        return found

    @cached_property
    def repository_urls(self) -> tuple[str, ...]:
        """The same addresses as they are written, those that no Git address can be read from included."""
        if self.loaded is None:
            return ()
        sources = [
            source
            for application in self.loaded.workspace.applications.values()
            for source in ((application.hydrator.dry,) if application.hydrator else application.sources)
            if source.chart is None and source.repo_url
        ]
        return tuple(dict.fromkeys(source.repo_url for source in sources))
