"""A plan for the stream it is printed to: its width, its colours, its characters."""

from __future__ import annotations

import shutil
import sys

from adapters.cli.output import wants_colour
from adapters.cli.plan_views.terminal_paint import fits
from adapters.cli.plan_views.text import render
from adapters.live.answer import Live
from engine.plan.nodes import Plan


def plan_as_text(plan: Plan, live: Live | None = None) -> str:
    """Return a plan as standard output can show it, without a final line break.

    Args:
        plan: the dry run.
        live: how its applications stand; None where nobody asked.
    """
    width = shutil.get_terminal_size((100, 24)).columns if sys.stdout.isatty() else 100
    return render(plan, width, wants_colour(sys.stdout), ascii_only=not fits(sys.stdout.encoding), live=live)
