"""The hooks of pre-commit: the manifest is one, and each entry does its work with the files it would be given."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.support import ci_world
from tests.support.gitrepo import git_environment, run_git

ROOT = Path(__file__).parents[3]
HOOKS = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))}
KEYS = {"id", "name", "description", "entry", "language", "files", "pass_filenames", "require_serial"}
BROKEN = "policy x {\n  when\n}\n"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    world = ci_world.make(tmp_path)
    folder = tmp_path / "clone"
    run_git(tmp_path, "clone", "-q", str(tmp_path / "served" / "gitops"), str(folder))
    assert (folder / "policies.promo").is_file(), world.base
    return folder


def run(identity: str, repository: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a hook on every file of the repository that it asks for."""
    hook = HOOKS[identity]
    names = run_git(repository, "ls-files", "--cached", "--others").splitlines()
    files = [name for name in names if re.search(hook["files"], name)]
    assert files
    program, *entry = shlex.split(hook["entry"])
    given = files if hook.get("pass_filenames", True) else []
    return subprocess.run(
        [Path(sys.executable).with_name(program), *entry, *arguments, *given],
        cwd=repository,
        env=git_environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_the_manifest_is_one() -> None:
    assert list(HOOKS) == ["promo-fmt", "promo-lint", "promo-verify", "promo-test"]
    for hook in HOOKS.values():
        assert set(hook) <= KEYS
        assert {"id", "name", "entry", "language", "files"} <= set(hook)
        assert hook["language"] == "python"
        re.compile(hook["files"])


@pytest.mark.parametrize("identity", HOOKS)
def test_a_good_workspace_passes_and_stays_as_it_is(identity: str, repository: Path) -> None:
    done = run(identity, repository)
    assert done.returncode == 0, done.stdout + done.stderr
    assert run_git(repository, "status", "--porcelain") == ""


@pytest.mark.parametrize("identity", HOOKS)
def test_a_broken_file_stops_the_commit(identity: str, repository: Path) -> None:
    (repository / "broken.promo").write_text(BROKEN)
    done = run(identity, repository)
    assert done.returncode != 0
    assert "broken.promo:3:1" in done.stdout + done.stderr


def test_fmt_lays_files_out(repository: Path) -> None:
    """Pre-commit stops the commit itself where a hook changed files."""
    (repository / "new.promo").write_text("environment   us   { kind prod }")
    assert run("promo-fmt", repository).returncode == 0
    assert (repository / "new.promo").read_text() == "environment us { kind prod }\n"


def test_a_workspace_in_a_folder_is_named_by_arguments(tmp_path: Path) -> None:
    ci_world.make(tmp_path, prefix="policies/")
    folder = tmp_path / "clone"
    run_git(tmp_path, "clone", "-q", str(tmp_path / "served" / "gitops"), str(folder))
    assert run("promo-fmt", folder).returncode == 0
    assert run("promo-lint", folder).returncode == 0
    for identity in ("promo-verify", "promo-test"):
        assert run(identity, folder).returncode == 2
        assert run(identity, folder, "-C", "policies").returncode == 0


def test_files_of_workspaces_are_asked_for_and_others_are_not() -> None:
    for identity in ("promo-verify", "promo-test"):
        wanted = re.compile(HOOKS[identity]["files"])
        assert all(
            wanted.search(name) for name in ("a.promo", "promo.toml", "p/promo.toml", "argocd/app.yaml", "a.yml")
        )
        assert not any(wanted.search(name) for name in ("a.promo.bak", "mypromo.toml", "README.md"))
