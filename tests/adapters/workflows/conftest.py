from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fakes.workflows_server import FakeArgo, Switch, switched


@pytest.fixture(scope="session")
def switch() -> Iterator[Switch]:
    """A server for all tests, since one starts and ends more slowly than most of them run."""
    with switched() as found:
        yield found


@pytest.fixture
def argo(switch: Switch) -> Iterator[FakeArgo]:
    """An Argo Workflows without templates; what was asked of it and answered has to fit its documents."""
    state = FakeArgo()
    switch.answer_for(state)
    yield state
    assert state.complaints == []
