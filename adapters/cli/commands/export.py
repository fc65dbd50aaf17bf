"""`promo export`: declarations become manifests."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import click

from adapters.cli.documented import DocumentedCommand
from adapters.cli.exit_codes import ExitCode
from adapters.cli.output import fail, report
from adapters.cli.workspace_option import open_workspace, workspace_option
from adapters.cli.written_files import write_files
from grammar.diagnostics import Diagnostic, Severity
from grammar.render import printable

if TYPE_CHECKING:
    from adapters.manifests.to_data import Entity
    from adapters.workspace import Loaded
    from engine.model.workspace import Workspace


@dataclass(slots=True)
class _Made:
    """What the entities became.

    Attributes:
        documents: manifests by the name of the source they come from, in order of declaration.
        refused: why entities have no manifest.
        left_out: their titles.
    """

    documents: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    refused: list[Diagnostic] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


@click.command("export", cls=DocumentedCommand, short_help="Turn .promo files into Kubernetes manifests.")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@workspace_option
@click.option(
    "-o", "--output", "target", type=click.Path(path_type=Path, file_okay=False), help="The folder to write to."
)
@click.option("--stdout", "to_stdout", is_flag=True, help="Write to standard output instead.")
@click.option("--force", is_flag=True, help="Overwrite files that exist.")
@click.option("--skip-unsupported", "skip", is_flag=True, help="Leave out what has no manifest form, and say so.")
def command(
    paths: tuple[Path, ...], folder: Path | None, target: Path | None, to_stdout: bool, force: bool, skip: bool
) -> int:
    """Turn the declarations of a workspace into Kubernetes manifests, one file for each .promo file.

    PATHS are files and folders of the workspace; without them, every .promo file of it. Where a manifest cannot say
    what a declaration says, nothing is written, unless --skip-unsupported leaves those declarations out.

    \b
    Examples:
      promo export --skip-unsupported -o manifests/
      promo export policies/production.promo --stdout
      promo export --skip-unsupported --stdout | kubectl apply --dry-run=server -f -

    Exit codes: 0 done, 2 invalid input, or something that a manifest cannot say.
    """
    if (target is None) == (not to_stdout):
        fail("where to?", "give either -o DIR or --stdout")
    loaded = open_workspace(folder)
    made = _made(_entities(loaded.workspace), _wanted(loaded, paths))
    if skip:
        report((replace(reason, severity=Severity.WARNING) for reason in made.refused), loaded.sources)
    else:
        report(made.refused, loaded.sources)
        if made.refused:
            click.echo("nothing was exported; --skip-unsupported leaves out what has no manifest form", err=True)
            return ExitCode.INVALID
    _write(made, loaded, target, force=force)
    count = sum(len(documents) for documents in made.documents.values())
    click.echo(f"{count} {'manifest' if count == 1 else 'manifests'} exported", err=True)
    if made.left_out:
        click.echo(f"left out: {', '.join(printable(title) for title in made.left_out)}", err=True)
        click.echo("without them, what was exported may decide differently", err=True)
    return ExitCode.DONE


def _entities(workspace: Workspace) -> list[Entity]:
    """Return everything that the workspace declares, by source and place."""
    found: list[Entity] = [
        *workspace.environments.values(),
        *workspace.products.values(),
        *workspace.templates.values(),
        *workspace.policies.values(),
        *workspace.flows.values(),
        *workspace.requires.values(),
        *workspace.windows.values(),
        *workspace.freezes.values(),
        *workspace.access.values(),
        *workspace.tests,
    ]
    return sorted(found, key=lambda entity: (entity.span.source, entity.span.start))


def _wanted(loaded: Loaded, paths: tuple[Path, ...]) -> set[str]:
    """Return the names of the sources to export."""
    if not paths:
        return {name for name in loaded.sources if name.endswith(".promo")}
    real = {name: os.path.realpath(name) for name in loaded.sources}
    wanted: set[str] = set()
    for path in paths:
        given = os.path.realpath(path)
        inside = {name for name, place in real.items() if place == given or place.startswith(given + os.sep)}
        if not inside:
            where = printable(str(loaded.folder))
            fail(f"`{printable(str(path))}` is no file or folder of the workspace `{where}`")
        wanted |= inside
    return wanted


def _made(entities: Iterable[Entity], wanted: set[str]) -> _Made:
    from adapters.manifests.to_data import Refused, data_of

    made = _Made()
    for entity in entities:
        if entity.span.source not in wanted:
            continue
        data = data_of(entity)
        if isinstance(data, Refused):
            made.refused += data.reasons
            made.left_out.append(data.title)
        else:
            made.documents.setdefault(entity.span.source, []).append(data)
    return made


def _write(made: _Made, loaded: Loaded, target: Path | None, *, force: bool) -> None:
    from adapters.manifests.emit import emit_all

    if target is None:
        click.echo(emit_all(document for documents in made.documents.values() for document in documents), nl=False)
        return
    root = os.path.realpath(loaded.folder)
    files: dict[PurePosixPath, str] = {}
    for source, documents in made.documents.items():
        relative = os.path.relpath(os.path.realpath(source), root)
        path = PurePosixPath(Path(relative).as_posix()).with_suffix(".yaml")
        number = 1
        while path in files:
            number += 1
            path = path.with_name(f"{PurePosixPath(relative).stem}-{number}.yaml")
        files[path] = emit_all(documents)
    for written in write_files(target, files, force=force):
        click.echo(str(written))
