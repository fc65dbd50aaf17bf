"""The promotion that stories over a real repository have in common: one value, from `dev` to `qa`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from engine.execute.spec import CommitSpec, ReleaseSpec, TargetSpec
from engine.model.values import Action
from tests.adapters.execute_contracts.applications_contract import source_of, values
from tests.fakes.worlds import environment, spec, trigger
from tests.support.gitrepo import GitRepo


def template(path: Path) -> GitRepo:
    """Make the repository that those of all runs are copies of."""
    repo = GitRepo(path, bare=True)
    repo.commit({"dev/values.yaml": values("2"), "qa/values.yaml": values("1")})
    return repo


def promotion(repo: GitRepo, url: str, *, branch: str = "main", action: Action = Action.COMMIT) -> ReleaseSpec:
    """Return the release of what `main` of a repository has.

    Args:
        repo: the repository.
        url: by which applications know it.
        branch: that they follow.
        action: by which `qa` is changed.
    """
    sha = repo.git("rev-parse", "main")
    targets = {
        name: TargetSpec(f"shop-{name}", f"shop-{name}", "", "shop", "", url, branch, name, head=sha)
        for name in ("dev", "qa")
    }
    qa, dev = environment("qa", action=action), trigger()
    (given,) = qa.applications
    qa = replace(qa, applications=(replace(given, target=targets["qa"], source=source_of(targets["qa"])),))
    dev = replace(dev, applications=(replace(dev.applications[0], target=targets["dev"]),))
    commit = CommitSpec("shop-dev", url, sha, "Ada <ada@example.com>", "2026-11-23T09:00:00+00:00", "feat: cards")
    return replace(spec(qa, first=dev), commit=commit)
