"""Completion of names that a workspace declares, and of rules and checks; to be given to options and arguments.

@click.option("-p", "--product", shell_complete=products)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

if TYPE_CHECKING:
    from engine.model.workspace import Workspace

Completion = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]

_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
"""Names that mean nothing else to a shell; scripts of completion split and expand what they are given."""


def _declared(names: Callable[[Workspace], Iterable[str]]) -> Completion:
    """Return what completes the names of one kind of declaration."""

    def complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from adapters.workspace import find_and_load

        return _items(names(find_and_load(_folder(ctx)).workspace), incomplete, taken=_taken(ctx, param))

    return complete


products = _declared(lambda workspace: workspace.products)
"""Completes the name of a product."""

environments = _declared(lambda workspace: workspace.environments)
"""Completes the name of an environment."""

flows = _declared(lambda workspace: workspace.flows)
"""Completes the name of a flow."""

policies = _declared(lambda workspace: workspace.policies)
"""Completes the name of a policy."""


def rules(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete the code or the name of a rule of `promo lint`; codes come first and say what is found."""
    from engine.lint.registry import RULE_BY_CODE, RULE_BY_NAME

    codes = _items(RULE_BY_CODE, incomplete.upper() if incomplete[:1] in ("l", "L") else incomplete)
    for item in codes:
        item.help = RULE_BY_CODE[str(item.value)].name
    # An empty word asks for an overview; all names beside all codes would be none.
    return codes + (_items(RULE_BY_NAME, incomplete) if incomplete else [])


def checks(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete the code or the name of a check of `promo verify`."""
    from engine.verify.checks.registry import CHECKS

    codes = {check.code: check.name for check in CHECKS}
    found = _items(codes, incomplete.upper() if incomplete[:1] == "v" else incomplete)
    for item in found:
        item.help = codes[str(item.value)]
    return found + (_items(codes.values(), incomplete) if incomplete else [])


def templates(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete the name of a template of `promo init`."""
    from adapters.cli.commands.init import TEMPLATES

    return _items(TEMPLATES, incomplete)


def _items(names: Iterable[str], incomplete: str, taken: tuple[str, ...] = ()) -> list[CompletionItem]:
    return [
        CompletionItem(name)
        for name in names
        if name.startswith(incomplete) and name not in taken and _SAFE.fullmatch(name)
    ]


def _taken(ctx: click.Context, param: click.Parameter) -> tuple[str, ...]:
    """Return the values a repeatable parameter has already."""
    given = ctx.params.get(param.name or "")
    return tuple(map(str, given)) if isinstance(given, tuple) else ()


def _folder(ctx: click.Context | None) -> Path | None:
    """Return what ``-C`` gave, to the command or to a group above it."""
    while ctx is not None:
        folder = ctx.params.get("folder")
        if isinstance(folder, Path):
            return folder
        ctx = ctx.parent
    return None
