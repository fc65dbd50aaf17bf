"""The chapters of the demo that carry releases out, on this machine alone: no server, no cluster."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from adapters.cli.demo_means import DemoError, replace_once

if TYPE_CHECKING:
    from adapters.cli.demo import Demo

_APPROVER = "grace@example.com"

_CONFIGURATION = f"""
[git]
author = "promo <promo@example.com>"

[workflows]
adapter = "local"      # promotion workflows are processes of this machine

[workflows.local.images]
"*" = "tools/container"  # what stands for the images of containers

[applications]
adapter = "local"      # an application is well when its folder is right

[teams]
release-managers = ["{_APPROVER}"]
"""

_CONTAINER = """#!/bin/sh
# Stands for every image of the demo: says what it was asked for, and that it went well.
echo "$@"
"""

_REHEARSAL = """
# Only as far as qa, without anybody's leave.
flow rehearsal {
  trigger dev { post-action smoke-tests }
  step qa after dev
}
"""


class ReleaseChapters:
    """Releases: one that needs nobody, and one that waits for people."""

    def __init__(self, demo: Demo) -> None:
        """Continue a demo whose workspace and repository are there."""
        self._demo = demo
        self._bare = demo.scratch / "storefront-gitops.git"

    def run(self) -> None:
        """Show both.

        Raises:
            adapters.cli.demo_means.DemoError: when one does not end as it should.
        """
        self._prepare()
        self._rehearsal()
        release = self._hotfix()
        self._waits(release)
        self._ends(release)

    def _prepare(self) -> None:
        demo = self._demo
        demo.title("From plans to releases: what carries them out here")
        demo.git(demo.scratch, "clone", "--quiet", "--bare", demo.deploy.name, self._bare.name, quiet=True)
        demo.git(demo.deploy, "remote", "set-url", "origin", str(self._bare), quiet=True)
        configuration = demo.policies / "promo.toml"
        replace_once(configuration, '= "../storefront-gitops"', '= "../storefront-gitops.git"')
        with configuration.open("a", encoding="utf-8") as file:
            file.write(_CONFIGURATION)
        container = demo.policies / "tools" / "container"
        container.parent.mkdir()
        container.write_text(_CONTAINER, encoding="utf-8")
        container.chmod(0o755)
        # A release runs now, whenever that is, and the sale of the quickstart may be on.
        replace_once(demo.policies / "policies.promo", "2026-11-26 to 2026-11-30", "2025-11-26 to 2025-11-30")
        with (demo.policies / "storefront.promo").open("a", encoding="utf-8") as file:
            file.write(_REHEARSAL)
        click.echo(_CONFIGURATION.strip())

    def _rehearsal(self) -> None:
        self._demo.title("A release that needs nobody: commits, as far as qa")
        self._promo("run", "--product", "storefront", "--flow", "rehearsal", "--yes")
        self._expect(self._latest(), "succeeded")

    def _hotfix(self) -> str:
        self._demo.title("A hotfix on its way to production: it waits for somebody's leave")
        self._promo("run", "--product", "storefront", "--flow", "hotfix", "--yes", "--no-wait")
        release = self._latest()
        self._expect(release, "suspended")
        self._promo("release", "show", release)
        return release

    def _waits(self, release: str) -> None:
        demo = self._demo
        demo.title("Grace approves, and the release goes on where it stopped")
        self._promo("release", "approve", release, "--as", _APPROVER, "--reason", "looks good in qa")
        self._promo("run", "--resume", release, "--no-wait")
        self._expect(release, "suspended")
        demo.title("The pull request: without a forge it is a branch, and merging it is what reviewers do")
        branch = self._proposed(release)
        demo.git(demo.deploy, "fetch", "--quiet", "origin", quiet=True)
        demo.git(demo.deploy, "diff", "--stat", f"origin/main...origin/{branch}", shown=True)
        demo.git(demo.deploy, "checkout", "--quiet", "-B", "main", "origin/main", quiet=True)
        demo.git(
            demo.deploy, "merge", "--quiet", "--no-ff", "-m", "Merge the promotion", f"origin/{branch}", shown=True
        )
        demo.git(demo.deploy, "push", "--quiet", "origin", "main", shown=True)

    def _ends(self, release: str) -> None:
        demo = self._demo
        self._promo("run", "--resume", release)
        self._expect(release, "succeeded")
        demo.title("What was done, by whom, and what came with it")
        self._promo("release", "show", release)
        self._promo("release", "notes", release)
        click.echo(f"\nLook around in {demo.scratch}")

    # --- the means ---------------------------------------------------------------------------------

    def _promo(self, *arguments: str) -> None:
        self._demo.promo(self._demo.policies, *arguments)

    def _asked(self, *arguments: str) -> object:
        return json.loads(self._demo.asked(self._demo.policies, *arguments, "--format", "json"))

    def _latest(self) -> str:
        found = self._asked("release", "list", "--limit", "1")
        assert isinstance(found, list)
        return str(found[0]["id"])

    def _shown(self, release: str) -> dict[str, object]:
        found = self._asked("release", "show", release)
        assert isinstance(found, dict)
        return found

    def _expect(self, release: str, status: str) -> None:
        found = self._shown(release)
        if found["status"] != status:
            raise DemoError(f"release {release} should be {status}, and is {found['status']}: {found['message']}")

    def _proposed(self, release: str) -> str:
        """Return the branch of the pull request that a release waits for."""
        environments = self._shown(release)["environments"]
        assert isinstance(environments, list)
        for environment in environments:
            for application in environment["applications"]:
                for step in application["steps"]:
                    if step["role"] == "action" and step["status"] == "running":
                        return f"promo/{step['url'].rpartition('promo/')[2]}"
        raise DemoError(f"release {release} waits for no pull request")
