"""`promo plan` over real Git repositories, from the quickstart."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from adapters.cli.main import run
from tests.support.gitrepo import GitRepo
from tests.support.rewriting import rewrite

QUICKSTART = Path(__file__).parents[3] / "policies" / "quickstart"
URL = "https://git.example.com/shop/storefront-gitops.git"
WORK_HOURS = "2026-11-24T10:00+01:00"


@pytest.fixture
def apps(tmp_path: Path) -> GitRepo:
    """The application repository after a change in dev."""
    repo = GitRepo(tmp_path / "apps")
    files = {
        str(path.relative_to(QUICKSTART)): path.read_text(encoding="utf-8")
        for path in (QUICKSTART / "apps").rglob("*")
        if path.is_file()
    }
    repo.commit(files, message="chore: start")
    values = files["apps/storefront/dev/values.yaml"].replace('tag: "1.9.0"', 'tag: "2.0.0"')
    repo.commit({"apps/storefront/dev/values.yaml": values}, message="feat: two")
    return repo


@pytest.fixture
def workspace(tmp_path: Path, apps: GitRepo, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The quickstart's files, without the application repository's."""
    folder = tmp_path / "workspace"
    shutil.copytree(QUICKSTART, folder, ignore=shutil.ignore_patterns("apps"))
    (folder / "promo.toml").write_text(f'[checkouts]\n"{URL}" = "{apps.path}"\n', encoding="utf-8")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("NO_COLOR", "1")
    return folder


