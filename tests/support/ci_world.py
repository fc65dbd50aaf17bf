"""A repository with a workspace and a pull request that makes production looser, as a runner checks it out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from tests.support.content import Content
from tests.support.gitrepo import GitRepo, run_git

ROOT = Path(__file__).parents[2]
QUICKSTART = ROOT / "policies" / "quickstart"
LANE = 'policy fast-lane priority 200 {\n  when product.labels.team == "payments"\n  action commit\n}\n'
REPOSITORY = "shop/storefront-gitops"


@dataclass(frozen=True, slots=True)
class CiWorld:
    """The served repository and its commits.

    Attributes:
        folder: where everything lies; the repository is `served/gitops` below it.
        base: the main branch.
        head: the pull request.
        merge: what merging would give, which runners check out.
    """

    folder: Path
    base: str
    head: str
    merge: str

    def checkout(self, url: str, commit: str, name: str = "checkout") -> Path:
        """Check a commit out alone and onto no branch."""
        target = self.folder / name
        target.mkdir()
        run_git(target, "init", "-q", "--template=")
        run_git(target, "remote", "add", "origin", url)
        run_git(target, "fetch", "-q", "--depth=1", "origin", commit)
        run_git(target, "checkout", "-q", "--detach", "FETCH_HEAD")
        return target

    def pull_request(self) -> Path:
        """Write the event of GitHub that starts a run."""
        path = self.folder / "event.json"
        change = {"number": 12, "base": {"sha": self.base}, "head": {"sha": self.head}}
        path.write_text(json.dumps({"action": "synchronize", "number": 12, "pull_request": change}))
        return path


def make(folder: Path, change: dict[str, Content] | None = None, *, prefix: str = "") -> CiWorld:
    """Make the repository.

    Args:
        folder: an empty folder.
        change: what the pull request writes, from the workspace's folder; a lane that makes production looser.
        prefix: the workspace's folder in the repository, with a slash at its end.
    """
    repository = GitRepo(folder / "served" / "gitops", bare=True)
    files: dict[str, Content] = {
        f"{prefix}{path.relative_to(QUICKSTART).as_posix()}": path.read_bytes()
        for path in sorted(QUICKSTART.rglob("*"))
        if path.is_file()
    }
    base = repository.commit(files)
    changed = {"lane.promo": LANE} if change is None else change
    written = {f"{prefix}{name}": content for name, content in changed.items()}
    head = repository.commit(written, branch="feature", parents=[base])
    merge = repository.commit(written, branch="merged", parents=[base, head])
    return CiWorld(folder, base, head, merge)
