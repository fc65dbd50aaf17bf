"""A workspace whose releases really run: bare Git repositories, processes as workflows, folders as applications."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from adapters.cli.main import run
from tests.support import waiting
from tests.support.gitrepo import GitRepo, git_environment

ROOT = Path(__file__).parents[2]
QUICKSTART = ROOT / "policies" / "quickstart"
URL = "https://git.example.com/shop/storefront-gitops.git"
PATIENCE = 60.0
"""Seconds that something which has to happen is waited for."""

ENVIRONMENTS = "\n".join(
    f"environment {name} {{ kind {kind} cluster in-cluster namespaces storefront-{name} }}"
    for name, kind in (("dev", "non-prod"), ("qa", "non-prod"), ("prod", "prod"))
)

POLICIES = """
product storefront {
  version "Chart.yaml" "$.appVersion"
  promote "Chart.yaml" "$.version", "$.appVersion"
  promote "values.yaml" "$.web.image.tag"
  flow standard when message matches "feat:*"
}

policy everywhere { action commit }
policy production priority 100 { when environment.kind == prod approvals 1 from release-managers }

flow quick { trigger dev  step qa after dev }
flow standard { trigger dev  step qa after dev  step prod after qa }
flow checked { trigger dev  step qa after dev { pre-action gate }  on failure notify }
"""

CONFIGURATION = """
sources = ["*.promo", "argocd/*.yaml"]

[checkouts]
"{url}" = "{bare}"

[git]
author = "promo <promo@example.com>"

[workflows]
adapter = "local"

[workflows.local]
writable = ["{shared}"]

[workflows.local.images]
"*" = "host"

[applications]
adapter = "local"

[teams]
release-managers = ["grace@example.com"]
"""

# Writes down that it began, and ends when somebody says how.
GATE = """
apiVersion: argoproj.io/v1alpha1
kind: WorkflowTemplate
metadata: {{name: {name}, annotations: {{codefresh.io/workflow-origin: promotion}}}}
spec:
  entrypoint: main
  templates:
  - name: main
    script:
      image: sh
      command: [sh]
      source: |
        echo $$ >> {shared}/{name}.began
        while [ ! -e {shared}/{name}.end ]; do sleep 0.05; done
        exit $(cat {shared}/{name}.end)
