"""`promo fmt` on files, folders and standard input."""

from __future__ import annotations

import io
import stat
from pathlib import Path

import pytest

from adapters.cli.main import run

UNTIDY = "policy   a {action commit # why\n}\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    return tmp_path


def write(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def test_files_below_the_folder_are_laid_out_in_place(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    untidy = write(folder / "deep" / "a.promo", UNTIDY.encode())
    hidden = write(folder / ".git" / "b.promo", UNTIDY.encode())
    untidy.chmod(0o640)
    assert run(["fmt"]) == 0
    once = untidy.read_text(encoding="utf-8")
    assert "# why" in once
    assert once != UNTIDY
    assert stat.S_IMODE(untidy.stat().st_mode) == 0o640
    assert hidden.read_bytes() == UNTIDY.encode()
    assert "1 file: 1 changed" in capsys.readouterr().err
    assert run(["fmt"]) == 0
    assert untidy.read_text(encoding="utf-8") == once


def test_check_and_diff_write_nothing_and_exit_with_1(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    untidy = write(folder / "a.promo", UNTIDY.encode())
    assert run(["fmt", "--check"]) == 1
    assert capsys.readouterr().out == "a.promo\n"
    assert run(["fmt", "--diff", "a.promo"]) == 1
    diff = capsys.readouterr().out
    assert diff.startswith("--- a/a.promo\n+++ b/a.promo\n@@ ")
    assert untidy.read_bytes() == UNTIDY.encode()
    assert run(["fmt"]) == 0
    assert run(["fmt", "--check"]) == 0


@pytest.mark.parametrize("prefix", [b"\xef\xbb\xbf", b"# x\r\n"])
def test_byte_order_marks_and_carriage_returns_count_as_changes(folder: Path, prefix: bytes) -> None:
    path = write(folder / "a.promo", b"policy a { action commit }\n")
    assert run(["fmt"]) == 0
    write(path, prefix + path.read_bytes())
    assert run(["fmt", "--check"]) == 1
    assert run(["fmt"]) == 0
    assert not path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert b"\r" not in path.read_bytes()


def test_a_broken_file_is_left_alone_and_the_others_are_not(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = write(folder / "broken.promo", b"policy a {")
    binary = write(folder / "binary.promo", b"\xff\xfe\x00")
    fine = write(folder / "fine.promo", UNTIDY.encode())
    assert run(["fmt"]) == 2
    printed = capsys.readouterr().err
    assert "S011" in printed
    assert "S017" in printed
    assert "2 with errors" in printed
    assert broken.read_bytes() == b"policy a {"
    assert binary.read_bytes() == b"\xff\xfe\x00"
    assert fine.read_bytes() != UNTIDY.encode()


def test_standard_input(
    folder: Path, capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(UNTIDY.encode())))
    assert run(["fmt", "-"]) == 0
    assert b"# why" in capsysbinary.readouterr().out
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(UNTIDY.encode())))
    assert run(["fmt", "--check", "-"]) == 1
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"policy {")))
    assert run(["fmt", "-"]) == 2
    assert capsysbinary.readouterr().out == b""


def test_what_does_not_exist_is_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["fmt", "nowhere"]) == 2
    assert "there is no file or folder `nowhere`" in capsys.readouterr().err


def test_a_link_that_leads_out_of_the_folder_is_passed_over(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    outside = write(folder / "elsewhere" / "a.promo", UNTIDY.encode())
    inside = write(folder / "here" / "b.promo", UNTIDY.encode())
    (folder / "here" / "out.promo").symlink_to(outside)
    (folder / "here" / "in.promo").symlink_to("b.promo")
    assert run(["fmt", "here"]) == 0
    assert outside.read_bytes() == UNTIDY.encode()
    assert inside.read_bytes() != UNTIDY.encode()
    assert "out.promo" not in capsys.readouterr().err
    assert run(["fmt", "here/out.promo"]) == 0
    assert outside.read_bytes() == inside.read_bytes()
