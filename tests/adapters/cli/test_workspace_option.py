from pathlib import Path

import click
import pytest

from adapters.cli.exit_codes import ExitCode
from adapters.cli.workspace_option import open_workspace, workspace_option


def test_warnings_are_reported_and_do_not_stop(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.promo").write_text("policy q { }\n")
    assert list(open_workspace(tmp_path).workspace.policies) == ["q"]
    assert "warning[M051]" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["policy q { action comit }", ""])
def test_errors_stop_the_command(tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.promo").write_text(text)
    with pytest.raises(click.exceptions.Exit) as stopped:
        open_workspace(tmp_path)
    assert stopped.value.exit_code == ExitCode.INVALID
    assert capsys.readouterr().err.endswith("1 error\n")


def test_json_paths_are_checked_when_asked_for(tmp_path: Path) -> None:
    (tmp_path / "a.promo").write_text('template t { promote "values.yaml" "image" }')
    assert open_workspace(tmp_path).diagnostics == ()
    with pytest.raises(click.exceptions.Exit):
        open_workspace(tmp_path, check_json_paths=True)


@pytest.mark.parametrize(
    ("arguments", "expected"), [([], None), (["-C", "x"], Path("x")), (["--workspace", "y"], Path("y"))]
)
def test_the_option_gives_a_folder(arguments: list[str], expected: Path | None) -> None:
    given: list[Path | None] = []

    @click.command()
    @workspace_option
    def command(folder: Path | None) -> None:
        given.append(folder)

    command.main(arguments, standalone_mode=False)
    assert given == [expected]
