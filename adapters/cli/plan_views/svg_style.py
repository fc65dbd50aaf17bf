"""The colours of a picture, light and dark; every rule names its picture, so that none leaks into a page around it."""

from __future__ import annotations

from dataclasses import dataclass

SANS = "-apple-system,BlinkMacSystemFont,'Segoe UI','Noto Sans',Helvetica,Arial,sans-serif"
MONO = "ui-monospace,SFMono-Regular,'SF Mono',Menlo,Consolas,'Liberation Mono',monospace"

_SHAPES = {
    "text": f"font-family:{SANS};font-size:12px",
    ".title": "font-size:16px;font-weight:600",
    ".name": "font-size:14px;font-weight:600",
    ".state": "font-weight:600",
    ".version": f"font-family:{MONO}",
    "text.pill": "font-size:11px;font-weight:500;text-anchor:middle",
    ".box": "stroke-width:1",
    ".missing .box": "stroke-dasharray:5 4",
    ".edge": "fill:none;stroke-width:1.75",
    ".stopped": "stroke-dasharray:5 4",
}


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours by what they are for; a pill has a ground and an ink."""

    inks: dict[str, str]
    pills: dict[str, tuple[str, str]]


LIGHT = Palette(
    inks={
        "page": "#ffffff", "text": "#1f2328", "quiet": "#59636e", "box": "#ffffff", "line": "#d1d9e0",
        "edge": "#8c959f", "trigger": "#0969da", "changes": "#1a7f37", "unchanged": "#59636e", "unseen": "#8250df",
        "waits": "#9a6700", "blocked": "#cf222e", "missing": "#59636e",
    },
    pills={
        "prod": ("#fff1e5", "#953800"), "other": ("#eff2f5", "#59636e"), "open": ("#dafbe1", "#1a7f37"),
        "closed": ("#fff8c5", "#7d4e00"), "later": ("#ddf4ff", "#0550ae"),
    },
)  # fmt: skip
DARK = Palette(
    inks={
        "page": "#0d1117", "text": "#f0f6fc", "quiet": "#9198a1", "box": "#151b23", "line": "#3d444d",
        "edge": "#656c76", "trigger": "#4493f8", "changes": "#3fb950", "unchanged": "#9198a1", "unseen": "#ab7df8",
        "waits": "#d29922", "blocked": "#f85149", "missing": "#9198a1",
    },
    pills={
        "prod": ("#3d2410", "#f0883e"), "other": ("#262c36", "#9198a1"), "open": ("#12361e", "#3fb950"),
        "closed": ("#3b2e0a", "#e3b341"), "later": ("#0c2d52", "#79c0ff"),
    },
)  # fmt: skip
_STATES = ("trigger", "changes", "unchanged", "unseen", "waits", "blocked", "missing")


def _colours(palette: Palette) -> dict[str, str]:
    """Return the rules that a palette fills in, by selector."""
    inks = palette.inks
    rules = {
        ".page": f"fill:{inks['page']}",
        "text": f"fill:{inks['text']}",
        ".about": f"fill:{inks['quiet']}",
        ".fact": f"fill:{inks['quiet']}",
        ".box": f"fill:{inks['box']};stroke:{inks['line']}",
        ".edge": f"stroke:{inks['edge']}",
        ".tip": f"fill:{inks['edge']}",
    }
    for state in _STATES:
        rules[f".{state} .bar"] = rules[f".{state} .state"] = f"fill:{inks[state]}"
    rules[".blocked .box"] = f"stroke:{inks['blocked']}"
    for pill, (ground, ink) in palette.pills.items():
        rules[f"rect.{pill}"] = f"fill:{ground}"
        rules[f"text.{pill}"] = f"fill:{ink}"
    return rules


def _sheet(rules: dict[str, str]) -> str:
    return "".join(f".promo-plan {selector}{{{rule}}}" for selector, rule in rules.items())


STYLE = f"{_sheet(_SHAPES)}{_sheet(_colours(LIGHT))}@media(prefers-color-scheme:dark){{{_sheet(_colours(DARK))}}}"
"""The content of the picture's style element."""
