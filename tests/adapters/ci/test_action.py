"""The action at the repository's top: its own scripts, run as the runner runs them, against a real server."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from adapters.cli.commands.ci import STEPS
from tests.support import ci_world
from tests.support.ci_world import CiWorld
from tests.support.composite_action import CompositeAction, Run
from tests.support.fake_forge import TOKEN, FakeForge, serve
from tests.support.gitdaemon import GitDaemon

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "action.yml").read_text(encoding="utf-8")
ACTION = yaml.safe_load(TEXT)
INSTALL = frozenset({"install"})


class Job:
    """A job of a pull request, on a runner that has promo already."""

    def __init__(self, world: CiWorld, forge: FakeForge, url: str) -> None:
        self.world, self.forge = world, forge
        self.temporary = world.folder / "temporary"
        (self.temporary / "promo" / "bin").mkdir(parents=True)
        (self.temporary / "promo" / "bin" / "promo").symlink_to(Path(sys.executable).with_name("promo"))
        self.url = url
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(world.folder),
            "PROMO_CACHE_DIR": os.environ["PROMO_CACHE_DIR"],
            "LC_ALL": "C.UTF-8",
            "GITHUB_ACTIONS": "true",
            "GITHUB_API_URL": forge.url,
            "GITHUB_REPOSITORY": ci_world.REPOSITORY,
            "GITHUB_REF": "refs/pull/12/merge",
            "GITHUB_EVENT_PATH": str(world.pull_request()),
        }

    def run(self, commit: str | None = None, **inputs: str) -> Run:
        checkout = self.world.folder / "checkout"
        if not checkout.exists():
            self.world.checkout(self.url, commit or self.world.merge)
        action = CompositeAction(
            ROOT,
            checkout,
            self.temporary,
            self.environment,
            {"github.token": TOKEN, "github.action_path": str(ROOT)},
            {"actions/setup-python": {"python-path": sys.executable}},
        )
        return action.run({name.replace("_", "-"): value for name, value in inputs.items()}, skip=INSTALL)


@pytest.fixture
def forge() -> Iterator[FakeForge]:
    with serve(FakeForge("github", job_token=True)) as forge:
        yield forge


@pytest.fixture
def served(tmp_path: Path) -> Iterator[GitDaemon]:
    (tmp_path / "served").mkdir()
    with GitDaemon(tmp_path / "served") as daemon:
        yield daemon


@pytest.fixture
def job(tmp_path: Path, forge: FakeForge, served: GitDaemon) -> Job:
    return Job(ci_world.make(tmp_path), forge, served.url("gitops"))


def test_a_pull_request_gets_one_comment_that_stays_true(job: Job) -> None:
    first = job.run(steps="lint,diff")
    assert not first.failed, first.log
    assert first.outputs["changes"] == "true"
    (body,) = job.forge.bodies()
    assert "**🔓 looser** production of products labelled team=payments" in body
    assert "| ✅ | `promo lint` | no findings |" in body
    assert Path(first.outputs["report"]).read_text() in body.replace("\r\n", "\n")

    again = job.run(steps="lint,diff")
    assert "the comment already says this (shop/storefront-gitops #12)" in again.log
    (job.world.folder / "checkout" / "lane.promo").write_text("policy lane priority 3 {\n  when not not product.tags\n")
    broken = job.run(steps="lint,diff")
    assert [step.code for step in broken.steps] == [2, 0]
    assert len(job.forge.comments) == 1
    assert "| ❌ | `promo lint` |" in job.forge.bodies()[0]
    assert job.forge.written == ["POST", "PATCH"]
    assert TOKEN not in first.log + again.log + broken.log


def test_a_change_without_meaning_says_so(tmp_path: Path, forge: FakeForge, served: GitDaemon) -> None:
    job = Job(ci_world.make(tmp_path, {"notes.promo": "# nothing\n"}), forge, served.url("gitops"))
    run = job.run(steps="diff")
    assert not run.failed, run.log
    assert run.outputs["changes"] == "false"
    assert "No semantic change" in forge.bodies()[0]


def test_a_workspace_in_a_folder(tmp_path: Path, forge: FakeForge, served: GitDaemon) -> None:
    folder = "our policies/$(touch pwned)"
    job = Job(ci_world.make(tmp_path, prefix=f"{folder}/"), forge, served.url("gitops"))
    run = job.run(working_directory=folder, steps="lint,diff")
    assert not run.failed, run.log
    assert "our%20policies" in forge.bodies()[0]
    assert not (tmp_path / "checkout" / "pwned").exists()


def test_findings_fail_the_job_are_annotated_and_still_reported(
    tmp_path: Path, forge: FakeForge, served: GitDaemon
) -> None:
    odd = 'policy odd priority 7 {\n  when not not environment.name == "qa"\n  action pr\n}\n'
    job = Job(ci_world.make(tmp_path, {"odd.promo": odd}, prefix="p/"), forge, served.url("gitops"))
    run = job.run(working_directory="p", fail_level="info", steps="lint")
    assert run.failed
    assert re.search(r"^::(warning|notice) file=p/odd\.promo,line=2,", run.log, re.MULTILINE)
    assert "| ❌ | `promo lint` |" in forge.bodies()[0]
    assert not job.run(working_directory="p", fail_level="never", steps="lint,verify").failed


def test_what_promo_quotes_gives_the_runner_no_orders(tmp_path: Path, forge: FakeForge, served: GitDaemon) -> None:
    """A section is quiet until its own word, which nobody can know before."""
    job = Job(ci_world.make(tmp_path, {"odd.promo": "::error::pwned\n::add-mask::x\n"}), forge, served.url("gitops"))
    log = job.run().log
    quiet, words = "", []
    for line in log.splitlines():
        if not quiet and line.startswith("::stop-commands::"):
            quiet = line.removeprefix("::stop-commands::")
            words.append(quiet)
        elif quiet and line == f"::{quiet}::":
            quiet = ""
        elif not quiet:
            assert "pwned" not in line or line.startswith("::error file=odd.promo,")
    assert quiet == ""
    assert len(set(words)) == len(words) == 5


def test_a_pull_request_from_a_fork_is_reported_in_the_summary(job: Job) -> None:
    job.forge.may_write = False
    run = job.run(steps="diff")
    assert not run.failed, run.log
    assert job.forge.comments == []
    assert run.summary.startswith("> No comment: the token may not comment: POST ")
    assert "**🔓 looser**" in run.summary
    assert "the report is in the job's summary" in run.log


def test_without_a_comment_the_summary_has_the_report(job: Job) -> None:
    run = job.run(comment="false", steps="diff")
    assert not run.failed, run.log
    assert job.forge.requests == []
    assert run.summary.startswith("## What changes")
    assert job.run(comment="perhaps", steps="diff").steps[-1].code == 2


def test_a_push_is_reported_in_the_summary(job: Job) -> None:
    event = job.world.folder / "event.json"
    event.write_text(f'{{"before": "{job.world.base}"}}')
    job.environment |= {"GITHUB_REF": "refs/heads/main"}
    run = job.run(job.world.merge, steps="diff")
    assert not run.failed, run.log
    assert job.forge.requests == []
    assert "belongs to no pull request" in run.summary
    assert "**🔓 looser**" in run.summary


def test_inputs_reach_the_command(job: Job) -> None:
    run = job.run(steps="lint, diff", base="main", fail_level="warning")
    assert not run.failed, run.log
    body = job.forge.bodies()[0]
    assert re.findall(r"`promo (\w+)`", body) == ["lint", "diff"]
    assert f"## What changes: `{job.world.base[:12]}` → `HEAD`" in body


@pytest.mark.parametrize(
    "inputs", [{"steps": "lint,dif"}, {"steps": " "}, {"fail_level": "x"}, {"base": "; touch pwned"}]
)
def test_inputs_that_mean_nothing_fail_the_job(job: Job, inputs: dict[str, str]) -> None:
    run = job.run(**inputs)
    assert run.steps[0].code == 2
    assert "error" in run.log.lower()
    assert not (job.world.folder / "checkout" / "pwned").exists()


def test_a_module_in_the_change_is_never_imported(tmp_path: Path, forge: FakeForge, served: GitDaemon) -> None:
    evil = "import pathlib\npathlib.Path('pwned').touch()\n"
    change = {f"{name}.py": evil for name in ("click", "adapters", "grammar", "sitecustomize", "json")}
    job = Job(ci_world.make(tmp_path, dict(change)), forge, served.url("gitops"))
    assert not job.run(steps="lint").failed
    assert not (tmp_path / "checkout" / "pwned").exists()


def test_no_expression_stands_in_a_script() -> None:
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step.get("run", "")
    assert "github.event" not in TEXT
    assert "github.head_ref" not in TEXT


def test_what_it_uses_is_pinned_to_a_commit() -> None:
    used = [step["uses"] for step in ACTION["runs"]["steps"] if "uses" in step]
    assert used
    assert all(re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", name) for name in used)


def test_every_input_is_used_and_described() -> None:
    for name, declared in ACTION["inputs"].items():
        assert declared["description"].strip()
        assert f"inputs.{name} }}}}" in TEXT
    assert ACTION["inputs"]["steps"]["default"] == ",".join(STEPS)


PYTHON = """#!/bin/sh
printf '%s\\n' "$*" >> "$CALLS"
if [ "$2" = venv ]; then
  mkdir -p "$3/bin" && cp "$0" "$3/bin/python" && cp "$0" "$3/bin/promo"
fi
"""


@pytest.mark.parametrize("version", ["", "https://packages.example.com/promo-1.0.0-py3-none-any.whl", "; touch pwned"])
def test_it_installs_its_own_source_unless_told_otherwise(version: str, tmp_path: Path) -> None:
    """With an interpreter that notes its calls; that the source can be installed, the tests of the wheel show."""
    python = tmp_path / "python"
    python.write_text(PYTHON)
    python.chmod(0o755)
    action = CompositeAction(
        ROOT,
        tmp_path,
        tmp_path,
        {"PATH": os.environ["PATH"], "CALLS": str(tmp_path / "calls")},
        {"github.token": TOKEN, "github.action_path": "/actions/promo v1"},
        {"actions/setup-python": {"python-path": str(python)}},
    )
    run = action.run({"version": version}, skip=frozenset({"check"}))
    assert not run.failed, run.log
    assert (tmp_path / "calls").read_text().splitlines() == [
        f"-m venv {tmp_path}/promo",
        f"-m pip install --quiet --disable-pip-version-check -- {version or '/actions/promo v1'}",
        "--version",
    ]
