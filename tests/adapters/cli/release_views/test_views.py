"""How releases look: every state on a wide and a narrow screen, in ASCII, in colour, and as data."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.cli.release_views.listing import list_data, list_text
from adapters.cli.release_views.text import render
from adapters.cli.release_views.words import MARKS, STYLES, event_text, next_steps, took
from adapters.releases.data import event_data, release_data
from adapters.store.listing import ReleaseLine
from engine.execute.release import Event, Release
from engine.execute.status import EnvironmentStatus, ReleaseStatus, StepStatus
from tests.support.release_states import states
from tests.support.releases import START

GOLDEN = Path(__file__).parents[3] / "golden" / "release_views"
Golden = Callable[[Path, str], None]
EACH = pytest.mark.parametrize("name", states())
ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


@EACH
def test_text(name: str, golden: Golden) -> None:
    golden(GOLDEN / f"{name}.txt", render(states()[name], 100, colour=False) + "\n")


@EACH
def test_ascii_says_the_same(name: str, golden: Golden) -> None:
    text = render(states()[name], 100, colour=False, ascii_only=True)
    assert text.isascii()
    assert "\\u" not in text
    golden(GOLDEN / f"{name}.ascii.txt", text + "\n")


@EACH
def test_colour_adds_nothing_but_colour(name: str) -> None:
    release = states()[name]
    coloured = render(release, 100, colour=True)
    assert "\x1b[" in coloured
    assert ESCAPE.sub("", coloured) == render(release, 100, colour=False)


@EACH
def test_narrow_screens_lose_nothing(name: str) -> None:
    release = states()[name]
    narrow = render(release, 50, colour=False)
    assert all(len(line) <= 50 or " " not in line.strip(" │├└─") for line in narrow.splitlines())
    letters = [re.sub(r"[\s│├└─]", "", text) for text in (narrow, render(release, 1000, colour=False))]
    assert letters[0] == letters[1]


@EACH
def test_data(name: str, golden: Golden) -> None:
    golden(GOLDEN / f"{name}.json", json.dumps(release_data(states()[name]), indent=2) + "\n")


def test_every_status_has_a_mark_and_a_style() -> None:
    every = {one.value for statuses in (ReleaseStatus, EnvironmentStatus, StepStatus) for one in statuses}
    assert every == set(MARKS) == set(STYLES)


def test_what_can_be_done_next() -> None:
    found = {name: next_steps(release) for name, release in states().items()}
    assert found == {
        "queued": [],
        "running": [],
        "waiting": ["promo release approve 06g27cd-en3edg --environment prod"],
        "failed": ["promo release retry 06g27cd-en3edg"],
        "terminated": [],
        "succeeded": [],
    }


def test_what_controls_a_terminal_is_escaped_everywhere() -> None:
    release = states()["failed"]
    evil = replace(release, message="\x1b]0;x\x07\x1b[2J", initiator="e\x1b[31mvil")
    shown = render(evil, 100, colour=False)
    assert "\x1b" not in shown
    assert "\x07" not in shown
    assert "\x1b" not in event_text(evil, Event(START, "e\x1b[31mvil", "release.failed", message="\x1b[2J"))
    assert "\x1b" not in list_text([replace(line(release), initiator="e\x1b[31mvil")])


# --- events


@pytest.mark.parametrize(
    ("event", "text"),
    [
        (Event(START, "ann", "created"), "created by ann"),
        (Event(START, "promo", "release.running"), "running"),
        (Event(START, "promo", "environment.failed", "qa", message="it broke"), "qa: failed: it broke"),
        (
            Event(START, "promo", "step.succeeded", "qa", "argocd/shop-qa", "post-action", "all well"),
            "qa argocd/shop-qa: post-action smoke-tests succeeded: all well",
        ),
        (Event(START, "ann", "asked.retry", message="again"), "asked to retry by ann: again"),
        (Event(START, "ann", "approved", "prod"), "prod: approved by ann"),
    ],
)
def test_an_event_is_a_line(event: Event, text: str) -> None:
    assert event_text(states()["failed"], event) == text


def test_an_event_as_data() -> None:
    event = Event(START, "promo", "step.failed", "qa", "argocd/shop-qa", "action", "no")
    assert event_data(7, event) == {
        "number": 7,
        "at": "2026-03-02T09:30:00+00:00",
        "actor": "promo",
        "kind": "step.failed",
        "environment": "qa",
        "application": "argocd/shop-qa",
        "step": "action",
        "message": "no",
    }


@pytest.mark.parametrize(("seconds", "text"), [(0, "0s"), (0.9, "0s"), (1, "1s"), (252, "4m12s"), (90_000, "1d1h")])
def test_how_long_something_took(seconds: float, text: str) -> None:
    assert took(START, START + timedelta(seconds=seconds)) == text
    assert took(None, START) == took(START, None) == ""


# --- lists


def line(release: Release) -> ReleaseLine:
    return ReleaseLine(
        release.id,
        release.spec.product,
        release.spec.flow,
        release.spec.version,
        release.spec.commit.sha,
        release.status,
        release.initiator,
        release.created_at,
        release.started_at,
        release.finished_at,
        release.message,
    )


def test_a_list(golden: Golden) -> None:
    lines = [line(release) for release in states().values()]
    lines.append(replace(lines[0], flow=None, version=None))
    golden(GOLDEN / "list.txt", list_text(lines) + "\n")
    golden(GOLDEN / "list.json", json.dumps(list_data(lines), indent=2) + "\n")
    assert list_text([]) == "no releases"
    assert list_data([]) == []