def plan(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
    code = run(["plan", "--at", WORK_HOURS, "--format", "json", *arguments])
    printed = capsys.readouterr()
    return code, json.loads(printed.out) if printed.out else printed.err


def diffs(data: Any) -> dict[str, str]:
    return {
        change["path"]: change["diff"]
        for step in data["steps"]
        for application in step["applications"]
        for change in application["changes"]
    }


def test_along_a_flow(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, data = plan(capsys, "--product", "storefront", "--flow", "standard")
    assert code == 0
    assert (data["applyable"], data["complete"], data["no_op"]) == (True, True, False)
    changed = diffs(data)
    assert '+    tag: "2.0.0" # promoted from dev' in changed["apps/storefront/qa/values.yaml"]
    assert '+    tag: "2.0.0" # promoted from qa' in changed["apps/storefront/prod/values.yaml"]


def test_the_diff_applies_with_git(workspace: Path, apps: GitRepo, capsys: pytest.CaptureFixture[str]) -> None:
    _, data = plan(capsys, "--product", "storefront", "--flow", "standard")
    for path, diff in diffs(data).items():
        patch = workspace / "change.patch"
        patch.write_text(diff, encoding="utf-8")
        apps.git("apply", str(patch))
        digest = next(
            change["digest_after"]
            for step in data["steps"]
            for application in step["applications"]
            for change in application["changes"]
            if change["path"] == path
        )
        assert hashlib.sha256((apps.path / path).read_bytes()).hexdigest() == digest


def test_into_one_environment_the_source_is_found_in_the_flows(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, data = plan(capsys, "--product", "storefront", "--to", "prod")
    assert code == 0
    assert data["flow"] is None
    assert data["trigger"]["environment"] == "qa"
    assert [step["environment"] for step in data["steps"]] == ["prod"]


def test_settings_by_hand(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, data = plan(capsys, "-p", "storefront", "--to", "prod", "--from", "dev", "--set", "action=commit")
    settings = {setting["name"]: setting for setting in data["steps"][0]["settings"]}
    assert settings["action"]["value"] == "commit"
    assert settings["action"]["origin"] == "given by hand"
    assert settings["pre-action"]["value"] == "release-checks"


def test_a_window_of_the_workspace_can_be_given_by_hand(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = ("--set", "window=office-hours", "--at", WORK_HOURS)
    code, data = plan(capsys, "--product", "storefront", "--to", "qa", "--from", "dev", *given)
    assert code == 0
    assert [gate["kind"] for gate in data["steps"][0]["gates"]] == ["window"]


def test_no_plan_can_be_saved_where_nothing_is_promoted(
    workspace: Path, apps: GitRepo, capsys: pytest.CaptureFixture[str]
) -> None:
    apps.commit({"README.md": "hello"}, message="docs: hello")
    assert run(["plan", "--commit", "HEAD", "--repo", str(apps.path), "--out", "plan.json"]) == 2
    assert "--out saves one plan, and nothing is promoted" in capsys.readouterr().err


def test_from_a_commit(workspace: Path, apps: GitRepo, capsys: pytest.CaptureFixture[str]) -> None:
    head = apps.git("rev-parse", "HEAD")
    code, data = plan(capsys, "--commit", "HEAD", "--repo", str(apps.path))
    assert code == 0
    assert data["flow"] == "standard"
    assert data["trigger"]["commit"]["sha"] == head


def test_a_commit_is_promoted_as_it_was_whatever_came_later(
    workspace: Path, apps: GitRepo, capsys: pytest.CaptureFixture[str]
) -> None:
    apps.commit({"apps/storefront/dev/values.yaml": "web:\n  image:\n    tag: later\n"}, message="feat: later")
    _, data = plan(capsys, "--commit", "HEAD~1", "--repo", str(apps.path))
    assert all("later" not in diff for diff in diffs(data).values())


def test_a_commit_that_starts_nothing(workspace: Path, apps: GitRepo, capsys: pytest.CaptureFixture[str]) -> None:
    apps.commit({"README.md": "hello"}, message="docs: hello")
    assert run(["plan", "--commit", "HEAD", "--repo", str(apps.path)]) == 0
    assert "touches no application" in capsys.readouterr().err
    apps.commit({"apps/storefront/dev/values.yaml": "web: {}\n"}, message="feat: x [no release]")
    assert run(["plan", "--commit", "HEAD", "--repo", str(apps.path)]) == 0
    assert "storefront: no flow starts" in capsys.readouterr().err


def test_an_application_that_follows_head_is_not_touched_by_a_commit_of_another_branch(
    workspace: Path, apps: GitRepo, capsys: pytest.CaptureFixture[str]
) -> None:
    rewrite(workspace / "argocd" / "applications.yaml", "targetRevision: main", "targetRevision: HEAD")
    values = "web:\n  image:\n    tag: '3'\n"
    sha = apps.commit({"apps/storefront/dev/values.yaml": values}, message="hotfix: elsewhere", branch="feature")
    assert run(["plan", "--commit", sha, "--repo", str(apps.path)]) == 0
    assert "touches no application" in capsys.readouterr().err
    code, data = plan(capsys, "--commit", "main", "--repo", str(apps.path))
    assert (code, data["flow"]) == (0, "standard")
    apps.git("checkout", "--quiet", "--detach", sha)
    apps.git("branch", "--quiet", "-D", "feature")
    code, data = plan(capsys, "--commit", "HEAD", "--repo", str(apps.path), "--at", WORK_HOURS)
    assert (code, data["flow"]) == (0, "hotfix")


def test_a_changed_application_of_several_sources_is_never_passed_over_in_silence(
    workspace: Path, apps: GitRepo, capsys: pytest.CaptureFixture[str]
) -> None:
    source = f"  source:\n    repoURL: {URL}\n    path: apps/storefront/dev\n    targetRevision: main\n"
    several = (
        f"  sources:\n    - repoURL: {URL}\n      path: apps/storefront/dev\n      targetRevision: main\n"
        "    - repoURL: https://git.example.com/shop/other.git\n      path: more\n      targetRevision: main\n"
    )
    rewrite(workspace / "argocd" / "applications.yaml", source, several)
    assert run(["plan", "--commit", "HEAD", "--repo", str(apps.path)]) == 0
    told = capsys.readouterr().err
    assert "the commit changes `argocd/storefront-dev`, which starts nothing: it has 2 sources" in told
    assert run(["plan", "--commit", "HEAD~1", "--repo", str(apps.path)]) == 0
    apps.commit({"README.md": "hello"}, message="docs: hello")
    capsys.readouterr()
    assert run(["plan", "--commit", "HEAD", "--repo", str(apps.path)]) == 0
    assert "2 sources" not in capsys.readouterr().err


def test_a_commit_that_touches_only_other_products(
    workspace: Path, apps: GitRepo, capsys: pytest.CaptureFixture[str]
) -> None:
    (workspace / "other.promo").write_text("product other { flow standard }\n", encoding="utf-8")
    assert run(["plan", "--commit", "HEAD", "--repo", str(apps.path), "-p", "other"]) == 0
    assert "touches no application of `other`: nothing is promoted" in capsys.readouterr().err


def test_a_checkout_of_the_command_line_wins(
    workspace: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = GitRepo(tmp_path / "empty")
    empty.commit({"a": "1"})
    spelt_otherwise = URL.removesuffix(".git")
    code, data = plan(capsys, "-p", "storefront", "-f", "standard", "--checkout", f"{spelt_otherwise}={empty.path}")
    assert code == 1
    codes = {blocker["code"] for step in data["steps"] for app in step["applications"] for blocker in app["blockers"]}
    assert codes == {"P009"}


def test_a_relative_checkout_is_taken_from_the_current_folder(
    workspace: Path, apps: GitRepo, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (workspace / "promo.toml").write_text("", encoding="utf-8")
    monkeypatch.chdir(apps.path / "apps")
    code, data = plan(capsys, "-C", str(workspace), "-p", "storefront", "-f", "standard", "--checkout", f"{URL}=..")
    assert code == 0
    assert len(diffs(data)) == 4


@pytest.mark.parametrize(
    ("keys", "arguments", "message"),
    [
        ('"https://u:s3cret@h/a" = "x"\n"git@h:a.git" = "y"\n', [], "two different checkouts are given"),
        ("", ["--checkout", "ext::sh=."], "which is not allowed"),
        ("", ["--checkout", "https://u:s3cret@h/a=nowhere"], "there is no folder `nowhere`"),
    ],
)
def test_checkouts_that_are_wrong_are_told_and_show_no_password(
    workspace: Path, capsys: pytest.CaptureFixture[str], keys: str, arguments: list[str], message: str
) -> None:
    (workspace / "promo.toml").write_text(f"[checkouts]\n{keys}", encoding="utf-8")
    assert run(["plan", "-p", "storefront", "-f", "standard", *arguments]) == 2
    told = capsys.readouterr().err
    assert message in told
    assert "s3cret" not in told


@pytest.mark.parametrize("address", ["{path}", "file://{path}", "../apps"])
def test_a_local_repository_needs_no_checkout(
    workspace: Path, apps: GitRepo, capsys: pytest.CaptureFixture[str], address: str
) -> None:
    (workspace / "promo.toml").write_text("", encoding="utf-8")
    applications = workspace / "argocd" / "applications.yaml"
    text = applications.read_text(encoding="utf-8").replace(URL, address.format(path=apps.path))
    applications.write_text(text, encoding="utf-8")
    code, data = plan(capsys, "--product", "storefront", "--flow", "standard")
    assert code == 0
    assert len(diffs(data)) == 4


def test_offline_and_unreachable_is_a_blocker_not_a_crash(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (workspace / "promo.toml").write_text("", encoding="utf-8")
    code, data = plan(capsys, "--product", "storefront", "--flow", "standard", "--offline")
    assert code == 1
    assert not data["applyable"]
    assert {blocker["code"] for blocker in data["blockers"]} == {"P007"}


def test_a_closed_window_waits_and_a_blocked_plan_exits_with_1(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["plan", "-p", "storefront", "-f", "standard", "--at", "2026-11-28T10:00Z", "--format", "json"])
    data = json.loads(capsys.readouterr().out)
    assert data["applyable"]
    assert {blocker["code"] for blocker in data["steps"][1]["blockers"]} == {"P012", "P013"}


def test_saving_the_plan(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, printed = plan(capsys, "-p", "storefront", "-f", "standard", "--out", "plan.json")
    assert json.loads((workspace / "plan.json").read_text(encoding="utf-8")) == printed
    kinds = {(found["kind"], found["name"]) for found in printed["inputs"]}
    assert ("file", "policies.promo") in kinds
    assert any(kind == "branch" for kind, _ in kinds)


def test_a_saved_plan_has_the_permissions_of_any_file_and_a_link_stays_a_link(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    usual = workspace / "usual"
    usual.touch()
    (workspace / "link.json").symlink_to("plan.json")
    _, printed = plan(capsys, "-p", "storefront", "-f", "standard", "--out", "link.json")
    assert (workspace / "link.json").is_symlink()
    assert json.loads((workspace / "plan.json").read_text(encoding="utf-8")) == printed
    assert (workspace / "plan.json").stat().st_mode == usual.stat().st_mode


def test_a_pipe_that_a_plan_is_saved_to_is_written_to_and_never_replaced(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pipe = workspace / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        _, printed = plan(capsys, "-p", "storefront", "-f", "standard", "--out", "pipe")
        assert json.loads(os.read(reader, 1_000_000)) == printed
    finally:
        os.close(reader)
    assert pipe.is_fifo()


def test_planning_twice_gives_the_same(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ("--product", "storefront", "--flow", "standard")
    assert plan(capsys, *arguments) == plan(capsys, *arguments)


def test_a_name_that_is_no_utf_8_is_escaped_in_the_saved_plan(
    workspace: Path, apps: GitRepo, capsys: pytest.CaptureFixture[str]
) -> None:
    declared = (workspace / "storefront.promo").read_text(encoding="utf-8")
    lines = [line for line in declared.splitlines(keepends=True) if not line.strip().startswith("promote ")]
    (workspace / "storefront.promo").write_text("".join(lines), encoding="utf-8")
    apps.commit({"apps/storefront/dev/f\udcff.txt": "1"}, message="feat: odd name")
    code, printed = plan(capsys, "-p", "storefront", "-f", "standard", "--at", WORK_HOURS, "--out", "plan.json")
    assert code == 0
    saved = (workspace / "plan.json").read_text(encoding="utf-8")
    assert r"qa/f\udcff.txt" in saved
    assert json.loads(saved) == printed
    assert "apps/storefront/qa/f\udcff.txt" in diffs(printed)


@pytest.mark.parametrize("form", ["text", "markdown", "mermaid", "svg"])
def test_every_format_prints(workspace: Path, capsys: pytest.CaptureFixture[str], form: str) -> None:
    assert run(["plan", "-p", "storefront", "-f", "standard", "--at", WORK_HOURS, "--format", form]) == 0
    assert "qa" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "say what to promote"),
        (["-p", "storefront"], "say where to promote to"),
        (["-p", "storefront", "-f", "standard", "--to", "qa"], "--flow and --to exclude each other"),
        (["-p", "storefrnt", "-f", "standard"], "did you mean `storefront`?"),
        (["-p", "storefront", "-f", "standrd"], "did you mean `standard`?"),
        (["-p", "storefront", "--to", "qaa"], "did you mean `qa`?"),
        (["-p", "storefront", "-f", "standard", "--from", "dev"], "--from goes with --to"),
        (["-p", "storefront", "--to", "qa", "--from", "qa"], "--from and --to are both `qa`"),
        (["-p", "storefront", "--to", "qa", "--set", "action"], "not of the form NAME=VALUE"),
        (["-p", "storefront", "--to", "qa", "--set", "action=merge"], "`merge` is not an action"),
        (["-p", "storefront", "--to", "qa", "--set", "colour=red"], "no setting `colour` is declared"),
        (["-p", "storefront", "--to", "qa", "--set", "acton=pr"], "did you mean `action`?"),
        (["-p", "storefront", "--to", "qa", "--set", "when=environment.kind == prod"], "no setting `when`"),
        (["-p", "storefront", "--to", "qa", "--set", "window=nights"], "a window called `nights` is not declared"),
        (["--commit", "HEAD", "--flow", "standard"], "--commit finds the flow itself"),
        (["-p", "storefront", "-f", "standard", "--at", "tomorrow"], "is not a date and time"),
        (["-p", "storefront", "-f", "standard", "--checkout", "x"], "is not of the form URL=PATH"),
        (["-p", "storefront", "--to", "dev"], "cannot tell which environment"),
    ],
)
def test_calls_that_make_no_sense_are_explained(
    workspace: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert run(["plan", *arguments]) == 2
    assert message in capsys.readouterr().err


def test_a_commit_that_does_not_exist(workspace: Path, apps: GitRepo, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["plan", "--commit", "nope", "--repo", str(apps.path)]) == 2
    assert "there is no commit `nope`" in capsys.readouterr().err
    assert run(["plan", "--commit", "HEAD", "--repo", str(workspace)]) == 2
