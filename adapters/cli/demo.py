"""The program behind `make demo`: real repositories, a real commit, and the promotion it would start.

Everything happens in a scratch folder, through the command line that users have. Dates and names are fixed until a
release begins, so every run shows the same so far, object names included. The exit code tells whether every step went
as it should.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import click

from adapters.cli.demo_means import DemoError, replace_once
from adapters.cli.demo_release import ReleaseChapters
from adapters.cli.exit_codes import ExitCode
from adapters.cli.output import wants_colour

REPOSITORY = "https://git.example.com/shop/storefront-gitops.git"
"""Where the quickstart's applications live, according to their `repoURL`."""

MOMENT = "2026-11-17T10:00"
"""A Tuesday on which production is open."""

_PEOPLE = {
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.com",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.com",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}

_NEW_VERSION = {
    "Chart.yaml": (("version: 0.31.0", "version: 0.32.0"), ('appVersion: "1.9.0"', 'appVersion: "1.10.0"')),
    "values.yaml": (('tag: "1.9.0"', 'tag: "1.10.0"'),),
}
"""What the demo's commit changes in dev, by file: what was there, and what takes its place."""


_PROMO = (sys.executable, "-m", "adapters.cli.main")


def main() -> int:
    """Run the demo in a new folder, which stays for the reader to look around; return an exit code."""
    scratch = Path(tempfile.mkdtemp(prefix="promo-demo-"))
    try:
        Demo(scratch).run()
    except DemoError as failed:
        click.echo(f"\nthe demo failed: {failed}", err=True)
        return ExitCode.EXECUTION_FAILED
    return ExitCode.DONE


