"""Widths of texts are upper bounds, and what is cut fits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.cli.graph_views.measure import fitted, width


def test_widths_grow_with_the_font_and_with_bold() -> None:
    assert width("mmm", 10) == pytest.approx(29.22)
    assert width("mmm", 20) == 2 * width("mmm", 10)
    assert width("mmm", 10, bold=True) > width("mmm", 10) > width("iii", 10)
    assert width("漢", 10) == 10
    assert width("", 10) == 0


@given(st.text(max_size=40), st.floats(0, 300), st.booleans())
def test_what_is_fitted_fits(text: str, room: float, bold: bool) -> None:
    shown = fitted(text, room, 12, bold=bold)
    assert width(shown, 12, bold=bold) <= max(room, width("…", 12, bold=bold)) + 1e-6
    if not shown.endswith("…"):
        assert width(text, 12, bold=bold) <= room
