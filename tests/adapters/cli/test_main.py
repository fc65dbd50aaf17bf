"""What every command does about streams that are missing or take no more."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from adapters.cli import main
from adapters.cli.exit_codes import ExitCode

FULL = Path("/dev/full")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.promo").write_text("environment dev { kind non-prod }\n", encoding="utf-8")
    (tmp_path / "promo.toml").touch()
    return tmp_path


def promo(folder: Path, words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run promo with the redirections of a shell."""
    root = Path(__file__).parents[3]
    return subprocess.run(
        ["sh", "-c", f'"$0" -m adapters.cli.main {words}', sys.executable],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(root), **variables},
        capture_output=True,
        encoding="latin-1",
        check=False,
    )


@pytest.mark.parametrize("words", ["rules >&-", "check >&-", "rules 2>&-", "check 2>&- >&-", "fmt - <&-"])
def test_a_stream_that_was_closed_before_is_one_that_nobody_reads(folder: Path, words: str) -> None:
    done = promo(folder, words)
    assert (done.returncode, done.stderr) == (ExitCode.DONE, "")


@pytest.mark.parametrize("words", ["rules", "check", "fmt - < a.promo", "rules --format json"])
def test_a_reader_that_goes_away_is_neither_success_nor_findings(folder: Path, words: str) -> None:
    gone = f'{{ "$0" -m adapters.cli.main {words}; echo $? >&3; }} 3>&2 2>/dev/null | true'
    root = Path(__file__).parents[3]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    done = subprocess.run(
        ["sh", "-c", gone, sys.executable], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.stderr == "141\n"


@pytest.mark.skipif(not FULL.is_char_device(), reason="needs a device that is always full")
@pytest.mark.parametrize("words", ["check", "--help", "fmt - < a.promo"])
def test_a_full_disk_is_no_fault_of_promo(folder: Path, words: str) -> None:
    done = promo(folder, f"{words} > {FULL}")
    assert done.returncode == ExitCode.EXECUTION_FAILED
    assert done.stderr.startswith("error: the output is incomplete: No space left on device\n  = help: make room")


def test_a_letter_the_terminal_does_not_have_is_escaped(folder: Path) -> None:
    (folder / "a.promo").write_text('environment dev { kind non-prod description "größe →" }\n', encoding="utf-8")
    done = promo(folder, "fmt --diff a.promo", PYTHONIOENCODING="latin-1")
    assert done.returncode == ExitCode.FINDINGS
    assert r"\u2192" in done.stdout


def test_a_fault_is_told_even_where_no_report_can_be_written(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("upside down")

    def unwritable(*_: object, **__: object) -> None:
        raise FileNotFoundError("no usable temporary directory")

    monkeypatch.setattr(main.cli, "main", broken)
    monkeypatch.setattr(tempfile, "NamedTemporaryFile", unwritable)
    assert main.run([]) == ExitCode.INTERNAL
    shown = capsys.readouterr().err
    assert shown.startswith("internal error: RuntimeError: upside down\n")
    assert "Traceback" in shown
    assert "please report it with the lines above" in shown


def test_nothing_is_left_for_the_collector_when_the_interpreter_ends(folder: Path) -> None:
    program = (
        "import atexit, gc; from adapters.cli.main import main; "
        "atexit.register(lambda: print(len(gc.get_objects()) < 100 < gc.get_freeze_count())); main(['check'])"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.splitlines()[-1]) == (ExitCode.DONE, "True")
