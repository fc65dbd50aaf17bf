"""The demo shows a real plan, the same every time, then real releases, and says when it cannot."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest

from adapters.cli import demo
from tests.support.gitrepo import run_git

pytestmark = pytest.mark.long


def test_plans_are_real_and_the_same_every_time(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    shown = []
    for name in ("first", "second"):
        scratch = tmp_path / name
        scratch.mkdir()
        demo.Demo(scratch).plan_chapters()
        shown.append(capfd.readouterr().out.replace(str(scratch), "SCRATCH"))

    assert shown[0] == shown[1]
    for step in ("promo check", "promo explain storefront prod", "promo explain --commit", "promo plan --commit"):
        assert f"$ {step}" in shown[0]
    changes = shown[0].rpartition("$ promo plan")[2]
    assert "+++ b/apps/storefront/qa/values.yaml" in changes
    assert "+++ b/apps/storefront/prod/values.yaml" in changes
    assert changes.count('+    tag: "1.10.0"') == 2
    plan = json.loads((tmp_path / "first" / "plan.json").read_text(encoding="utf-8"))
    assert plan["applyable"] is True
    assert demo.changed_environments(plan) == ["qa", "prod"]


def test_releases_are_real(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    demo.Demo(tmp_path).run()
    shown = capfd.readouterr().out
    releases = shown.partition("From plans to releases")[2]
    assert "prod: approved by grace@example.com: looks good in qa" in releases
    assert "prod: suspended: waits for approval from `release-managers` (0 of 1 given)" in releases
    assert "success hook notify-team succeeded" in releases
    assert "# storefront 1.10.0" in releases
    assert shown.rstrip().endswith(f"Look around in {tmp_path}")
    log = run_git(tmp_path / "storefront-gitops.git", "log", "--format=%s", "--no-merges", "main").splitlines()
    assert log.count("Promote storefront 1.10.0 to qa") == 1
    assert log.count("Promote storefront 1.10.0 to prod") == 1
    values = run_git(tmp_path / "storefront-gitops.git", "show", "main:apps/storefront/prod/values.yaml")
    assert 'tag: "1.10.0"' in values


def test_fails_when_a_step_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(tempfile, "mkdtemp", lambda prefix: str(tmp_path))
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "in-the-way").write_text("")

    assert demo.main() == 4

    assert "the demo failed: " in capfd.readouterr().err


def test_an_environment_without_a_diff_is_not_changed() -> None:
    steps = [
        {"environment": "qa", "applications": [{"changes": [{"diff": ""}]}, {"changes": []}]},
        {"environment": "prod", "applications": [{"changes": [{"diff": "-a\n+b\n"}]}]},
    ]
    assert demo.changed_environments({"steps": steps}) == ["prod"]