"""


@dataclass(frozen=True, slots=True)
class Done:
    """A command that has ended: its exit code and what it printed."""

    code: int
    out: str
    err: str


class ReleaseWorld:
    """A workspace and the repository its applications live in.

    Attributes:
        folder: the workspace.
        bare: the repository, which promo pushes to.
        shared: where workflows leave word, and are told to end.
    """

    def __init__(self, scratch: Path, url: str = "") -> None:
        """Make both.

        Args:
            scratch: an empty folder.
            url: where promo reaches `apps.git` of that folder; empty for the folder itself.
        """
        self.folder = scratch / "workspace"
        self.shared = Path(os.path.realpath(scratch)) / "shared"
        self.shared.mkdir(parents=True)
        self.bare = GitRepo(scratch / "apps.git", bare=True)
        self.environment = git_environment() | {
            "PROMO_CACHE_DIR": str(scratch / "cache"),
            "PROMO_ACTOR": "ada@example.com",
            "PYTHONPATH": str(ROOT),
            "NO_COLOR": "1",
            "PYTHONIOENCODING": "utf-8",
        }
        self._files: dict[str, Any] = {
            str(path.relative_to(QUICKSTART)): path.read_text(encoding="utf-8")
            for path in sorted((QUICKSTART / "apps").rglob("*"))
            if path.is_file()
        }
        self.bare.commit(self._files, message="chore: start")
        self.version("2.0.0", message="feat: two")
        shutil.copytree(QUICKSTART / "argocd", self.folder / "argocd")
        gates = "---".join(GATE.format(name=name, shared=self.shared) for name in ("gate", "notify"))
        self.write("argocd/workflows.yaml", gates)
        self.write("environments.promo", ENVIRONMENTS)
        self.write("storefront.promo", POLICIES)
        self.write("promo.toml", CONFIGURATION.format(url=URL, bare=self.bare.path, shared=self.shared))
        if url:
            self.replace("promo.toml", f'[checkouts]\n"{URL}" = "{self.bare.path}"\n', "")
            applications = (self.folder / "argocd" / "applications.yaml").read_text(encoding="utf-8")
            self.write("argocd/applications.yaml", applications.replace(URL, url))

    # --- what it is made of

    def write(self, name: str, text: str) -> None:
        """Write a file of the workspace."""
        (self.folder / name).write_text(text, encoding="utf-8")

    def replace(self, name: str, before: str, after: str) -> None:
        """Replace a text that must be once in a file of the workspace."""
        text = (self.folder / name).read_text(encoding="utf-8")
        assert text.count(before) == 1, f"`{before}` is not once in {name}"
        self.write(name, text.replace(before, after))

    def append(self, name: str, text: str) -> None:
        """Add to a file of the workspace."""
        self.write(name, (self.folder / name).read_text(encoding="utf-8") + text)

    def version(self, tag: str, message: str, **options: Any) -> str:
        """Commit another version into dev, and return the commit."""
        name = "apps/storefront/dev/values.yaml"
        before = self._files[name]
        old = before.partition('tag: "')[2].partition('"')[0]
        chart = self._files["apps/storefront/dev/Chart.yaml"]
        changed = {
            name: before.replace(f'tag: "{old}"', f'tag: "{tag}"'),
            "apps/storefront/dev/Chart.yaml": chart.replace(f'appVersion: "{old}"', f'appVersion: "{tag}"'),
        }
        assert all(changed[one] != self._files[one] for one in changed)
        self._files |= changed
        return self.bare.commit(changed, message=message, **options)

    def subjects(self, branch: str = "main") -> list[str]:
        """Return the subjects of the commits of a branch, the newest first."""
        return self.bare.git("log", "--format=%s", branch).splitlines()

    def promotions(self, environment: str) -> int:
        """Return how many commits on main changed an environment since the beginning."""
        path = f"apps/storefront/{environment}"
        return len(self.bare.git("log", "--format=%H", "main", "--", path).splitlines()) - 1

    # --- what is done in it

    def promo(self, *arguments: str, **more: str) -> Done:
        """Run a command to its end in this process, as if nobody sat before it."""
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
        with (
            contextlib.chdir(self.folder),
            patch.dict(os.environ, self.environment | more, clear=True),
            patch.object(sys, "stdin", io.StringIO()),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            code = run(list(arguments))
        return Done(code, *(stream.buffer.getvalue().decode("utf-8") for stream in (out, err)))

    def process(self, *arguments: str, **more: str) -> Done:
        """Run promo as a process to its end, without a terminal."""
        done = subprocess.run(
            self.command(*arguments),
            cwd=self.folder,
            env=self.environment | more,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            timeout=180,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Begin promo as a process that leads a group of its own."""
        return subprocess.Popen(
            self.command(*arguments),
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            start_new_session=True,
        )

    @staticmethod
    def command(*arguments: str) -> list[str]:
        """Return the command line of promo."""
        return [sys.executable, "-m", "adapters.cli.main", *arguments]

    def releases(self) -> list[dict[str, Any]]:
        """Return what `promo release list` knows, the newest first."""
        done = self.promo("release", "list", "--format", "json")
        assert done.code == 0, done.err
        found: list[dict[str, Any]] = json.loads(done.out)
        return found

    def shown(self, release: str) -> dict[str, Any]:
        """Return what `promo release show` knows of a release."""
        done = self.promo("release", "show", release, "--events", "--format", "json")
        assert done.code == 0, done.err
        found: dict[str, Any] = json.loads(done.out)
        return found

    def began(self, workflow: str) -> int:
        """Return how often a workflow began."""
        file = self.shared / f"{workflow}.began"
        return len(file.read_text().splitlines()) if file.exists() else 0

    def let_end(self, workflow: str, code: int = 0) -> None:
        """Let a workflow end, now or as soon as it begins."""
        (self.shared / f"{workflow}.new").write_text(str(code))
        (self.shared / f"{workflow}.new").rename(self.shared / f"{workflow}.end")


@contextlib.contextmanager
def ending(process: subprocess.Popen[str]) -> Iterator[subprocess.Popen[str]]:
    """End a process where a test leaves it running."""
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def eventually(what: str, holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    waiting.eventually(holds, PATIENCE, f"never: {what}")
