"""`promo import`: manifests become `.promo` files."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import click

from adapters.cli.documented import DocumentedCommand
from adapters.cli.exit_codes import ExitCode
from adapters.cli.output import fail, report
from adapters.cli.written_files import write_files
from grammar.diagnostics import Diagnostic
from grammar.render import printable
from grammar.span import SourceText

_SUFFIXES = (".yaml", ".yml")
_STDIN = "<stdin>"


@dataclass(frozen=True, slots=True)
class _Input:
    """A text to import.

    Attributes:
        name: what diagnostics call it.
        target: where its declarations go, from the output folder.
        path: where it is; None for standard input.
        named: whether it was named on the command line, and not found in a folder.
    """

    name: str
    target: PurePosixPath
    path: Path | None
    named: bool


@dataclass(frozen=True, slots=True)
class _Imported:
    """What one input gave."""

    target: PurePosixPath
    text: str
    declarations: int


@click.command("import", cls=DocumentedCommand, short_help="Turn Kubernetes manifests into .promo files.")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, allow_dash=True))
@click.option(
    "-o", "--output", "folder", type=click.Path(path_type=Path, file_okay=False), help="The folder to write to."
)
@click.option("--stdout", "to_stdout", is_flag=True, help="Write to standard output instead.")
@click.option("--force", is_flag=True, help="Overwrite files that exist.")
@click.option(
    "--skip-invalid", is_flag=True, help="Import the good files although others are refused; still exits with 2."
)
def command(paths: tuple[Path, ...], folder: Path | None, to_stdout: bool, force: bool, skip_invalid: bool) -> int:
    """Turn Kubernetes manifests into .promo files, one for each file that holds some.

    PATHS are YAML files and folders (searched for *.yaml and *.yml); `-` is standard input. Products, promotion
    flows, policies, templates and environments are converted; applications and workflow templates have no other form
    and stay as they are. Where a manifest says something that .promo files cannot, or is wrong, nothing is written,
    unless --skip-invalid leaves out just the files it is in.

    \b
    Examples:
      promo import manifests/ -o policies/
      kubectl get promotionpolicies -A -o yaml | promo import - --stdout

    Exit codes: 0 done, 2 a manifest is wrong, or says what .promo files cannot.
    """
    if (folder is None) == (not to_stdout):
        fail("where to?", "give either -o DIR or --stdout")
    run = _Run()
    for given in _inputs(paths):
        run.take(given)
    report(run.found, run.sources)
    refused = {diagnostic.span.source for diagnostic in run.found if diagnostic.is_error}
    if refused and not skip_invalid:
        click.echo("nothing was imported; --skip-invalid leaves out just the files with errors", err=True)
        return ExitCode.INVALID
    files = {imported.target: imported.text for imported in run.imported}
    if folder is None:
        click.echo("\n".join(files.values()), nl=False)
    else:
        for path in write_files(folder, files, force=force):
            click.echo(str(path))
    run.summarise()
    if refused:
        click.echo(f"left out, because of errors: {len(refused)} {'file' if len(refused) == 1 else 'files'}", err=True)
    return ExitCode.INVALID if refused else ExitCode.DONE


class _Run:
    """One call of the command: reads inputs one after the other."""

    def __init__(self) -> None:
        self.found: list[Diagnostic] = []
        self.sources: dict[str, SourceText] = {}
        self.imported: list[_Imported] = []
        self.kept: Counter[str] = Counter()
        self.passed_over: Counter[str] = Counter()
        self.comments = 0
        self._targets: set[PurePosixPath] = set()

    def take(self, given: _Input) -> None:
        """Read one input and convert it."""
        from adapters.manifests import read
        from adapters.manifests.to_promo import count_comments, to_promo

        text = _text(given, self.found)
        if text is None:
            return
        self.sources[given.name] = SourceText(given.name, text)
        manifests = read(text, given.name, named=given.named)
        self.found += manifests.diagnostics
        self.kept["application"] += len(manifests.applications)
        self.kept["workflow template"] += len(manifests.workflows)
        self.passed_over.update(manifests.passed_over)
        if any(diagnostic.is_error for diagnostic in manifests.diagnostics):
            return
        converted = to_promo(manifests)
        self.found += converted.diagnostics
        if converted.text:
            target = self._free(given.target)
            self.imported.append(_Imported(target, converted.text, len(manifests.file.declarations)))
            self.comments += count_comments(text, manifests.scalars)

    def _free(self, wanted: PurePosixPath) -> PurePosixPath:
        """Return a target nothing else goes to: the wanted one, or that with a number."""
        target, number = wanted, 1
        while target in self._targets:
            number += 1
            target = wanted.with_name(f"{wanted.stem}-{number}{wanted.suffix}")
        self._targets.add(target)
        return target

    def summarise(self) -> None:
        """Say, on standard error, what became of everything."""
        count = sum(imported.declarations for imported in self.imported)
        click.echo(f"{count} {'declaration' if count == 1 else 'declarations'} imported", err=True)
        if self.comments:
            click.echo(f"comments not carried over: {self.comments}", err=True)
        kept = [f"{count} {what}{'s' if count > 1 else ''}" for what, count in self.kept.items() if count]
        if kept:
            click.echo(f"kept as they are, because they have no other form: {', '.join(kept)}", err=True)
        if self.passed_over:
            listed = ", ".join(f"{count} {printable(kind)}" for kind, count in sorted(self.passed_over.items()))
            click.echo(f"passed over: {listed}", err=True)


def _text(given: _Input, found: list[Diagnostic]) -> str | None:
    from adapters.workspace.reading import LARGEST, decode, read_text
    from adapters.workspace.walk import SourceFile

    if given.path is not None:
        before = len(found)
        text = read_text(SourceFile(str(given.path), given.path.name, given.name), found)
        return text if len(found) == before else None
    data = sys.stdin.buffer.read(LARGEST + 1)
    if len(data) > LARGEST:
        fail(f"standard input has more than {LARGEST // 1024 // 1024} MB")
    before = len(found)
    text = decode(data, given.name, found)
    return text if len(found) == before else None


def _inputs(paths: tuple[Path, ...]) -> Iterator[_Input]:
    """Yield what to read: files as they are named, and those of folders by their path; each once."""
    seen: set[str] = set()
    for path in paths:
        for given in _expanded(path):
            real = os.path.realpath(given.path) if given.path is not None else _STDIN
            if real not in seen:
                seen.add(real)
                yield given


def _expanded(path: Path) -> Iterator[_Input]:
    if str(path) == "-":
        yield _Input(_STDIN, PurePosixPath("stdin.promo"), None, True)
    elif path.is_dir():
        for file in _below(path):
            target = PurePosixPath(file.relative_to(path).as_posix()).with_suffix(".promo")
            yield _Input(printable(str(file)), target, file, False)
    elif path.exists():
        yield _Input(printable(str(path)), PurePosixPath(path.name).with_suffix(".promo"), path, True)
    else:
        fail(f"there is no file or folder `{printable(str(path))}`")


def _below(folder: Path) -> Iterator[Path]:
    """Yield the YAML files below a folder, by their path; hidden files and links to folders are passed by."""
    found: list[Path] = []
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [Path(place, name) for name in names if name.endswith(_SUFFIXES) and not name.startswith(".")]
    yield from sorted(path for path in found if path.is_file())
