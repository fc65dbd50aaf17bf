"""`docs/manifests.md` is true: its codes are those of the code, its kinds those that are read."""

from __future__ import annotations

import re
from pathlib import Path

from adapters.manifests import read
from adapters.manifests.kinds import KINDS

ROOT = Path(__file__).resolve().parents[3]
TEXT = (ROOT / "docs" / "manifests.md").read_text(encoding="utf-8")
DECISION = ROOT / "docs" / "adr" / "0005-environments-have-an-api-group-of-their-own.md"


def test_every_code_is_documented_and_no_other() -> None:
    documented = re.findall(r"^\| (Y\d{3}) \| (?:error|warning|info) \|", TEXT, re.MULTILINE)
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "adapters" / "manifests").rglob("*.py"))
    assert documented == sorted(set(re.findall(r'"(Y\d{3})"', source)))


def test_every_kind_is_documented_with_its_versions() -> None:
    rows = re.findall(r"^\| (`\w+`(?:, `\w+`)*) \| (`[a-z./0-9]+`(?:, `[a-z./0-9]+`)*) \|", TEXT, re.MULTILINE)
    documented = {
        kind: tuple(re.findall(r"`([^`]+)`", versions))
        for kinds, versions in rows
        for kind in re.findall(r"`(\w+)`", kinds)
    }
    assert documented == {kind: known.api_versions for kind, known in KINDS.items()}


def test_the_environment_of_the_decision_is_one() -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", DECISION.read_text(encoding="utf-8"), re.DOTALL)
    found = read(example, "x.yaml")
    assert found.diagnostics == ()
    assert len(found.file.declarations) == 1
