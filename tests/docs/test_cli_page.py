"""`docs/cli.md` is what the commands say of themselves; `pytest --update-golden` writes it anew."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click

from adapters.cli.command_tree import commands
from adapters.cli.main import cli
from adapters.cli.reference import reference

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/cli.md"


def test_the_page_is_what_the_documented_command_writes(golden: Callable[[Path, str], None]) -> None:
    # In a process of its own: a command remembers the help option of the first call, which another test may have made.
    done = subprocess.run(
        [sys.executable, "-m", "adapters.cli.reference"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    golden(PAGE, done.stdout)


def test_every_link_of_the_list_leads_to_a_command() -> None:
    page = reference(cli)
    links = re.findall(r"\]\(#([^)]+)\)", page)
    headings = [line.removeprefix("## ").replace(" ", "-") for line in page.splitlines() if line.startswith("## ")]
    assert links == [found.path.replace(" ", "-") for found in commands(cli) if found.command is not cli]
    assert set(links) <= set(headings)


def test_defaults_variables_choices_and_repetition_are_said() -> None:
    @click.group()
    def root() -> None:
        pass

    @root.command("go", help="Go there.\n\n\b\nFiles:\n  map   where things are\n\nExit codes: 0 done.")
    @click.argument("place", nargs=-1, required=True)
    @click.option("--speed", type=int, default=3, envvar="GO_SPEED", help="How fast a|b.")
    @click.option("--via", multiple=True, metavar="PLACE", help="Through `x*` and *y*.")
    @click.option("--mode", type=click.Choice(("foot", "rail")), default="foot")
    @click.option("--secret", hidden=True)
    def go(**_: object) -> None:
        pass

    page = reference(root)
    assert "promo go [OPTIONS] PLACE..." in page
    assert "| `PLACE...` | required; may be repeated |" in page
    assert "| `--speed` `INTEGER` | How fast a\\|b. Default: `3`. Environment: `GO_SPEED`. |" in page
    assert "| `--via` `PLACE` | Through `x*` and \\*y\\*. May be repeated. |" in page
    assert "| `--mode` | One of `foot`, `rail`. Default: `foot`. |" in page
    assert "| `map` | where things are |" in page
    assert "secret" not in page
