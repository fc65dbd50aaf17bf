"""The `promo` command: sub-commands are imported when they are called, so that help stays quick."""

from __future__ import annotations

import errno
import gc
import importlib
import io
import os
import signal
import sys
from typing import TYPE_CHECKING, Any

import click

from adapters.cli.documented import DocumentedGroup
from adapters.cli.exit_codes import ExitCode
from adapters.version import VERSION
from grammar.suggest import did_you_mean

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

COMMANDS: dict[str, str] = {
    "init": "Start a workspace from a template.",
    "fmt": "Put .promo files into their one canonical layout.",
    "check": "Read a workspace and report every mistake in it.",
    "lint": "Report what is wrong, dangerous, unclear or outdated.",
    "rule": "Explain a rule of `promo lint`.",
    "rules": "List the rules of `promo lint`.",
    "test": "Run the tests of a workspace.",
    "eval": "Show the effective settings of products in environments.",
    "explain": "Show why: which policy set what, which flow a commit triggers.",
    "verify": "Prove what the policies can ever do, or show a counterexample.",
    "diff": "Show what a change of policies means, for whom, and prove that this is all.",
    "ci": "Check a change in a pipeline, and comment on it once.",
    "plan": "Show what a promotion would change, without changing anything.",
    "run": "Carry out what `promo plan` shows.",
    "release": "See releases, and approve, retry or terminate them.",
    "serve": "Run releases as a service: an API, webhooks, metrics.",
    "workflow": "Run promotion workflows on this machine.",
    "graph": "Draw flows, products by environment, overlap of policies.",
    "import": "Turn Kubernetes manifests into .promo files.",
    "export": "Turn .promo files into Kubernetes manifests.",
    "lsp": "Serve an editor: findings, completion, rename and more.",
    "doctor": "Look whether everything promo needs is there, and right.",
    "completion": "Print a script that completes promo in a shell.",
}
"""Every command and its one line of help, in the order they are listed."""


_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})
"""What a system says when a disk or a device takes no more: no fault of the call, and none of promo."""


class LazyGroup(DocumentedGroup):
    """A group that imports a command's module only to run it or to show its own help."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order of `COMMANDS`."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command; None for an unknown name."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"adapters.cli.commands.{cmd_name.replace('import', 'import_')}")
        command = module.command
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, suggesting the nearest one for an unknown name."""
        if not ctx.resilient_parsing and args and not args[0].startswith("-") and args[0] not in COMMANDS:
            hint = did_you_mean(args[0], COMMANDS)
            ctx.fail(f"no such command `{args[0]}`{'; ' + hint if hint else ''}")
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete the name of a command without importing any."""
        from click.shell_completion import CompletionItem

        names = [CompletionItem(name, help=line) for name, line in COMMANDS.items() if name.startswith(incomplete)]
        return names + click.Command.shell_complete(self, ctx, incomplete)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(VERSION, prog_name="promo")
def cli() -> None:
    """Declare, prove and dry-run GitOps promotions on Argo CD and Argo Workflows.

    \b
    Examples:
      promo init shop               start a workspace
      promo check -C shop           read it, report every mistake
      promo plan --help             what a command does, its options, examples

    Exit codes: 0 done, 1 findings, 2 invalid input, 3 unknown, 4 execution failed, 70 internal error.
    """


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit with one of the codes of `ExitCode`."""
    code = run(arguments)
    # The interpreter collects once more when it ends: a tenth of the time of a large lint, for nothing that counts.
    gc.freeze()
    sys.exit(code)


def run(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    _prepare_streams()
    try:
        if "_PROMO_COMPLETE" in os.environ:
            from adapters.cli.completion.answer import VARIABLE, answer

            return answer(cli, os.environ[VARIABLE])
        result: Any = cli.main(args=arguments, prog_name="promo", standalone_mode=False)
        # Here, where a full disk can still be reported, and not when the interpreter ends.
        sys.stdout.flush()
        return int(result) if isinstance(result, int) else ExitCode.DONE
    except click.exceptions.Exit as exited:
        return exited.exit_code
    except click.Abort as aborted:
        # click turns an interrupt into this; so does whoever answers no.
        if isinstance(aborted.__cause__, KeyboardInterrupt):
            return ExitCode.INTERRUPTED
        click.echo("aborted", err=True)
        return ExitCode.INVALID
    except click.ClickException as failure:
        failure.show()
        return failure.exit_code
    except (BrokenPipeError, SystemExit):
        # Where a pipe breaks, and only there, click ends the process itself, with the code that here means findings.
        return _reader_gone()
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except OSError as failed:
        return _system_failure(failed)
    except Exception as fault:
        return _internal_error(fault)


def _prepare_streams() -> None:
    """Make the standard streams usable, whatever the process was started with.

    One that is missing (`promo eval >&-`) becomes an empty one that nobody reads. Output never fails for a
    character that the encoding of the terminal does not have: it is shown escaped.
    """
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def _reader_gone() -> int:
    """End where the reader went away (`promo eval | head`): nothing is wrong, but nobody knows what was found.

    Neither success nor findings would be true, so the code is the one of a process that a broken pipe ended.
    """
    sys.stdout = open(os.devnull, "w", encoding="utf-8")
    return 128 + signal.SIGPIPE


def _system_failure(failed: OSError) -> int:
    """Report a full disk or a broken device, on which the output is incomplete; the rest are faults of promo."""
    if failed.errno not in _NO_ROOM:
        return _internal_error(failed)
    # What is still buffered cannot be written either, and Python would try again when it ends.
    sys.stdout = open(os.devnull, "w", encoding="utf-8")
    click.echo(f"error: the output is incomplete: {failed.strerror}", err=True)
    click.echo("  = help: make room, or write somewhere else", err=True)
    return ExitCode.EXECUTION_FAILED


def _internal_error(fault: Exception) -> int:
    """Report a fault of promo itself: the traceback goes to a file, one line to the person."""
    import tempfile
    import traceback

    click.echo(f"internal error: {type(fault).__name__}: {fault}", err=True)
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="promo-error-", suffix=".txt", delete=False, encoding="utf-8"
        ) as report:
            traceback.print_exception(fault, file=report)
    except OSError:
        traceback.print_exception(fault)
        click.echo("this is a fault of promo; please report it with the lines above", err=True)
    else:
        click.echo(f"this is a fault of promo; please report it with {report.name}", err=True)
    return ExitCode.INTERNAL


if __name__ == "__main__":
    main()
