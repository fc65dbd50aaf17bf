"""Commands whose help ends with examples, files and exit codes, as manual pages do, below their options."""

from __future__ import annotations

import click

from adapters.cli.help_sections import Line, sections


class DocumentedCommand(click.Command):
    """A command whose docstring has the sections of `help_sections`; every command of promo is one."""

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what the command does, without the sections that stand at the end."""
        _description(self, formatter)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the sections that stand at the end."""
        _closing(self, formatter)
        super().format_epilog(ctx, formatter)


class DocumentedGroup(click.Group):
    """The same for a command that has commands of its own, which become `DocumentedCommand` without asking."""

    command_class = DocumentedCommand

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what the commands are for, without the sections that stand at the end."""
        _description(self, formatter)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the sections that stand at the end."""
        _closing(self, formatter)
        super().format_epilog(ctx, formatter)


def _description(command: click.Command, formatter: click.HelpFormatter) -> None:
    text = "\n\n".join(sections(command.help or "").description)
    if text:
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(text)


def _closing(command: click.Command, formatter: click.HelpFormatter) -> None:
    found = sections(command.help or "")
    for title, lines in (("Examples", found.examples), ("Files", found.files), ("Exit codes", found.exit_codes)):
        if lines:
            with formatter.section(title):
                _lines(lines, formatter)


def _lines(lines: tuple[Line, ...], formatter: click.HelpFormatter) -> None:
    """Write lines with their remarks in a column; a call is never broken, so that it can be copied."""
    column = max((len(line.subject) for line in lines if line.remark), default=0)
    for line in lines:
        text = f"{line.subject:{column}}  {line.remark}" if line.remark else line.subject
        formatter.write(f"{'':{formatter.current_indent}}{text}\n")
