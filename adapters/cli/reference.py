"""Writes the manual page of every command, `docs/cli.md`, from the commands themselves.

python -m adapters.cli.reference > docs/cli.md
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import click

from adapters.cli.command_tree import Found, commands
from adapters.cli.help_sections import VERBATIM, Line, sections

_HEAD = """\
# The command line

<!-- Generated from the commands: python -m adapters.cli.reference > docs/cli.md -->

`promo COMMAND --help` says the same on a terminal, and `promo completion` makes a shell complete it.
"""

_FILES = (
    Line("promo.toml", "makes a folder a workspace: which files are read, checkouts of repositories, lint settings"),
    Line("*.promo, *.yaml, *.yml", "declarations and manifests, as far as `sources` in promo.toml lets them be read"),
    Line("~/.cache/promo", "what can be made again: parsed files, proofs, mirrors of repositories"),
)
_ENVIRONMENT = (
    Line("PROMO_CACHE_DIR", "the cache folder; empty: no cache. Otherwise `$XDG_CACHE_HOME/promo` or `~/.cache/promo`"),
    Line("NO_COLOR", "set to anything: no colours"),
    Line("FORCE_COLOR", "set to anything: colours, also in pipes; `NO_COLOR` is stronger"),
    Line("TERM", "`dumb`: no colours"),
)
_EXIT_CODES = (
    Line("0", "done"),
    Line("1", "findings: something is wrong, refuted, different or blocked, as the command says"),
    Line("2", "invalid input, in the call or in the files"),
    Line("3", "unknown: the prover gave up"),
    Line("4", "execution failed, or the output is incomplete"),
    Line("70", "internal error: a fault of promo"),
    Line("130", "interrupted by Ctrl-C"),
    Line("141", "the reader of the output went away"),
)


def reference(root: click.Group) -> str:
    """Return the page of all commands, in Markdown."""
    found = [one for one in commands(root) if one.command is not root]
    parts = [_HEAD, "## Commands\n", *_index(found)]
    for one in found:
        parts += ["", *_page(one)]
    parts += ["", "## Everywhere", ""]
    parts += ["### Exit codes", "", *_table("Code", "Meaning", _EXIT_CODES), ""]
    parts += ["### Environment", "", *_table("Variable", "Meaning", _ENVIRONMENT), ""]
    parts += ["### Files", "", *_table("File", "Meaning", _FILES), ""]
    return "\n".join(parts)


def _index(found: list[Found]) -> Iterator[str]:
    yield from _rows("Command", "", [(f"[`{one.path}`](#{_anchor(one.path)})", _summary(one)) for one in found])


def _anchor(path: str) -> str:
    return path.replace(" ", "-")


def _summary(found: Found) -> str:
    return _escaped(found.command.get_short_help_str(limit=200))


def _page(found: Found) -> Iterator[str]:
    said = sections(found.command.help or "")
    yield f"## {found.path}"
    yield from ("", "### NAME", "", f"`{found.path}` - {_summary(found)}")
    usage = " ".join([found.path, *found.command.collect_usage_pieces(found.context)])
    yield from ("", "### SYNOPSIS", "", "```", usage, "```")
    if said.description:
        yield from ("", "### DESCRIPTION")
        for paragraph in said.description:
            yield ""
            yield from _paragraph(paragraph)
    yield from _parameters(found)
    if said.examples:
        yield from ("", "### EXAMPLES", "", "```sh", *_examples(said.examples), "```")
    if said.exit_codes:
        yield from ("", "### EXIT CODES", "", *_table("Code", "Meaning", said.exit_codes))
    files = said.files + (_FILES[:2] if _of_workspace(found.command) else ())
    if files:
        yield from ("", "### FILES", "", *_table("File", "Meaning", files))


def _paragraph(text: str) -> Iterator[str]:
    """Yield a paragraph; one whose lines are to be kept becomes a block."""
    if text.startswith(VERBATIM):
        yield from ("```", *text.removeprefix(VERBATIM).strip("\n").splitlines(), "```")
    else:
        yield " ".join(_escaped(line.strip()) for line in text.splitlines())


def _parameters(found: Found) -> Iterator[str]:
    arguments = [one for one in found.command.params if isinstance(one, click.Argument)]
    if arguments:
        rows = [(f"`{one.make_metavar(found.context)}`", _argument(one)) for one in arguments]
        yield from ("", "### ARGUMENTS", "", *_rows("Argument", "Meaning", rows))
    options = [one for one in found.command.get_params(found.context) if isinstance(one, click.Option)]
    shown = [one for one in options if not one.hidden]
    yield from ("", "### OPTIONS", "", *_rows("Option", "Meaning", [_option(one, found) for one in shown]))


def _argument(argument: click.Argument) -> str:
    words = ["required" if argument.required else "optional"]
    words += ["may be repeated"] if argument.nargs == -1 else []
    if isinstance(argument.type, click.Choice):
        words.append("one of " + ", ".join(f"`{choice}`" for choice in argument.type.choices))
    if isinstance(argument.default, str | int):
        words.append(f"default `{argument.default}`")
    return "; ".join(words)


def _option(option: click.Option, found: Found) -> tuple[str, str]:
    names = ", ".join(f"`{name}`" for name in (*option.opts, *option.secondary_opts))
    if not option.is_flag and not option.count and not isinstance(option.type, click.Choice):
        names += f" `{option.make_metavar(found.context)}`"
    help, _, written_default = (option.help or "").partition("  [default:")
    about = [_escaped(help.strip())]
    if isinstance(option.type, click.Choice):
        about.append("One of " + ", ".join(f"`{choice}`" for choice in option.type.choices) + ".")
    if option.multiple:
        about.append("May be repeated.")
    if written_default:
        about.append(f"Default: {written_default.strip().removesuffix(']')}.")
    elif isinstance(option.default, str | int | float) and not option.is_flag and option.default != "":
        about.append(f"Default: `{option.default}`.")
    if option.required:
        about.append("Required.")
    if option.envvar:
        variables = [option.envvar] if isinstance(option.envvar, str) else option.envvar
        about.append("Environment: " + ", ".join(f"`{name}`" for name in variables) + ".")
    return names, " ".join(filter(None, about))


def _examples(lines: tuple[Line, ...]) -> Iterator[str]:
    column = max((len(line.subject) for line in lines if line.remark), default=0)
    for line in lines:
        yield f"{line.subject:{column}}  # {line.remark}" if line.remark else line.subject


def _of_workspace(command: click.Command) -> bool:
    return any(one.name == "folder" and "--workspace" in one.opts for one in command.params)


def _table(subject: str, meaning: str, lines: tuple[Line, ...]) -> Iterator[str]:
    yield from _rows(subject, meaning, [(f"`{line.subject}`", _escaped(line.remark)) for line in lines])


def _rows(first: str, second: str, rows: list[tuple[str, str]]) -> Iterator[str]:
    yield f"| {first} | {second} |"
    yield "|---|---|"
    for left, right in rows:
        yield f"| {_cell(left)} | {_cell(right)} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _escaped(text: str) -> str:
    """Return a sentence in which Markdown acts on nothing but code between backticks."""
    parts = text.split("`")
    for index in range(0, len(parts), 2):
        parts[index] = "".join(f"\\{part}" if part in "*_[]<>" else part for part in parts[index])
    return "`".join(parts)


if __name__ == "__main__":
    from adapters.cli.main import cli

    sys.stdout.write(reference(cli))
