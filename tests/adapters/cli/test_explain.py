"""`promo explain`: pairs and commits."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from adapters.cli.main import run
from tests.support.gitrepo import GitRepo

RULES = """\
environment dev { kind non-prod  cluster in-cluster namespaces dev }
environment qa { kind non-prod  cluster in-cluster namespaces qa }
environment prod { kind prod  cluster in-cluster namespaces prod }

product trio {
  flow hotfix when message matches "hotfix:*"
  flow late when message matches "*fix*"
  flow standard when message not matches "wip:*" and branch == "main"
}
product quiet { }

policy default {
  action commit
  soak 5m
}
policy equal {
  soak 10m
}
policy reviewed priority 100 {
  when environment.kind == prod
  action pr
}
policy others priority 100 {
  when product.name == quiet and environment.name matches "prod*"
  action none
  pre-action release
}
flow hotfix { trigger dev  step prod after dev { soak 1m } }
flow standard { trigger dev  step qa after dev  step prod after qa }
flow late { trigger qa  step prod after qa }
"""

APPLICATION = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: trio-{environment}
  annotations:
    codefresh.io/product: trio
spec:
  project: default
  source:
    repoURL: https://git.example.com/trio.git
    path: apps/{environment}
    targetRevision: main
  destination:
    server: https://kubernetes.default.svc
    namespace: {environment}
"""

WORKFLOW = """\
apiVersion: argoproj.io/v1alpha1
kind: WorkflowTemplate
metadata:
  name: release
  annotations:
    codefresh.io/workflow-origin: promotion
spec: {}
"""

TOML = """\
sources = ["*.promo", "*.yaml"]
[checkouts]
"https://git.example.com/trio.git" = "."
"""


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> GitRepo:
    repo = GitRepo(tmp_path / "workspace")
    applications = "---\n".join(APPLICATION.format(environment=name) for name in ("dev", "qa", "prod"))
    repo.commit(
        {
            "promo.toml": TOML,
            "rules.promo": RULES,
            "applications.yaml": applications,
            "workflows.yaml": WORKFLOW,
            "apps/dev/values.yaml": "tag: 1\n",
            "apps/qa/values.yaml": "tag: 1\n",
        },
        message="start",
    )
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.chdir(repo.path)
    return repo


def line_of(text: str) -> int:
    return next(number for number, line in enumerate(RULES.splitlines(), 1) if text in line)


def words(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


# --- pairs ---------------------------------------------------------------------------------------


def test_a_pair_from_winners_to_every_policy_that_does_not_match(
    repository: GitRepo, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["explain", "trio", "prod"]) == 0

    assert words(capsys.readouterr().out) == [
        "trio -> prod",
        "action pr",
        f"set by policy `reviewed` (priority 100) rules.promo:{line_of('action pr')}",
        f"over policy `default` (priority 0) sets commit rules.promo:{line_of('action commit')}",
        "soak 5m",
        f"set by policy `default` (priority 0) rules.promo:{line_of('soak 5m')}",
        f"ties with policy `equal` (priority 0) sets 10m; the first name wins rules.promo:{line_of('soak 10m')}",
        "nothing sets pre-action, post-action, approvals, window, rollback",
        "policies that match, best first",
        f"reviewed priority 100 decides 1 of 1 rules.promo:{line_of('policy reviewed')}",
        f"default priority 0 decides 1 of 2 rules.promo:{line_of('policy default')}",
        f"equal priority 0 decides 0 of 1 rules.promo:{line_of('policy equal')}",
        "policies that do not match",
        f"others priority 100 `product.name` is `trio`, not `quiet` rules.promo:{line_of('product.name == quiet')}",
    ]


def test_inline_settings_of_a_flow(repository: GitRepo, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "trio", "prod", "--flow", "hotfix"]) == 0

    lines = words(capsys.readouterr().out)
    assert lines[0] == "trio -> prod in flow hotfix"
    assert f"set by flow `hotfix` rules.promo:{line_of('soak 1m')}" in lines
    assert f"over policy `default` (priority 0) sets 5m rules.promo:{line_of('soak 5m')}" in lines


def test_a_pair_as_data(repository: GitRepo, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "trio", "qa", "--format", "json"]) == 0

    data = json.loads(capsys.readouterr().out)
    assert data["settings"]["action"]["winner"]["policy"] == "default"
    assert [tie["policy"] for tie in data["settings"]["soak"]["ties"]] == ["equal"]
    assert [policy["policy"] for policy in data["matched"]] == ["default", "equal"]
    reasons = {found["policy"]: [reason["message"] for reason in found["reasons"]] for found in data["unmatched"]}
    assert reasons == {
        "others": ["`product.name` is `trio`, not `quiet`", "`environment.name` is `qa`, which does not match `prod*`"],
        "reviewed": ["`environment.kind` is non-prod, not prod"],
    }
    assert data["unmatched"][0]["reasons"][0]["line"] == line_of("product.name == quiet")


