"""What `promo check` says about the mistakes people make first, word for word."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from adapters.cli.main import run

CASES = sorted(path for path in (Path(__file__).parents[2] / "golden" / "mistakes").iterdir() if path.is_dir())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_message_is_as_reviewed(
    case: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    golden: Callable[[Path, str], None],
) -> None:
    workspace = tmp_path / "workspace"
    shutil.copytree(case, workspace, ignore=shutil.ignore_patterns("output.txt", ".gitkeep"))
    monkeypatch.chdir(workspace)
    code = run(["check"])
    printed = capsys.readouterr()
    shown = f"$ promo check\n{printed.err}{printed.out}exit code {code}\n"
    golden(case / "output.txt", shown.replace(str(workspace), "/home/ada/shop"))
    assert code == 2
    assert "Traceback" not in printed.err
