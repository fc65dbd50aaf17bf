"""`promo init`: start a workspace from one of the templates that promo ships."""

from __future__ import annotations

import os
import shlex
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

import click

from adapters.cli.completion.names import templates
from adapters.cli.documented import DocumentedCommand
from adapters.cli.output import fail
from grammar.suggest import did_you_mean


@dataclass(frozen=True, slots=True)
class Template:
    """A folder below `policies`, and what a newcomer is told about it.

    Attributes:
        doc: one line for `--list`.
        steps: what to run next, each a command and what it is for.
    """

    doc: str
    steps: tuple[tuple[str, str], ...]


_CHECK = ("promo check", "read everything, report every mistake")
_EVAL = ("promo eval", "the effective settings, everywhere")

TEMPLATES: dict[str, Template] = {
    "quickstart": Template(
        "One product on its way through dev, qa and prod. Start here.",
        (
            ("git init --initial-branch main", "plans read Git"),
            ('git add . && git commit --message "feat: gift cards"', ""),
            _CHECK,
            _EVAL,
            ("promo plan --commit HEAD", "what the commit would change, file by file"),
        ),
    ),
    "multi-region": Template(
        "Three products fan out to three regions, with soak times, approvals and windows.",
        (
            ("git init --initial-branch main", "plans read Git"),
            ('git add . && git commit --message "feat: instant refunds"', ""),
            _CHECK,
            _EVAL,
            ("promo plan --product payments --flow worldwide", "what a release would change, region by region"),
        ),
    ),
    "enterprise": Template(
        "A whole company: 40 products, 12 environments, 60 policies, invariants, freezes, access.",
        (_CHECK, _EVAL),
    ),
    "library": Template(
        "Policies to copy from, each with its reason: reviewed production, canary, freezes, hotfix lane, ...",
        (_CHECK, ("promo eval", "what they do to the library's sample products")),
    ),
}
"""Every template, in the order they are listed."""

_HARMLESS = {".git"}
"""What a folder may hold and still count as empty: `git init` may come first."""


@click.command("init", cls=DocumentedCommand, short_help="Start a workspace from a template.")
@click.argument("folder", metavar="[DIR]", default=".", type=click.Path(path_type=Path))
@click.option(
    "--template",
    "name",
    metavar="NAME",
    shell_complete=templates,
    default="quickstart",
    show_default=True,
    help="What to start from.",
)
@click.option("--list", "listing", is_flag=True, help="List the templates and stop.")
@click.option("--force", is_flag=True, help="Write into a folder that is not empty; files there are never overwritten.")
def command(folder: Path, name: str, listing: bool, force: bool) -> None:
    """Start a workspace in DIR (default: the current folder) from a template.

    Nothing that exists is ever overwritten. Without --force the folder must be empty or absent; with it,
    files that already are what the template says stay, and any other file of the same name stops the
    command before it has written anything.

    \b
    Examples:
      promo init --list
      promo init shop
      promo init --template multi-region payments

    Exit codes: 0 done, 2 a folder that is not empty, or a file that is in the way.
    """
    if listing:
        _print_templates()
        return
    template = TEMPLATES.get(name)
    if template is None:
        hint = did_you_mean(name, TEMPLATES)
        fail(f"there is no template `{name}`", hint or f"choose one of {', '.join(TEMPLATES)}")
    contents = read_template(name)
    try:
        _check_folder(folder, force)
        fresh = _fresh_files(folder, contents)
        _write(folder, {path: contents[path] for path in fresh})
    except OSError as error:
        fail(f"cannot write to `{folder}`: {error.strerror or error}", "choose a folder you may write to")
    _print_result(folder, name, template, written=len(fresh), kept=len(contents) - len(fresh))


def read_template(name: str) -> dict[str, bytes]:
    """Return a template's files by path with ``/``, sorted; ``name`` is one of `TEMPLATES`."""
    found: dict[str, bytes] = {}
    _collect(resources.files("policies") / name, "", found)
    return dict(sorted(found.items()))


def _collect(folder: Traversable, prefix: str, found: dict[str, bytes]) -> None:
    for entry in folder.iterdir():
        if entry.is_dir():
            if entry.name != "__pycache__":
                _collect(entry, f"{prefix}{entry.name}/", found)
        else:
            found[prefix + entry.name] = entry.read_bytes()


def _check_folder(folder: Path, force: bool) -> None:
    """Stop unless the folder is absent, empty, or may be written to although it is not."""
    if not folder.exists() and not folder.is_symlink():
        return
    if not folder.is_dir():
        fail(f"`{folder}` is not a folder", "name a new folder, or an empty one")
    present = sorted(entry.name for entry in folder.iterdir() if entry.name not in _HARMLESS)
    if present and not force:
        shown = ", ".join(f"`{entry}`" for entry in present[:3]) + (", ..." if len(present) > 3 else "")
        fail(
            f"`{folder}` is not empty: it holds {shown}",
            "name a new folder, or add --force to write beside what is there",
        )


def _fresh_files(folder: Path, contents: dict[str, bytes]) -> list[str]:
    """Return the files that are not there yet; stop when one is there and says something else."""
    fresh = []
    for path, content in contents.items():
        target = folder / path
        _check_parents(folder, path)
        if not os.path.lexists(target):
            fresh.append(path)
        elif target.is_symlink() or not target.is_file() or target.read_bytes() != content:
            fail(
                f"`{target}` exists and differs from the template's; nothing was written",
                "move it away, or choose another folder",
            )
    return fresh


def _check_parents(folder: Path, path: str) -> None:
    """Stop when a file would be written through a symbolic link, or below something that is no folder."""
    parent = folder
    for part in path.split("/")[:-1]:
        parent /= part
        if parent.is_symlink() or (parent.exists() and not parent.is_dir()):
            fail(
                f"`{parent}` is not a folder of its own; nothing was written", "move it away, or choose another folder"
            )


def _write(folder: Path, contents: dict[str, bytes]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for path, content in contents.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        # Exclusive creation: whatever appeared in the meantime, a link included, is not written through.
        with target.open("xb") as file:
            file.write(content)


def _print_templates() -> None:
    width = max(map(len, TEMPLATES))
    for name, template in TEMPLATES.items():
        click.echo(f"{name:<{width}}  {template.doc}")


def _print_result(folder: Path, name: str, template: Template, *, written: int, kept: int) -> None:
    where = "the current folder" if folder == Path() else f"`{folder}`"
    already = f", {kept} were there already" if kept else ""
    files = "1 file" if written == 1 else f"{written} files"
    click.echo(f"wrote {files} of the template `{name}` to {where}{already}")
    click.echo("\nNext:")
    steps = template.steps if folder == Path() else ((f"cd {shlex.quote(str(folder))}", ""), *template.steps)
    width = max(len(step) for step, why in steps if why)
    for step, why in steps:
        click.echo(f"  {step:<{width}}  # {why}" if why else f"  {step}")
