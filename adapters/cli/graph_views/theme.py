"""The colours and shapes of graphs as SVG, light and dark; those of plans, with what graphs need besides."""

from __future__ import annotations

from adapters.cli.plan_views.svg_style import DARK, LIGHT, SANS, Palette

TITLE, HEADING, NAME, TEXT, SMALL = 17.0, 15.0, 13.0, 12.0, 10.5
"""Sizes of fonts, in pixels."""

HUES = 12
"""How many colours there are for flows; more flows use them again."""

_SHAPES = {
    "text": f"font-family:{SANS};font-size:{TEXT}px",
    "text.title": f"font-size:{TITLE}px;font-weight:700",
    "text.heading": f"font-size:{HEADING}px;font-weight:700",
    "text.name": f"font-size:{NAME}px;font-weight:700",
    "text.small": f"font-size:{SMALL}px",
    "text.pill": f"font-size:{SMALL}px;text-anchor:middle",
    "text.chip": f"font-size:{SMALL}px;font-weight:700;text-anchor:middle",
    ".middle": "text-anchor:middle",
    ".end": "text-anchor:end",
    ".box": "stroke-width:1",
    ".absent .box": "stroke-dasharray:5 4",
    ".edge": "fill:none;stroke-width:1.6",
    ".rule": "stroke-width:1",
    ".hand": "fill:none;stroke-width:1.5;stroke-dasharray:4 3",
    ".through": "fill:none;stroke-width:1;stroke-dasharray:3 3",
    ".begins": "fill:none;stroke-width:1.5",
}
_BARS = {"trigger": "trigger", "prod": "waits", "other": "unchanged", "absent": "missing"}
_LIGHT_HUES = (
    "#0969da", "#1a7f37", "#8250df", "#bc4c00", "#bf3989", "#1b7c83",
    "#7d4e00", "#cf222e", "#4d2d9e", "#0a3069", "#57606a", "#116329",
)  # fmt: skip
_DARK_HUES = (
    "#79c0ff", "#56d364", "#d2a8ff", "#ffa657", "#ff9bce", "#56d4dd",
    "#e3b341", "#ff7b72", "#b392f0", "#a5d6ff", "#b1bac4", "#7ee787",
)  # fmt: skip


def _colours(palette: Palette, hues: tuple[str, ...], ink_on_hue: str) -> dict[str, str]:
    inks = palette.inks
    rules = {
        ".page": f"fill:{inks['page']}",
        "text": f"fill:{inks['text']}",
        "text.quiet": f"fill:{inks['quiet']}",
        "text.warns": f"fill:{inks['blocked']}",
        ".box": f"fill:{inks['box']};stroke:{inks['line']}",
        ".band": f"fill:{inks['box']}",
        ".rule": f"stroke:{inks['line']}",
        ".edge": f"stroke:{inks['edge']}",
        ".tip": f"fill:{inks['edge']}",
        ".there": f"fill:{inks['line']};fill-opacity:.45",
        ".hand": f"stroke:{inks['waits']}",
        "text.hand": f"fill:{inks['waits']};stroke:none",
        ".through": f"stroke:{inks['edge']}",
        ".track": f"fill:{inks['line']}",
        ".decides": f"fill:{inks['changes']}",
        ".tied": f"fill:{inks['blocked']}",
    }
    rules |= {f".{look} .bar": f"fill:{inks[ink]}" for look, ink in _BARS.items()}
    for pill in ("prod", "other", "later"):
        ground, ink = palette.pills[pill]
        rules[f"rect.{pill}"] = f"fill:{ground}"
        rules[f"text.{pill}"] = f"fill:{ink}"
    for number, hue in enumerate(hues):
        rules[f"rect.h{number}"] = f"fill:{hue};stroke:{hue}"
        rules[f"text.h{number}"] = f"fill:{ink_on_hue}"
        rules[f"rect.begins.h{number}"] = f"fill:none;stroke:{hue}"
        rules[f"text.begins.h{number}"] = f"fill:{hue}"
    return rules


def _sheet(rules: dict[str, str]) -> str:
    return "".join(f".promo-graph {selector}{{{rule}}}" for selector, rule in rules.items())


STYLE = (
    f"{_sheet(_SHAPES)}{_sheet(_colours(LIGHT, _LIGHT_HUES, '#ffffff'))}"
    f"@media(prefers-color-scheme:dark){{{_sheet(_colours(DARK, _DARK_HUES, '#0d1117'))}}}"
)
"""The content of a picture's style element."""
