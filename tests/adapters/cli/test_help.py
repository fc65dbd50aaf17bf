"""The help of every command: it has what people look for, and every example in it works."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

from adapters.cli.command_tree import Found, commands
from adapters.cli.documented import DocumentedCommand, DocumentedGroup
from adapters.cli.exit_codes import ExitCode
from adapters.cli.help_sections import sections
from adapters.cli.main import cli, run
from tests.support import help_world
from tests.support.gitrepo import git_environment

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[3]
COMMANDS = list(commands(cli))
EXAMPLES = [(found, line.subject) for found in COMMANDS for line in sections(found.command.help or "").examples]

EXECUTED = {
    "init", "fmt", "check", "lint", "rule", "rules", "test", "eval", "explain", "verify", "diff", "plan", "import",
    "export", "completion", "doctor", "graph",
}  # fmt: skip
"""Commands whose examples are run to their end; those of others need a server, or have no end, and are parsed."""

ENDLESS = {"--watch"}
OTHERS = {"kubectl", "dot"}
"""Programs that examples use and that are not there to be run."""


def each_command(found: Found) -> str:
    return found.path


@pytest.mark.parametrize("found", COMMANDS, ids=each_command)
def test_help_has_examples_and_exit_codes(found: Found) -> None:
    """`CONTRIBUTING.md`, "Add a command", says how."""
    assert isinstance(found.command, DocumentedCommand | DocumentedGroup), "give its decorator cls=DocumentedCommand"
    if isinstance(found.command, click.Group) and found.path != "promo":
        return
    said = sections(found.command.help or "")
    assert said.description
    assert said.examples
    assert {line.subject for line in said.exit_codes} <= {str(code.value) for code in ExitCode}
    assert len(said.exit_codes) == len({line.subject for line in said.exit_codes}) > 0
    assert all(line.remark for line in said.exit_codes)
    assert "\b" not in found.command.get_help(found.context)


@pytest.mark.parametrize("found", COMMANDS, ids=each_command)
def test_every_option_says_what_it_does(found: Found) -> None:
    silent = [
        parameter.opts[-1]
        for parameter in found.command.params
        if isinstance(parameter, click.Option) and not parameter.help and not isinstance(parameter.type, click.Choice)
    ]
    assert silent == []


def test_sections_end_the_help_and_keep_their_lines(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["fmt", "--help"]) == ExitCode.DONE
    shown = capsys.readouterr().out
    assert shown.index("Options:") < shown.index("Examples:") < shown.index("Exit codes:")
    assert "  promo fmt                   every file below here\n  promo fmt --check policies  in" in shown
    assert "  1  with --check or --diff: something would change\n" in shown


def calls(example: str) -> list[list[str]]:
    """Return the arguments of every promo in a line of a shell."""
    words = shlex.shlex(example, posix=True, punctuation_chars=True)
    words.whitespace_split = True
    found: list[list[str]] = []
    current: list[str] | None = None
    for word in words:
        if set(word) <= set("|<>;&()"):
            current = None
        elif word == "promo" and current is None:
            current = []
            found.append(current)
        elif current is not None:
            current.append(word)
    return found


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return help_world.make(tmp_path_factory.mktemp("help"))


@pytest.mark.parametrize(("found", "example"), EXAMPLES, ids=[example for _, example in EXAMPLES])
def test_an_example_is_a_call_that_promo_understands(
    found: Found, example: str, made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(made)
    asked = calls(example.replace('"$(', "").replace(')"', ""))
    assert asked, f"`{example}` calls no promo"
    for words in asked:
        context, command = click.Context(cli, info_name="promo"), cli
        below: click.Command = command
        while isinstance(below, click.Group) and words and not words[0].startswith("-"):
            name, *words = words
            following = below.get_command(context, name)
            assert following is not None, name
            below = following
        if "--help" not in words:
            below.make_context(below.name, list(words), parent=context).close()


RUN = [
    example
    for found, example in EXAMPLES
    if [*found.path.split(), ""][1] in EXECUTED
    and not OTHERS & set(example.split())
    and not ENDLESS & set(example.split())
]


@pytest.mark.parametrize("example", RUN)
def test_an_example_runs(example: str, made: Path, tmp_path: Path) -> None:
    """In a shell, in a workspace of its own; findings are a result, anything else is none."""
    shutil.copytree(made.parent, tmp_path, dirs_exist_ok=True)
    folder = tmp_path / made.name
    program = tmp_path / "bin" / "promo"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m adapters.cli.main "$@"\n')
    program.chmod(0o755)
    done = subprocess.run(
        ["bash", "-c", example],
        cwd=folder,
        env=git_environment() | {"PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode in (ExitCode.DONE, ExitCode.FINDINGS), done.stdout + done.stderr
    assert "error" not in done.stderr
