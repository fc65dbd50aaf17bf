"""A diagram as a DOT graph, for Graphviz and everything that reads its language."""

from __future__ import annotations

from adapters.cli.graph_views.diagram import Arrow, Card, Diagram, Look
from grammar.render import printable

_LOOKS = {
    Look.TRIGGER: 'fillcolor="#ddf4ff", color="#0969da", style="rounded,filled,bold"',
    Look.PROD: 'fillcolor="#fff1e5", color="#bc4c00"',
    Look.OTHER: 'fillcolor="#f6f8fa", color="#59636e"',
    Look.ABSENT: 'fillcolor="#ffffff", color="#8c959f", fontcolor="#59636e", style="rounded,dashed"',
    Look.PRODUCT: 'fillcolor="#ddf4ff", color="#0969da"',
    Look.FLOW: 'fillcolor="#fbefff", color="#8250df"',
    Look.POLICY: 'fillcolor="#f6f8fa", color="#59636e"',
}


def render(diagram: Diagram) -> str:
    """Return a directed graph from left to right, with a final line break; parts become clusters."""
    lines = [
        "digraph promo {",
        f"  graph [rankdir=LR, fontname=Helvetica, label={_quoted(diagram.title)}, labelloc=t]",
        '  node [shape=box, style="rounded,filled", fontname=Helvetica, fontsize=11]',
        '  edge [color="#59636e", fontname=Helvetica, fontsize=10]',
    ]
    for number, part in enumerate(diagram.parts):
        several = len(diagram.parts) > 1
        indent = "    " if several else "  "
        if several:
            lines += [f"  subgraph cluster_{number} {{", f'    label={_quoted(part.title)}; color="#d1d9e0"']
        lines += [f"{indent}{_node(number, index, card)}" for index, card in enumerate(part.cards)]
        lines += [f"{indent}{_edge(number, arrow)}" for arrow in part.arrows]
        lines += ["  }"] if several else []
    return "\n".join([*lines, "}"]) + "\n"


def _node(number: int, index: int, card: Card) -> str:
    about = (card.badge, *card.lines, ", ".join(card.pills))
    label = "\n".join(line for line in (card.title, *about) if line)
    return f"n{number}_{index} [label={_quoted(label)}, {_LOOKS[card.look]}]"


def _edge(number: int, arrow: Arrow) -> str:
    attributes = [f"label={_quoted(arrow.label)}"] if arrow.label else []
    attributes += ['color="#cf222e", fontcolor="#cf222e"'] if arrow.warns else []
    attributes += ["style=dashed"] if arrow.dashed else []
    suffix = f" [{', '.join(attributes)}]" if attributes else ""
    return f"n{number}_{arrow.start} -> n{number}_{arrow.end}{suffix}"


def _quoted(text: str) -> str:
    """Return a quoted string in which no character but the lines' ends means anything to DOT."""
    lines = (printable(line).replace("\\", "\\\\").replace('"', '\\"') for line in text.split("\n"))
    return '"' + "\\n".join(lines) + '"'
