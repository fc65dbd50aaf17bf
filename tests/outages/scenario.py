"""One line is cut in the middle of releases, and mended: what was seen of it, and what came of the releases."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import partial

import httpx

from tests.support.estate import TEMPLATES, Estate
from tests.support.serving import Served, push_hook
from tests.support.waiting import eventually

LONGEST = 240.0
"""Seconds after which somebody who does not recover is given up; calls are made again after a minute at most."""


@dataclass(slots=True)
class Figures:
    """What an outage did.

    Attributes:
        line: what was cut, and how.
        outage: for how many seconds.
        releases: how many had to come to their end.
        effects: how many had to be made: workflows, commits and pull requests.
        refused: calls of the API or webhooks that were answered with 503 meanwhile.
        retried: calls of other systems that had to be made again.
        first: seconds after the end of the outage until something went on.
        recovery: seconds until every release had come to its end.
        missing: effects that were not made.
        doubled: effects that were made more than once.
    """

    line: str
    outage: float
    releases: int = 0
    effects: int = 0
    refused: int = 0
    retried: int = 0
    first: float = 0.0
    recovery: float = 0.0
    missing: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.line} away for {self.outage:.0f} s: {self.releases} releases, {self.effects} effects, "
            f"{len(self.missing)} missing, {len(self.doubled)} doubled; {self.retried} calls made again, "
            f"{self.refused} requests told to come again; something went on after {self.first:.1f} s, "
            f"everything was over after {self.recovery:.1f} s"
        )


@dataclass(slots=True)
class Scenario:
    """An outage while every product has a release: some are in the middle of something, others begin meanwhile.

    Attributes:
        here: where.
        service: what carries the releases on.
        line: what is cut.
        outage: for how many seconds.
        version: what is promoted.
        silent: whether connections stay open and nobody answers, instead of being refused.
    """

    here: Estate
    service: Served
    line: str
    outage: float
    version: str
    silent: bool = False

    def run(self) -> Figures:
        """Cut the line, mend it, wait, and count."""
        here, figures = self.here, Figures(f"{self.line} silent and" if self.silent else self.line, self.outage)
        known = {one["id"] for one in self.service.releases()}
        pulls, retried = len(here.forge.state.pulls), self._retried()
        before = {name: (here.promotions(name), here.runs(name)) for name in here.products}
        early, late = here.products[:-1], here.products[-1]
        for name in early:
            self._push(name)
            # Each is a little further than the next one when the line is cut.
            eventually(partial(self._has_begun, name, before[name][1]["gate"]))
        here.silence(self.line) if self.silent else here.lines[self.line].down()
        try:
            self._push(late, figures)
            self._endure(figures)
        finally:
            here.speak(self.line) if self.silent else here.lines[self.line].up()
        mended = time.monotonic()
        events = self._events(known)
        eventually(lambda: self._events(known) > events, LONGEST)
        figures.first = time.monotonic() - mended
        eventually(lambda: self._over(known, len(here.products)), LONGEST)
        figures.recovery = time.monotonic() - mended
        figures.releases, figures.retried = len(here.products), int(self._retried() - retried)
        self._judge(figures, before, pulls)
        return figures

    def _has_begun(self, product: str, before: int) -> bool:
        """Say whether the first workflow of a product's release is there, besides those of earlier ones."""
        return self.here.runs(product)["gate"] > before

    def _push(self, product: str, figures: Figures | None = None) -> None:
        """Commit a version and tell of it."""
        hook = push_hook(self.here, self.here.commit(product, self.version))
        answer = self.service.http.post("/webhooks/main", **hook)
        if figures is not None and answer.status_code == 503:
            figures.refused += 1

    def _endure(self, figures: Figures) -> None:
        """Let the outage pass; the service must live, say what is wrong, and break nothing."""
        until = time.monotonic() + self.outage
        while time.monotonic() < until:
            assert self.service.http.get("/healthz").status_code == 200
            ready = self.service.http.get("/readyz", timeout=30)
            assert (ready.status_code == 200) == (self.line != "store"), ready.text
            if self.line == "store" and self.silent:
                time.sleep(1.0)
                continue
            answer = self.service.call("GET", "/releases")
            assert answer.status_code == (503 if self.line == "store" else 200)
            figures.refused += answer.status_code == 503
            if answer.status_code == 200:
                assert not [one for one in answer.json()["releases"] if one["status"] in ("failed", "terminated")]
            time.sleep(min(1.0, max(0.0, until - time.monotonic())))

    def _retried(self) -> float:
        lines = self.service.http.get("/metrics").text.splitlines()
        found = (line for line in lines if line.startswith("promo_effects_total{") and 'result="retried"' in line)
        return sum(float(line.rpartition(" ")[2]) for line in found)

    def _events(self, known: set[str]) -> int:
        """Return how much has happened to the releases of this scenario; nothing where nobody can say."""
        try:
            found = [one["id"] for one in self._releases(known)]
            pages = [self.service.call("GET", f"/releases/{one}/events").json()["events"] for one in found]
        except (httpx.TransportError, KeyError):
            return 0
        return sum(len(page) for page in pages)

    def _releases(self, known: set[str]) -> list[dict[str, str]]:
        return [one for one in self.service.releases() if one["id"] not in known]

    def _over(self, known: set[str], count: int) -> bool:
        try:
            found = self._releases(known)
        except (httpx.TransportError, KeyError):
            return False
        assert not [one for one in found if one["status"] in ("failed", "terminated", "error")], found
        return len(found) == count and all(one["status"] == "succeeded" for one in found)

    def _judge(self, figures: Figures, before: dict[str, tuple[int, dict[str, int]]], pulls: int) -> None:
        """Compare what was made with what had to be made."""
        here = self.here
        made = {f"pull request {number}": 1 for number in range(pulls, len(here.forge.state.pulls))}
        figures.effects = len(here.products) * (len(TEMPLATES) + 2)
        opened = len(made)
        figures.missing += ["pull request"] * max(0, len(here.products) - opened)
        figures.doubled += ["pull request"] * max(0, opened - len(here.products))
        for name in here.products:
            commits, runs = before[name]
            counts = {"commit": here.promotions(name) - commits}
            counts |= {template: here.runs(name)[template] - runs[template] for template in TEMPLATES}
            figures.missing += [f"{name} {what}" for what, count in counts.items() if count < 1]
            figures.doubled += [f"{name} {what}" for what, count in counts.items() if count > 1]
            assert here.tag(name) == self.version
