"""`docs/editors.md` lists what the server answers, and its settings start the server."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

from adapters.cli.main import COMMANDS
from adapters.lsp.server import build

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/editors.md").read_text(encoding="utf-8")
SILENT = {"initialize", "initialized", "shutdown", "textDocument/didSave"}
"""What needs no words."""


def block(language: str) -> str:
    (found,) = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return str(found)


def test_the_page_names_every_question_that_is_answered() -> None:
    server = build()
    named = set(re.findall(r"`((?:textDocument|workspace)/[A-Za-z/]+)`", PAGE))
    told = {"textDocument/publishDiagnostics", "workspace/executeCommand"}
    answered = {str(name) for name in server.protocol.fm.features} - SILENT
    files = {"workspace/didChangeWatchedFiles", "workspace/didChangeWorkspaceFolders"}
    assert named == (answered - files) | told
    server.desk.end()


def test_the_page_lists_the_commands() -> None:
    server = build()
    listed = set(re.findall(r"^\| `(promo\.[A-Za-z]+)` \|", PAGE, re.M))
    assert listed == set(server.protocol.fm.commands)
    server.desk.end()


def test_the_settings_start_the_command() -> None:
    assert "lsp" in COMMANDS
    helix = tomllib.loads(block("toml"))
    assert [helix["language-server"]["promo"]["command"], *helix["language-server"]["promo"]["args"]] == [
        "promo",
        "lsp",
    ]
    assert helix["language"][0]["language-servers"] == ["promo"]
    assert 'cmd = { "promo", "lsp" }' in block("lua")


def test_the_settings_of_the_extension_exist() -> None:
    settings = json.loads(block("json"))
    manifest = json.loads((ROOT / "grammar/editors/vscode/package.json").read_text(encoding="utf-8"))
    known = manifest["contributes"]["configuration"]["properties"]
    assert {name for name in settings if name.startswith("promo.")} <= set(known)
    assert "source.fixAll.promo" in settings["editor.codeActionsOnSave"]
