"""Files of the runner are added to, never replaced, and never get more than was meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.ci.failure import CiError
from adapters.cli.ci_run.runner_files import output, summarise, write


def test_a_summary_is_added_to(tmp_path: Path) -> None:
    path = tmp_path / "summary.md"
    path.write_text("before\n")
    assert summarise({"GITHUB_STEP_SUMMARY": str(path)}, "report\n")
    assert path.read_text() == "before\nreport\n\n"
    assert not summarise({}, "report\n")


def test_a_summary_that_is_too_long_is_cut(tmp_path: Path) -> None:
    path = tmp_path / "summary.md"
    assert summarise({"GITHUB_STEP_SUMMARY": str(path)}, "𝄞\n" * 500_000)
    assert path.stat().st_size < 1024 * 1024
    assert "_The rest is left out" in path.read_text(encoding="utf-8")


def test_outputs_are_added_to_and_stay_one_line(tmp_path: Path) -> None:
    path = tmp_path / "output"
    output({"GITHUB_OUTPUT": str(path)}, {"report": "a b", "changes": "true"})
    assert path.read_text() == "report=a b\nchanges=true\n"
    with pytest.raises(CiError, match="`report` would have several lines"):
        output({"GITHUB_OUTPUT": str(path)}, {"report": "x\nchanges=false"})
    assert path.read_text() == "report=a b\nchanges=true\n"
    output({}, {"report": "x"})


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(CiError, match="GITHUB_OUTPUT names cannot be written: Is a directory"):
        output({"GITHUB_OUTPUT": str(tmp_path)}, {"report": "x"})
    (tmp_path / "file").touch()
    with pytest.raises(CiError, match=r"cannot be written: (Not a directory|File exists)"):
        write(tmp_path / "file" / "report.md", "")