class Demo:
    """One run of the demo.

    Attributes:
        scratch: the folder everything is in.
        policies: the workspace.
        deploy: the repository the applications live in.
    """

    def __init__(self, scratch: Path) -> None:
        """Prepare to run in an empty folder."""
        self.scratch = scratch
        self.policies = scratch / "policies"
        self.deploy = scratch / "storefront-gitops"
        self._chapter = 0
        self._clock = 0
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")} | {
            **_PEOPLE,
            "GIT_PAGER": "cat",
            "PROMO_CACHE_DIR": str(scratch / "cache"),
            "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
        }

    def run(self) -> None:
        """Show everything, one chapter after the other.

        Raises:
            DemoError: when a command fails, or shows something else than it should.
        """
        self.plan_chapters()
        ReleaseChapters(self).run()

    def plan_chapters(self) -> None:
        """Show everything that comes before a release is begun; the same every time, object names included.

        Raises:
            DemoError: when a command fails, or shows something else than it should.
        """
        click.echo(f"Everything happens in {self.scratch}")
        self._build_workspace()
        self._build_repository()
        self._check_and_explain()
        self._release()
        self._plan()

    # --- the chapters ------------------------------------------------------------------------------

    def _build_workspace(self) -> None:
        self.title("A workspace: environments, products, flows and policies, as text")
        self.promo(self.scratch, "init", "policies", "--template", "quickstart", quiet=True)
        self.deploy.mkdir()
        # In the template both are one folder; in most companies they are two repositories.
        (self.policies / "apps").rename(self.deploy / "apps")
        configuration = self.policies / "promo.toml"
        replace_once(configuration, f'"{REPOSITORY}" = "."', f'"{REPOSITORY}" = "../storefront-gitops"')
        self.commit_all(self.policies, "chore: begin with the quickstart")
        self.show_file(self.policies / "policies.promo", "policy reviewed-production")

    def _build_repository(self) -> None:
        self.title("The repository that Argo CD deploys from")
        self.commit_all(self.deploy, "feat: new search")
        self.git(self.deploy, "remote", "add", "origin", REPOSITORY, quiet=True)
        self.git(self.deploy, "grep", "tag:", shown=True)

    def _check_and_explain(self) -> None:
        self.title("Is the workspace right, and who decides what happens in production?")
        self.promo(self.policies, "check")
        self.promo(self.policies, "explain", "storefront", "prod", "--flow", "standard")

    def _release(self) -> None:
        self.title("A new version in dev: a commit like every other")
        for name, replacements in _NEW_VERSION.items():
            for before, after in replacements:
                replace_once(self.deploy / "apps" / "storefront" / "dev" / name, before, after)
        self.commit_all(self.deploy, "feat: gift cards")
        self.git(self.deploy, "show", "--unified=0", "--format=%h %an: %s", shown=True)

    def _plan(self) -> None:
        self.title("What does this commit set off, and what would it change, file by file?")
        commit = ("--commit", "HEAD", "--repo", "../storefront-gitops")
        self.promo(self.policies, "explain", *commit)
        plan = self.scratch / "plan.json"
        self.promo(self.policies, "plan", *commit, "--at", MOMENT, "--out", "../plan.json")
        changed = changed_environments(json.loads(plan.read_text(encoding="utf-8")))
        if changed != ["qa", "prod"]:
            raise DemoError(f"the plan should change qa and prod, and changes {', '.join(changed) or 'nothing'}")
        for folder in (self.policies, self.deploy):
            if self.git(folder, "status", "--porcelain", quiet=True):
                raise DemoError(f"the dry run changed {folder}")
        click.echo("\nNothing was written: both repositories are as they were.")

    # --- the means ---------------------------------------------------------------------------------

    def title(self, text: str) -> None:
        """Print the title of the next chapter."""
        self._chapter += 1
        line = f"{self._chapter}. {text}"
        click.echo()
        click.secho(line, bold=True, color=wants_colour(sys.stdout))
        click.secho("-" * len(line), color=wants_colour(sys.stdout))

    def promo(self, folder: Path, *arguments: str, quiet: bool = False) -> None:
        """Run promo as a reader would; its output goes where the demo's goes, unless ``quiet``."""
        self.echo(folder, "promo", arguments)
        self.call(folder, [*_PROMO, *arguments], self.environment, stdout=subprocess.DEVNULL if quiet else None)

    def asked(self, folder: Path, *arguments: str) -> str:
        """Run promo unseen and return what it prints."""
        return self.call(folder, [*_PROMO, *arguments], self.environment, stdout=subprocess.PIPE)

    def git(self, folder: Path, *arguments: str, shown: bool = False, quiet: bool = False) -> str:
        """Run Git; ``shown`` prints the command and what it says, ``quiet`` neither."""
        assert shown != quiet
        if shown:
            self.echo(folder, "git", arguments)
        moment = f"2026-11-17T09:{self._clock:02}:00+01:00"
        dates = {"GIT_AUTHOR_DATE": moment, "GIT_COMMITTER_DATE": moment}
        output = self.call(folder, ["git", *arguments], self.environment | dates, stdout=subprocess.PIPE)
        if shown:
            click.echo(output, nl=False)
        return output

    def commit_all(self, folder: Path, message: str) -> None:
        """Commit everything in a folder, which becomes a repository if it is none."""
        self._clock += 1
        if not (folder / ".git").exists():
            self.git(folder, "init", "--quiet", "--initial-branch=main", quiet=True)
        self.git(folder, "add", "--all", quiet=True)
        self.git(folder, "commit", "--quiet", f"--message={message}", quiet=True)

    def call(self, folder: Path, command: list[str], environment: Mapping[str, str], *, stdout: int | None) -> str:
        """Run a command to its end and return what it printed, where that is asked for.

        Raises:
            DemoError: when it ends with anything but success.
        """
        sys.stdout.flush()
        done = subprocess.run(
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=stdout, check=False, text=True
        )
        if done.returncode != 0:
            raise DemoError(f"`{shlex.join(command)}` in {folder} ended with {done.returncode}")
        return done.stdout or ""

    def echo(self, folder: Path, program: str, arguments: tuple[str, ...]) -> None:
        """Print a command as a reader would type it."""
        where = "" if folder == self.scratch else f"{folder.name} "
        click.secho(f"\n{where}$ {shlex.join((program, *arguments))}", fg="cyan", color=wants_colour(sys.stdout))

    def show_file(self, path: Path, declaration: str) -> None:
        """Print one declaration of a file."""
        self.echo(path.parent, "cat", (path.name,))
        text = path.read_text(encoding="utf-8")
        start = text.find(declaration)
        if start < 0:
            raise DemoError(f"there is no `{declaration}` in {path}")
        click.echo("  ...\n" + text[start : text.index("\n}", start) + 2] + "\n  ...")


def changed_environments(plan: Mapping[str, object]) -> list[str]:
    """Return the environments of a saved plan that have a diff, in the plan's order."""
    steps = plan["steps"]
    assert isinstance(steps, list)
    return [
        step["environment"]
        for step in steps
        if any(change["diff"] for application in step["applications"] for change in application["changes"])
    ]


if __name__ == "__main__":
    sys.exit(main())
