"""What lenses run: reports about a workspace as it is in the editor, and plans of what is saved."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import Any
from zoneinfo import ZoneInfo

from pygls.exceptions import JsonRpcInvalidParams

from adapters.lsp.asked import Asked
from adapters.lsp.effective import setting_table
from engine.model.values import written
from engine.testing import Ran, Runner

_PLAN_SECONDS = 120
_MOST_OUTPUT = 400_000
_MOST_PAIRS = 50


def explain(asked: Asked, product: str) -> dict[str, Any]:
    """Return the effective settings of a product in every environment, with their origins."""
    workspace = asked.analysis.workspace
    if product not in workspace.products:
        raise JsonRpcInvalidParams(f"product `{product}` is not declared")
    parts = [
        f"## {product} \N{RIGHTWARDS ARROW} {place}\n\n{setting_table(asked.analysis.resolver.decide(product, place))}"
        for place in workspace.environments
    ]
    return _report(f"The effective settings of {product}", "\n\n".join(parts))


def explain_policy(asked: Asked, name: str) -> dict[str, Any]:
    """Return where a policy matches, and what wins over it there."""
    workspace, resolver = asked.analysis.workspace, asked.analysis.resolver
    policy = workspace.policies.get(name)
    if policy is None:
        raise JsonRpcInvalidParams(f"policy `{name}` is not declared")
    rows: list[str] = []
    count = 0
    for product in workspace.products:
        for place in workspace.environments:
            decision = resolver.decide(product, place)
            if not any(one.name == name for one in decision.matching):
                continue
            count += 1
            if count <= _MOST_PAIRS:
                own = ", ".join(
                    f"{setting.name} {written(setting.value)}"
                    f"{'' if decision.effective[setting.name].origin.span == setting.span else ' (overruled)'}"
                    for setting in policy.settings
                )
                rows.append(f"| {product} | {place} | {own} |")
    head = f"Policy {name} matches {count:,} pair{'' if count == 1 else 's'}"
    table = "\n".join(["| product | environment | sets |", "|---|---|---|", *rows])
    return _report(head, table if rows else "It matches no declared product and environment.")


def run_test(asked: Asked, title: str) -> dict[str, Any]:
    """Run one test of the workspace."""
    runner = Runner(asked.analysis.workspace, ZoneInfo)
    found = [runner.run(test) for test in asked.analysis.workspace.tests if test.title.text == title]
    if not found:
        raise JsonRpcInvalidParams(f"there is no test `{title}`")
    passed = all(ran.passed for ran in found)
    text = "\n\n".join(part for ran in found for part in _failures(ran)) or "Everything it expects holds."
    return _report(f"{'passed' if passed else 'FAILED'}: {title}", text) | {"passed": passed}


def _failures(ran: Ran) -> list[str]:
    return [
        "\n".join(
            [
                f"**{failure.about}**: expected `{failure.expected}`, and it is `{failure.actual}`",
                *(f"- {because.message}" for because in failure.because),
            ]
        )
        for failure in ran.failures
    ]


async def plan(asked: Asked, product: str, target: str) -> dict[str, Any]:
    """Run `promo plan` for a product and an environment; it reads repositories, and what is saved."""
    if product not in asked.analysis.workspace.products or target not in asked.analysis.workspace.environments:
        raise JsonRpcInvalidParams(f"there is no product `{product}` or no environment `{target}`")
    arguments = ["plan", "-C", str(asked.project.folder), f"--product={product}", f"--to={target}", "--format=markdown"]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "adapters.cli.main", *arguments),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        cwd=asked.project.folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
    )
    try:
        output, _ = await asyncio.wait_for(process.communicate(), _PLAN_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()
        return _report(f"The plan took more than {_PLAN_SECONDS} seconds", "It was given up.")
    text = output.decode("utf-8", "replace")[:_MOST_OUTPUT]
    unsaved = "" if asked.saved else "Of the files as they are saved; there are edits that are not.\n\n"
    return _report(f"Plan of {product} to {target}", unsaved + text) | {"exitCode": process.returncode}


def _report(title: str, text: str) -> dict[str, Any]:
    return {"title": title, "text": text}
