"""Who gives a command."""

from __future__ import annotations

import getpass
from pathlib import Path

import click
import pytest

from adapters.cli.actor import VARIABLE, current_actor

TEAMS = {"b": ("ada@example.com", "grace@example.com"), "a": ("ada@example.com",), "c": ()}


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where this machine's Git is configured: so far, nobody is."""
    file = tmp_path / "gitconfig"
    file.touch()
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(file))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for name in (VARIABLE, "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL", "EMAIL"):
        monkeypatch.delenv(name, raising=False)
    return file


def test_who_was_said_counts_before_all(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "the-user")
    assert current_actor(None, TEAMS).name == getpass.getuser() == "the-user"
    machine.write_text("[user]\nname = Git\nemail = git@example.com\n")
    assert current_actor(None, TEAMS).name == "git@example.com"
    monkeypatch.setenv(VARIABLE, "grace@example.com")
    assert current_actor(None, TEAMS).name == "grace@example.com"
    assert current_actor("ada@example.com", TEAMS).name == "ada@example.com"


def test_the_teams_are_those_that_name_them() -> None:
    assert current_actor("ada@example.com", TEAMS).teams == ("a", "b")
    assert current_actor("grace@example.com", TEAMS).teams == ("b",)
    assert current_actor("Ada@example.com", TEAMS).teams == ()


@pytest.mark.parametrize("name", [" ", "a\nb", "x" * 201, "\x1b[31mred"])
def test_what_nobody_is_called_is_refused(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(click.exceptions.Exit) as refused:
        current_actor(name, TEAMS)
    assert refused.value.exit_code == 2
    told = capsys.readouterr().err
    assert "is not how somebody is called" in told
    assert "\x1b" not in told
