"""Answers a shell that asks how a line could go on, and prints the script that makes it ask."""

from __future__ import annotations

import contextlib
import io
import sys

import click
from click.shell_completion import get_completion_class

VARIABLE = "_PROMO_COMPLETE"
"""The environment variable by which the script of a shell says that this is a question, e.g. ``bash_complete``."""

SHELLS = ("bash", "zsh", "fish")
"""The shells there are scripts for."""


def answer(command: click.Command, question: str) -> int:
    """Print the completions of the line in ``COMP_WORDS`` and return an exit code.

    Whatever is wrong with the line or with the workspace, nothing else is printed and nothing is raised: it would
    land in the middle of the line that somebody is typing.
    """
    shell, _, instruction = question.partition("_")
    kind = get_completion_class(shell)
    if kind is None or instruction != "complete":
        return 1
    try:
        with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
            found = kind(command, {}, "promo", VARIABLE).complete()
    except Exception:  # nobody could read a message here, and the same line gives it when it is run
        return 1
    sys.stdout.write(found + "\n")
    sys.stdout.flush()
    return 0


def script(command: click.Command, shell: str) -> str:
    """Return the script that makes one of `SHELLS` ask."""
    kind = get_completion_class(shell)
    assert kind is not None, shell
    return kind(command, {}, "promo", VARIABLE).source()
