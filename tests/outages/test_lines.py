"""Git, the forge, Argo CD, Argo Workflows and PostgreSQL go away in turn while releases need them, and come back.

Releases go on by themselves, and nothing is lost or made twice. An outage is short here, and a minute long with
``PROMO_SOAK=1``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.outages.scenario import Figures, Scenario
from tests.support.estate import Estate, estate
from tests.support.postgres import PostgresCluster
from tests.support.serving import Served, served
from tests.support.stores import cluster

__all__ = ["cluster"]

SOAK = bool(os.environ.get("PROMO_SOAK"))
OUTAGE = 60.0 if SOAK else 3.0
PRODUCTS = ("trio", "blog", "shop") if SOAK else ("trio", "shop")
LINES = ("git", "forge", "argocd", "workflows", "store")


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory, cluster: PostgresCluster) -> Iterator[tuple[Estate, Served]]:
    folder = tmp_path_factory.mktemp("outages")
    with (
        estate(folder, PRODUCTS, cluster=cluster, workflow_seconds=1.0 if SOAK else 0.4) as made,
        served(made, folder / "log", "--poll", "5s") as service,
    ):
        yield made, service


@pytest.mark.parametrize("line", LINES)
def test_it_goes_away_and_comes_back(
    here: tuple[Estate, Served], line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    made, service = here
    figures = Scenario(made, service, line, OUTAGE, f"2.{LINES.index(line)}.0").run()
    shown(figures, capsys)
    assert (figures.missing, figures.doubled) == ([], []), figures
    if line != "store":
        assert figures.retried > 0, "nobody needed it while it was away"
    else:
        assert figures.refused > 0


@pytest.mark.soak
@pytest.mark.parametrize("line", LINES)
def test_it_falls_silent_for_a_minute(
    here: tuple[Estate, Served], line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    made, service = here
    figures = Scenario(made, service, line, OUTAGE, f"3.{LINES.index(line)}.0", silent=True).run()
    shown(figures, capsys)
    assert (figures.missing, figures.doubled) == ([], []), figures


def shown(figures: Figures, capsys: pytest.CaptureFixture[str]) -> None:
    if SOAK:
        with capsys.disabled():
            print(f"\n{figures}")
