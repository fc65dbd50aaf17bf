"""`promo init` writes what was shipped, and never over anything that exists."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.cli.commands.init import TEMPLATES, read_template
from adapters.cli.main import run

POLICIES = Path(__file__).parents[3] / "policies"


def snapshot(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("template", TEMPLATES)
def test_writes_exactly_the_files_of_the_template(template: str, tmp_path: Path) -> None:
    target = tmp_path / "new" / "place"

    assert run(["init", str(target), "--template", template]) == 0

    shipped = {path: text for path, text in snapshot(POLICIES / template).items() if "__pycache__" not in path}
    assert shipped
    assert snapshot(target) == shipped


def test_every_folder_that_is_shipped_is_a_template() -> None:
    folders = {path.name for path in POLICIES.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders == set(TEMPLATES)


def test_the_default_is_the_quickstart_in_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)

    assert run(["init"]) == 0

    assert snapshot(tmp_path) == read_template("quickstart")
    out = capsys.readouterr().out
    assert "promo plan --commit HEAD" in out
    assert "  cd " not in out


def test_the_next_steps_begin_with_a_quoted_cd(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "my workspace"
    assert run(["init", str(target)]) == 0
    assert f"  cd '{target}'\n" in capsys.readouterr().out


def test_lists_every_template_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)

    assert run(["init", "--list"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(TEMPLATES)
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_template_gets_a_suggestion(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", str(tmp_path / "new"), "--template", "quikstart"]) == 2
    err = capsys.readouterr().err
    assert "there is no template `quikstart`" in err
    assert "did you mean `quickstart`?" in err
    assert not (tmp_path / "new").exists()


def test_a_template_name_cannot_leave_the_shipped_folder(tmp_path: Path) -> None:
    assert run(["init", str(tmp_path / "new"), "--template", "../grammar"]) == 2
    assert not (tmp_path / "new").exists()


def test_refuses_a_folder_that_is_not_empty(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "notes.txt").write_text("mine")

    assert run(["init", str(tmp_path)]) == 2

    assert "it holds `notes.txt`" in capsys.readouterr().err
    assert snapshot(tmp_path) == {"notes.txt": b"mine"}


def test_a_folder_with_nothing_but_git_counts_as_empty(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    assert run(["init", str(tmp_path)]) == 0
    assert (tmp_path / "promo.toml").exists()


def test_refuses_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "file"
    target.write_text("mine")
    assert run(["init", str(target)]) == 2
    assert "is not a folder" in capsys.readouterr().err
    assert target.read_text() == "mine"


def test_force_writes_beside_other_files(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    assert run(["init", str(tmp_path), "--force"]) == 0
    assert snapshot(tmp_path) == {"notes.txt": b"mine", **read_template("quickstart")}


def test_force_completes_a_template(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", str(tmp_path)]) == 0
    (tmp_path / "tests.promo").unlink()
    capsys.readouterr()

    assert run(["init", str(tmp_path), "--force"]) == 0

    assert snapshot(tmp_path) == read_template("quickstart")
    total = len(read_template("quickstart"))
    assert f"wrote 1 file of the template `quickstart` to `{tmp_path}`, {total - 1} were" in capsys.readouterr().out


def test_force_never_overwrites_and_then_writes_nothing_at_all(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "policies.promo").write_text("# mine\n")

    assert run(["init", str(tmp_path), "--force"]) == 2

    assert "policies.promo` exists and differs" in capsys.readouterr().err
    assert snapshot(tmp_path) == {"policies.promo": b"# mine\n"}


def test_force_does_not_write_through_links(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    target = tmp_path / "workspace"
    target.mkdir()
    (target / "argocd").symlink_to(outside, target_is_directory=True)

    assert run(["init", str(target), "--force"]) == 2

    assert "argocd` is not a folder of its own" in capsys.readouterr().err
    assert list(outside.iterdir()) == []
    assert [path.name for path in target.iterdir()] == ["argocd"]


def test_force_does_not_follow_a_link_that_stands_for_a_file(tmp_path: Path) -> None:
    target = tmp_path / "workspace"
    target.mkdir()
    (target / "promo.toml").symlink_to(tmp_path / "elsewhere")

    assert run(["init", str(target), "--force"]) == 2

    assert not (tmp_path / "elsewhere").exists()


def test_says_when_it_may_not_write(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert run(["init", str(tmp_path / "file" / "below")]) == 2
    assert "error: " in capsys.readouterr().err
