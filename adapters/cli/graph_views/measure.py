"""How wide a text is, and as much of it as fits.

Widths are those of DejaVu Sans, which is wider than every other font the pictures ask for (Helvetica, Arial, Segoe UI,
Noto Sans, San Francisco): what fits here fits wherever the picture is opened.
"""

from __future__ import annotations

import unicodedata

from grammar.render import printable

# Advance widths of the characters from space to tilde, in thousandths of the font's size.
_PLAIN = (
    318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337,
    636, 636, 636, 636, 636, 636, 636, 636, 636, 636, 337, 337, 838, 838, 838, 531,
    1000, 684, 686, 698, 770, 632, 575, 775, 752, 295, 295, 656, 557, 863, 748, 787,
    603, 787, 695, 635, 611, 732, 684, 989, 685, 611, 685, 390, 337, 390, 838, 500,
    500, 613, 635, 550, 635, 615, 352, 635, 634, 278, 278, 579, 278, 974, 634, 612,
    635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636, 337, 636, 838,
)  # fmt: skip
_BOLD = (
    348, 456, 521, 838, 696, 1002, 872, 306, 457, 457, 523, 838, 380, 415, 380, 365,
    696, 696, 696, 696, 696, 696, 696, 696, 696, 696, 400, 400, 838, 838, 838, 580,
    1000, 774, 762, 734, 830, 683, 683, 821, 837, 372, 372, 775, 637, 995, 837, 850,
    733, 850, 770, 720, 682, 812, 774, 1103, 771, 724, 725, 457, 365, 457, 838, 500,
    500, 675, 716, 593, 716, 678, 435, 716, 712, 343, 343, 665, 343, 1042, 712, 687,
    716, 716, 493, 595, 478, 712, 652, 924, 645, 652, 582, 712, 365, 712, 838,
)  # fmt: skip
_WIDE = 1000
_OTHER = 850
"""Letters outside ASCII; the widest of those in European words."""

_ELLIPSIS = 1000


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Return how many pixels a text takes up at most.

    Args:
        text: raw; control characters count as they are shown, escaped.
        size: of the font, in pixels.
        bold: whether it is set in bold.
    """
    return sum(_advance(character, bold) for character in printable(text)) * size / 1000


def fitted(text: str, room: float, size: float, *, bold: bool = False) -> str:
    """Return as much of a text as fits into some pixels, with an ellipsis where it is cut."""
    shown = printable(text)
    if width(shown, size, bold=bold) <= room:
        return shown
    left = room * 1000 / size - _ELLIPSIS
    end = 0
    for character in shown:
        left -= _advance(character, bold)
        if left < 0:
            break
        end += 1
    return f"{shown[:end].rstrip()}…"


def _advance(character: str, bold: bool) -> int:
    if " " <= character <= "~":
        return (_BOLD if bold else _PLAIN)[ord(character) - 32]
    if unicodedata.combining(character):
        return 0
    return _WIDE if unicodedata.east_asian_width(character) in "WF" or character == "…" else _OTHER
