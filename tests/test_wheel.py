"""What is built is what was written, and it works where nothing else is installed."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[1]
PACKAGES = ("grammar", "engine", "adapters", "policies")
VSCODE = ROOT / "grammar" / "editors" / "vscode"
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    pip("wheel", "--no-deps", "--wheel-dir", str(folder), str(ROOT))
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def promo(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Install the wheel where nothing else is; return how to run what it installed."""
    home = tmp_path_factory.mktemp("clean")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", home / "venv"], check=True, timeout=120)
    pip("--python", str(home / "venv" / "bin" / "python"), "install", "--no-compile", str(wheel))
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "PROMO_CACHE_DIR": str(home / "cache"),
        "GIT_CONFIG_NOSYSTEM": "1",
        "LC_ALL": "C.UTF-8",
    }
    for who in ("AUTHOR", "COMMITTER"):
        environment |= {f"GIT_{who}_NAME": "Ada", f"GIT_{who}_EMAIL": "ada@example.com"}

    def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
        program = str(home / "venv" / "bin" / "promo") if command[0] == "promo" else command[0]
        return subprocess.run(
            [program, *command[1:]],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    return run


def pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=280)
    assert done.returncode == 0, done.stdout + done.stderr


def said(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_holds_exactly_what_belongs_to_the_tool(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    top = {name.partition("/")[0] for name in names}
    (information,) = top - set(PACKAGES)
    assert top == {*PACKAGES, information}
    assert information.startswith("promo-")
    assert information.endswith(".dist-info")
    assert f"{information}/licenses/LICENSE" in names
    written = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and VSCODE not in path.parents
    }
    assert {name for name in names if not name.startswith(information)} == written


def test_works_outside_the_tree(promo: Run, tmp_path: Path) -> None:
    assert said(promo(tmp_path, "promo", "--version")).startswith("promo, version ")
    said(promo(tmp_path, "promo", "init", "shop"))
    shop = tmp_path / "shop"
    said(promo(shop, "git", "init", "--quiet", "--initial-branch=main"))
    said(promo(shop, "git", "add", "--all"))
    said(promo(shop, "git", "commit", "--quiet", "--message=feat: gift cards"))

    assert "1 product" in said(promo(shop, "promo", "check"))
    assert "release-checks" in said(promo(shop, "promo", "eval"))
    plan = said(promo(shop, "promo", "plan", "--commit", "HEAD", "--at", "2026-11-17T10:00"))
    assert "+++ b/apps/storefront/qa/values.yaml" in plan
    assert "+++ b/apps/storefront/prod/values.yaml" in plan
    assert said(promo(shop, "git", "status", "--porcelain")) == ""


@pytest.mark.parametrize("template", ["multi-region", "enterprise", "library"])
def test_every_template_is_in_it(promo: Run, tmp_path: Path, template: str) -> None:
    said(promo(tmp_path, "promo", "init", "--template", template))
    said(promo(tmp_path, "promo", "check"))
