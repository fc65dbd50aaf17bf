"""What linting leaves in the cache, and what the commands after it make of that."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from adapters.workspace.linting import lint_gathered
from adapters.workspace.loading import gathered, load
from tests.support.generate import workspace_files


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PROMO_CACHE_DIR", str(tmp_path / "cache"))
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    for name, text in workspace_files(2, 4):
        (workspace / Path(name).name).write_text(text, encoding="utf-8")
    return workspace


def kinds(folder: Path) -> set[str]:
    return {path.name for path in (folder.parent / "cache").iterdir()}


def test_linting_keeps_findings_and_not_the_whole_workspace(folder: Path) -> None:
    cold = lint_gathered(gathered(folder))
    assert cold.findings
    assert {"findings", "parsed"} <= kinds(folder)
    assert not {"workspaces", "workspace-tests"} & kinds(folder)
    assert lint_gathered(gathered(folder)) == cold


def test_a_workspace_that_was_linted_is_read_as_one_that_was_not(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lint_gathered(gathered(folder))
    after_linting = load(folder)
    assert {"workspaces", "workspace-tests"} <= kinds(folder)
    monkeypatch.setenv("PROMO_CACHE_DIR", "")
    alone = load(folder)
    assert (after_linting.workspace, after_linting.diagnostics) == (alone.workspace, alone.diagnostics)
    assert after_linting.files == alone.files


def test_findings_are_the_same_where_the_workspace_was_kept_before(folder: Path) -> None:
    load(folder)
    after_loading = lint_gathered(gathered(folder))
    (folder.parent / "cache").rename(folder.parent / "elsewhere")
    assert lint_gathered(gathered(folder)) == after_loading


def test_linting_what_was_linted_loads_neither_model_nor_rules(folder: Path) -> None:
    program = textwrap.dedent("""\
        import sys
        from adapters.cli.main import run
        run(["lint", "--fail-level", "never"])
        heavy = {"engine.model.entities", "engine.lint.rule", "grammar.parser", "grammar.nodes"}
        print(sorted(heavy & sys.modules.keys()))
    """)
    environment = {**os.environ, "PYTHONPATH": os.getcwd()}
    outputs = [
        subprocess.run(
            [sys.executable, "-c", program], cwd=folder, env=environment, capture_output=True, text=True, check=True
        ).stdout.splitlines()
        for _ in range(2)
    ]
    assert outputs[0][:-1] == outputs[1][:-1]
    assert outputs[0][-1] == "['engine.lint.rule', 'engine.model.entities', 'grammar.nodes', 'grammar.parser']"
    assert outputs[1][-1] == "[]"
