"""Git, the forge, Argo CD, Argo Workflows and PostgreSQL go away while releases need them, and come back.

Releases go on by themselves, and nothing is lost or made twice. An outage is short here, and a minute long with
``PROMO_SOAK=1``. Each has a world and a service of its own, so that all of them pass at the same time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.outages.scenario import Figures, Scenario
from tests.support.effort import SOAK
from tests.support.estate import estate
from tests.support.postgres import MISSING, PostgresCluster, programs
from tests.support.serving import served

OUTAGE = 60.0 if SOAK else 3.0
PRODUCTS = ("trio", "blog", "shop") if SOAK else ("trio", "shop")
LINES = ("git", "forge", "argocd", "workflows", "store")

Outages = Mapping[str, "Future[Figures]"]


def outages(folder: Path, *, silent: bool) -> Iterator[Outages]:
    """Begin an outage of every line, and end what is left of them."""
    if programs() is None:
        pytest.skip(MISSING)
    with PostgresCluster() as shared, PostgresCluster() as own, ThreadPoolExecutor(len(LINES)) as threads:

        def one(line: str) -> Figures:
            # A server that is frozen must not be that of the others.
            cluster = own if line == "store" else shared
            (folder / line).mkdir()
            with (
                estate(folder / line, PRODUCTS, cluster=cluster, workflow_seconds=1.0 if SOAK else 0.4) as here,
                served(here, folder / line / "log", "--poll", "5s") as service,
            ):
                return Scenario(here, service, line, OUTAGE, "2.0.0", silent).run()

        yield {line: threads.submit(one, line) for line in LINES}


@pytest.fixture(scope="module")
def refusing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outages]:
    yield from outages(tmp_path_factory.mktemp("refusing"), silent=False)


@pytest.fixture(scope="module")
def silent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outages]:
    yield from outages(tmp_path_factory.mktemp("silent"), silent=True)


@pytest.mark.parametrize("line", LINES)
def test_it_goes_away_and_comes_back(refusing: Outages, line: str, capsys: pytest.CaptureFixture[str]) -> None:
    figures = refusing[line].result()
    shown(figures, capsys)
    assert (figures.missing, figures.doubled) == ([], []), figures
    if line != "store":
        assert figures.retried > 0, "nobody needed it while it was away"
    else:
        assert figures.refused > 0


@pytest.mark.soak
@pytest.mark.parametrize("line", LINES)
def test_it_falls_silent_and_speaks_again(silent: Outages, line: str, capsys: pytest.CaptureFixture[str]) -> None:
    figures = silent[line].result()
    shown(figures, capsys)
    assert (figures.missing, figures.doubled) == ([], []), figures


def shown(figures: Figures, capsys: pytest.CaptureFixture[str]) -> None:
    if SOAK:
        with capsys.disabled():
            print(f"\n{figures}")
