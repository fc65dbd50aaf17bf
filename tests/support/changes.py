"""Promotions of ``dev`` into ``qa``, for tests of what makes them in Git."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from engine.execute.ports import Change
from engine.execute.spec import SourceSpec, TargetSpec
from engine.model.entities import PromotedFile, VersionSource

TAG = (PromotedFile("values.yaml", ("$.image.tag",)),)
VERSION = VersionSource("values.yaml", "$.image.tag")


@dataclass
class TickingClock:
    """A clock that is a second later whenever somebody looks."""

    moment: datetime = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)

    def now(self) -> datetime:
        """Return the moment after the last one."""
        self.moment += timedelta(seconds=1)
        return self.moment


def promotion(
    url: str,
    commit: str,
    *,
    release: str = "rel-1",
    attempt: int = 1,
    files: tuple[PromotedFile, ...] | None = TAG,
    branch: str = "main",
    folder: str = "qa",
    source_folder: str = "dev",
    source_url: str | None = None,
    head: str = "",
    revert: bool = False,
    version: str | None = "1.2.3",
    initiator: str = "Ada Example",
    proposed: str | None = None,
) -> Change:
    """Return a promotion of one application; ``folder`` names the target environment too."""
    return Change(
        key=f"{release}/{folder}/apps-{folder}/{'revert' if revert else 'commit'}/{attempt}",
        release=release,
        product="trio",
        environment=folder,
        version=version,
        initiator=initiator,
        url="https://promo.example.com/releases/rel-1",
        target=TargetSpec(f"apps-{folder}", f"apps-{folder}", "", "default", "", url, branch, folder, head=head),
        source=SourceSpec("dev", "apps-dev", source_url or url, "main", source_folder, files, VERSION),
        commit=commit,
        revert=revert,
        proposed=proposed or f"promo/{release}/{folder}-{attempt}",
    )
