"""What a promotion copies: files below the source path, JSONPaths in them, and where the version is."""

from __future__ import annotations

from engine.model.build.items import Items, missing
from engine.model.build.session import Session
from engine.model.entities import PromotedFile, PromotionSpec, VersionSource
from grammar import nodes
from grammar.diagnostics import Label

WHOLE_FILE = "*"
"""The JSONPath that stands for everything in a file. Source: domain, promotion template."""


def promotion_spec(session: Session, items: Items) -> PromotionSpec:
    """Read the `version` and `promote` items of a template or a product."""
    source = items.one(nodes.VersionSource)
    version = None
    if source is not None:
        if source.json_path.text == WHOLE_FILE:
            session.error(
                "M057", "a version is one value, not a whole file", source.json_path.span, help="name it: `$.version`"
            )
        else:
            _check_json_path(session, source.json_path)
        if _check_file(session, source.file):
            version = VersionSource(source.file.text, source.json_path.text)
    promotes = items.all(nodes.Promote)
    return PromotionSpec(version, _files(session, promotes, items.title) if promotes else None)


def _files(session: Session, promotes: list[nodes.Promote], title: str) -> tuple[PromotedFile, ...]:
    first: dict[str, nodes.Promote] = {}
    made: list[PromotedFile] = []
    for promote in promotes:
        known = first.setdefault(promote.file.text, promote)
        if known is not promote:
            session.error(
                "M058",
                f"`{promote.file.text}` is promoted more than once in {title}",
                promote.file.span,
                labels=[Label(known.file.span, "first promoted here")],
                help="put its JSONPaths into one list",
            )
            continue
        if _check_file(session, promote.file):
            made.append(PromotedFile(promote.file.text, _json_paths(session, promote), promote.span))
    return tuple(made)


def _json_paths(session: Session, promote: nodes.Promote) -> tuple[str, ...]:
    first: dict[str, nodes.StringValue] = {}
    for path in promote.json_paths:
        known = first.setdefault(path.text, path)
        if known is not path:
            session.error(
                "M006",
                f"the JSONPath `{path.text}` is listed more than once",
                path.span,
                labels=[Label(known.span, "first listed here")],
                help="remove one of them",
            )
        elif path.text != WHOLE_FILE:
            _check_json_path(session, path)
    if not first:
        missing(session, "JSONPath", f"the file `{promote.file.text}`", promote.file.span, '"$.image.tag"')
    if WHOLE_FILE in first and len(first) > 1:
        session.error(
            "M057",
            "`*` stands for the whole file, so it stands alone",
            first[WHOLE_FILE].span,
            help="keep `*`, or the JSONPaths beside it",
        )
    return tuple(first)


def _check_json_path(session: Session, path: nodes.StringValue) -> None:
    """Report a JSONPath whose syntax is wrong, when that is asked for."""
    problem = session.check_json_path(path.text) if session.check_json_path else None
    if problem:
        reason, _, hint = problem.partition("; ")
        session.error("M059", reason, path.span, help=hint)


def _check_file(session: Session, file: nodes.StringValue) -> bool:
    """Say whether a file's path stays below the source path; report it when not."""
    problem = _file_problem(file.text)
    if problem is None:
        return True
    session.error(
        "M056",
        f"`{file.text[:80]}` {problem}",
        file.span,
        help="write the path from the application's source path, such as `values.yaml` or `env/values.yaml`",
    )
    return False


def _file_problem(path: str) -> str | None:
    if not path:
        return "is no file"
    if path.startswith("/"):
        return "is absolute"
    if "\\" in path:
        return "has a `\\`; folders are parted by `/`"
    if not path.isprintable():
        return "holds a character that cannot be printed"
    parts = path.split("/")
    if ".." in parts:
        return "leads out of the source path"
    if "" in parts:
        return "has an empty part"
    if "." in parts:
        return "has a part `.`, which says nothing"
    return None
