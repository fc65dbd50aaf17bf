"""Everything is proved about the workspaces that are shipped."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.cli.main import run

POLICIES = Path(__file__).parents[2] / "policies"
SHIPPED = sorted(path.parent.name for path in POLICIES.glob("*/promo.toml"))


def test_they_are_found() -> None:
    assert {"quickstart", "multi-region", "enterprise", "library"} <= set(SHIPPED)


@pytest.mark.parametrize("name", SHIPPED)
def test_everything_is_proved(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    code = run(["verify", "-C", str(POLICIES / name), "--no-cache", "--fail-level", "warning"])

    shown = capsys.readouterr().out
    assert code == 0, shown
    assert shown.startswith("all ")
    assert "proved for every product and environment that could exist" in shown
