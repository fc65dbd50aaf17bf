"""A diagram as a Mermaid flowchart, which code hosts draw inside comments and documents."""

from __future__ import annotations

from adapters.cli.graph_views.diagram import Arrow, Card, Diagram, Look
from adapters.cli.plan_views.mermaid import escape

_CLASSES = {
    Look.TRIGGER: "fill:#ddf4ff,stroke:#0969da,color:#0a3069",
    Look.PROD: "fill:#fff1e5,stroke:#bc4c00,color:#471700",
    Look.OTHER: "fill:#f6f8fa,stroke:#59636e,color:#1f2328",
    Look.ABSENT: "fill:none,stroke:#8c959f,color:#8c959f,stroke-dasharray:4",
    Look.PRODUCT: "fill:#ddf4ff,stroke:#0969da,color:#0a3069",
    Look.FLOW: "fill:#fbefff,stroke:#8250df,color:#3e1f79",
    Look.POLICY: "fill:#f6f8fa,stroke:#59636e,color:#1f2328",
}


def render(diagram: Diagram) -> str:
    """Return a flowchart from left to right, with a final line break; several parts become subgraphs."""
    lines = ["flowchart LR"]
    several = len(diagram.parts) > 1
    used: dict[Look, None] = {}
    links: list[str] = []
    for number, part in enumerate(diagram.parts):
        indent = "    " if several else "  "
        if several:
            lines.append(f'  subgraph p{number}["{escape(part.title)}"]')
            lines.append("    direction LR")
        for index, card in enumerate(part.cards):
            used[card.look] = None
            opening, closing = ("([", "])") if card.look is Look.TRIGGER else ("[", "]")
            lines.append(f'{indent}n{number}_{index}{opening}"{_label(card)}"{closing}:::{card.look.value}')
        if several:
            lines.append("  end")
        links += [_link(number, arrow) for arrow in part.arrows]
    lines += links
    lines += [f"  classDef {look.value} {_CLASSES[look]}" for look in used]
    warned = [
        index for index, arrow in enumerate(arrow for part in diagram.parts for arrow in part.arrows) if arrow.warns
    ]
    if warned:
        lines.append(f"  linkStyle {','.join(map(str, warned))} stroke:#cf222e")
    return "\n".join(lines) + "\n"


def _label(card: Card) -> str:
    about = (card.badge, *card.lines, ", ".join(card.pills))
    return "<br/>".join(escape(line) for line in (card.title, *about) if line) or " "


def _link(number: int, arrow: Arrow) -> str:
    line = "-.->" if arrow.dashed else "-->"
    label = f'|"{escape(arrow.label)}"|' if arrow.label else ""
    return f"  n{number}_{arrow.start} {line}{label} n{number}_{arrow.end}"
