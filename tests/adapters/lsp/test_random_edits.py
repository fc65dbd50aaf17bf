"""A long session: after each of many random edits the findings are those of a fresh `promo check` and `promo lint`.

The edits are the same in every run. `make soak` makes all 1,000 of them; otherwise there are fewer.
"""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path
from typing import Any

from adapters.workspace.linting import lint_loaded
from adapters.workspace.loading import load
from tests.support.effort import examples
from tests.support.lsp_client import Editor, position

WORKSPACE = Path(__file__).parents[3] / "policies" / "enterprise"
EDITS = examples(80, soak=1_000)
CALM = 4
"""Every so many edits nobody asks for the findings: they come by themselves, after a pause."""

FRAGMENTS = (
    *("}", "{", '"', "#", "\n", "\r\n", "\r", " ", "é", "\N{ROCKET}", "\ufeff", "\u202e", ",", "==", "not "),
    *(
        "policy extra priority 3 {\n  action pr\n}\n",
        "\nenvironment more { kind prod }\n",
        " when prod == environment.kind",
    ),
    *(
        "window office-hours",
        "after dev",
        "pre-action nobody-knows",
        "# promo: ignore[L304] as it was\n",
        "flow ",
        "qa",
    ),
    *(
        '\n  promote "values.yaml" "$..[tag"',
        "rollback never",
        'require x "y" {\n  that passed qa\n}\n',
        "kind: Product",
    ),
)


def test_findings_are_those_of_a_fresh_run_after_every_edit(tmp_path: Path) -> None:
    session, mirror = tmp_path / "session", tmp_path / "mirror"
    for folder in (session, mirror):
        shutil.copytree(WORKSPACE, folder)
    chance = random.Random(2026)
    with Editor(session) as editor:
        files = sorted(path.relative_to(session).as_posix() for path in session.rglob("*.promo"))
        manifests = sorted(path.relative_to(session).as_posix() for path in session.rglob("*.yaml"))
        names = [*files, manifests[0], "promo.toml"]
        uris = {name: editor.open(name) for name in names}
        originals = dict(editor.texts)
        seen: set[str] = set()
        for number in range(EDITS):
            name = chance.choice(names) if chance.random() < 0.7 else chance.choice(files[:4])
            uri = uris[name]
            for _ in range(chance.choice((1, 1, 1, 2))):
                _edit(editor, uri, originals[uri], chance)
            (mirror / name).write_bytes(editor.texts[uri].encode())
            expected = _fresh(mirror)
            if number % CALM == 0:
                editor.until(lambda expected=expected: _shown(editor) == expected, f"a true answer to edit {number}")
            editor.settle()
            assert _shown(editor) == expected, f"after edit {number}, of {name}"
            assert all(editor.versions[u] == editor._numbers[u] for u in uris.values()), "an older version was told of"
            seen |= {found[2] for found in expected}
    assert len(seen) > 12, f"the edits were too tame: {sorted(seen)}"
    assert b"Traceback" not in b"".join(editor.errors)


def _edit(editor: Editor, uri: str, original: str, chance: random.Random) -> None:
    """Make one edit; broken texts are mended now and then, so that lint has its say as well."""
    text = editor.texts[uri]
    if text != original and chance.random() < 0.35:
        editor.change(uri, [{"text": original}], original)
        return
    start = chance.randrange(len(text) + 1)
    end = min(len(text), start + chance.choice((0, 0, 0, 0, 1, 2, 8, 60)))
    # A position inside of a line break is none.
    start, end = _whole(text, start), _whole(text, end)
    piece = chance.randrange(len(original))
    new = chance.choice(FRAGMENTS) if chance.random() < 0.6 else original[piece : piece + chance.randrange(40)]
    editor.edit(uri, start, max(start, end), "" if chance.random() < 0.15 else new)


def _whole(text: str, at: int) -> int:
    return at - 1 if 0 < at < len(text) and text[at - 1 : at + 1] == "\r\n" else at


def _fresh(folder: Path) -> list[tuple[Any, ...]]:
    """Return what promo says of a folder whose texts were all saved."""
    loaded = load(folder, check_json_paths=True)
    found = []
    for one in lint_loaded(loaded):
        path = os.path.relpath(os.path.abspath(one.span.source), folder) if one.span.source else "promo.toml"
        text = loaded.sources.texts.get(one.span.source, "")
        start, end = position(text, one.span.start), position(text, one.span.end)
        message = f"{one.message}\nhelp: {one.help}" if one.help else one.message
        labels = len([label for label in one.labels if label.span.source])
        found.append(
            (
                path,
                one.severity.value,
                one.code,
                _neutral(message, folder),
                start["line"],
                start["character"],
                _end(start, end),
                labels,
            )
        )
    return sorted(found, key=repr)


def _shown(editor: Editor) -> list[tuple[Any, ...]]:
    """Return what the editor shows, in the same form."""
    words = {1: "error", 2: "warning", 3: "info"}
    found = []
    for uri, diagnostics in editor.diagnostics.copy().items():
        path = os.path.relpath(uri.removeprefix("file://"), editor.folder)
        for one in diagnostics:
            start, end = one["range"]["start"], one["range"]["end"]
            labels = len(one.get("relatedInformation", ()))
            message = _neutral(one["message"], editor.folder)
            found.append(
                (
                    path,
                    words[one["severity"]],
                    one["code"],
                    message,
                    start["line"],
                    start["character"],
                    _end(start, end),
                    labels,
                )
            )
    return sorted(found, key=repr)


def _neutral(message: str, folder: Path) -> str:
    """Return a message without the folder's name, which differs."""
    return message.replace(os.path.relpath(folder), "FOLDER").replace("`.`", "`FOLDER`")


def _end(start: dict[str, int], end: dict[str, int]) -> tuple[int, int] | None:
    """Return where a finding ends; one of nothing is widened in the editor, so that it can be seen."""
    return (
        None
        if end["line"] == start["line"] and end["character"] - start["character"] <= 1
        else (end["line"], end["character"])
    )
