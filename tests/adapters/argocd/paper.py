"""A history on paper, and watches of an application in it, for tests of the landing rule."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from adapters.argocd.ancestry import Stand, Standing
from adapters.argocd.landing import decide
from adapters.argocd.memory import Memory
from adapters.argocd.reading import read_application
from adapters.argocd.verdict import Verdict
from engine.execute.ports import Watch
from engine.execute.spec import SourceSpec, TargetSpec
from engine.model.entities import PromotedFile, VersionSource

STATUSES = Path(__file__).with_name("statuses")

OLD = "3f786850e387550fdab836ed7e6dc881de23001b"
OURS = "89e6c98d92887913cadf06b2adb97f26cde4849b"
LATER = "2b66fd261ee5c6cfc8de7fa466bab600bcfe4f69"
UNDONE = "6dcd4ce23d88e2ee9568ba546c007c63d9131c1b"
R_OLD = "f6e0a1e2ac41945a9aa7ff8a8aaa0cebc12a3bcc"
R_OURS = "84a516841ba77a5b4648de2cd0dfcb30ea46dbb4"
R_MERGED = "0cc175b9c0f1b6a831c399e269772661ec0b7b7a"

SINCE = datetime(2026, 11, 30, 4, 0, 30, tzinfo=UTC)
NOW = datetime(2026, 11, 30, 4, 1, 40, tzinfo=UTC)
URL = "https://git.example.com/shop/apps.git"
KEY = "20261130T040000Z-7f3a/qa/argocd/shop-qa/health"

TARGET = TargetSpec(
    key="argocd/shop-qa",
    name="shop-qa",
    namespace="argocd",
    project="shop",
    runtime="",
    repo_url=URL,
    branch="main",
    folder="apps/shop/qa",
    head=OLD,
)
SOURCE = SourceSpec(
    environment="dev",
    application="argocd/shop-dev",
    repo_url=URL,
    branch="main",
    folder="apps/shop/dev",
    files=(PromotedFile("values.yaml", ("$.image.tag",)),),
    version=VersionSource("values.yaml", "$.image.tag"),
)


@dataclass
class PaperAncestry:
    """Two lines of commits, and what hydrators wrote into rendered ones."""

    line: tuple[str, ...] = (OLD, OURS, LATER, UNDONE)
    rendered: tuple[str, ...] = (R_OLD, R_OURS)
    undone: frozenset[str] = frozenset({UNDONE})
    written: dict[str, str] = field(default_factory=dict)

    def standing(self, target: TargetSpec, source: SourceSpec | None, commit: str, live: str) -> Standing:
        if commit not in self.line or live not in self.line:
            return Standing(Stand.UNKNOWN)
        if self.line.index(live) < self.line.index(commit):
            return Standing(Stand.BEFORE)
        if source is not None and live in self.undone and live != commit:
            return Standing(Stand.OVERWRITTEN, f"`values.yaml` was overwritten by {live[:10]}")
        return Standing(Stand.HAS)

    def contains(self, url: str, commit: str, live: str) -> bool:
        line = self.rendered
        return commit in line and live in line and line.index(commit) <= line.index(live)

    def head(self, target: TargetSpec) -> str | None:
        return OURS if target.branch == "main" else None

    def dry_commit(self, url: str, live: str, folder: str) -> str:
        return self.written.get(live, "")


def status(name: str) -> Any:
    """Return a recorded Application."""
    return json.loads((STATUSES / f"{name}.json").read_text(encoding="utf-8"))


def watch(*, commit: str | None = OURS, passive: bool = False, attempt: int = 1, promoted: bool = True) -> Watch:
    return Watch(f"{KEY}/{attempt}", TARGET, commit, SOURCE if promoted else None, SINCE, passive=passive)


def look(
    name: str,
    memory: Memory | None = None,
    *,
    watched: Watch | None = None,
    ancestry: PaperAncestry | None = None,
    now: datetime = NOW,
) -> Verdict:
    """Return what the rule says of a recorded Application."""
    seen = read_application(status(name))
    return decide(seen, watched or watch(), memory or Memory(), ancestry or PaperAncestry(), now)
