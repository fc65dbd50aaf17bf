"""From a keystroke to the findings in the editor, over the pipes of a real session."""

from __future__ import annotations

import queue
import re
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple

import pytest

from tests.bench.policy_set import policy_set
from tests.bench.report import LSP, Report, verdict
from tests.support.lsp_client import Editor, editing

pytestmark = pytest.mark.bench

SIZES = {100: (200, 20), 2_000: (500, 40)}
"""Products and environments, by number of policies."""

TARGETS = {100: 20.0, 2_000: 60.0}
"""Milliseconds from an edit to the new finding, in the median."""

ROUNDS = 15
KEYS_A_SECOND = 8


class Mistake(NamedTuple):
    """An edit that makes one new finding, and the code it has."""

    name: str
    old: str
    new: str
    code: str


class Took(NamedTuple):
    """Milliseconds from sending an edit.

    Attributes:
        finding: until the findings of the text with the new one among them had arrived.
        settled: until those of an analysis of the whole workspace had.
    """

    finding: float
    settled: float


def mistakes(text: str) -> Iterator[Mistake]:
    """Yield one mistake of each family, in a policy in the middle of a text."""
    middle = text.index("\npolicy ", len(text) // 2 + len(text) // 4)
    match = re.compile(r"\n(policy \S+ priority \d+ \{ when )(product\.name) == (\S+)( [^\n]*\})").search(text, middle)
    assert match is not None
    head, attribute, value, rest = match.groups()
    old = f"{head}{attribute} == {value}{rest}"
    yield Mistake("syntax", old, old.replace("priority", "priorty", 1), "S001")
    yield Mistake("name", old, f"{old.removesuffix('}')}window nowhere }}", "M014")
    yield Mistake("lint", old, f"{head}{value} == {attribute}{rest}", "L304")


def shown(editor: Editor, version: int, family: str) -> float:
    """Wait until findings of a version with one of a family arrive; return when they did."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            arrived, params = editor.published.get(timeout=1)
        except queue.Empty:
            continue
        if params.get("version") == version and any(found["code"][0] == family for found in params["diagnostics"]):
            return arrived
    raise AssertionError(f"no finding {family} of version {version} in a minute")


def once(editor: Editor, uri: str, mistake: Mistake) -> Took:
    """Make a mistake, see it shown, and take it back."""
    version = editor.replace(uri, mistake.old, mistake.new)
    sent = editor.sent
    arrived = shown(editor, version, mistake.code[0])
    editor.settle()
    settled = time.perf_counter()
    editor.replace(uri, mistake.new, mistake.old)
    editor.settle()
    return Took((arrived - sent) * 1e3, (settled - sent) * 1e3)


def typed(editor: Editor, uri: str, mistake: Mistake) -> list[float]:
    """Type a mistake's whole line key by key without waiting; return how long each edit's findings took, in ms."""
    start = editor.texts[uri].index(mistake.old)
    line = mistake.new
    editor.edit(uri, start, start + len(mistake.old), "")
    sent: dict[int, float] = {}
    for number, character in enumerate(line):
        begun = time.perf_counter()
        version = editor.edit(uri, start + number, start + number, character)
        sent[version] = editor.sent
        time.sleep(max(0.0, 1 / KEYS_A_SECOND - (time.perf_counter() - begun)))
    editor.settle()
    took: dict[int, float] = {}
    while not editor.published.empty():
        arrived, params = editor.published.get()
        if params.get("version") in sent:
            took.setdefault(params["version"], (arrived - sent[params["version"]]) * 1e3)
    editor.edit(uri, start, start + len(line), mistake.old)
    editor.settle()
    return list(took.values())


@pytest.mark.parametrize("policies", SIZES)
def test_edit_to_diagnostics(policies: int, tmp_path: Path, report: Report) -> None:
    text = policy_set(policies, *SIZES[policies]).promo_text() + "\n"
    (tmp_path / "promo.toml").write_text("")
    (tmp_path / "policies.promo").write_text(text)
    with editing(tmp_path) as editor:
        begun = time.perf_counter()
        uri = editor.open("policies.promo")
        editor.settle()
        report.add(LSP, f"{policies:,}", "open the workspace", f"{(time.perf_counter() - begun) * 1e3:.0f}", "", "", "")
        for mistake in mistakes(text):
            runs = [once(editor, uri, mistake) for _ in range(ROUNDS)]
            found = [run.finding for run in runs]
            met = verdict(median(found) <= TARGETS[policies], f"<= {TARGETS[policies]:.0f}")
            settled = f"{median(run.settled for run in runs):.0f}"
            high = f"{quantiles(found, n=20)[-1]:.1f}"
            report.add(LSP, f"{policies:,}", f"a mistake: {mistake.name}", f"{median(found):.1f}", high, settled, met)
        keys = typed(editor, uri, mistake)
        high = f"{quantiles(keys, n=20)[-1]:.1f}"
        report.add(LSP, f"{policies:,}", f"{KEYS_A_SECOND} keys a second", f"{median(keys):.1f}", high, "", "")
