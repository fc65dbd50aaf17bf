from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fakes.argocd_server import FakeArgoCd, serving


@pytest.fixture
def argocd() -> Iterator[FakeArgoCd]:
    """An Argo CD without applications; what was asked of it and answered has to fit its documents."""
    with serving(FakeArgoCd()) as state:
        yield state
    assert state.complaints == []
