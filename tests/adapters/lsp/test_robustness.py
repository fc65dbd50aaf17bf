"""What goes wrong in a session: bad messages, files that come and go, configurations that are broken."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.lsp_client import Editor, ServerError, editing

WORKSPACE = Path(__file__).parents[3] / "policies" / "quickstart"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    """Start one server for all tests of this file: each has a workspace of its own."""
    with editing(tmp_path_factory.mktemp("session")) as opened:
        yield opened


@pytest.fixture
def folder(server: Editor, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("workspace") / "shop"
    shutil.copytree(WORKSPACE, place)
    return place


@pytest.fixture
def editor(server: Editor, folder: Path) -> Iterator[Editor]:
    with server.at_home_in(folder):
        yield server


def changed(editor: Editor, name: str, kind: int = 2) -> None:
    editor.tell("workspace/didChangeWatchedFiles", {"changes": [{"uri": editor.uri(name), "type": kind}]})


def alive(editor: Editor) -> None:
    editor.settle()
    uri = next(iter(editor.texts), None) or editor.open("policies.promo")
    assert editor.ask("textDocument/documentSymbol", {"textDocument": {"uri": uri}})


def test_bad_requests_are_answered_with_an_error(editor: Editor) -> None:
    uri = editor.open("policies.promo")
    for method, params in (
        ("promo/nothing", {}),
        ("textDocument/hover", {}),
        ("textDocument/hover", {"textDocument": {"uri": uri}, "position": {"line": "x", "character": []}}),
        ("textDocument/completion", ["a", "list"]),
        ("workspace/executeCommand", {"command": "rm -rf"}),
        ("workspace/executeCommand", {"command": "promo.explain", "arguments": []}),
        ("workspace/executeCommand", {"command": "promo.explain", "arguments": [uri, "nobody"]}),
        ("workspace/executeCommand", {"command": "promo.plan", "arguments": [uri, "--help", "qa"]}),
        ("workspace/executeCommand", {"command": "promo.test", "arguments": ["file:///nowhere.promo", "x"]}),
    ):
        with pytest.raises(ServerError):
            editor.ask(method, params)
    alive(editor)


def test_places_and_texts_that_do_not_exist_are_passed_over(editor: Editor) -> None:
    uri = editor.open("policies.promo")
    far = {"textDocument": {"uri": uri}, "position": {"line": 4_000_000, "character": 4_000_000}}
    assert editor.ask("textDocument/hover", far) is None
    assert editor.ask("textDocument/definition", far) == []
    nowhere = {"textDocument": {"uri": "file:///nowhere/at/all.promo"}, "position": {"line": 0, "character": 0}}
    for method in ("hover", "completion", "documentSymbol", "formatting", "semanticTokens/full", "rename"):
        extra = {"options": {"tabSize": 2, "insertSpaces": True}, "newName": "x"}
        assert editor.ask(f"textDocument/{method}", {**nowhere, **extra}) is None
    change = {"textDocument": {"uri": "file:///nowhere/at/all.promo", "version": 2}, "contentChanges": [{"text": "x"}]}
    editor.tell("textDocument/didChange", change)
    editor.tell("textDocument/didClose", {"textDocument": {"uri": "untitled:Untitled-1"}})
    alive(editor)


def test_messages_that_are_no_messages_do_not_end_the_session(editor: Editor) -> None:
    for body in (b"{", b"[]", b'"x"', b"null", b'{"jsonrpc": "2.0"}', b'{"jsonrpc": "1.0", "method": 3}', b"\xff\xfe"):
        editor.send_bytes(body)
    editor.tell("textDocument/didChange", {"nonsense": True})
    editor.tell("$/somethingNew", {"a": 1})
    alive(editor)


def test_a_connection_that_just_ends_is_told_from_a_goodbye(folder: Path) -> None:
    editor = Editor(folder)
    editor.open("policies.promo")
    editor.settle()
    assert editor.process.stdin is not None
    editor.process.stdin.close()
    assert editor.process.wait(30) == 1
    editor.kill()
    assert b"Traceback" not in b"".join(editor.errors)


def test_nothing_but_messages_goes_to_standard_output_and_faults_go_to_the_log(editor: Editor) -> None:
    uri = editor.open("policies.promo")
    editor.tell(
        "textDocument/didChange", {"textDocument": {"uri": "file:///x.promo", "version": 1}, "contentChanges": []}
    )
    editor.settle()
    editor.until(lambda: any(m["method"] == "window/logMessage" for m in editor.messages), "a line in the editor's log")
    assert b"file:///x.promo, which is not open" in b"".join(editor.errors)
    assert editor.diagnostics[uri] == []


def test_unsaved_texts_count_and_closing_without_saving_gives_them_up(editor: Editor, folder: Path) -> None:
    environments, policies = editor.open("environments.promo"), editor.open("policies.promo")
    editor.replace(environments, "environment qa {", "environment testing {")
    editor.settle()
    assert "M010" in editor.codes(editor.uri("storefront.promo")), "a file that is not open is told of as well"
    editor.close(environments)
    editor.settle()
    assert editor.codes(editor.uri("storefront.promo")) == []
    assert editor.codes(policies) == []


def test_a_text_that_is_not_on_disk_yet_belongs_to_the_workspace(editor: Editor) -> None:
    editor.open("policies.promo")
    new = editor.open(
        "more/new.promo",
        "environment extra {\n  kind prod\n}\npolicy x {\n  when environment.name == extra\n  action pr\n}\n",
    )
    editor.settle()
    assert not [code for code in editor.codes(new) if code.startswith("M")]
    hidden = editor.open(".hidden/other.promo", "environment extra { kind prod }\n")
    editor.settle()
    assert "M001" not in editor.codes(hidden) + editor.codes(new)


def test_files_that_come_change_and_go_on_disk(editor: Editor, folder: Path) -> None:
    policies = editor.open("policies.promo")
    editor.settle()
    assert editor.registered == ["workspace/didChangeWatchedFiles"]
    (folder / "extra.promo").write_text("policy extra {\n  window nowhere\n}\n")
    changed(editor, "extra.promo", 1)
    editor.settle()
    assert editor.codes(editor.uri("extra.promo")) == ["M014"]
    (folder / "extra.promo").write_text(
        "window nowhere { days mon from 09:00 to 10:00 }\npolicy extra { window nowhere }\n"
    )
    changed(editor, "extra.promo")
    editor.settle()
    assert "M014" not in editor.codes(editor.uri("extra.promo"))
    (folder / "extra.promo").unlink()
    (folder / "environments.promo").unlink()
    changed(editor, "extra.promo", 3)
    changed(editor, "environments.promo", 3)
    editor.settle()
    assert editor.codes(editor.uri("extra.promo")) == []
    assert "M010" in editor.codes(editor.uri("storefront.promo"))
    # The open text stays what it is, also where its file is gone.
    (folder / "policies.promo").unlink()
    changed(editor, "policies.promo", 3)
    editor.settle()
    assert editor.ask("textDocument/documentSymbol", {"textDocument": {"uri": policies}})


def test_a_configuration_that_is_broken_is_told_of_where_it_is(editor: Editor, folder: Path) -> None:
    policies, settings = editor.open("policies.promo"), editor.open("promo.toml", language="toml")
    before = editor.texts[settings]
    editor.change(settings, [{"text": "priorty = 3\n[lint"}], "priorty = 3\n[lint")
    editor.settle()
    assert [code[0] for code in editor.codes(settings)] == ["C"]
    assert editor.codes(policies) == []
    editor.change(settings, [{"text": before}], before)
    editor.replace(policies, "action     pr", "action     push")
    editor.settle()
    assert editor.codes(settings) == []
    assert editor.codes(policies) == ["M005"]
    # On disk, without the editor.
    editor.close(settings)
    (folder / "promo.toml").write_text("nonsense = true\n")
    changed(editor, "promo.toml")
    editor.settle()
    assert editor.codes(settings) != []
    assert editor.codes(policies) == []


def test_lint_settings_and_baselines_hold_in_the_editor_as_well(editor: Editor, folder: Path) -> None:
    settings, policies = editor.open("promo.toml", language="toml"), editor.open("policies.promo")
    editor.replace(
        policies, "when environment.kind == prod\n  pre-action", "when prod == environment.kind\n  pre-action"
    )
    editor.settle()
    assert editor.codes(policies) == ["L304"]
    text = '[lint.severity]\nyoda-condition = "error"\n'
    editor.change(settings, [{"text": text}], text)
    editor.settle()
    assert [found["severity"] for found in editor.diagnostics[policies]] == [1]
    text = '[lint]\nbaseline = "known.json"\n'
    editor.change(settings, [{"text": text}], text)
    editor.settle()
    assert editor.codes(policies) == ["L304"]
    assert any("known.json cannot be read" in str(message["params"]) for message in editor.messages)
    from adapters.cli.main import run

    (folder / "policies.promo").write_text(editor.texts[policies])
    assert run(["lint", "-C", str(folder), "--write-baseline", str(folder / "known.json")]) == 0
    changed(editor, "promo.toml")
    editor.settle()
    assert editor.codes(policies) == []


def test_a_file_outside_of_any_workspace_is_checked_by_itself(editor: Editor, tmp_path: Path) -> None:
    alone = tmp_path / "elsewhere" / "alone.promo"
    alone.parent.mkdir()
    alone.write_text("policy x {\n  actoin pr\n}\n")
    (alone.parent / "other.promo").write_text("policy x {\n  action pr\n}\n")
    uri = alone.as_uri()
    item = {"uri": uri, "languageId": "promo", "version": 1, "text": alone.read_text()}
    editor.texts[uri], editor._numbers[uri] = alone.read_text(), 1
    editor.tell("textDocument/didOpen", {"textDocument": item})
    editor.until(lambda: editor.codes(uri) == ["S003"], "a finding about the syntax")
    editor.replace(uri, "actoin", "action")
    editor.until(lambda: editor.codes(uri) == [], "no finding")
    assert editor.ask("textDocument/hover", editor.at(uri, "action", 2)) is None
    options = {"options": {"tabSize": 2, "insertSpaces": True}}
    assert editor.ask("textDocument/formatting", {"textDocument": {"uri": uri}, **options}) == []
    # A text that has no file yet.
    item = {"uri": "untitled:Untitled-1", "languageId": "promo", "version": 1, "text": "polcy x {}"}
    editor.tell("textDocument/didOpen", {"textDocument": item})
    editor.until(lambda: editor.codes("untitled:Untitled-1") != [], "a finding in a text without a file")


def test_a_file_joins_the_workspace_when_its_configuration_appears(
    editor: Editor, folder: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "a.promo").write_text("policy x {\n  window nowhere\n}\n")
    uri = (other / "a.promo").as_uri()
    text = (other / "a.promo").read_text()
    editor.tell(
        "textDocument/didOpen", {"textDocument": {"uri": uri, "languageId": "promo", "version": 1, "text": text}}
    )
    editor.settle()
    assert editor.codes(uri) == []
    (other / "promo.toml").write_text("")
    editor.tell("workspace/didChangeWatchedFiles", {"changes": [{"uri": (other / "promo.toml").as_uri(), "type": 1}]})
    editor.settle()
    assert editor.codes(uri) == ["M014"]


def test_a_folder_opened_through_a_link_keeps_the_editors_names(folder: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(folder)
    with editing(link) as editor:
        environments = editor.open("environments.promo")
        editor.replace(environments, "environment qa {", "environment testing {")
        editor.settle()
        assert "M010" in editor.codes((link / "storefront.promo").as_uri())
