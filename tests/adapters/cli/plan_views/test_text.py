"""The plan on a terminal."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings

from adapters.cli.plan_views import text
from adapters.cli.plan_views.terminal_paint import fits
from engine.plan.nodes import Plan
from engine.plan.ports import ChangeKind, ValueChange
from tests.support.plans import SAMPLES, application, change, fan_out, linear, many_files, plan, step
from tests.support.random_plans import PLANS

GOLDEN = Path(__file__).parents[3] / "golden" / "plan_views"
ANSI = re.compile(r"\x1b\[[0-9;]*m")


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_golden(name: str, golden: Callable[[Path, str], None]) -> None:
    golden(GOLDEN / f"{name}.txt", text.render(SAMPLES[name], 80, False) + "\n")


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_colour_changes_nothing_but_colour(name: str) -> None:
    coloured = text.render(SAMPLES[name], 80, True)

    assert coloured != text.render(SAMPLES[name], 80, False)
    assert ANSI.sub("", coloured) == text.render(SAMPLES[name], 80, False)


def test_diff_lines_are_coloured_by_what_they_do() -> None:
    lines = text.render(linear(), 80, True).splitlines()

    assert any("\x1b[31m-  tag: 1.4.2   # promoted\x1b[0m" in line for line in lines)
    assert any("\x1b[32m+  tag: 1.5.0   # promoted\x1b[0m" in line for line in lines)
    assert any("\x1b[2m image:\x1b[0m" in line for line in lines)


@pytest.mark.parametrize("name", ["linear", "fan_out", "waiting", "many_files"])
def test_every_line_of_every_diff_is_there_whole(name: str) -> None:
    lines = text.render(SAMPLES[name], 40, False).split("\n")
    diffs = [
        changed.diff
        for planned in SAMPLES[name].steps
        for applied in planned.applications
        for changed in applied.changes
    ]
    for line in "".join(diffs).removesuffix("\n").split("\n"):
        assert any(shown.endswith("   " + line.replace("\r", "\\r")) for shown in lines), line


def test_sentences_wrap_and_diffs_do_not() -> None:
    wide = [line for line in text.render(many_files(), 60, False).split("\n") if len(line) > 60]

    assert len(wide) == 2
    assert '+{"title": "long long' in wide[0]
    assert "Binary files" in wide[1]


def test_a_diff_too_long_to_read_is_accompanied_by_its_values() -> None:
    value = ValueChange("$['spec']['image']", ChangeKind.REPLACED, '"a:1"', '"a:2"')
    long = change("x.json", "1" * 300, "2" * 300, (value,))
    qa = step("qa", ("dev",), applications=(application("qa", "dev", changes=(long,)),))
    shown = text.render(plan((qa,)), 80, False)

    assert """$['spec']['image']: "a:1" → "a:2\"""" in shown
    assert "$['image']['tag']" not in text.render(linear(), 80, False)


def test_tabs_of_a_file_stay_tabs() -> None:
    assert "+\tmake new" in text.render(many_files(), 80, False)


def test_hostile_text_cannot_drive_the_terminal() -> None:
    shown = text.render(SAMPLES["hostile"], 80, False)

    assert all(character.isprintable() or character in "\n\t" for character in shown)
    assert "\\x1b[31m" in shown
    assert "s3cret" not in shown
    assert "t0ken" not in shown


def test_a_sentence_of_one_style_is_coloured_in_one_piece() -> None:
    assert "\x1b[32m  2 files change\x1b[0m" in text.render(linear(), 80, True)


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_ascii_only_is_ascii(name: str) -> None:
    shown = text.render(SAMPLES[name], 80, False, ascii_only=True)

    assert shown.isascii()
    assert shown.splitlines()[-1].startswith(("Plan: ", "No changes."))


@pytest.mark.parametrize(
    ("encoding", "answer"),
    [
        ("utf-8", True),
        ("UTF8", True),
        ("ascii", False),
        ("iso-8859-1", False),
        ("no-such-one", False),
        (None, False),
    ],
)
def test_which_streams_can_show_the_guides(encoding: str | None, answer: bool) -> None:
    assert fits(encoding) is answer


@pytest.mark.parametrize(
    ("name", "last"),
    [
        ("linear", "Plan: 2 environments change (4 files)."),
        ("fan_out", "Plan: 4 environments change (8 files), 1 without changes."),
        ("blocked", "Plan: 3 blocked."),
        ("waiting", "Plan: 1 environment changes (2 files), 1 waits (2 files)."),
        ("by_workflow", "Plan: 1 changed by workflow only."),
        ("no_op", "No changes."),
        ("empty", "Plan: no environment to promote to."),
    ],
)
def test_the_last_line_sums_up(name: str, last: str) -> None:
    assert text.render(SAMPLES[name], 80, False).splitlines()[-1] == last


def test_a_step_says_which_state_of_its_source_it_reads() -> None:
    shown = text.render(linear(), 80, False)

    assert "from  dev @ 3f9c2ab51d" in shown
    assert "from  qa (as step qa leaves it)" in shown


def test_parameters_known_only_later_say_when() -> None:
    assert "COMMIT_SHA (after the" in text.render(linear(), 80, False)


def test_blockers_are_repeated_at_the_end_without_their_consequences() -> None:
    end = text.render(SAMPLES["blocked"], 80, False).split("\n\n")[-1]

    assert "2 blockers must be removed first" in end
    assert "(P010)" in end
    assert "(P001)" in end
    assert "P015" not in end
    assert "to unblock: correct the JSONPath" in end


def test_steps_stand_in_their_order() -> None:
    shown = text.render(fan_out(), 80, False)
    places = [shown.index(f"\n~ {name}  ") for name in ("qa", "prod-eu", "prod-us", "prod-asia")]

    assert places == sorted(places)


@given(PLANS)
@settings(max_examples=60, deadline=None)
def test_every_plan_can_be_shown(plan: Plan) -> None:
    shown = text.render(plan, 80, False)

    assert all(character.isprintable() or character in "\n\t" for character in shown)
    assert ANSI.sub("", text.render(plan, 80, True)) == shown
    assert text.render(plan, 20, False, ascii_only=True).isascii()
