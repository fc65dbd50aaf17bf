"""Modes, links, names and large trees around a promotion."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from engine.execute.errors import TerminalError
from tests.adapters.execute_contracts.changes_contract import DEV, QA_PROMOTED, START, run
from tests.adapters.git.changes.conftest import GitWorld
from tests.support.changes import promotion
from tests.support.content import Content, Executable, Link, Module
from tests.support.gitdaemon import GitDaemon
from tests.support.gitrepo import run_git


def modes(world: GitWorld, folder: str) -> dict[str, str]:
    rows = world.repo.git("ls-tree", "-r", "-z", "main", f"{folder}/").split("\0")
    return {row.partition("\t")[2]: row.split(" ")[0] for row in rows if row}


def test_the_target_keeps_its_modes_and_new_files_get_the_sources(bare: GitWorld) -> None:
    start = bare.commit(
        {
            "dev/plain.sh": "new\n",
            "dev/run.sh": Executable("new\n"),
            "dev/added.sh": Executable("new\n"),
            "dev/added.txt": "new\n",
            "dev/link": Link("plain.sh"),
            "qa/plain.sh": Executable("old\n"),
            "qa/run.sh": "old\n",
            "qa/link": Link("elsewhere"),
            "qa/module": Module("1" * 40),
        }
    )
    run(bare.changes().commit(promotion(bare.url, start, files=None)))
    assert modes(bare, "qa") == {
        "qa/added.sh": "100755",
        "qa/added.txt": "100644",
        "qa/link": "120000",
        "qa/module": "160000",
        "qa/plain.sh": "100755",
        "qa/run.sh": "100644",
    }
    assert bare.read("qa/link") == b"elsewhere"
    assert bare.read("qa/run.sh") == b"new\n"


def test_an_executable_file_whose_value_is_promoted_stays_executable(bare: GitWorld) -> None:
    start = bare.commit({"dev/values.yaml": DEV, "qa/values.yaml": Executable("image:\n  tag: '1'\n")})
    run(bare.changes().commit(promotion(bare.url, start)))
    assert modes(bare, "qa") == {"qa/values.yaml": "100755"}


def test_a_link_in_the_way_is_not_written_through(bare: GitWorld) -> None:
    start = bare.commit({"dev/values.yaml": DEV, "qa/values.yaml": Link("../../etc/passwd")})
    with pytest.raises(TerminalError, match="a symbolic link"):
        run(bare.changes().commit(promotion(bare.url, start)))


HOSTILE: dict[str, Content] = {
    "dev/caf\udce9.txt": "latin-1\n",
    'dev/quo"te\\n.txt': "q\n",
    "dev/new\nline.txt": "n\n",
    "dev/ü/ß.txt": "u\n",
    "dev/-option": "o\n",
    "dev/ spaces ": "s\n",
    "dev/:(glob)*": "g\n",
}


@pytest.mark.parametrize("name", ["bare", "served"])
def test_names_of_any_bytes_are_copied_and_kept(name: str, request: pytest.FixtureRequest) -> None:
    world: GitWorld = request.getfixturevalue(name)
    start = world.commit({**START, **HOSTILE, "kept/\udcff\udcfe": "bytes\n"})
    landed = run(world.changes().commit(promotion(world.url, start, files=None)))
    assert landed.summary == f"{len(HOSTILE) + 1} files"
    ours, theirs = modes(world, "qa"), modes(world, "dev")
    assert {path.removeprefix("qa/") for path in ours} == {path.removeprefix("dev/") for path in theirs}
    for path in HOSTILE:
        names = world.repo.git("ls-tree", "-r", "-z", "--format=%(objectname)", "main", path, f"qa/{path[4:]}")
        assert len(set(names.split("\0")) - {""}) == 1, path
    undo = promotion(world.url, landed.commit, files=None, revert=True)
    run(world.changes().commit(undo))
    assert set(modes(world, "qa")) == {"qa/values.yaml"}
    assert world.repo.git("fsck", "--strict") == ""


def test_a_repository_of_ten_thousand_files_is_not_downloaded(
    served: GitWorld, serving: GitDaemon, tmp_path: Path
) -> None:
    """Of all contents only those of the two promoted folders come over, which the edit needs."""
    many = {f"apps/{number // 100}/{number % 100}.yaml": f"n: {number}\n" for number in range(10_000)}
    start = served.commit({**START, **many})
    changes = served.changes()
    run(changes.commit(promotion(served.url, start, head=start)))
    assert served.read("qa/values.yaml") == QA_PROMOTED.encode()
    assert len(served.repo.git("ls-tree", "-r", "--name-only", "main").splitlines()) == 10_003
    copy = next(path for path in (tmp_path / "cache").iterdir() if path.suffix == ".git")
    objects = run_git(copy, "cat-file", "--batch-all-objects", "--batch-check=%(objecttype)").splitlines()
    assert objects.count("blob") == 2
    assert objects.count("tree") > 100
    # Another promotion: what is offered, its new commits, the contents of either folder, and the push.
    before = serving.connections
    later = served.commit({"dev/values.yaml": DEV.replace("'2'", "'3'")})
    run(changes.commit(promotion(served.url, later, head=later, release="rel-2")))
    assert serving.connections - before <= 5


def test_nothing_is_left_behind(bare: GitWorld, tmp_path: Path) -> None:
    start = bare.commit(START)
    references = bare.repo.git("for-each-ref").count("\n")
    scratch = tmp_path / "cache" / "changes"
    (scratch / "change-of-a-killed-process" / "objects").mkdir(parents=True)
    os.utime(scratch / "change-of-a-killed-process", (0, 0))
    (scratch / "change-of-another-process").mkdir()
    run(bare.changes().commit(promotion(bare.url, start)))
    assert [path.name for path in scratch.iterdir()] == ["change-of-another-process"]
    assert bare.repo.git("for-each-ref").count("\n") == references
