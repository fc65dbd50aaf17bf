"""A release for the stream it is printed to: its width, its colours, its characters."""

from __future__ import annotations

import shutil
import sys

from adapters.cli.output import wants_colour
from adapters.cli.plan_views.terminal_paint import fits
from adapters.cli.release_views.text import render
from engine.execute.release import Release


def release_text(release: Release) -> str:
    """Return a release as standard output can show it."""
    width = shutil.get_terminal_size((100, 24)).columns if sys.stdout.isatty() else 100
    return render(release, width, wants_colour(sys.stdout), ascii_only=not fits(sys.stdout.encoding))
