"""Every call to GitHub, checked against the description that GitHub publishes: what is sent, and what comes back.

The server answers with GitHub's own published examples, changed where the state says otherwise.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from adapters.forge.forges import Forges
from adapters.forge.statuses import ForgeStatuses
from engine.execute.ports import Declined, Landed, Proposed, StatusReport
from tests.adapters.execute_contracts.changes_contract import QA, START, run
from tests.adapters.forge.conftest import ENVIRONMENT, ForgeWorld, settings
from tests.fakes.forge_routes import GITHUB, Reply, Route
from tests.support import github_description as github
from tests.support.changes import promotion


def overlaid(shown: Any, own: Any) -> Any:
    """Return a published example with the fields of the state in place of its own."""
    if isinstance(shown, dict) and isinstance(own, dict):
        return {**shown, **{key: overlaid(shown.get(key), value) for key, value in own.items()}}
    if isinstance(own, list):
        like = shown[0] if isinstance(shown, list) and shown else None
        return [overlaid(like, item) for item in own]
    return own


def completed(route: Route, reply: Reply) -> Any:
    call = github.operation(route.method, route.template)
    return overlaid(amended(github.example(call, reply.status)), reply.body)


def amended(shown: Any) -> Any:
    """Return an example with the two required fields that GitHub's own examples lack."""
    if isinstance(shown, list):
        return [amended(item) for item in shown]
    if not isinstance(shown, dict):
        return shown
    made = {key: amended(value) for key, value in shown.items()}
    if "members_url" in made and "slug" in made:
        made.setdefault("type", "organization")
    if "forks_count" in made:
        made.setdefault("language", None)
    return made


@pytest.fixture
def world(make_world: Callable[[str], ForgeWorld]) -> ForgeWorld:
    try:
        github.description()
    except github.AbsentError as absent:
        pytest.skip(f"GitHub's description is absent: {absent}")
    world = make_world("github")
    world.server.complete = completed
    return world


def everything(world: ForgeWorld) -> None:
    """Make every call that promo makes of GitHub."""
    start = world.commit(START)
    wanted: dict[str, Any] = {"labels": ("promotion",), "reviewers": ("bob",), "teams": ("platform",), "merge": "auto"}
    changes = world.make(**wanted)
    change = promotion(world.url, start, head=start)
    world.state.blocked = "a review is missing"
    assert isinstance(run(changes.propose(change)), Proposed)
    world.commit({"qa/values.yaml": QA.replace("replicas: 5", "replicas: 8")})
    assert isinstance(run(changes.propose(change)), Proposed)
    world.state.blocked = ""
    assert isinstance(run(changes.propose(change)), Landed)
    world.commit({"qa/values.yaml": QA})
    second = promotion(world.url, start, head=start, attempt=2, branch="HEAD", proposed="promo/second")
    world.state.blocked = "a review is missing"
    assert isinstance(run(changes.propose(second)), Proposed)
    assert run(changes.withdraw(second, "terminated")) is None
    assert isinstance(run(changes.propose(second)), Declined)
    forges = Forges([settings(world.server)], environment=ENVIRONMENT)
    run(ForgeStatuses(forges).report(StatusReport(world.url, start, "promo/trio", "running", "on its way", "")))
    hosted = forges.of(world.url)
    assert hosted is not None
    assert hosted.forge.examine().account == "promo-bot"
    assert hosted.forge.may_write(hosted.project) is True
    merged = hosted.forge.merged_as(hosted.project, world.state.pulls[0].merged)
    assert merged is not None
    assert merged.number == world.state.pulls[0].number
    forges.close()


def test_every_call_is_as_github_describes_it(world: ForgeWorld) -> None:
    everything(world)
    found: list[str] = []
    used = set()
    for seen in world.server.exchanges:
        assert seen.route is not None, seen
        used.add(seen.route)
        call = github.operation(seen.method, seen.route.template)
        where = f"{seen.method} {seen.route.template}"
        known = github.parameters(call)
        for name, text in seen.query.items():
            if name not in known:
                found.append(f"{where}: no query parameter `{name}`")
                continue
            value = int(text) if known[name]["schema"].get("type") == "integer" else text
            found += [f"{where} ?{name} {problem}" for problem in github.problems(known[name]["schema"], value)]
        if seen.data is not None:
            schema = call["requestBody"]["content"]["application/json"]["schema"]
            found += [f"{where} request {problem}" for problem in github.problems(schema, seen.data)]
            unknown = set(seen.data) - set(github.resolved(schema).get("properties", seen.data))
            found += [f"{where} request: no field `{name}`" for name in sorted(unknown)]
        answer = github.response_schema(call, seen.status)
        if answer is not None:
            found += [f"{where} {seen.status} {problem}" for problem in github.problems(answer, seen.body)]
    assert not found, "\n".join(sorted(set(found)))
    assert used == set(GITHUB)


def test_what_is_not_described_is_found(world: ForgeWorld) -> None:
    call = github.operation("POST", "/repos/{owner}/{repo}/pulls")
    schema = call["requestBody"]["content"]["application/json"]["schema"]
    assert github.problems(schema, {"title": "x"})
    assert github.problems(schema, {"head": 1, "base": "main"})
    assert not github.problems(schema, {"head": "promo/x", "base": "main", "title": "x"})
