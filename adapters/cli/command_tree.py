"""Every command there is, with the commands below it; imports them all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import click


@dataclass(frozen=True, slots=True)
class Found:
    """A command and the words it is called by, e.g. ``promo release show``."""

    path: str
    command: click.Command
    context: click.Context


def commands(root: click.Group, name: str = "promo") -> Iterator[Found]:
    """Yield a group and all commands below it, each group before its own, in the order they are listed."""
    yield from _below(name, root, None, name)


def _below(path: str, command: click.Command, parent: click.Context | None, name: str) -> Iterator[Found]:
    context = click.Context(command, parent=parent, info_name=name, **command.context_settings)
    yield Found(path, command, context)
    if isinstance(command, click.Group):
        for below in command.list_commands(context):
            found = command.get_command(context, below)
            if found is not None and not found.hidden:
                yield from _below(f"{path} {below}", found, context, below)
