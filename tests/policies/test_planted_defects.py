"""Forty defects planted in the largest shipped workspace: `promo lint` and `promo verify` together find each of them.

`tests/golden/planted/defects.toml` says what is planted; `table.md` beside it shows which command found what.
"""

from __future__ import annotations

import json
import shutil
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from adapters.cli.main import run
from adapters.workspace.linting import lint_loaded
from adapters.workspace.loading import Loaded, load, revised
from engine.verify.memory import ProofMemory
from engine.verify.report import Report
from engine.verify.verification import verify_workspace
from grammar.diagnostics import Diagnostic

FOLDER = Path(__file__).parents[2] / "policies" / "enterprise"
GOLDEN = Path(__file__).parents[1] / "golden" / "planted"


class Planted(NamedTuple):
    """A defect: in a file a text becomes another, and a finding of a code stands on a line that holds a mark."""

    what: str
    file: str
    before: str
    after: str
    code: str
    mark: str

    def spoilt(self, text: str) -> str:
        """Return the text of its file with the defect in it."""
        assert self.before in text, self.what
        return text.replace(self.before, self.after, 1)


class Place(NamedTuple):
    """Where a finding stands: its code, the file from the workspace's folder, the line and its text."""

    code: str
    file: str
    number: int
    line: str

    def shows(self, planted: Planted) -> bool:
        """Say whether it is the finding that names a defect."""
        return self.code == planted.code and planted.mark in self.line


class Reported(NamedTuple):
    """What the two commands report of one defect."""

    lint: tuple[Place, ...]
    verify: tuple[Place, ...]


PLANTED = [Planted(**one) for one in tomllib.loads((GOLDEN / "defects.toml").read_text(encoding="utf-8"))["planted"]]
every_defect = pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: f"{planted.code}-{planted.what}")


@cache
def enterprise() -> Loaded:
    return load(FOLDER)


@cache
def memory() -> ProofMemory:
    """What was proved before; a defect makes new only what it has to do with."""
    return ProofMemory()


def verified(loaded: Loaded) -> Report:
    return verify_workspace(loaded.workspace, memory=memory())


@cache
def reported(planted: Planted) -> Reported:
    """Plant one defect, and return what linting and verifying the workspace say."""
    loaded = enterprise()
    name = next(name for name in loaded.sources if name.endswith(f"enterprise/{planted.file}"))
    spoilt = revised(loaded, {name: planted.spoilt(loaded.sources.texts[name])})
    assert spoilt.diagnostics == ()
    report = verified(spoilt)
    assert report.unknown == ()
    return Reported(
        places(lint_loaded(spoilt), spoilt), places((found.diagnostic() for found in report.findings), spoilt)
    )


def places(findings: Iterable[Diagnostic], loaded: Loaded) -> tuple[Place, ...]:
    found = []
    for one in findings:
        source = loaded.sources[one.span.source]
        number = source.position(one.span.start).line
        found.append(Place(one.code, one.span.source.partition("enterprise/")[2], number, source.line(number)))
    return tuple(found)


def test_the_clean_version_is_clean() -> None:
    assert lint_loaded(enterprise()) == ()
    report = verified(enterprise())
    assert (report.findings, report.unknown) == ((), ())
    assert len(report.proved) > 1_000


@every_defect
def test_a_defect_is_found_where_it_is(planted: Planted) -> None:
    found = reported(planted)
    assert any(place.shows(planted) for place in (*found.lint, *found.verify)), found


def test_which_found_what(golden: Callable[[Path, str], None]) -> None:
    golden(GOLDEN / "table.md", table())


def test_neither_command_finds_all_of_them() -> None:
    """Both are needed; and what one finds that the other does not is worth having."""
    assert len(PLANTED) == 40
    only_lint = [planted for planted in PLANTED if not reported(planted).verify]
    only_verify = [planted for planted in PLANTED if not reported(planted).lint]
    assert len(only_lint) >= 10
    assert len(only_verify) >= 15
    assert {code for planted in PLANTED for code in [planted.code] if code.startswith("V")} >= {
        *("V101", "V201", "V202", "V203", "V301", "V302", "V303", "V401"),
        *("V601", "V602", "V603", "V701", "V702", "V703", "V801", "V802"),
    }


def table() -> str:
    lines = [
        "# Forty defects in policies/enterprise",
        "",
        "Each is planted alone; `tests/policies/test_planted_defects.py` writes this table. A code with `x 3` was",
        "found three times, the finding that names the defect is in **bold**. The clean version has no finding.",
        "",
        "|  | Defect | `promo lint` | `promo verify` | Where |",
        "|--:|---|---|---|---|",
    ]
    for number, planted in enumerate(PLANTED, 1):
        found = reported(planted)
        place = next(place for place in (*found.lint, *found.verify) if place.shows(planted))
        cells = (_codes(found.lint, planted), _codes(found.verify, planted), f"{place.file}:{place.number}")
        lines.append(f"| {number} | {planted.what} | {' | '.join(cells)} |")
    both = sum(bool(reported(planted).lint and reported(planted).verify) for planted in PLANTED)
    lint, verify = (
        sum(bool(getattr(reported(planted), command)) for planted in PLANTED) for command in Reported._fields
    )
    lines += ["", f"{lint} are found by `promo lint`, {verify} by `promo verify`, {both} by both."]
    return "".join(f"{line}\n" for line in lines)


def _codes(found: tuple[Place, ...], planted: Planted) -> str:
    shown = Counter(place.code for place in found)
    named = {place.code for place in found if place.shows(planted)}
    cells = [
        f"{f'**{code}**' if code in named else code}{f' x {count}' if count > 1 else ''}"
        for code, count in shown.items()
    ]
    return ", ".join(cells) or "-"


def test_the_commands_report_all_of_them_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No defect hides another one, and the real commands say the same."""
    folder = tmp_path / "enterprise"
    shutil.copytree(FOLDER, folder)
    for planted in PLANTED:
        path = folder / planted.file
        path.write_text(planted.spoilt(path.read_text(encoding="utf-8")), encoding="utf-8")
    found: list[Place] = []
    for command in ("lint", "verify"):
        assert run([command, "-C", str(folder), "--format", "json"]) == 1
        found += [_place(one, folder) for one in json.loads(capsys.readouterr().out)["findings"]]
    assert [planted.what for planted in PLANTED if not any(place.shows(planted) for place in found)] == []


def _place(found: dict[str, Any], folder: Path) -> Place:
    file, number = found["place"]["file"].partition("enterprise/")[2] or found["place"]["file"], found["place"]["line"]
    return Place(found["code"], file, number, (folder / file).read_text(encoding="utf-8").splitlines()[number - 1])
