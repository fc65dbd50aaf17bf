"""The flow as a Mermaid flowchart: its structure is Mermaid's, and labels hold nothing Mermaid acts on."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings

from adapters.cli.plan_views import mermaid
from engine.plan.nodes import Plan
from tests.support.plans import EVIL, SAMPLES, fan_out, plan, step
from tests.support.random_plans import PLANS

GOLDEN = Path(__file__).parents[3] / "golden" / "plan_views"
LABEL = r'"(?P<label>(?:[^"`<>\[\]{}|;&#]|#\d+;|<br/>)+)"'
NODE = re.compile(rf"  n(?P<number>\d+)(?:\[{LABEL}\]|\(\[{LABEL.replace('label', 'round')}\]\)):::(?P<look>[a-z]+)")
EDGE = re.compile(r"  n(?P<start>\d+) (?:-->|-\.->) n(?P<end>\d+)")
LOOK = re.compile(r"  classDef (?P<look>[a-z]+) [a-z0-9:#,\-]+")


def check_structure(text: str) -> tuple[dict[int, str], list[tuple[int, int]]]:
    """Return the labels and the edges of a flowchart, every line of which must be understood."""
    first, *rest = text.split("\n")
    assert first == "flowchart LR"
    labels: dict[int, str] = {}
    edges: list[tuple[int, int]] = []
    used, defined = set(), set()
    for line in rest:
        if node := NODE.fullmatch(line):
            labels[int(node["number"])] = node["label"] or node["round"]
            used.add(node["look"])
        elif edge := EDGE.fullmatch(line):
            edges.append((int(edge["start"]), int(edge["end"])))
        else:
            look = LOOK.fullmatch(line)
            assert look is not None, line
            defined.add(look["look"])
    assert used == defined
    assert all(start in labels and end in labels and start != end for start, end in edges)
    return labels, edges


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_golden(name: str, golden: Callable[[Path, str], None]) -> None:
    golden(GOLDEN / f"{name}.mmd", mermaid.render(SAMPLES[name]) + "\n")


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_structure(name: str) -> None:
    check_structure(mermaid.render(SAMPLES[name]))


@given(PLANS)
@settings(max_examples=60, deadline=None)
def test_every_plan_can_be_drawn(plan: Plan) -> None:
    labels, _ = check_structure(mermaid.render(plan))

    assert len(labels) >= len(plan.steps) + 1


def test_arrows_follow_the_dependencies() -> None:
    labels, edges = check_structure(mermaid.render(fan_out()))
    names = {number: label.split("<br/>")[0] for number, label in labels.items()}

    assert [(names[start], names[end]) for start, end in edges] == [
        ("dev", "qa"),
        ("qa", "prod-eu"),
        ("qa", "prod-us"),
        ("qa", "prod-asia"),
        ("prod-eu", "archive"),
        ("prod-us", "archive"),
        ("prod-asia", "archive"),
    ]


def test_a_dependency_the_plan_does_not_have_is_drawn_as_missing() -> None:
    drawn = mermaid.render(plan((step("qa", ("nowhere",)),)))

    assert 'n2["nowhere<br/>not in this plan"]:::missing' in drawn
    assert "n2 --> n1" in drawn


@pytest.mark.parametrize("text", [EVIL[:40], 'a"b', "x`y", "1. a", "- a", "#35;", "<br/>", "名前", "a_b*c*"])
def test_a_label_shows_the_text_it_was_given(text: str) -> None:
    escaped = mermaid.escape(text)
    shown = html.unescape(re.sub(r"#(\d+);", r"&#\1;", escaped)).replace("\N{NO-BREAK SPACE}", " ")

    assert shown == text.replace("\x1b", "\\x1b")


def test_long_names_are_cut() -> None:
    assert mermaid.escape("a" * 100) == "a" * 57 + "..."
