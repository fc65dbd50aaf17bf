"""Proofs: `promo verify` as a whole process, a goal, a difference of five edits, and domination in many flows."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from functools import lru_cache
from math import log10
from pathlib import Path
from random import Random
from statistics import median

import pytest

from engine.model.attributes import Attribute, Subject
from engine.model.conditions import Membership, PassedThrough
from engine.model.entities import Environment, EnvironmentKind, Flow, FlowUse, Policy, Product, Require, Setting, Step
from engine.model.values import Action
from engine.model.workspace import Workspace
from engine.verify.checks.registry import CHECKS
from engine.verify.context import Context
from engine.verify.diff import compare
from engine.verify.question import Questions
from engine.verify.verification import run_checks, verify_workspace
from tests.bench.report import VERIFY_DIFF, VERIFY_FLOWS, VERIFY_GOAL, VERIFY_PROCESS, Report, verdict
from tests.support.verify_workspaces import promo_text
from tests.support.verify_workspaces import verify_workspace as generated

pytestmark = pytest.mark.bench

ROOT = Path(__file__).parents[2]
SIZES = (10, 100, 1_000, 10_000)
TARGETS = {100: 0.5, 1_000: 2.0, 10_000: 60.0}
"""Seconds of wall time for a whole process that proves everything anew, by number of policies."""
RUNS = {10: 7, 100: 7, 1_000: 5, 10_000: 1}
CEDAR = 75.1
"""Milliseconds: the mean of an analysis that Cedar's authors published."""


@lru_cache(maxsize=1)
def workspace_of(size: int) -> Workspace:
    return generated(size)


# --- whole processes -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Spent:
    """What one process took."""

    wall: float
    cpu: float
    megabytes: float