def test_many_policies_that_do_not_match_are_counted(repository: GitRepo, capsys: pytest.CaptureFixture[str]) -> None:
    many = "".join(f"policy n{number} {{ when product.name == quiet  soak 1m }}\n" for number in range(40))
    (repository.path / "more.promo").write_text(many)

    assert run(["explain", "trio", "qa"]) == 0
    assert "and 17 more; `--all` shows them" in capsys.readouterr().out
    assert run(["explain", "trio", "qa", "--all"]) == 0
    shown = capsys.readouterr().out
    assert "--all" not in shown
    assert shown.count("is `trio`, not `quiet`") == 41


def test_nothing_matches_and_nothing_is_set(repository: GitRepo, capsys: pytest.CaptureFixture[str]) -> None:
    (repository.path / "rules.promo").write_text(
        RULES.replace("policy default {", "policy default { when product.name == quiet").replace(
            "policy equal {", "policy equal { when product.name == quiet"
        )
    )

    assert run(["explain", "trio", "qa"]) == 0
    shown = capsys.readouterr().out
    assert "no policy matches" in shown
    assert "no policy sets `action` here" in shown


# --- commits -------------------------------------------------------------------------------------


def test_the_flow_of_a_commit_and_why_not_the_others(repository: GitRepo, capsys: pytest.CaptureFixture[str]) -> None:
    repository.commit({"apps/dev/values.yaml": "tag: 2\n"}, message="hotfix: login\n\nbody")

    assert run(["explain", "--commit", "HEAD"]) == 0

    lines = words(capsys.readouterr().out)
    assert lines[0].endswith("hotfix: login")
    assert lines[1:] == [
        "author Ada Example <ada@example.com>",
        "branches main",
        "tags none",
        "changed 1 file",
        "trio: flow hotfix is triggered",
        "touches trio-dev in dev apps/dev/values.yaml",
        f"1. hotfix is triggered: the first whose conditions all hold rules.promo:{line_of('flow hotfix when')}",
        f"2. late it is triggered in `qa`, but the commit landed in `dev` rules.promo:{line_of('flow late {')}",
        f"3. standard would hold too, but `hotfix` stands before it rules.promo:{line_of('flow standard when')}",
    ]


def test_a_commit_that_triggers_no_flow(repository: GitRepo, capsys: pytest.CaptureFixture[str]) -> None:
    repository.commit({"apps/dev/values.yaml": "tag: 3\n"}, message="wip: login")

    assert run(["explain", "trio", "--commit", "HEAD", "--format", "json"]) == 0

    data = json.loads(capsys.readouterr().out)
    (trio,) = data["products"]
    assert (trio["product"], trio["flow"], trio["own_commit"]) == ("trio", None, False)
    assert [tried["matched"] for tried in trio["tried"]] == [False, False, False]
    assert trio["tried"][2]["reasons"] == [
        {
            "message": "`message` is `wip: login`, and what matches `wip:*` is excluded",
            "file": "rules.promo",
            "line": line_of("flow standard when"),
            "column": 22,
        }
    ]
    assert data["changed"] == ["apps/dev/values.yaml"]


def test_a_promotion_s_own_commit_triggers_nothing(repository: GitRepo, capsys: pytest.CaptureFixture[str]) -> None:
    repository.commit({"apps/dev/values.yaml": "tag: 4\n"}, message="hotfix: x\n\nPromo-Step: r1/dev")

    assert run(["explain", "--commit", "HEAD"]) == 0

    shown = capsys.readouterr().out
    assert "trio: no flow is triggered" in shown
    assert "made by a promotion" in shown


@pytest.mark.parametrize(("arguments", "of"), [([], "of any product"), (["quiet"], "of product `quiet`")])
def test_a_commit_outside_every_application(
    arguments: list[str], of: str, repository: GitRepo, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.commit({"README.md": "hello\n"}, message="docs")

    assert run(["explain", *arguments, "--commit", "HEAD"]) == 0
    assert f"it touches no application {of}" in capsys.readouterr().out


def test_contradictions_about_applications_are_errors(repository: GitRepo, capsys: pytest.CaptureFixture[str]) -> None:
    (repository.path / "rules.promo").write_text(
        RULES.replace("product quiet { }", "product quiet { applications trio-dev }")
    )

    assert run(["explain", "--commit", "HEAD"]) == 2
    assert "error[R002]" in capsys.readouterr().err


def test_a_checkout_elsewhere(repository: GitRepo, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    elsewhere = GitRepo(tmp_path / "elsewhere")
    elsewhere.commit({"x": "1"}, message="another repository")

    assert run(["explain", "--commit", "main", "--repo", str(elsewhere.path)]) == 0
    assert "another repository" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "say what to explain"),
        (["trio"], "say what to explain"),
        (["tri", "qa"], "no product `tri` is declared"),
        (["trio", "qaa"], "did you mean `qa`?"),
        (["trio", "qa", "--flow", "hotfix"], "flow `hotfix` has no step into `qa`"),
        (["trio", "qa", "--commit", "HEAD"], "--commit finds flow and environment itself"),
        (["trio", "qa", "--repo", "."], "--repo goes with --commit"),
        (["--commit", "nonesuch"], "there is no commit `nonesuch`"),
        (["tri", "--commit", "HEAD"], "no product `tri` is declared"),
    ],
)
def test_mistakes_in_the_call(
    arguments: list[str], message: str, repository: GitRepo, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["explain", *arguments]) == 2
    assert message in capsys.readouterr().err
