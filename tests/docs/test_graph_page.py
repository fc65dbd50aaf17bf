"""`docs/graph.md` shows what its commands print; `pytest --update-golden` draws its pictures anew."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from adapters.cli.exit_codes import ExitCode
from adapters.cli.main import run

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/graph.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^promo (graph .*)$", PAGE, re.MULTILINE)
PICTURES = re.findall(r"\]\((images/[^)]+)\)", PAGE)


@pytest.mark.parametrize("line", COMMANDS)
def test_commands_run_and_pictures_are_theirs(
    line: str,
    golden: Callable[[Path, str], None],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(ROOT / "policies/multi-region")
    words = shlex.split(line, comments=True)
    assert run(words) == ExitCode.DONE
    shown = capsys.readouterr().out
    if "svg" in words:
        golden(ROOT / "docs/images" / f"graph-{words[1]}.svg", shown)


def test_every_picture_is_that_of_a_command() -> None:
    drawn = [f"images/graph-{line.split()[1]}.svg" for line in COMMANDS if "svg" in line.split()]
    assert drawn == PICTURES