def process(folder: Path, cache: Path, *options: str) -> Spent:
    """Run `promo verify` in a folder; what it finds does not matter here."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PROMO_CACHE_DIR": str(cache), "NO_COLOR": "1"}
    arguments = [sys.executable, "-m", "adapters.cli.main", "verify", *options]
    began = time.perf_counter()
    with (folder.parent / "output.txt").open("wb") as output:
        child = subprocess.Popen(arguments, cwd=folder, env=environment, stdout=output, stderr=output)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - began
    assert child.returncode in (0, 1), (folder.parent / "output.txt").read_text(encoding="utf-8")[-2000:]
    return Spent(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


@pytest.mark.parametrize("size", SIZES)
def test_a_whole_process(size: int, tmp_path: Path, report: Report) -> None:
    folder = tmp_path / "workspace"
    folder.mkdir()
    (folder / "promo.toml").write_text('sources = ["*.promo"]\n', encoding="utf-8")
    (folder / "policies.promo").write_text(promo_text(workspace_of(size)), encoding="utf-8")
    first = process(folder, tmp_path / "cache")
    anew = [process(folder, tmp_path / "cache", "--no-cache") for _ in range(RUNS[size])]
    kept = [process(folder, tmp_path / "cache") for _ in range(RUNS[size])]
    wall = min(run.wall for run in anew)
    target = TARGETS.get(size)
    report.add(
        VERIFY_PROCESS,
        f"{size:,}",
        f"{first.wall:.2f}",
        f"{wall:.2f}",
        f"{median(run.cpu for run in anew):.2f}",
        f"{min(run.wall for run in kept):.2f}",
        f"{median(run.cpu for run in kept):.2f}",
        f"{max(run.megabytes for run in (first, *anew)):.0f}",
        "" if target is None else verdict(wall < target, f"< {target:g} s"),
    )


# --- goals, and how the work grows -----------------------------------------------------------------


def test_a_goal(report: Report) -> None:
    spent: dict[int, float] = {}
    for size in SIZES:
        workspace = workspace_of(size)
        began = time.process_time()
        found = verify_workspace(workspace, clock=time.process_time).statistics
        spent[size] = time.process_time() - began
        before = spent.get(size // 10)
        growth = "" if before is None else f"{log10(spent[size] / before):.2f}"
        durations = found.durations
        report.add(
            VERIFY_GOAL,
            f"promo, {size:,} policies",
            f"{found.goals:,}",
            f"{found.without_solver / found.goals:.0%}",
            f"{sum(durations) / len(durations) * 1e3:.3f}",
            f"{found.percentile(0.5) * 1e3:.3f}",
            f"{found.percentile(0.99) * 1e3:.2f}",
            f"{spent[size]:.2f}",
            verdict(float(growth) <= 1.3, f"{growth} (<= 1.3)") if size > 100 else growth,
        )
    report.add(VERIFY_GOAL, "Cedar's analysis, as published", "-", "-", f"{CEDAR}", "-", "-", "-", "")


# --- differences -----------------------------------------------------------------------------------


def edited(workspace: Workspace, count: int, seed: int) -> Workspace:
    """Return a workspace with some policies changed: a value, a priority or a condition of each."""
    random = Random(seed)
    policies = dict(workspace.policies)
    for number, name in enumerate(random.sample([name for name in policies if name != "default"], count)):
        policy = policies[name]
        if number % 3 == 0:
            first, *others = policy.settings
            values = [s.value for p in workspace.policies.values() for s in p.settings if s.name == first.name]
            policies[name] = replace(policy, settings=(Setting(first.name, random.choice(values)), *others))
        elif number % 3 == 1:
            policies[name] = replace(policy, priority=policy.priority + 10)
        else:
            policies[name] = replace(policy, when=random.choice(list(policies.values())).when)
    return replace(workspace, policies=policies)


@pytest.mark.parametrize("size", SIZES[:3])
def test_a_difference_of_five_edits(size: int, report: Report) -> None:
    before = workspace_of(size)
    times, counts = [], []
    for seed in range(5):
        after = edited(before, 5, seed)
        began = time.process_time()
        difference = compare(before, after)
        times.append(time.process_time() - began)
        counts.append(len(difference.changes))
    met = verdict(median(times) < 0.5, "< 0.5 s") if size == 1_000 else ""
    report.add(VERIFY_DIFF, f"difference of 5 edits among {size:,}", f"{median(times):.2f}", f"{max(times):.2f}", met)


# --- domination ------------------------------------------------------------------------------------


def chained(flows: int, steps: int) -> Workspace:
    """Return flows that begin where others end, with requirements about what was passed."""
    environments: dict[str, Environment] = {}
    declared: dict[str, Flow] = {}
    for number in range(flows):
        names = [f"env-{number}-{step}" for step in range(steps + 1)]
        trigger = f"env-{number - 1}-{steps}" if number % 5 else names[0]
        order = [trigger, *names[1:]]
        for name in order:
            kind = EnvironmentKind.PROD if name == names[-1] else EnvironmentKind.NON_PROD
            environments.setdefault(name, Environment(name, kind))
        found = [
            Step(name, (order[at],) if at < 2 else (order[at], order[at - 1])) for at, name in enumerate(order[1:])
        ]
        declared[f"flow-{number}"] = Flow(f"flow-{number}", trigger, tuple(found))
    products = {
        f"product-{number}": Product(f"product-{number}", flows=(FlowUse(f"flow-{number}"),)) for number in range(flows)
    }
    prod = Membership(Attribute(Subject.ENVIRONMENT, "kind"), ("prod",))
    requires = {
        f"require-{number}": Require(f"require-{number}", PassedThrough(f"env-{number}-{steps // 2}"), prod)
        for number in range(0, flows, 10)
    }
    default = Policy("default", 0, settings=(Setting("action", Action.PR),))
    return Workspace(
        environments=environments,
        products=products,
        flows=declared,
        requires=requires,
        policies={"default": default},
    )


@pytest.mark.parametrize(("flows", "steps"), [(5, 10), (50, 10), (1, 1_000)])
def test_domination_in_flows(flows: int, steps: int, report: Report) -> None:
    workspace = chained(flows, steps)
    checks = [check for check in CHECKS if check.code.startswith("V7")]
    times = []
    for _ in range(3):
        context = Context(Questions(workspace))
        began = time.process_time()
        run_checks(context, checks)
        times.append(time.process_time() - began)
    met = verdict(median(times) < 0.5, "< 0.5 s") if (flows, steps) == (50, 10) else ""
    report.add(VERIFY_FLOWS, f"{flows} x {steps}", f"{median(times):.3f}", f"{max(times):.3f}", met)
