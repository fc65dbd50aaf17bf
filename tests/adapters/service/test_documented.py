"""`docs/service.md` names every metric there is, and no other."""

from __future__ import annotations

import re
from pathlib import Path

from adapters.service.metrics import Metrics

DOCUMENT = Path(__file__).parents[3] / "docs" / "service.md"


def names_of(metrics: Metrics) -> set[str]:
    """Return the metrics of promo as Prometheus calls them; histograms by their own name."""
    found = set()
    for family in metrics.registry.collect():
        if family.name.startswith("promo_"):
            found.add(f"{family.name}_total" if family.type == "counter" else family.name)
    return found


def test_every_metric_is_described_and_nothing_else() -> None:
    table = [line for line in DOCUMENT.read_text(encoding="utf-8").splitlines() if line.startswith("| `promo_")]
    told = {name for line in table for name in re.findall(r"promo_[a-z_]+", line.split(" | ")[0])}
    assert told == names_of(Metrics())
