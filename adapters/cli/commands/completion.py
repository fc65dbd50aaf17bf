"""`promo completion`: the script that lets a shell complete promo's commands, options and names."""

from __future__ import annotations

import click

from adapters.cli.completion.answer import SHELLS, script
from adapters.cli.documented import DocumentedCommand
from adapters.cli.exit_codes import ExitCode


@click.command("completion", cls=DocumentedCommand, short_help="Print a script that completes promo in a shell.")
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def command(ctx: click.Context, shell: str) -> int:
    """Print the script that lets a shell complete commands, options, files, and the names of your workspace.

    Products, environments, flows, policies, rules and checks are completed from the workspace the line is about: the
    one that -C names on it, otherwise the one around the current folder.

    \b
    Once, for every new shell:
      bash   echo 'eval "$(promo completion bash)"' >> ~/.bashrc
      zsh    echo 'eval "$(promo completion zsh)"' >> ~/.zshrc        after compinit
      fish   promo completion fish > ~/.config/fish/completions/promo.fish

    \b
    Examples:
      eval "$(promo completion bash)"  for this shell only
      promo completion zsh > _promo    a file for a folder of $fpath

    Exit codes: 0 done, 2 there is no script for such a shell.
    """
    click.echo(script(ctx.find_root().command, shell), nl=False)
    return ExitCode.DONE
