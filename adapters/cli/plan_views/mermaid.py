"""A plan's flow as a Mermaid flowchart, which code hosts draw inside comments."""

from __future__ import annotations

from adapters.cli.plan_views.flow_picture import Card, Role, picture
from adapters.cli.plan_views.wording import Outlook, plural
from engine.plan.credentials import credential_free
from engine.plan.nodes import Plan
from grammar.render import printable

_LONGEST = 60
"""Characters of one line of a label."""

_PLAIN = frozenset(" .,:/+-()→")
"""Besides letters and digits, what a label may hold as it is."""

_CLASSES = {
    "trigger": "fill:#ddf4ff,stroke:#0969da,color:#0a3069",
    "changes": "fill:#dafbe1,stroke:#1a7f37,color:#0b3d1a",
    "unchanged": "fill:#f6f8fa,stroke:#8c959f,color:#424a53",
    "unseen": "fill:#fbefff,stroke:#8250df,color:#3e1f79",
    "waits": "fill:#fff8c5,stroke:#9a6700,color:#4d2d00",
    "blocked": "fill:#ffebe9,stroke:#cf222e,color:#660018,stroke-width:2px",
    "missing": "fill:none,stroke:#8c959f,color:#8c959f,stroke-dasharray:4",
}
_OUTLOOKS = {
    Outlook.CHANGES: "changes",
    Outlook.NO_CHANGES: "unchanged",
    Outlook.UNSEEN: "unseen",
    Outlook.WAITS: "waits",
    Outlook.BLOCKED: "blocked",
}


def render(plan: Plan) -> str:
    """Return a flowchart from left to right, without a final line break.

    Arrows to what is blocked are dotted. Labels hold no character that Mermaid, Markdown or HTML would act on.
    """
    drawn = picture(credential_free(plan))
    lines = ["flowchart LR"]
    for index, card in enumerate(drawn.cards):
        opening, closing = ("([", "])") if card.role is Role.TRIGGER else ("[", "]")
        lines.append(f'  n{index}{opening}"{_label(card)}"{closing}:::{_class(card)}')
    for start, end in drawn.edges:
        arrow = "-.->" if drawn.cards[end].outlook is Outlook.BLOCKED else "-->"
        lines.append(f"  n{start} {arrow} n{end}")
    used = dict.fromkeys(_class(card) for card in drawn.cards)
    return "\n".join(lines + [f"  classDef {name} {_CLASSES[name]}" for name in used])


def _class(card: Card) -> str:
    return card.role.value if card.outlook is None else _OUTLOOKS[card.outlook]


def _label(card: Card) -> str:
    about = ", ".join(part for part in (card.kind, card.action) if part)
    lines = [card.name, about, card.state]
    if card.outlook in (Outlook.WAITS, Outlook.UNSEEN) and card.files:
        lines.append(plural(card.files, "file", "files"))
    lines += card.versions[:2]
    if card.gates:
        lines.append("gates: " + ", ".join(dict.fromkeys(gate.kind for gate in card.gates)))
    return "<br/>".join(escape(line) for line in lines if line) or " "


def escape(text: str) -> str:
    """Return a text as a label shows it: control characters escaped, everything special as a character code.

    Args:
        text: anything; beyond 60 characters it is cut.
    """
    shown = printable(text)
    if len(shown) > _LONGEST:
        shown = f"{shown[: _LONGEST - 3]}..."
    # A number and a point, or a dash, at the start of a label would make it a Markdown list.
    return "".join(
        character if character.isalnum() or (character in _PLAIN and position) else f"#{ord(character)};"
        for position, character in enumerate(_no_list(shown))
    )


def _no_list(text: str) -> str:
    """Return a text in which no number at the start is followed by a point and a space."""
    digits = len(text) - len(text.lstrip("0123456789"))
    if digits and text[digits : digits + 2] in (". ", ") "):
        return f"{text[: digits + 1]}\N{NO-BREAK SPACE}{text[digits + 2 :]}"
    return text
