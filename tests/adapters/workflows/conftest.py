from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fakes.workflows_server import FakeArgo, serving


@pytest.fixture
def argo() -> Iterator[FakeArgo]:
    """An Argo Workflows without templates; what was asked of it and answered has to fit its documents."""
    with serving(FakeArgo()) as state:
        yield state
    assert state.complaints == []
