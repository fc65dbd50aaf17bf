"""`promo diff`: what a change of a workspace means, for whom, and the proof that nothing else changed."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from adapters.cli.documented import DocumentedCommand
from adapters.cli.exit_codes import ExitCode
from adapters.cli.output import fail, report, wants_colour
from adapters.cli.workspace_option import workspace_option

if TYPE_CHECKING:
    from adapters.workspace import Loaded

_WORKING_TREE = "working tree"


@dataclass(frozen=True, slots=True)
class _Side:
    """One side of the comparison: a folder, a revision, or neither for the working tree."""

    folder: Path | None = None
    revision: str | None = None

    @property
    def name(self) -> str:
        """Return what it is called."""
        return self.revision or (str(self.folder) if self.folder is not None else _WORKING_TREE)

    @property
    def shown(self) -> str:
        """Return how names of its files begin, for a folder; empty for others, which are shown as they are."""
        from adapters.workspace.folder import shown

        return shown(str(self.folder)) if self.folder is not None else ""


@click.command(
    "diff",
    cls=DocumentedCommand,
    short_help="Show what a change of policies means, for whom, and prove that this is all.",
)
@workspace_option
@click.argument("old", required=False, metavar="[A]")
@click.argument("new", required=False, metavar="[B]")
@click.option("--closed", is_flag=True, help="Look at declared products and environments only.")
@click.option("-v", "--verbose", is_flag=True, help="Also list settings that only get another origin, and the cost.")
@click.option("--format", "form", type=click.Choice(("text", "markdown", "json")), default="text", show_default=True)
def command(folder: Path | None, old: str | None, new: str | None, closed: bool, verbose: bool, form: str) -> int:
    """Compare two versions of a workspace by what they mean.

    A and B are folders or Git revisions; an existing folder is a folder. Without B the working tree is the new side,
    without A it is compared with HEAD. A..B stands for both. Names and files mean nothing: what counts is what
    is decided for every product and environment that could ever exist.

    \b
    Examples:
      promo diff
      promo diff main
      promo diff main..HEAD --format markdown
      promo diff policies-before policies-after

    Exit codes: 0 no semantic change (proved), 1 changes, 2 invalid input, 3 not everything could be proved.
    """
    before, after = _sides(old, new)
    one, other = _load(before, folder), _load(after, folder)
    # Warnings about the old side come too late.
    wrong = [diagnostic for diagnostic in one.diagnostics if diagnostic.is_error]
    report((*wrong, *other.diagnostics), {**one.sources, **other.sources})
    if one.broken or other.broken:
        return ExitCode.INVALID
    from adapters.cli.diff_views.entries import Sides
    from engine.verify.diff import compare

    difference = compare(one.workspace, other.workspace, closed=closed, origins=verbose)
    sides = Sides(before.name, after.name, one.sources, other.sources, before.shown, after.shown)
    if form == "json":
        import json

        from adapters.cli.diff_views.data import difference_data

        click.echo(json.dumps(difference_data(difference, sides), indent=2))
    elif form == "markdown":
        from adapters.cli.diff_views import markdown

        click.echo(markdown.render(difference, sides), nl=False)
    else:
        from adapters.cli.diff_views import text

        width = min(shutil.get_terminal_size((100, 24)).columns, 120) if sys.stdout.isatty() else 100
        colour = wants_colour(sys.stdout)
        click.echo(text.render(difference, sides, width=width, colour=colour, verbose=verbose), nl=False, color=colour)
    if difference.unknown:
        return ExitCode.UNKNOWN
    return ExitCode.DONE if difference.empty else ExitCode.FINDINGS


def _sides(old: str | None, new: str | None) -> tuple[_Side, _Side]:
    """Read the arguments."""
    if old is not None and new is None and ".." in old and not Path(old).is_dir():
        if "..." in old:
            fail(f"`{old}` names a merge base", 'write promo diff "$(git merge-base A B)" B')
        before, _, after = old.partition("..")
        return _Side(revision=before or "HEAD"), _Side(revision=after or "HEAD")
    return _side(old or "HEAD"), _Side() if new is None else _side(new)


def _side(text: str) -> _Side:
    path = Path(text)
    try:
        is_folder = path.is_dir()
    except (OSError, ValueError):
        # Too long for a name of a file, or with a byte that none can have: no folder.
        is_folder = False
    return _Side(folder=path) if is_folder else _Side(revision=text)


def _load(side: _Side, folder: Path | None) -> Loaded:
    """Load a side; what is wrong with it is in its diagnostics."""
    from adapters.workspace import find_and_load
    from adapters.workspace.folder import find_folder
    from adapters.workspace.revision import load_revision

    if side.folder is not None:
        return find_and_load(side.folder)
    if side.revision is None:
        return find_and_load(folder)
    where = folder if folder is not None else find_folder(None)
    return load_revision(where if isinstance(where, Path) else Path(), side.revision)
