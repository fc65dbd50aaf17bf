"""File names in diffs: what Git reads back as the same name, and nothing that looks like another line."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from engine.plan.unified_diff import unified_diff
from tests.support.gitrepo import GitRepo


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("qa/values.yaml", "b/qa/values.yaml"),
        ("qa/größe 1.yaml", "b/qa/größe 1.yaml"),
        ("qa/a\n+++ b/prod/values.yaml", r'"b/qa/a\n+++ b/prod/values.yaml"'),
        ('say "hi"\\\t', r'"b/say \"hi\"\\\t"'),
        ("\x01\x7f\udcff", r'"b/\001\177\377"'),
    ],
)
def test_a_name_is_quoted_where_git_needs_it(path: str, shown: str) -> None:
    assert unified_diff(path, b"1\n", b"2\n").splitlines()[1] == f"+++ {shown}"
    assert unified_diff(path, None, b"\0") == f"Binary files /dev/null and {shown} differ\n"


@pytest.mark.parametrize("path", ['qa/a\n"b"\t\\.yaml', "qa/größe.yaml", "\x01\x7f"])
def test_git_applies_a_diff_to_the_file_it_is_about(tmp_path: Path, path: str) -> None:
    repo = GitRepo(tmp_path / "repo")
    repo.commit({path: "1\n"})
    diff = unified_diff(path, b"1\n", b"2\n")
    subprocess.run(["git", "apply", "-"], cwd=repo.path, input=diff.encode(), check=True)
    assert (repo.path / path).read_text(encoding="utf-8") == "2\n"


@pytest.mark.parametrize("count", [50, 1_900])
@pytest.mark.parametrize("shared", ["}}\n", "{}: {{\n}}\n"])
def test_many_changed_lines_between_equal_ones_are_no_reason_to_wait(tmp_path: Path, count: int, shared: str) -> None:
    repo = GitRepo(tmp_path / "repo")
    before = "".join(f"old {number}\n{shared.format(number % 30)}" for number in range(count))
    after = "".join(f"new {number}\n{shared.format(number % 30)}" for number in range(count))
    repo.commit({"a.json": before})
    diff = unified_diff("a.json", before.encode(), after.encode())
    subprocess.run(["git", "apply", "-"], cwd=repo.path, input=diff.encode(), check=True)
    assert (repo.path / "a.json").read_text(encoding="utf-8") == after
