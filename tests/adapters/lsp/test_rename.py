"""Every name of real workspaces can be changed, and the workspace means the same under the new one."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from adapters.lsp.asked import Asked, asked
from adapters.lsp.desk import Desk
from adapters.lsp.positions import Lines
from adapters.lsp.rename import rename
from adapters.manifests import read
from adapters.workspace.loading import load
from tests.support.effort import SOAK

POLICIES = Path(__file__).parents[3] / "policies"
WORKSPACES = ("quickstart", "multi-region", *(("enterprise",) if SOAK else ()))


def desk() -> Desk:
    return Desk(lambda _: None)


async def at(opened: Desk, path: Path) -> Asked:
    item = types.TextDocumentItem(path.as_uri(), "promo", 1, path.read_bytes().decode())
    opened.open(item)
    found = await asked(opened, path.as_uri())
    assert found is not None
    return found


def applied(edit: types.WorkspaceEdit) -> None:
    """Write an edit to disk."""
    assert edit.changes is not None
    for uri, edits in edit.changes.items():
        path = Path(uri.removeprefix("file://"))
        lines = Lines(path.read_bytes().decode())
        text = lines.text
        for one in sorted(edits, key=lambda one: (one.range.start.line, one.range.start.character), reverse=True):
            text = text[: lines.offset(one.range.start)] + one.new_text + text[lines.offset(one.range.end) :]
        path.write_bytes(text.encode())


@pytest.mark.parametrize("workspace", WORKSPACES)
def test_a_name_is_changed_everywhere_and_back_again(workspace: str, tmp_path: Path) -> None:
    folder = tmp_path / workspace
    shutil.copytree(POLICIES / workspace, folder)
    texts = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    before = load(folder)

    async def session() -> int:
        count = 0
        for kind, name in await _some_names(folder):
            applied(await _rename(folder, kind, name, "renamed.here"))
            after = load(folder)
            assert [found for found in after.diagnostics if found.is_error] == [], (kind, name)
            assert len(after.diagnostics) == len(before.diagnostics), (kind, name)
            applied(await _rename(folder, kind, "renamed.here", name))
            changed = [path for path, text in texts.items() if path.read_bytes() != text]
            # The quotes that a name with a dot needs are not taken away again.
            assert all(_plain(path.read_bytes()) == _plain(texts[path]) for path in changed), (kind, name)
            for path in changed:
                path.write_bytes(texts[path])
            count += 1
        return count

    assert asyncio.run(session()) > 8


def _plain(text: bytes) -> bytes:
    return text.replace(b'"', b"")


async def _some_names(folder: Path) -> list[tuple[str, str]]:
    """Return two declared names of each kind."""
    opened = desk()
    about = await at(opened, sorted(folder.rglob("*.promo"))[0])
    opened.end()
    kinds: dict[str, list[str]] = {}
    for (kind, name), places in about.analysis.occurrences.by_name.items():
        if any(one.declares for one in places) and kind != "test" and "/" not in name:
            kinds.setdefault(kind, []).append(name)
    return [(kind, name) for kind, names in kinds.items() for name in names[:2]]


async def _rename(folder: Path, kind: str, name: str, new: str) -> types.WorkspaceEdit:
    """Rename as somebody does who has the declaration open."""
    opened = desk()
    about = await at(opened, sorted(folder.rglob("*.promo"))[0])
    found = next(one for one in about.analysis.occurrences.by_name[kind, name] if one.declares)
    there = await at(opened, Path(found.span.source).resolve())
    opened.end()
    return rename(there, there.document.lines.position(found.span.start), new)


def test_words_that_mean_something_else_in_a_condition_are_quoted(tmp_path: Path) -> None:
    (tmp_path / "promo.toml").write_text("")
    path = tmp_path / "a.promo"
    path.write_text(
        "window night { days mon from 09:00 to 10:00 }\n"
        "environment dev { kind non-prod }\n"
        'require r "t" { that window == night and passed dev }\n'
        "policy p { window night }\n"
    )

    async def session() -> None:
        about = await at(desk(), path)
        window = path.read_text().index("night")
        applied(rename(about, about.document.lines.position(window), "action"))
        environment = (await at(desk(), path)).document
        again = await at(desk(), path)
        applied(rename(again, environment.lines.position(environment.text.index("dev")), "passed"))

    asyncio.run(session())
    text = path.read_text()
    assert 'that window == "action" and passed passed }' in text
    assert "policy p { window action }" in text
    assert [found.code for found in load(tmp_path).diagnostics if found.is_error] == []


def manifest(name: str) -> str:
    return (
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\n"
        f"metadata:\n  name: web\n  annotations:\n    codefresh.io/product: {name}\n"
        "spec:\n  project: default\n  source: {repoURL: https://git.example.com/a.git, path: a}\n"
        "  destination: {server: https://kubernetes.default.svc, namespace: web}\n"
    )


@pytest.mark.parametrize(
    ("written", "new", "expected"),
    [
        ("shop", "store", "store"),
        ('"shop"', "store", '"store"'),
        ("'shop'", "store", "'store'"),
        ("shop", "123", '"123"'),
        ("shop", "true", '"true"'),
        ("shop", "1.5", '"1.5"'),
        ("shop # the web", "store", "store # the web"),
        ("&anchor shop", "store", "&anchor store"),
    ],
)
def test_a_manifest_keeps_its_style_and_its_types(tmp_path: Path, written: str, new: str, expected: str) -> None:
    (tmp_path / "promo.toml").write_text("")
    (tmp_path / "a.promo").write_text("product shop { tags x }\n")
    (tmp_path / "app.yaml").write_text(manifest(written))

    async def session() -> None:
        about = await at(desk(), tmp_path / "a.promo")
        applied(rename(about, types.Position(0, 9), new))

    asyncio.run(session())
    assert (tmp_path / "app.yaml").read_text() == manifest(expected)
    (application,) = read((tmp_path / "app.yaml").read_text(), "app.yaml").applications
    assert application.annotations["codefresh.io/product"] == new


def test_a_name_that_is_written_in_a_way_that_cannot_be_replaced_is_refused(tmp_path: Path) -> None:
    (tmp_path / "promo.toml").write_text("")
    (tmp_path / "a.promo").write_text("product shop { tags x }\n")
    (tmp_path / "app.yaml").write_text(manifest('"sh\\x6fp"'))

    async def session() -> None:
        about = await at(desk(), tmp_path / "a.promo")
        with pytest.raises(JsonRpcException, match="cannot be replaced"):
            rename(about, types.Position(0, 9), "store")

    asyncio.run(session())
