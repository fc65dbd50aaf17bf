"""`docs/argo.md` names every recorded trap, and configures what `promo.toml` takes."""

from __future__ import annotations

import re
from pathlib import Path

from adapters.workspace.runtimes_schema import ArgoCdTable, RuntimeTable
from adapters.workspace.settings_file import read_configuration

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "argo.md").read_text(encoding="utf-8")


def test_the_table_of_traps_names_every_recorded_status() -> None:
    table = TEXT.partition("\n## Traps")[2].partition("\n## ")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    named = [name for row in rows for name in re.findall(r"`([a-z-]+)`", row)]
    recorded = [path.stem for path in (ROOT / "tests" / "adapters" / "argocd" / "statuses").glob("*.json")]
    assert sorted(named) == sorted(recorded)


def test_the_configuration_is_one() -> None:
    (text,) = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
    configuration, found = read_configuration(text, "promo.toml")
    assert found == ()
    assert [runtime.name for runtime in configuration.adapters.runtimes] == ["main", "eu"]


def test_every_key_is_told() -> None:
    fields = {*RuntimeTable.model_fields, *(f"argocd.{name}" for name in ArgoCdTable.model_fields)} - {"argocd"}
    told = set(re.findall(r"^\| `([a-z.]+)` \|", TEXT.partition("\n## Rights")[0], re.MULTILINE))
    assert told == {name for name in fields if not name.startswith("workflows")}
