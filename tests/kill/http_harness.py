"""A kill test whose workers have the real adapters, over HTTP and Git, with faults all the time."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from adapters.store.location import locate
from adapters.store.store import ReleaseStore, open_store
from engine.execute.release import Release, Role, Step, new_release
from engine.execute.spec import ApplicationSpec, CommitSpec, ReleaseSpec, SourceSpec, TargetSpec, WorkflowSpec
from engine.execute.status import ReleaseStatus, StepStatus
from engine.model.entities import PromotedFile, VersionSource
from engine.model.values import Action
from tests.kill.harness import ROOT, Figures, Trial, overlapping, patient, work
from tests.support.gitrepo import GitRepo
from tests.support.releases import START, spec

PATIENCE = 60.0
"""Seconds within which servers must be there."""

_TAG = (PromotedFile("values.yaml", ("$.image.tag",)),)


@dataclass
class HttpFigures(Figures):
    """What such a test saw besides.

    Attributes:
        requests: how many came to the proxies.
        faults: how many of them went wrong, by how.
    """

    requests: int = 0
    faults: dict[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        kinds = ", ".join(f"{name} {number}" for name, number in sorted(self.faults.items()))
        return f"{Figures.__str__(self)}; {sum(self.faults.values())} of {self.requests} requests went wrong ({kinds})"


@contextmanager
def serving(trial: Trial) -> Iterator[dict[str, str]]:
    """Serve everything until the block ends; what was made is in ``effects.json`` then."""
    arguments = [str(trial.folder), str(trial.seed), str(trial.products)]
    with (trial.folder / "servers.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.kill.servers", *arguments],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stderr=log,
        )
        where = trial.folder / "servers.json"
        try:
            deadline = time.monotonic() + PATIENCE
            while not where.exists():
                assert process.poll() is None, (trial.folder / "servers.log").read_text()
                assert time.monotonic() < deadline, "the servers do not begin"
                time.sleep(0.05)
            yield json.loads(where.read_text())
        finally:
            assert process.stdin is not None
            process.stdin.close()
            try:
                process.wait(PATIENCE)
            finally:
                process.kill()


async def carry_out(trial: Trial) -> HttpFigures:
    """Run a kill test to its end."""
    began = time.monotonic()
    figures = HttpFigures()
    store = open_store(locate("", {"PROMO_STORE_URL": trial.store}, trial.folder))
    try:
        with serving(trial) as servers:
            figures.releases = await _create(store, trial, servers)
            await work(store, trial, figures, time.monotonic())
        await _judge(store, trial, figures)
    finally:
        await store.close()
    figures.seconds = time.monotonic() - began
    return figures


async def _create(store: ReleaseStore, trial: Trial, servers: dict[str, str]) -> int:
    """Make all releases, each of a commit of its own."""
    repo = GitRepo(Path(servers["path"]), bare=True)
    for number in range(trial.each):
        for product in range(trial.products):
            name = f"p{product}"
            files = {f"{name}-dev/values.yaml": f"image:\n  tag: v{number + 1}\nreplicas: 1\n"}
            sha = repo.commit(files, message=f"feat: {name} v{number + 1}")
            made = patient(new_release(spec_of(name, servers["repository"], sha), f"{name}-{number:05}", "ann", START))
            await store.create(made, "{}")
    return trial.each * trial.products


def spec_of(product: str, url: str, sha: str) -> ReleaseSpec:
    """Return a release of a product's own applications; production of every second one is changed by pull request."""
    usual = spec(product)

    def application(environment: str) -> ApplicationSpec:
        key = f"{product}-{environment}"
        target = TargetSpec(key, key, "", "shop", "", url, "main", key, head=sha)
        version = VersionSource("values.yaml", "$.image.tag")
        source = SourceSpec("dev", f"{product}-dev", url, "main", f"{product}-dev", _TAG, version)
        return ApplicationSpec(target, None if environment == "dev" else source, None, WorkflowSpec("smoke-tests"))

    environments = tuple(replace(one, applications=(application(one.name),)) for one in usual.environments)
    if int(product[1:]) % 2:
        environments = (*environments[:-1], replace(environments[-1], action=Action.PR))
    commit = CommitSpec(f"{product}-dev", url, sha, "Ann <ann@example.com>", "2026-03-02T09:30:00+00:00", "feat")
    return replace(usual, environments=environments, commit=commit)


async def _judge(store: ReleaseStore, trial: Trial, figures: HttpFigures) -> None:
    """Compare what was made with what had to be made."""
    seen: dict[str, Any] = json.loads((trial.folder / "effects.json").read_text())
    assert seen["complaints"] == []
    figures.requests, figures.faults = seen["requests"], seen["faults"]
    found = [await store.load(f"p{product}-{n:05}") for product in range(trial.products) for n in range(trial.each)]
    for one in found:
        assert one.status is ReleaseStatus.SUCCEEDED, f"{one.id} is {one.status.value}: {one.message}"
    count(seen, found, figures)


def count(seen: dict[str, Any], releases: Sequence[Release], figures: Figures) -> None:
    """Count what is missing, doubled and out of turn at the servers.

    Args:
        seen: what was made, as `tests.kill.servers` writes it.
        releases: that succeeded.
        figures: are added to.
    """
    made = Counter((kind, _step(key)) for kind in ("runs", "commits") for _, key in seen[kind])
    made.update(("syncs", _step(key)) for key in seen["syncs"])
    made.update((kind, branch) for kind in ("opened", "merged") for _, branch in seen[kind])
    branches: dict[str, str] = {}
    for release in releases:
        for step in release.steps.values():
            for kind, name in _wanted(release, step):
                figures.steps += 1
                figures.missing += [f"{kind} {name}"] * (made[kind, name] < 1)
                figures.doubled += [f"{kind} {name}"] * (made[kind, name] > 1)
            branches[release.proposed(step)] = release.id
    figures.overlaps += overlapping(_in_order(seen, branches))


def _step(key: str) -> str:
    return key.rpartition("/")[0]


def _wanted(release: Release, step: Step) -> Iterator[tuple[str, str]]:
    """Yield the effects that a step must have had, by kind and name."""
    if step.status is not StepStatus.SUCCEEDED:
        return
    name = _step(release.key(step))
    if step.id.role.is_workflow:
        yield "runs", name
    elif step.id.role is Role.ACTION:
        yield "commits", name
        if release.spec.environment(step.id.environment).action is Action.PR:
            yield "opened", release.proposed(step)
            yield "merged", release.proposed(step)
    elif step.id.role is Role.HEALTH and step.id.environment == "prod":
        yield "syncs", name


def _in_order(seen: dict[str, Any], branches: dict[str, str]) -> list[tuple[str, str]]:
    """Return product and release of every effect whose time is known, in their order."""
    timed = [(moment, key.partition("/")[0]) for kind in ("runs", "commits") for moment, key in seen[kind] if moment]
    timed += [(moment, branches[branch]) for kind in ("opened", "merged") for moment, branch in seen[kind]]
    return [(one.rpartition("-")[0], one) for _, one in sorted(timed)]
