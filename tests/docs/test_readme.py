"""The README is true: its commands are run in order in a fresh folder, and print what it shows.

`pytest --update-golden` writes the real output into it.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from grammar.parser import parse
from tests.support.gitrepo import git_environment

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
_BLOCK = re.compile(r"^```console\n(.*?)^```", re.DOTALL | re.MULTILINE)


def _run(command: str, folder: Path) -> tuple[str, Path]:
    """Run one line as a person would type it; `cd` moves the folder of those that follow."""
    if command.startswith("cd "):
        return "", folder / command.removeprefix("cd ")
    environment = git_environment() | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "NO_COLOR": "1",
        "PYTHONPATH": str(ROOT),
        "PYTHONIOENCODING": "utf-8",
    }
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        check=False,
    )
    return done.stdout, folder


def test_the_tour_prints_what_it_shows(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    text = README.read_text(encoding="utf-8")
    folder = tmp_path
    shown: list[str] = []
    for block in _BLOCK.findall(text):
        lines: list[str] = []
        for command in re.findall(r"^\$ (.*)$", block, re.MULTILINE):
            output, folder = _run(command, folder)
            lines.append(f"$ {command}\n{output}")
        shown.append("".join(lines))
    fresh = iter(shown)
    updated = _BLOCK.sub(lambda _: f"```console\n{next(fresh)}```", text)
    if request.config.getoption("--update-golden"):
        README.write_text(updated, encoding="utf-8")
    assert README.read_text(encoding="utf-8") == updated


def test_its_example_is_valid() -> None:
    for example in re.findall(r"^```promo\n(.*?)^```", README.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE):
        assert parse(example).diagnostics == ()


def test_its_links_lead_somewhere() -> None:
    for page in (README, *sorted((ROOT / "docs").rglob("*.md")), ROOT / "CONTRIBUTING.md"):
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
