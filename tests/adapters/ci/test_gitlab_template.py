"""The template for GitLab: its own lines, run as GitLab's runner runs them, against a real server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml

from adapters.cli.commands.ci import STEPS
from tests.support import ci_world
from tests.support.ci_world import CiWorld
from tests.support.fake_forge import PROJECT, TOKEN, FakeForge, serve
from tests.support.gitdaemon import GitDaemon

ROOT = Path(__file__).parents[3]
TEMPLATE = ROOT / "adapters" / "ci" / "gitlab" / "promo.gitlab-ci.yml"
JOB = yaml.safe_load(TEMPLATE.read_text(encoding="utf-8"))["promo"]


@pytest.fixture
def forge() -> Iterator[FakeForge]:
    with serve(FakeForge("gitlab")) as forge:
        yield forge


@pytest.fixture
def served(tmp_path: Path) -> Iterator[GitDaemon]:
    (tmp_path / "served").mkdir()
    with GitDaemon(tmp_path / "served") as daemon:
        yield daemon


class Pipeline:
    """A pipeline of a merge request, whose promo is installed already."""

    def __init__(self, world: CiWorld, forge: FakeForge, url: str) -> None:
        self.checkout = world.checkout(url, world.head)
        program = self.checkout / ".promo-ci" / "venv" / "bin" / "promo"
        program.parent.mkdir(parents=True)
        program.symlink_to(Path(sys.executable).with_name("promo"))
        self.variables = {
            "PATH": os.environ["PATH"],
            "HOME": str(world.folder),
            "PROMO_CACHE_DIR": os.environ["PROMO_CACHE_DIR"],
            "LC_ALL": "C.UTF-8",
            "GITLAB_CI": "true",
            "CI_API_V4_URL": forge.url,
            "CI_PROJECT_ID": "99",
            "CI_MERGE_REQUEST_PROJECT_ID": PROJECT,
            "CI_MERGE_REQUEST_IID": "12",
            "CI_MERGE_REQUEST_DIFF_BASE_SHA": world.base,
            "CI_MERGE_REQUEST_EVENT_TYPE": "detached",
            "PROMO_GITLAB_TOKEN": TOKEN,
        }

    def run(self, section: str = "script", **variables: str) -> subprocess.CompletedProcess[str]:
        """Run lines in one shell that stops where one fails, as the runner does."""
        return subprocess.run(
            ["bash", "-eo", "pipefail", "-c", "\n".join(JOB[section])],
            cwd=self.checkout,
            env={**JOB["variables"], **self.variables, **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=280,
        )


@pytest.fixture
def pipeline(tmp_path: Path, forge: FakeForge, served: GitDaemon) -> Pipeline:
    return Pipeline(ci_world.make(tmp_path), forge, served.url("gitops"))


def test_a_merge_request_gets_one_comment_that_stays_true(pipeline: Pipeline, forge: FakeForge) -> None:
    for expected in ("the comment was written", "the comment already says this"):
        assert expected in pipeline.run(PROMO_STEPS="diff").stdout
    assert len(forge.comments) == 1


def test_a_merge_request_gets_a_comment_and_reports(pipeline: Pipeline, forge: FakeForge) -> None:
    done = pipeline.run()
    assert done.returncode == 0, done.stdout
    (body,) = forge.bodies()
    assert "**🔓 looser** production of products labelled team=payments" in body
    assert TOKEN not in done.stdout

    folder = pipeline.checkout / ".promo-ci"
    named = {*JOB["artifacts"]["paths"], *JOB["artifacts"]["reports"].values()}
    assert all(list(pipeline.checkout.glob(pattern)) for pattern in named)
    assert json.loads((folder / "promo-code-quality.json").read_text()) == []
    tests = ElementTree.parse(folder / "promo-test.junit.xml").getroot()
    assert len(list(tests.iter("testcase"))) == 6


def test_a_failed_check_fails_the_job_after_the_comment(pipeline: Pipeline, forge: FakeForge) -> None:
    (pipeline.checkout / "tests.promo").write_text('test "x" {\n  product storefront\n  expect qa { action none }\n}\n')
    done = pipeline.run(PROMO_STEPS="test")
    assert done.returncode == 1, done.stdout
    assert "| ❌ | `promo test` |" in forge.bodies()[0]


def test_a_fork_has_no_token_and_its_report_is_in_the_log(pipeline: Pipeline, forge: FakeForge) -> None:
    done = pipeline.run(PROMO_GITLAB_TOKEN="", PROMO_STEPS="diff")
    assert done.returncode == 0, done.stdout
    assert forge.requests == []
    assert "warning: there is no token to comment with" in done.stdout
    assert "## What changes" in done.stdout.rpartition("section_start")[2]


def test_a_comment_that_fails_fails_the_job(pipeline: Pipeline) -> None:
    done = pipeline.run(PROMO_GITLAB_TOKEN="wrong", PROMO_STEPS="diff")
    assert done.returncode == 4
    assert "error: the server does not know the token" in done.stdout


def test_without_comments_nothing_is_asked(pipeline: Pipeline, forge: FakeForge) -> None:
    done = pipeline.run(PROMO_COMMENT="false", PROMO_STEPS="diff")
    assert done.returncode == 0, done.stdout
    assert forge.requests == []


def test_variables_are_never_read_as_a_script(pipeline: Pipeline) -> None:
    done = pipeline.run(PROMO_FOLDER="$(touch pwned)", PROMO_BASE="`touch pwned`; touch pwned", PROMO_STEPS="lint")
    assert done.returncode == 2
    assert not (pipeline.checkout / "pwned").exists()


def test_steps_that_do_not_exist_leave_no_report_to_post(pipeline: Pipeline, forge: FakeForge) -> None:
    done = pipeline.run(PROMO_STEPS="lint,dif")
    assert done.returncode == 2
    assert "there is no step `dif`" in done.stdout
    assert forge.requests == []


def test_it_says_what_is_missing_before_it_installs_anything(pipeline: Pipeline) -> None:
    done = pipeline.run("before_script")
    assert done.returncode == 2
    assert done.stdout == "error: PROMO_REQUIREMENT is not set: say what pip installs, e.g. the address of a wheel\n"


def test_its_defaults_are_those_of_the_command() -> None:
    assert JOB["variables"]["PROMO_STEPS"] == ",".join(STEPS)
