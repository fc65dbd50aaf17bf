"""The demo shows a real plan, the same every time, and says when it cannot."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from adapters.cli import demo


def test_shows_real_changes_and_the_same_every_time(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    shown = []
    for name in ("first", "second"):
        scratch = tmp_path / name
        scratch.mkdir()
        demo.Demo(scratch).run()
        shown.append(capfd.readouterr().out.replace(str(scratch), "SCRATCH"))

    assert shown[0] == shown[1]
    for step in ("promo check", "promo explain storefront prod", "promo explain --commit", "promo plan --commit"):
        assert f"$ {step}" in shown[0]
    changes = shown[0].rpartition("$ promo plan")[2]
    assert "+++ b/apps/storefront/qa/values.yaml" in changes
    assert "+++ b/apps/storefront/prod/values.yaml" in changes
    assert changes.count('+    tag: "1.10.0"') == 2
    assert changes.rstrip().endswith("Look around in SCRATCH")
    plan = json.loads((tmp_path / "first" / "plan.json").read_text(encoding="utf-8"))
    assert plan["applyable"] is True
    assert demo.changed_environments(plan) == ["qa", "prod"]


def test_fails_when_a_step_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(demo.tempfile, "mkdtemp", lambda prefix: str(tmp_path))
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
