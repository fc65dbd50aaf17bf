"""Real shells complete real lines: each has the script that `promo completion` prints, and a `promo` on its path."""

from __future__ import annotations

import os
import pty
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[4]
ENTERPRISE = ROOT / "policies/enterprise"
PATIENCE = 30.0
"""Seconds to wait for what a shell is going to show."""


def needs(shell: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(shell) is None, reason=f"{shell} is not installed")


@pytest.fixture
def environment(tmp_path: Path) -> Mapping[str, str]:
    """A home of its own, and promo as a program."""
    program = tmp_path / "bin" / "promo"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m adapters.cli.main "$@"\n')
    program.chmod(0o755)
    path = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "HOME": str(tmp_path), "TERM": "dumb", "PS1": "ready> "}


def bash(line: str, environment: Mapping[str, str], folder: Path = ENTERPRISE) -> list[str]:
    """Return what bash would offer at the end of a line."""
    words = line.split(" ")
    program = (
        'eval "$(promo completion bash)" && complete -p promo >/dev/null || exit 9\n'
        'COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()\n'
        '_promo_completion promo; printf "%s\\n" "${COMPREPLY[@]}"\n'
    )
    done = subprocess.run(
        ["bash", "--norc", "-c", program, "bash", *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.split()


@needs("bash")
@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("promo ex", ["explain", "export"]),
        ("promo eval ca", ["catalogue", "cart"]),
        ("promo eval catalogue perf", ["performance"]),
        ("promo explain catalogue uat --flow load", ["load-tested"]),
        ("promo plan --product catalogue --to perf", ["performance"]),
        ("promo eval -p cart -p ca", ["catalogue"]),
        ("promo plan --format j", ["json"]),
        ("promo lint --select L40", ["L401", "L402", "L403", "L404", "L405"]),
        ("promo rule yoda", ["yoda-condition"]),
        ("promo verify --only V40", ["V401"]),
        ("promo init --template multi", ["multi-region"]),
        ("promo completion z", ["zsh"]),
        ("promo plan --off", ["--offline"]),
    ],
)
def test_bash_offers_commands_options_and_names(line: str, offered: list[str], environment: Mapping[str, str]) -> None:
    found = bash(line, environment)
    assert found[: len(offered)] == offered
    assert all(name.startswith(line.split(" ")[-1]) for name in found)


@needs("bash")
def test_names_come_from_the_workspace_that_the_line_names(environment: Mapping[str, str], tmp_path: Path) -> None:
    assert bash(f"promo eval -C {ROOT}/policies/quickstart sto", environment, tmp_path) == ["storefront"]


@needs("bash")
@pytest.mark.parametrize(
    "line", ["promo eval ca", "promo evla ca", "promo eval -C nowhere ca", "promo --nonsense ca", "promo eval 'ca"]
)
def test_where_nothing_can_be_said_nothing_is(line: str, environment: Mapping[str, str], tmp_path: Path) -> None:
    """No workspace, no such command, no such folder, no such option, a quote that is still open."""
    assert bash(line, environment, tmp_path) == []


@needs("bash")
def test_a_broken_workspace_is_nobodys_business_here(environment: Mapping[str, str], tmp_path: Path) -> None:
    (tmp_path / "promo.toml").write_text("priority = [", encoding="utf-8")
    assert bash("promo eval ca", environment, tmp_path) == []
    (tmp_path / "promo.toml").write_text("", encoding="utf-8")
    (tmp_path / "a.promo").write_text("product cart { }\nproduct { what\n", encoding="utf-8")
    assert bash("promo eval ca", environment, tmp_path) == ["cart"]


@needs("bash")
def test_a_tab_completes_in_an_interactive_bash(environment: Mapping[str, str]) -> None:
    with terminal(["bash", "--norc", "--noprofile", "-i"], environment) as screen:
        screen.expect("ready> ")
        screen.type("bind 'set bell-style none'; eval \"$(promo completion bash)\" && echo $((40+2))\n")
        screen.expect("42")
        screen.type("promo eval catal\t")
        screen.expect("catalogue")


@needs("zsh")
def test_a_tab_completes_in_an_interactive_zsh(environment: Mapping[str, str]) -> None:
    with terminal(["zsh", "-f", "-i"], environment) as screen:
        screen.type('autoload -U compinit; compinit -u -D; eval "$(promo completion zsh)" && echo $((40+2))\n')
        screen.expect("42")
        screen.type("promo eval catal\t")
        screen.expect("catalogue")


@needs("fish")
@pytest.mark.parametrize(("line", "offered"), [("promo eval catal", "catalogue"), ("promo comp", "completion")])
def test_fish_completes(line: str, offered: str, environment: Mapping[str, str]) -> None:
    program = f"promo completion fish | source; complete --do-complete '{line}'"
    done = subprocess.run(
        ["fish", "--no-config", "-c", program],
        cwd=ENTERPRISE,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert [row.partition("\t")[0] for row in done.stdout.splitlines()] == [offered]


class Screen:
    """A shell at the other end of a pseudo terminal."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._seen = ""

    def type(self, text: str) -> None:
        self._seen = ""
        os.write(self._descriptor, text.encode())

    def expect(self, text: str) -> None:
        """Wait until a text is shown; fail when the shell shows nothing more for too long."""
        deadline = time.monotonic() + PATIENCE
        while text not in self._seen:
            ready, _, _ = select.select([self._descriptor], [], [], max(0.0, deadline - time.monotonic()))
            assert ready, f"`{text}` is not in what the shell shows: {self._seen!r}"
            self._seen += os.read(self._descriptor, 4096).decode("utf-8", "replace")


@contextmanager
def terminal(command: list[str], environment: Mapping[str, str]) -> Iterator[Screen]:
    ours, theirs = pty.openpty()
    shell = subprocess.Popen(
        command, cwd=ENTERPRISE, env=environment, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    )
    os.close(theirs)
    try:
        yield Screen(ours)
    finally:
        shell.kill()
        shell.wait()
        os.close(ours)
