from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.argocd_server import FakeArgoCd, serving
from tests.support.live_world import LiveWorld


@pytest.fixture
def argocd() -> Iterator[FakeArgoCd]:
    """An Argo CD; what was asked of it and answered has to fit its documents."""
    with serving(FakeArgoCd()) as state:
        yield state
    assert state.complaints == []


@pytest.fixture
def world(tmp_path: Path, argocd: FakeArgoCd, monkeypatch: pytest.MonkeyPatch) -> LiveWorld:
    """A workspace of four applications in three environments, which is the current folder."""
    made = LiveWorld(tmp_path, argocd)
    monkeypatch.chdir(made.workspace)
    monkeypatch.setenv("NO_COLOR", "1")
    return made
