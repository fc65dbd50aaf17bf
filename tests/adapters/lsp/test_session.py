"""One session of an author, step by step, with a real server: what is asked, what is answered, what comes of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from adapters.workspace.linting import lint_loaded
from adapters.workspace.loading import load
from grammar.format import format_text
from tests.support.lsp_client import Editor, ServerError, edited, editing, position

WORKSPACE = Path(__file__).parents[3] / "policies" / "quickstart"
EVERYTHING = {"start": {"line": 0, "character": 0}, "end": {"line": 10_000, "character": 0}}


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


def labels(editor: Editor, uri: str, offset: int) -> list[str]:
    where = {"textDocument": {"uri": uri}, "position": position(editor.texts[uri], offset)}
    return [item["label"] for item in editor.ask("textDocument/completion", where)["items"]]


def apply(editor: Editor, edit: dict[str, Any]) -> list[str]:
    """Do with an edit of the workspace what an editor does; return the names of the files it touched."""
    touched = []
    for change in edit["documentChanges"]:
        uri = change["textDocument"]["uri"]
        path = Path(uri.removeprefix("file://"))
        touched.append(path.relative_to(editor.folder).as_posix())
        if uri in editor.texts:
            new = edited(editor.texts[uri], change["edits"])
            editor.change(uri, [{"text": new}], new)
        else:
            path.write_text(edited(path.read_text(), change["edits"]))
            editor.tell("workspace/didChangeWatchedFiles", {"changes": [{"uri": uri, "type": 2}]})
    return sorted(touched)


def test_an_author_writes_a_policy(editor: Editor, folder: Path) -> None:
    # Open: the workspace is read, and there is nothing to say.
    policies = editor.open("policies.promo")
    editor.settle()
    assert editor.diagnostics == {policies: []}

    # Complete, while the declaration is half written.
    start = len(editor.texts[policies])
    editor.edit(policies, start, start, "\npolicy quick {\n  when environment.name == ")
    assert labels(editor, policies, len(editor.texts[policies])) == ["dev", "qa", "prod"]
    end = len(editor.texts[policies])
    editor.edit(policies, end, end, "qa\n  pre-action ")
    assert {"release-checks", "smoke-tests", "none"} <= set(labels(editor, policies, len(editor.texts[policies])))

    # Type a mistake: it is told of with what is meant, and the place where that is declared.
    end = len(editor.texts[policies])
    editor.edit(policies, end, end, "release-checks\n  window office-ours\n}\n")
    editor.settle()
    (mistake,) = editor.diagnostics[policies]
    assert mistake["code"] == "M014"
    assert mistake["severity"] == 1
    assert mistake["message"].endswith("help: did you mean `office-hours`?")
    assert mistake["relatedInformation"][0]["location"]["uri"] == policies
    assert editor.versions[policies] == 4

    # Mend it as it is offered.
    where = mistake["range"]
    offered = editor.ask(
        "textDocument/codeAction",
        {"textDocument": {"uri": policies}, "range": where, "context": {"diagnostics": [mistake]}},
    )
    fix = next(action for action in offered if action.get("isPreferred"))
    assert fix["title"] == "Replace it by `office-hours`"
    new = edited(editor.texts[policies], fix["edit"]["changes"][policies])
    editor.change(policies, [{"text": new}], new)
    editor.settle()
    assert "M014" not in editor.codes(policies)

    # Hover: what holds in an environment, in the flow it stands in, and where that comes from.
    flow = editor.open("storefront.promo")
    about = editor.ask("textDocument/hover", editor.at(flow, "step prod after qa {", 6))["contents"]["value"]
    assert "What customers see" in about
    assert "| action | `pr` | policy `reviewed-production` (priority 100) |" in about
    assert "| soak | `2h` | flow `standard` |" in about

    # Rename the product across two files and a manifest; one of them is not open.
    place = editor.at(flow, "product storefront", 10)
    assert editor.ask("textDocument/prepareRename", place)["placeholder"] == "storefront"
    edit = editor.ask("textDocument/rename", {**place, "newName": "shop-front"})
    assert apply(editor, edit) == ["argocd/applications.yaml", "storefront.promo", "tests.promo"]
    editor.settle()
    assert all(found["severity"] > 1 for one in editor.diagnostics.values() for found in one)
    assert (folder / "argocd/applications.yaml").read_text().count("codefresh.io/product: shop-front") == 3
    assert "product shop-front {" in editor.texts[flow]
    # `storefront` also is part of other names and a label's value: they stay.
    assert 'labels team = "storefront"' in editor.texts[flow]

    # Format, as `promo fmt` would.
    editor.replace(flow, "concurrency queue", "concurrency     queue")
    options = {"tabSize": 8, "insertSpaces": False}
    edits = editor.ask("textDocument/formatting", {"textDocument": {"uri": flow}, "options": options})
    formatted = edited(editor.texts[flow], edits)
    assert formatted == format_text(editor.texts[flow]).text
    assert len(edits) == 1, "only lines that change are replaced"
    editor.change(flow, [{"text": formatted}], formatted)

    # Save everything: what is on disk means what the editor showed.
    editor.settle()
    for uri, text in editor.texts.items():
        Path(uri.removeprefix("file://")).write_text(text)
        editor.tell("textDocument/didSave", {"textDocument": {"uri": uri}})
    editor.settle()
    fresh = [found.code for found in lint_loaded(load(folder, check_json_paths=True))]
    assert sorted(found["code"] for one in editor.diagnostics.values() for found in one) == sorted(fresh)


def test_names_are_found_where_they_are_declared_and_used(editor: Editor, folder: Path) -> None:
    flow = editor.open("storefront.promo")
    (declared,) = editor.ask("textDocument/definition", editor.at(flow, "step prod after qa {", 6))
    assert declared["uri"] == editor.uri("environments.promo")
    text = (folder / "environments.promo").read_text()
    assert declared["range"]["start"] == position(text, text.index("environment prod") + len("environment "))
    # From the annotation of a manifest to the declaration in a .promo file, and back.
    manifest = editor.open("argocd/applications.yaml", language="yaml")
    mark = editor.texts[manifest].index("product: storefront") + len("product: ")
    asked = {"textDocument": {"uri": manifest}, "position": position(editor.texts[manifest], mark)}
    (product,) = editor.ask("textDocument/definition", asked)
    assert product["uri"] == flow
    places = editor.ask("textDocument/references", {**asked, "context": {"includeDeclaration": False}})
    assert [place["uri"] for place in places].count(manifest) == 3
    # A workflow template is declared in YAML and named in .promo files.
    (template,) = editor.ask(
        "textDocument/definition", editor.at(flow, "on success notify-team\n  on failure notify-team\n  timeout 8h", 13)
    )
    assert template["uri"] == editor.uri("argocd/workflows.yaml")
    marks = editor.ask("textDocument/documentHighlight", editor.at(flow, "flow standard {", 6))
    assert [mark["kind"] for mark in marks] == [2, 3]


def test_hints_lenses_and_reports_say_what_is_in_force(editor: Editor) -> None:
    flow, tests = editor.open("storefront.promo"), editor.open("tests.promo")
    hints = editor.ask("textDocument/inlayHint", {"textDocument": {"uri": flow}, "range": EVERYTHING})
    assert "action pr \N{LEFTWARDS ARROW} reviewed-production" in hints[1]["label"]
    assert "soak" not in hints[1]["label"], "what is written need not be hinted at"
    expected = editor.ask("textDocument/inlayHint", {"textDocument": {"uri": tests}, "range": EVERYTHING})
    assert "\N{LEFTWARDS ARROW} flow standard" in [hint["label"] for hint in expected]
    lenses = editor.ask("textDocument/codeLens", {"textDocument": {"uri": flow}})
    assert [lens["command"]["title"] for lens in lenses] == ["explain", "plan qa", "plan prod"]
    run = editor.ask("textDocument/codeLens", {"textDocument": {"uri": tests}})[0]["command"]
    assert editor.ask("workspace/executeCommand", run)["passed"] is True
    editor.replace(tests, "expect qa { action commit  post-action smoke-tests }", "expect qa { action pr }")
    failed = editor.ask("workspace/executeCommand", run)
    assert failed["passed"] is False
    assert "expected `action pr`" in failed["text"]
    report = editor.ask("workspace/executeCommand", lenses[0]["command"])["text"]
    assert "| action | `pr` | policy `reviewed-production` (priority 100) |" in report
    plan = editor.ask("workspace/executeCommand", lenses[1]["command"])
    assert "this is not a Git repository" in plan["text"]
    assert plan["text"].startswith("Of the files as they are saved")
    assert any(message["params"]["message"] == plan["title"] for message in editor.messages)


def test_fixes_are_offered_one_by_one_and_all_at_once(editor: Editor) -> None:
    policies = editor.open("policies.promo")
    editor.replace(
        policies, "when environment.kind == prod\n  pre-action", "when prod == environment.kind\n  pre-action"
    )
    asked = {"textDocument": {"uri": policies}, "range": EVERYTHING, "context": {"diagnostics": []}}
    titles = [action["title"] for action in editor.ask("textDocument/codeAction", asked)]
    assert titles == [
        "Turn the comparison round",
        "Silence yoda-condition here, with a reason",
        "Apply 1 safe fix in this file",
    ]
    silence = editor.ask("textDocument/codeAction", asked)[1]
    asked["context"]["only"] = ["source.fixAll"]
    (everything,) = editor.ask("textDocument/codeAction", asked)
    fixed = edited(editor.texts[policies], everything["edit"]["changes"][policies])
    assert fixed == (WORKSPACE / "policies.promo").read_text()
    silenced = edited(editor.texts[policies], silence["edit"]["changes"][policies])
    editor.change(policies, [{"text": silenced}], silenced)
    editor.settle()
    assert editor.codes(policies) == []


def test_a_rename_that_would_change_a_meaning_is_refused(editor: Editor) -> None:
    flow = editor.open("storefront.promo")
    place = editor.at(flow, "flow standard {", 6)
    with pytest.raises(ServerError, match="there is a flow called `hotfix` already"):
        editor.ask("textDocument/rename", {**place, "newName": "hotfix"})
    with pytest.raises(ServerError, match="cannot be the name"):
        editor.ask("textDocument/rename", {**place, "newName": "a b"})
    assert editor.ask("textDocument/prepareRename", editor.at(flow, "timeout 8h", 2)) is None
    editor.replace(flow, "concurrency queue", "concurrency = queue")
    with pytest.raises(ServerError, match="mend it first"):
        editor.ask("textDocument/rename", {**place, "newName": "usual"})


def test_outline_folding_and_workspace_symbols(editor: Editor) -> None:
    flow = editor.open("storefront.promo")
    outline = editor.ask("textDocument/documentSymbol", {"textDocument": {"uri": flow}})
    assert [(one["detail"], one["name"]) for one in outline] == [
        ("product", "storefront"),
        ("flow", "standard"),
        ("flow", "hotfix"),
    ]
    assert [one["name"] for one in outline[1]["children"]] == ["trigger dev", "step qa", "step prod"]
    folds = editor.ask("textDocument/foldingRange", {"textDocument": {"uri": flow}})
    assert {"startLine": 2, "endLine": 14, "kind": "region"} in folds
    found = editor.ask("workspace/symbol", {"query": "PROD"})
    assert {"prod", "reviewed-prod", "reviewed-production", "storefront-prod"} <= {one["name"] for one in found}
