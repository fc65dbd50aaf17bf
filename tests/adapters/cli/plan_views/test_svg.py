"""The flow as an SVG: well-formed, harmless, readable by those who cannot see it, and nothing outside its borders."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings

from adapters.cli.plan_views import svg
from adapters.cli.plan_views.svg_text import cut, escape, text_width
from engine.plan.nodes import Plan
from tests.support.plans import EVIL, SAMPLES, application, blocked, fan_out, linear, plan, step
from tests.support.random_plans import PLANS

GOLDEN = Path(__file__).parents[3] / "golden" / "plan_views"
SVG = "{http://www.w3.org/2000/svg}"
ALLOWED = {"svg", "title", "desc", "style", "rect", "path", "text", "g"}
PLACE = re.compile(r"translate\((-?[\d.]+) (-?[\d.]+)\)")


def check(text: str) -> ElementTree.Element:
    """Return the document; fail when it could run, load or hide anything, or a card leaves the picture."""
    root = ElementTree.fromstring(text)  # text is made here, and has no entities of its own
    assert "<!" not in text
    for element in root.iter():
        assert element.tag.removeprefix(SVG) in ALLOWED
        assert not any(name.startswith("on") or "href" in name for name in element.attrib)
    assert [element.tag for element in list(root)[:2]] == [f"{SVG}title", f"{SVG}desc"]
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-labelledby"] == " ".join(element.attrib["id"] for element in list(root)[:2])
    style = root.findtext(f"{SVG}style") or ""
    assert "url(" not in style
    assert "@import" not in style
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    (group,) = root.findall(f"{SVG}g")
    dx, dy = place(group)
    for card in group.findall(f"{SVG}g"):
        x, y = place(card)
        box = next(element for element in card if element.attrib.get("class") == "box")
        assert x + dx >= 0
        assert y + dy >= 0
        assert x + dx + float(box.attrib["width"]) <= width
        assert y + dy + float(box.attrib["height"]) <= height
    return root


def place(element: ElementTree.Element) -> tuple[float, float]:
    found = PLACE.fullmatch(element.attrib["transform"])
    assert found is not None
    return float(found[1]), float(found[2])


def texts(root: ElementTree.Element) -> list[str]:
    return [element.text or "" for element in root.iter(f"{SVG}text")]


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_golden(name: str, golden: Callable[[Path, str], None]) -> None:
    golden(GOLDEN / f"{name}.svg", svg.render(SAMPLES[name]) + "\n")


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_well_formed_and_harmless(name: str) -> None:
    check(svg.render(SAMPLES[name]))


@given(PLANS)
@settings(max_examples=60, deadline=None)
def test_every_plan_can_be_drawn(plan: Plan) -> None:
    root = check(svg.render(plan))

    assert len(root.findall(f"{SVG}g/{SVG}g")) >= len(plan.steps) + 1


def test_a_card_says_what_happens_to_its_environment() -> None:
    shown = texts(check(svg.render(linear())))

    for text in ("dev", "qa", "prod", "non-prod", "2 files change", "commit", "pr", "1.3.0 → 1.5.0", "soak", "window"):
        assert text in shown


def test_there_is_an_arrow_for_every_dependency() -> None:
    root = check(svg.render(fan_out()))

    assert len([path for path in root.iter(f"{SVG}path") if path.attrib["class"] == "tip"]) == 7


def test_arrows_to_what_is_blocked_are_dashed() -> None:
    root = check(svg.render(blocked()))

    assert {path.attrib["class"] for path in root.iter(f"{SVG}path")} == {"bar", "tip", "edge stopped"}


def test_a_name_that_is_cut_stands_whole_in_the_title() -> None:
    name = "a-very-long-environment-name-of-some-region-in-the-world-1"
    root = check(svg.render(plan((step(name, ("dev",), applications=(application("qa", "dev"),)),))))

    assert name not in texts(root)
    assert any(text.endswith("…") and name.startswith(text[:-1]) for text in texts(root))
    assert any((title.text or "").startswith(f"{name}; ") for title in root.iter(f"{SVG}title"))


def test_the_description_says_what_a_reader_sees() -> None:
    root = check(svg.render(blocked()))

    assert root.findtext(f"{SVG}title") == "shop along standard to 1.5.0"
    assert root.findtext(f"{SVG}desc") == "Plan: 3 blocked. A release cannot run: 2 blockers must be removed first."


def test_both_colour_schemes_are_there_and_stay_inside() -> None:
    style = check(svg.render(linear())).findtext(f"{SVG}style") or ""
    rules = re.findall(r"([^{}]+)\{", style.replace("@media(prefers-color-scheme:dark){", ""))

    assert "@media(prefers-color-scheme:dark)" in style
    assert all(rule.startswith(".promo-plan ") for rule in rules)


def test_many_steps_go_down_the_page() -> None:
    names = ["dev", *(f"stage-{number}" for number in range(12))]
    root = check(svg.render(plan(tuple(step(name, (before,)) for before, name in pairwise(names)))))

    assert float(root.attrib["height"]) > float(root.attrib["width"])


def test_escaped_text_comes_back_as_it_was() -> None:
    element = ElementTree.fromstring(f'<a b="{escape(EVIL)}">{escape(EVIL)}</a>')

    assert element.text == element.attrib["b"]
    assert "</svg><script>alert(1)</script>" in (element.text or "")


@pytest.mark.parametrize("text", ["", "short", "x" * 100, "名" * 50, EVIL])
def test_cut_text_fits(text: str) -> None:
    shown = cut(text, 100, 7)

    assert text_width(shown, 7) <= 100
    assert shown == text if len(text) < 10 else shown.endswith("…")
