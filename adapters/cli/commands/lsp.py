"""`promo lsp`: the language server."""

from __future__ import annotations

import os
import sys

import click

from adapters.cli.documented import DocumentedCommand
from adapters.cli.exit_codes import ExitCode


@click.command("lsp", cls=DocumentedCommand, short_help="Serve an editor: findings, completion, rename and more.")
@click.option("--stdio", is_flag=True, help="Speak over standard input and output; the default, and the only way.")
def command(stdio: bool) -> int:
    """Serve an editor by the Language Server Protocol, over standard input and output.

    Editors start this command themselves; `docs/editors.md` has the settings for VS Code, Neovim and Helix. What goes
    wrong is logged to standard error and to the editor's log.

    \b
    Examples:
      promo lsp
      PROMO_LSP_LOG=debug promo lsp

    Exit codes: 0 the editor said goodbye, 1 the connection ended without it.
    """
    from adapters.lsp.server import serve

    # The protocol has standard output for itself: whatever else would be printed there goes to standard error.
    output = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    sys.stdout = sys.stderr
    return ExitCode.DONE if serve(sys.stdin.buffer, output) else ExitCode.FINDINGS
