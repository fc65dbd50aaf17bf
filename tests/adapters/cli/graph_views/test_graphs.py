"""Every graph in every format: golden files, and what must hold for all of them."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import pytest

from adapters.cli.graph_views import cards_svg, dot, map_svg, mermaid, overlap_svg
from adapters.cli.graph_views.diagram import Diagram
from adapters.cli.graph_views.flow_diagram import flow_diagram
from adapters.cli.graph_views.flow_tree import flow_tree
from adapters.cli.graph_views.map_diagram import map_diagram
from adapters.cli.graph_views.map_tree import map_tree
from adapters.cli.graph_views.overlap_diagram import overlap_diagram
from adapters.cli.graph_views.overlap_tree import overlap_tree
from adapters.cli.plan_views.terminal_paint import painter
from adapters.cli.plan_views.terminal_tree import ASCII, BOX, Node, draw
from engine.graphs import (
    EnvironmentMap,
    FlowGraph,
    PolicyOverlap,
    environment_map,
    flow_graph,
    policy_overlap,
)
from engine.resolve import ApplicationMap, Resolver
from tests.support.graph_world import workspaces
from tests.support.svg_shapes import NAMESPACE, Shape, shapes

GOLDEN = Path(__file__).parents[3] / "golden" / "graph_views"
NAMES = ("odd", "quickstart", "multi-region", "enterprise", "library")
KEPT = ("odd", "quickstart", "multi-region")
"""Workspaces whose graphs are golden files; the others are large and only held to the rules."""

PRODUCTS = {"odd": "trio", "quickstart": "storefront", "multi-region": "payments", "enterprise": "catalogue"}


@cache
def flows(name: str, product: str | None) -> tuple[FlowGraph, ...]:
    workspace = workspaces()[name]
    chosen = [use.flow for use in workspace.products[product].flows] if product else list(workspace.flows)
    applications = ApplicationMap(workspace)
    return tuple(flow_graph(workspace, Resolver(workspace), applications, flow, product) for flow in chosen)


@cache
def environments(name: str) -> EnvironmentMap:
    workspace = workspaces()[name]
    return environment_map(workspace, ApplicationMap(workspace))


@cache
def overlap(name: str) -> PolicyOverlap:
    workspace = workspaces()[name]
    pairs = [(product, environment) for product in workspace.products for environment in workspace.environments]
    return policy_overlap(Resolver(workspace), pairs)


@cache
def diagram(name: str, what: str) -> Diagram:
    match what:
        case "flows":
            return flow_diagram(flows(name, None))
        case "product-flows":
            return flow_diagram(flows(name, PRODUCTS[name]))
        case "environments":
            return map_diagram(environments(name), workspaces()[name])
        case _:
            return overlap_diagram(overlap(name))


@cache
def svg(name: str, what: str) -> str:
    match what:
        case "environments":
            return map_svg.render(environments(name), workspaces()[name])
        case "overlap":
            return overlap_svg.render(overlap(name))
        case _:
            return cards_svg.render(diagram(name, what))


def trees(name: str, what: str) -> list[tuple[Node, ...]]:
    match what:
        case "flows":
            return [flow_tree(graph) for graph in flows(name, None)]
        case "product-flows":
            return [flow_tree(graph) for graph in flows(name, PRODUCTS[name])]
        case "environments":
            return [map_tree(environments(name))]
        case _:
            return [overlap_tree(overlap(name))]


def drawn(name: str, what: str, *, ascii_only: bool = False) -> str:
    glyphs = ASCII if ascii_only else BOX
    paint = painter(False, ascii_only)
    blocks = ("\n".join(draw(block, width=100, glyphs=glyphs, paint=paint)) for block in trees(name, what))
    return "\n\n".join(blocks) + "\n"


SUBJECTS = ("flows", "product-flows", "environments", "overlap")
every = pytest.mark.parametrize(
    ("name", "what"),
    [(name, what) for name in NAMES for what in SUBJECTS if what != "product-flows" or name in PRODUCTS],
)


@pytest.mark.parametrize("what", SUBJECTS)
@pytest.mark.parametrize("name", KEPT)
def test_golden(name: str, what: str, golden: Callable[[Path, str], None]) -> None:
    folder = GOLDEN / name
    folder.mkdir(parents=True, exist_ok=True)
    golden(folder / f"{what}.txt", drawn(name, what))
    golden(folder / f"{what}.mmd", mermaid.render(diagram(name, what)))
    golden(folder / f"{what}.dot", dot.render(diagram(name, what)))
    golden(folder / f"{what}.svg", svg(name, what))


# --- SVG ---------------------------------------------------------------------------------------------------

ALLOWED = {"svg", "title", "desc", "style", "rect", "path", "text", "g"}


def parsed(name: str, what: str) -> tuple[ElementTree.Element, list[Shape], Shape]:
    """Return the document, its shapes but for the page, and the page."""
    root = ElementTree.fromstring(svg(name, what))
    page, *rest = shapes(root)
    assert page.classes == {"page"}
    return root, rest, page


@every
def test_an_svg_can_be_read_by_everyone_and_loads_nothing(name: str, what: str) -> None:
    root, _, _ = parsed(name, what)
    text = svg(name, what)
    assert "<!" not in text
    for element in root.iter():
        assert element.tag.removeprefix(NAMESPACE) in ALLOWED
        assert not any(attribute.startswith("on") or "href" in attribute for attribute in element.attrib)
    title, about = list(root)[:2]
    assert (title.tag, about.tag) == (f"{NAMESPACE}title", f"{NAMESPACE}desc")
    assert title.text
    assert about.text
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-labelledby"] == f"{title.attrib['id']} {about.attrib['id']}"
    style = root.findtext(f"{NAMESPACE}style") or ""
    assert "url(" not in style
    assert "@import" not in style
    assert "prefers-color-scheme:dark" in style


@every
def test_everything_in_an_svg_is_on_the_page(name: str, what: str) -> None:
    _, found, page = parsed(name, what)
    assert found
    assert [shape for shape in found if not shape.inside(page)] == []


@every
def test_no_text_of_an_svg_lies_on_another(name: str, what: str) -> None:
    _, found, _ = parsed(name, what)
    texts = sorted((shape for shape in found if shape.text), key=lambda shape: shape.top)
    for number, one in enumerate(texts):
        for other in texts[number + 1 :]:
            if other.top >= one.bottom:
                break
            assert not one.overlaps(other), (one, other)


@every
def test_no_cards_pills_or_cells_of_an_svg_overlap_and_texts_stay_in_theirs(name: str, what: str) -> None:
    _, found, _ = parsed(name, what)
    for kind in ("box", "pill", "chip", "there", "hand", "through"):
        boxes = [shape for shape in found if kind in shape.classes and not shape.text]
        boxes.sort(key=lambda shape: shape.left)
        for number, one in enumerate(boxes):
            for other in boxes[number + 1 :]:
                if other.left >= one.right:
                    break
                assert not one.overlaps(other), (one, other)
        for text in found:
            for box in boxes if text.text and "quiet" not in text.classes else ():
                assert not text.overlaps(box) or text.inside(box), (text, box)


def test_what_is_cut_in_an_svg_stands_whole_in_its_title() -> None:
    root, found, _ = parsed("odd", "flows")
    long = "a-very-long-name-of-an-environment-that-no-card-has-room-for"
    assert any(shape.text.endswith("…") and long.startswith(shape.text[:-1]) for shape in found)
    assert any((title.text or "").startswith(long) for title in root.iter(f"{NAMESPACE}title"))
    assert "script" not in {element.tag.removeprefix(NAMESPACE) for element in root.iter()}


def test_cells_of_the_map_say_what_no_flow_reaches_and_where_nothing_is() -> None:
    root, found, _ = parsed("odd", "environments")
    titles = [title.text or "" for title in root.iter(f"{NAMESPACE}title")]
    assert "loose in unused: loose-unused; by hand only" in titles
    assert "loose in eu: no application; hotfix (nothing there)" in titles
    assert "trio in eu: argocd/trio-second, trio-eu; hotfix, standard" in titles
    assert sum("hand" in shape.classes and not shape.text for shape in found) == 2
    assert sum("through" in shape.classes for shape in found) >= 3


def test_bars_of_the_overlap_are_as_long_as_decisions_are_frequent() -> None:
    root, _, _ = parsed("odd", "overlap")
    cells = [
        group
        for group in root.iter(f"{NAMESPACE}g")
        if (group.findtext(f"{NAMESPACE}title") or "").count(" decides in ")
    ]
    assert len(cells) == sum(len(one.claims) for one in overlap("odd").standings)
    for cell in cells:
        said = re.search(r"decides in ([\d,]+) of ([\d,]+) pair", cell.findtext(f"{NAMESPACE}title") or "")
        assert said is not None
        decides, pairs = (int(number.replace(",", "")) for number in said.groups())
        bars = {rect.attrib["class"]: float(rect.attrib["width"]) for rect in cell.findall(f"{NAMESPACE}rect")}
        share = bars.get("decides", 0.0) / bars["track"]
        assert share == pytest.approx(decides / pairs if pairs else 0.0, abs=0.1)
        assert (share == 0) is (decides == 0)


# --- Mermaid and DOT ---------------------------------------------------------------------------------------

LABEL = r'"(?:[^"`<>\[\]{}|;&#]|#\d+;|<br/>)+"'
MERMAID = [
    rf"\s+n\d+_\d+(?:\[{LABEL}\]|\(\[{LABEL}\]\)):::(?P<used>[a-z]+)",
    rf"  n\d+_\d+ (?:-->|-\.->)(?:\|{LABEL}\|)? n\d+_\d+",
    rf"  subgraph p\d+\[{LABEL}\]",
    r"    direction LR",
    r"  end",
    r"  classDef (?P<defined>[a-z]+) [a-z0-9:#,\-]+",
    r"  linkStyle [\d,]+ stroke:#[0-9a-f]{6}",
]


@every
def test_mermaid_holds_only_what_mermaid_understands(name: str, what: str) -> None:
    first, *lines = mermaid.render(diagram(name, what)).splitlines()
    assert first == "flowchart LR"
    used, defined = set(), set()
    for line in lines:
        found = next((match for form in MERMAID if (match := re.fullmatch(form, line))), None)
        assert found is not None, line
        groups = found.groupdict()
        used |= {groups["used"]} if groups.get("used") else set()
        defined |= {groups["defined"]} if groups.get("defined") else set()
    assert used == defined
    assert len([line for line in lines if "-->" in line or "-.->" in line]) == sum(
        len(part.arrows) for part in diagram(name, what).parts
    )


@every
@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")
def test_graphviz_reads_dot(name: str, what: str) -> None:
    done = subprocess.run(
        ["dot", "-Tplain"], input=dot.render(diagram(name, what)), capture_output=True, text=True, check=True
    )
    nodes = [line for line in done.stdout.splitlines() if line.startswith("node ")]
    edges = [line for line in done.stdout.splitlines() if line.startswith("edge ")]
    parts = diagram(name, what).parts
    assert len(nodes) == sum(len(part.cards) for part in parts)
    assert len(edges) == sum(len(part.arrows) for part in parts)


@every
def test_strings_of_dot_end_where_they_should(name: str, what: str) -> None:
    for line in dot.render(diagram(name, what)).splitlines():
        assert re.fullmatch(r'(?:[^"\\]|"(?:[^"\\]|\\["\\n])*")*', line), line


# --- trees -------------------------------------------------------------------------------------------------


@every
def test_every_card_of_a_flow_is_in_its_tree_and_ascii_is_ascii(name: str, what: str) -> None:
    text = drawn(name, what)
    if what.endswith("flows"):
        for part in diagram(name, what).parts:
            assert all(re.search(rf"(?:^|[ │├└─]){re.escape(card.title)}  ", text, re.MULTILINE) for card in part.cards)
    assert drawn(name, what, ascii_only=True).isascii()
    assert text == "\n".join(line.rstrip() for line in text.split("\n"))
