"""The table of faults: every call of every adapter, and what each fault of it does to a release."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from tests.fakes.fault_proxy import FaultProxy
from tests.faults import argo_cd, argo_workflows, forges
from tests.faults.columns import COLUMNS, fault
from tests.faults.running import Ended
from tests.faults.stories import Adapter, Call, Story

ADAPTERS: tuple[Adapter, ...] = (*argo_cd.ADAPTERS, *argo_workflows.ADAPTERS, *forges.ADAPTERS)

SAME, WAITS, TWICE, FAILS = "same", "waits", "twice", "fails"

Cell = tuple[str, str, str]
"""An adapter, a call and a column, by their names."""

_UNKEYED = {("comment", "twice")}
"""Where a request that something between delivers twice is done twice: a comment on a forge has no key."""

LEGEND = """\
# What a release does when a call goes wrong

Each row is a call that an adapter makes while a release runs, each column a way for it to go wrong, twice in a row. The
release is a real one over real HTTP; `tests/faults` makes this table, and every run of the tests looks at a part of it.

| Word | Means |
|---|---|
| same | the release ends as it does without the fault, and nothing was waited for |
| waits | it says what is wrong, asks again, and ends as it does without the fault |
| twice | it ends as without the fault, and something without a key was made twice, because it was delivered twice |
| fails | it fails, with the reason below the table, and has made nothing that it would not have, and nothing twice |

Columns: `before` is before the request reaches the server, `after` when the server has done what it was asked for and
the answer is lost. `breaks off` and `half` are answers that are cut, against and with their length; `drips` is a byte
at a time; `noise` and `a page` are answers with status 200; `wrong type` is the server's answer as `text/html`.
"""


@dataclass
class Bench:
    """An adapter's server that serves, and how its stories end without faults.

    Attributes:
        adapter: which.
        proxy: before the server.
        folder: for repositories.
        clean: how each story ends.
        owners: the story in which each call is tried.
        strays: requests that are no call of the adapter.
    """

    adapter: Adapter
    proxy: FaultProxy
    folder: Path
    clean: dict[str, Ended] = field(default_factory=dict)
    owners: dict[str, Story] = field(default_factory=dict)
    strays: list[str] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=count)

    def learn(self) -> None:
        """Run every story without a fault."""
        for story in self.adapter.stories:
            self.clean[story.name] = ended = self._run(story)
            assert ended.status == story.ends, f"{story.name}: {ended}"
            for passed in self.proxy.passed:
                calls = [call for call in self.adapter.calls if call.fits(passed.method, passed.target)]
                if not calls:
                    self.strays.append(f"{passed.method} {passed.target}")
                for call in calls:
                    if call.story in ("", story.name):
                        self.owners.setdefault(call.what, story)

    def meet(self, call: Call, column: str) -> tuple[str, str]:
        """Run a call's story with a fault; return the word for what happens, and why where it fails.

        Raises:
            AssertionError: when the release hangs, says that it succeeded and did not, or makes something twice.
        """
        story = self.owners[call.what]
        planned = fault(column, call)
        ended = self._run(story, lambda: self.proxy.faults.append(planned))
        clean = self.clean[story.name]
        where = f"{self.adapter.name}, {call.what}, {column}"
        assert any(one.fault is planned for one in self.proxy.passed), f"{where}: the call was not made"
        if (ended.status, ended.steps, ended.effects) == (clean.status, clean.steps, clean.effects):
            return (WAITS if ended.waits or ended.passes > clean.passes else SAME), ""
        if (ended.status, ended.steps) == (clean.status, clean.steps) and (call.what, column) in _UNKEYED:
            return TWICE, ""
        assert ended.status == "failed", f"{where}: {ended} instead of {clean}"
        assert ended.reasons, f"{where}: it does not say why"
        most = {name: number for name, number in clean.effects.items()}
        assert all(number <= most.get(name, 1) for name, number in ended.effects.items()), f"{where}: {ended}"
        return FAILS, " / ".join(ended.reasons)

    def _run(self, story: Story, prepare: Callable[[], None] = lambda: None) -> Ended:
        self.proxy.begin_anew()
        prepare()
        folder = self.folder / str(next(self.numbers))
        folder.mkdir()
        with story.begin(self.proxy, folder) as carry_out:
            return carry_out()


def render(found: Mapping[Cell, tuple[str, str]]) -> str:
    """Return the table as Markdown."""
    parts = [LEGEND]
    for adapter in ADAPTERS:
        reasons: list[str] = []
        parts.append(f"\n## {adapter.name}\n\n| Call | {' | '.join(COLUMNS)} |\n|---|{'---|' * len(COLUMNS)}\n")
        for call in adapter.calls:
            words = [_word(found[adapter.name, call.what, column], reasons) for column in COLUMNS]
            parts.append(f"| {call.what} | {' | '.join(words)} |\n")
        parts += [f"\n{number}. {reason}\n" for number, reason in enumerate(reasons, 1)]
    return "".join(parts)


def _word(outcome: tuple[str, str], reasons: list[str]) -> str:
    word, reason = outcome
    if not reason:
        return word
    if reason not in reasons:
        reasons.append(reason)
    return f"{word} ({reasons.index(reason) + 1})"


def parse(text: str) -> dict[Cell, str]:
    """Return the word of every cell of a table."""
    found: dict[Cell, str] = {}
    adapter, columns = "", list[str]()
    for line in text.splitlines():
        if line.startswith("## "):
            adapter = line.removeprefix("## ")
        elif line.startswith("|") and adapter and not line.startswith("|---"):
            what, *words = [part.strip() for part in line.strip("|").split("|")]
            if what == "Call":
                columns = words
            else:
                found |= {
                    (adapter, what, column): word.partition(" (")[0]
                    for column, word in zip(columns, words, strict=True)
                }
    return found


def representative(adapter: Adapter) -> Iterable[tuple[Call, str]]:
    """Return the cells that are looked at every time: for each call one fault, all faults in turn, and for each call
    that changes something the loss of its answer."""
    columns = list(COLUMNS)
    start = sum(len(one.calls) for one in ADAPTERS[: ADAPTERS.index(adapter)])
    for number, call in enumerate(adapter.calls, start):
        turn = columns[number * 7 % len(columns)]
        if call.method != "GET" and turn != "cut after":
            yield call, "cut after"
        yield call, turn
