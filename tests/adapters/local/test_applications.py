"""Applications whose health is what their folder says: what parses, what fits together, what a check says."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from adapters.git import GitRepositories
from adapters.local.applications import LocalApplications
from adapters.local.health.command import CheckCommand, Verdict
from adapters.local.health.documents import documents
from adapters.local.running.settings import LocalSettings
from adapters.yaml import SpliceEditor
from engine.execute.errors import RetryableError, TerminalError
from engine.execute.ports import Life, Observation, Watch
from engine.execute.spec import TargetSpec
from engine.model.entities import PromotedFile
from tests.adapters.execute_contracts.applications_contract import ApplicationsContract
from tests.support.changes import TickingClock, promotion
from tests.support.content import Content
from tests.support.gitrepo import GitRepo
from tests.support.local_world import possible
from tests.support.waiting import eventually

WAYS = possible("namespaces", "landlock")


GOOD: Mapping[str, Content] = {"qa/values.yaml": "image:\n  tag: '1'\nreplicas: 1\n"}


class World:
    def __init__(self, folder: Path, check: str = "") -> None:
        self.repository = GitRepo(folder / "repository", bare=True)
        self.folder = folder
        self.clock = TickingClock()
        self.check = check
        self.isolation = "auto" if WAYS else "none"
        self.ill = False
        self.files: tuple[PromotedFile, ...] | None = (PromotedFile("values.yaml", ("$.image.tag",)),)

    @contextmanager
    def _open(self) -> Iterator[GitRepositories]:
        with GitRepositories({}, self.folder / "cache") as opened:
            yield opened

    def applications(self) -> LocalApplications:
        check = None
        if self.check:
            settings = LocalSettings(isolation=self.isolation)
            check = CheckCommand(self.folder / "checks", ("sh", "-c", self.check), 30, settings)
        return LocalApplications(self._open, SpliceEditor(), self.clock, self.folder / "state", check)

    def commit(self, files: Mapping[str, Content], **options: object) -> str:
        return self.repository.commit(files, **options)  # type: ignore[arg-type]

    @property
    def target(self) -> TargetSpec:
        return self.watch(None).target

    def push(self, content: str) -> str:
        broken = {"qa/broken.yaml": "a: [\n"} if self.ill else {}
        return self.commit({"qa/values.yaml": content, **broken})

    def push_elsewhere(self) -> str:
        return self.commit({"readme.txt": "x"})

    def now(self) -> datetime:
        return self.clock.now()

    def watch(self, commit: str | None, folder: str = "qa", branch: str = "main") -> Watch:
        change = promotion(self.repository.url, commit or "", folder=folder, branch=branch, files=self.files)
        return Watch("rel-1/qa/apps-qa/health/1", change.target, commit, change.source, self.clock.now())

    def fall_ill(self) -> None:
        self.ill = True

    def pass_time(self) -> None:
        if self.check:
            time.sleep(0.05)

    def see(self, commit: str | None = None, folder: str = "qa") -> Observation:
        """Look until nothing is waited for."""
        for _ in range(600):
            seen = asyncio.run(self.applications().observe(self.watch(commit, folder)))
            if seen.life is not Life.WAITING:
                return seen
            self.pass_time()
        raise AssertionError(f"it is waited for ever: {seen.message}")


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


class TestLocalApplications(ApplicationsContract):
    @pytest.fixture
    def world(self, tmp_path: Path) -> World:
        made = World(tmp_path)
        made.commit(GOOD)
        return made


def test_a_commit_of_another_branch_is_waited_for(world: World) -> None:
    world.commit(GOOD)
    commit = world.commit({"qa/values.yaml": "image:\n  tag: '2'\n"}, branch="other")
    for wanted in (commit, "f" * 40):
        seen = asyncio.run(world.applications().observe(world.watch(wanted)))
        assert (seen.life, seen.healthy) == (Life.WAITING, True)
        assert seen.message.startswith(f"{wanted[:10]} is not on `main` yet")


def test_health_counts_from_when_it_began_again(world: World) -> None:
    world.commit(GOOD)
    first = world.see().healthy_since
    assert first is not None
    assert world.see().healthy_since == first
    world.commit({"qa/broken.yaml": "a: [\n"})
    assert world.see().healthy_since is None
    world.commit({"qa/broken.yaml": None})
    again = world.see().healthy_since
    assert again is not None
    assert again > first


CHART = "apiVersion: v2\nname: shop\nversion: 1.2.3\n"


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"qa/a.yaml": "a: 1\nb: [\n"}, "qa/a.yaml:3: not valid YAML: did not find expected node content"),
        ({"qa/a.yaml": "a: 1\nb: 2\na: 3\n"}, "qa/a.yaml:3: the key `a` stands twice"),
        ({"qa/a.yaml": b"a: \xff\n"}, "qa/a.yaml:1: is not UTF-8"),
        ({"qa/a.json": '{"a":\n 1,}'}, "qa/a.json:2: not valid JSON: "),
        ({"qa/a.yaml": "[", "qa/b.json": "{"}, "(and 1 more)"),
        ({"other/a.yaml": "a: 1"}, "qa: there is nothing in this folder"),
        ({"qa/Chart.yaml": "- a\n"}, "qa/Chart.yaml: a chart must be one mapping"),
        ({"qa/Chart.yaml": "version: 1.2.3\n"}, "qa/Chart.yaml: the chart has no `name`"),
        ({"qa/Chart.yaml": "name: a\n"}, "qa/Chart.yaml: the chart has no `version`"),
        ({"qa/Chart.yaml": "name: a\nversion: one\n"}, "the chart's `version` is not one: `one`"),
        ({"qa/Chart.yaml": CHART + "dependencies: [{name: web}]\n"}, "dependency `web` has no `version`"),
        ({"qa/Chart.yaml": CHART + "dependencies: [{}]\n"}, "a dependency of the chart has no `name`"),
        (
            {"qa/Chart.yaml": CHART, "qa/values-eu.yaml": "- a\n"},
            "qa/values-eu.yaml: the values of a chart must be one",
        ),
        ({"qa/kustomization.yaml": "resources: [a.yaml]\n"}, "`resources` names `a.yaml`, which is not there"),
        ({"qa/kustomization.yaml": "components: [../base]\n", "base/a.yaml": "a: 1"}, "`components` names `../base`"),
        ({"qa/kustomization.yaml": "resources: [../../x]\n"}, "`resources` names `../../x`, which is not there"),
        ({"qa/kustomization.yml": "patches: [{path: p.yaml}]\n"}, "`patches` names `p.yaml`, which is not there"),
        ({"qa/Kustomization": "resources: [1]\n"}, "`resources` must list paths"),
        ({"qa/kustomization.yaml": "[]\n"}, "a kustomization must be one mapping"),
    ],
)
def test_what_is_wrong_with_a_folder_is_said_with_its_place(world: World, files: dict[str, Content], said: str) -> None:
    world.commit(files)
    seen = world.see()
    assert (seen.life, seen.healthy) == (Life.FAILED, False)
    assert said in seen.message


@pytest.mark.parametrize(
    "files",
    [
        {"qa/Chart.yaml": CHART, "qa/values.yaml": "", "qa/templates/a.yaml": "{{ if x }}\na: b\n{{ end }}\n"},
        {"qa/Chart.yaml": CHART + "dependencies:\n- {name: l, repository: 'file://../l'}\n"},
        {"qa/kustomization.yaml": "resources: [../base, a.yaml, 'https://example.com/x?ref=v1', github.com/a/b]\n",
         "base/kustomization.yaml": "{}\n", "qa/a.yaml": "a: 1\n---\nb: 2\n"},
        {"qa/kustomization.yaml": "patchesStrategicMerge:\n- |\n  a: 1\n  b: 2\n"},
        {"qa/readme.txt": "[", "qa/a.yaml": "80: http\n"},
    ],
)  # fmt: skip
def test_a_folder_that_is_right_is_healthy(world: World, files: dict[str, Content]) -> None:
    world.commit(files)
    seen = world.see()
    assert (seen.life, seen.message) == (Life.LANDED, f"the folder is right at {seen.commit[:10]}")


def test_a_repository_whose_root_is_the_folder_is_looked_at_whole(world: World) -> None:
    world.commit({"values.yaml": "a: 1\n"})
    assert world.see(folder="").life is Life.LANDED


def test_a_value_that_was_taken_back_names_the_commit_that_did(world: World) -> None:
    commit = world.commit(GOOD)
    world.commit({"other.txt": "x"})
    culprit = world.commit({"qa/values.yaml": "image:\n  tag: '0'\nreplicas: 1\n"})
    world.commit({"other.txt": "y"})
    seen = world.see(commit)
    assert (seen.life, seen.message) == (Life.FAILED, f"`qa/values.yaml` was overwritten by {culprit[:10]}")


def test_a_value_that_was_merged_away_names_the_merge(world: World) -> None:
    start = world.commit({"qa/values.yaml": "image:\n  tag: '0'\nreplicas: 1\n"})
    commit = world.commit(GOOD)
    side = world.commit({"other.txt": "x"}, branch="side", parents=[start])
    merge = world.commit({"qa/values.yaml": "image:\n  tag: '0'\nreplicas: 1\n"}, parents=[side, commit])
    assert world.see(commit).message == f"`qa/values.yaml` was overwritten by {merge[:10]}"


@pytest.mark.parametrize("change", [{"qa/values.yaml": None, "qa/x.yaml": "a: 1"}, {"qa/values.yaml": "image: {}\n"}])
def test_a_value_that_was_removed_was_overwritten(world: World, change: dict[str, Content]) -> None:
    commit = world.commit(GOOD)
    world.commit(change)
    assert "was overwritten by" in world.see(commit).message


def test_where_whole_folders_are_promoted_any_change_of_their_files_counts(world: World) -> None:
    world.files = None
    commit = world.commit(GOOD)
    world.commit({"qa/new.yaml": "a: 1\n"})
    assert world.see(commit).life is Life.LANDED
    world.commit({"qa/values.yaml": "image:\n  tag: '1'\nreplicas: 9\n"})
    assert world.see(commit).life is Life.FAILED


def test_a_branch_or_a_repository_that_is_not_there_is_said(world: World) -> None:
    world.commit(GOOD)
    seen = asyncio.run(world.applications().observe(world.watch(None, branch="nope")))
    assert (seen.life, "there is no branch `nope`" in seen.message) == (Life.FAILED, True)
    watch = world.watch(None)
    gone = replace(watch, target=replace(watch.target, repo_url=f"file://{world.folder}/gone"))
    with pytest.raises(RetryableError):
        asyncio.run(world.applications().observe(gone))


def test_a_check_has_the_last_word_and_sees_a_copy_of_the_folder(tmp_path: Path) -> None:
    said = 'cat values.yaml sub/a.txt; echo "$APP_NAME $COMMIT_SHA"; ls -a; rm -r *; exit 3'
    world = World(tmp_path, said)
    commit = world.commit({**GOOD, "qa/sub/a.txt": "text\n"})
    first = asyncio.run(world.applications().observe(world.watch(commit)))
    assert (first.life, first.message) == (Life.WAITING, "its check runs")
    seen = world.see(commit)
    assert seen.life is Life.FAILED
    assert seen.message.startswith("the check `sh` says no: exit code 3\n")
    assert f"apps-qa {commit}" in seen.message
    assert not list((tmp_path / "checks").glob(".run-*"))


def test_a_check_is_asked_once_for_each_content(tmp_path: Path) -> None:
    world = World(tmp_path, "exit 0")
    commit = world.commit(GOOD)
    assert world.see(commit).life is Life.LANDED
    world.check = "exit 0"
    applications = world.applications()
    assert asyncio.run(applications.observe(world.watch(commit))).life is Life.LANDED, "the answer was kept"
    world.commit({"qa/values.yaml": "image:\n  tag: '1'\nreplicas: 2\n"})
    assert asyncio.run(applications.observe(world.watch(commit))).life is Life.WAITING
    assert world.see().life is Life.LANDED


def test_who_asks_while_the_answer_is_written_does_not_run_the_check_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = Path(os.path.realpath(tmp_path)) / "shared"
    shared.mkdir()
    settings = LocalSettings(isolation="auto" if WAYS else "none", writable=(str(shared),))
    argv, checks = ("sh", "-c", f"echo ran >> {shared}/runs"), tmp_path / "checks"
    first, second = (CheckCommand(checks, argv, 30, settings) for _ in range(2))
    replace_file, asked = os.replace, list[bool]()

    def ask_and_replace(part: Path, answer: Path) -> None:
        if (Path(answer).parent, Path(answer).suffix) == (checks, ".json") and not asked:
            asked.append(second.ask({"a": b"1"}, {}) is None)
            eventually(lambda: not second._running)
        replace_file(part, answer)

    monkeypatch.setattr(os, "replace", ask_and_replace)
    eventually(lambda: first.ask({"a": b"1"}, {}) is not None)
    assert first.ask({"a": b"1"}, {}) == Verdict(True, "")
    assert asked == [True]
    assert (shared / "runs").read_text() == "ran\n"


@pytest.mark.skipif(not WAYS, reason="nothing confines processes here")
def test_a_check_is_confined(tmp_path: Path) -> None:
    victim = Path(os.path.realpath(tmp_path)) / "victim"
    world = World(tmp_path, f"echo evil > {victim}; test ! -e {victim}")
    world.commit(GOOD)
    assert world.see().life is Life.LANDED
    assert not victim.exists()


def test_a_check_that_cannot_run_fails_for_good(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.commit(GOOD)
    check = CheckCommand(tmp_path / "checks", ("no-such-program",), 30, LocalSettings(isolation=world.isolation))
    applications = LocalApplications(world._open, SpliceEditor(), world.clock, tmp_path / "state", check)

    def ask_until_it_says_so() -> None:
        for _ in range(600):
            asyncio.run(applications.observe(world.watch(None)))
            time.sleep(0.05)

    with pytest.raises(TerminalError, match="no-such-program"):
        ask_until_it_says_so()


def test_a_check_that_takes_too_long_says_no(tmp_path: Path) -> None:
    if not sys.platform.startswith("linux"):
        pytest.skip("keepers watch processes on Linux")
    check = CheckCommand(
        tmp_path / "checks", ("sleep", "600"), 0.5, LocalSettings(isolation="auto" if WAYS else "none")
    )
    verdict = None
    for _ in range(600):
        verdict = check.ask({"a": b"b"}, {})
        if verdict is not None:
            break
        time.sleep(0.05)
    assert verdict is not None
    assert verdict.message == "the check `sleep` says no: it ran for longer than 0.5 s"


def test_documents_of_any_bytes_are_read_or_refused() -> None:
    assert documents("a.json", b'\xef\xbb\xbf{"a": [1]}') == ([{"a": [1]}], [])
    assert documents("a.json", b"[" * 100_000)[1][0].message == "is nested too deeply"
    assert documents("a.yaml", b"x" * 9_000_000)[1][0].message == "has more than 8,000,000 bytes"
    assert documents("a.yaml", b"a: &a [x]\nb: *a\n")[0] == [{"a": ["x"], "b": ["x"]}]
