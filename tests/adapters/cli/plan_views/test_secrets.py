"""No view shows credentials that somebody wrote into an address."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from adapters.cli.plan_views import markdown, mermaid, svg, text
from engine.plan.nodes import Argument, Blocker, BlockerCode, Plan, WorkflowCall
from tests.support.plans import application, plan, step

SECRET = "https://robot:s3cret@git.example.com/a/b.git"


def with_secrets() -> Plan:
    """Return a plan with credentials wherever an address may stand."""
    call = WorkflowCall("deploy", (Argument("REPO_URL", SECRET),), known=True)
    blocker = Blocker(BlockerCode.REPOSITORY, f"{SECRET}: not found", f"check {SECRET}", place=SECRET)
    deployed = replace(application("qa", "dev", pre_action=call, notes=(SECRET,), blockers=(blocker,)), repo_url=SECRET)
    return plan(
        (step("qa", ("dev",), applications=(deployed,), notes=(SECRET,)),), notes=(SECRET,), blockers=(blocker,)
    )


def as_text(plan: Plan) -> str:
    return text.render(plan, 80, False)


@pytest.mark.parametrize("render", [as_text, markdown.render, mermaid.render, svg.render])
def test_no_view_shows_a_password(render: Callable[[Plan], str]) -> None:
    assert "s3cret" not in render(with_secrets())
    assert "robot" not in render(with_secrets())


@pytest.mark.parametrize("render", [as_text, markdown.render])
def test_the_address_itself_is_shown(render: Callable[[Plan], str]) -> None:
    assert "https://git.example.com/a/b.git" in render(with_secrets())
