"""A workspace that is served, over real HTTP, with real Git."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.service_world import ServiceWorld, make_world


@pytest.fixture
def world(tmp_path: Path) -> ServiceWorld:
    """Return a new workspace, its repository and a clone of that."""
    return make_world(tmp_path, ("trio", "blog"))
