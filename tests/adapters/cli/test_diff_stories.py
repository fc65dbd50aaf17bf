"""The three review stories: what a reviewer is told about each."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from adapters.cli.main import run

STORIES = Path(__file__).parents[2] / "verify" / "stories"
EXPECTED = {"loosened-for-one-team": 1, "flow-past-staging": 1, "ten-policies-into-four": 0}


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "100")


def test_every_story_is_here() -> None:
    assert {path.name for path in STORIES.iterdir()} == set(EXPECTED)


@pytest.mark.parametrize("story", EXPECTED)
@pytest.mark.parametrize(("form", "ending"), [("text", "txt"), ("markdown", "md")])
def test_story(
    story: str,
    form: str,
    ending: str,
    golden: Callable[[Path, str], None],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(STORIES / story)
    assert run(["diff", "before", "after", "--format", form]) == EXPECTED[story]
    golden(STORIES / story / f"expected.{ending}", capsys.readouterr().out)


@pytest.mark.parametrize("story", EXPECTED)
def test_a_story_read_backwards_is_the_opposite(
    story: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(STORIES / story)
    found = []
    for arguments in (["before", "after"], ["after", "before"]):
        assert run(["diff", *arguments, "--format", "json"]) == EXPECTED[story]
        found.append(json.loads(capsys.readouterr().out))
    opposite = {"stricter": "looser", "looser": "stricter", "different": "different"}
    for forth, back in zip(found[0]["settings"], found[1]["settings"], strict=True):
        assert forth["rest"] == back["rest"] == {"verdict": "proved"}
        ways = sorted((region["verdict"], region["declared_pairs"]) for region in forth["regions"])
        back_ways = sorted((opposite[region["verdict"]], region["declared_pairs"]) for region in back["regions"])
        assert ways == back_ways


def test_the_loosened_team_is_named(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(STORIES / "loosened-for-one-team")
    run(["diff", "before", "after", "--format", "json"])
    found = json.loads(capsys.readouterr().out)
    (region,) = [region for setting in found["settings"] for region in setting["regions"]]
    assert region["where"] == "production of products labelled team=payments"
    assert (region["old"]["policy"], region["new"]["policy"]) == ("reviewed-production", "fast-lane")
    assert region["verdict"] == "looser"
    assert region["declared_pairs"] == 4


def test_the_refactoring_is_proved_and_said(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(STORIES / "ten-policies-into-four")
    assert run(["diff", "before", "after"]) == 0
    assert "no semantic change: proved for every product and environment" in capsys.readouterr().out
