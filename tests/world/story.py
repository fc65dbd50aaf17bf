"""The release of `edge` around the world: what people and servers around `promo serve` do, and what is kept of it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.fakes.argocd_server import Fault as ArgoCdFault
from tests.fakes.forge_server import Fault as ForgeFault
from tests.fakes.forge_state import SOMEBODY, FakePull
from tests.fakes.workflows_server import Fault as ArgoFault
from tests.world.estate import DEPLOY, INTERNAL, Estate
from tests.world.service import Service
from tests.world.tokens import TOKENS
from tests.world.waiting import eventually

LOST = ("smoke-tests", "edge-internal-us-2")
"""The workflow, and the application for which it fails once."""


@dataclass
class Story:
    """What came of it.

    Attributes:
        estate: where it happened.
        service: that carried it; it has ended when tests look at this.
        release: the identifier.
        pushed: the commit that started it.
        answers: what was answered to everybody, by what they did.
        failed: the release as it stood when it had failed.
        told: the release as it ended.
        trail: its audit trail.
        streamed: the audit trail as somebody watched it grow.
        pulls: the pull requests as they were before they were merged, by the address of their repository.
        listed: the releases there were at the end.
        written: every answer of the API, as it came.
    """

    estate: Estate
    service: Service
    release: str = ""
    pushed: str = ""
    answers: dict[str, httpx.Response] = field(default_factory=dict)
    failed: dict[str, Any] = field(default_factory=dict)
    told: dict[str, Any] = field(default_factory=dict)
    trail: list[dict[str, Any]] = field(default_factory=list)
    streamed: list[str] = field(default_factory=list)
    pulls: dict[str, dict[str, Any]] = field(default_factory=dict)
    listed: list[dict[str, Any]] = field(default_factory=list)
    written: list[bytes] = field(default_factory=list)

    def call(self, method: str, path: str, who: str | None = "olga", **options: Any) -> httpx.Response:
        """Call the API, and keep what it says."""
        answer = self.service.call(method, path, who, **options)
        self.written.append(f"{answer.headers}".encode() + answer.content)
        return answer

    def show(self) -> dict[str, Any]:
        """Return the release as it stands."""
        shown: dict[str, Any] = self.call("GET", f"/releases/{self.release}").json()
        return shown

    def environment(self, name: str) -> dict[str, Any]:
        """Return an environment of the release as it stands."""
        return next(one for one in self.show()["environments"] if one["name"] == name)

    def ask(self, wish: str, who: str | None, **wanted: str) -> httpx.Response:
        """Ask for something to be done with the release."""
        return self.call("POST", f"/releases/{self.release}/{wish}", who, json=wanted)


def tell(story: Story) -> None:
    """Let it happen, from the push to the end."""
    _begin(story)
    watching = threading.Thread(target=_watch, args=(story,))
    watching.start()
    _fall_and_get_up(story)
    _review(story)
    eventually(lambda: story.show()["status"] == "succeeded")
    watching.join()
    story.told, story.trail = story.show(), story.service.events(story.release)
    _end(story)


def _begin(story: Story) -> None:
    """Push, and tell of it: first somebody who cannot sign, then GitHub, twice."""
    estate, service = story.estate, story.service
    _be_hostile(estate)
    story.pushed = estate.push_edge("1.32.0", "2.9.0", "feat: one more header")
    push = {"ref": "refs/heads/main", "before": "1" * 40, "after": story.pushed, "commits": [{"id": story.pushed}]}
    story.answers["a push that nobody signed"] = service.github("push", push, "guessed")
    story.answers["the push"] = service.github("push", push)
    story.answers["the push again"] = service.github("push", push)
    eventually(service.releases)
    story.release = service.releases()[0]["id"]
    story.answers["approval before it is waited for"] = story.ask("approve", "sam", environment="prod-eu")


def _be_hostile(estate: Estate) -> None:
    """Let a server of each kind be out of order once, and say more than it should."""
    eu, world = estate.runtimes["eu"], estate.runtimes["world"]
    eu.argocd.faults.append(ArgoCdFault(503, f"upstream of {eu.argocd.token} is away"))
    said = json.dumps({"code": 13, "message": f"cannot pass on `Authorization: Bearer {world.argo.token}`"})
    # Letters as JSON may write them, so that the text of the answer does not have the token as it is.
    escaped = said.replace(world.argo.token, "".join(f"\\u{ord(letter):04x}" for letter in world.argo.token))
    world.argo.faults += [ArgoFault("refuse", "^POST", 500, body=said), ArgoFault("refuse", "^POST", 500, body=escaped)]
    for url in (DEPLOY, INTERNAL):
        forge = estate.forges[url]
        forge.faults.append(ForgeFault("POST", "(pulls|merge_requests)$", 502, message=f"token {forge.token} is busy"))


def _watch(story: Story) -> None:
    """Follow the audit trail as it grows, until the release is over and the stream with it."""
    seen = 0
    while story.streamed[-1:] != ["release.succeeded"]:
        with story.service.http.stream(
            "GET",
            f"/api/v1/releases/{story.release}/events",
            params={"after": seen},
            headers={"authorization": f"Bearer {TOKENS['SERVICE_SAM']}", "accept": "text/event-stream"},
        ) as stream:
            for line in stream.iter_lines():
                if line.startswith("event: ") and not line.startswith("event: release.end"):
                    story.streamed.append(line.removeprefix("event: "))
                elif line.startswith("id: "):
                    seen = int(line.removeprefix("id: "))


def _fall_and_get_up(story: Story) -> None:
    """Lose one workflow in America, and retry: who may not is refused."""
    story.estate.runtimes["world"].argo.failing[LOST] = "GET /health: 503\n1 of 10 requests failed"
    eventually(lambda: story.environment("prod-us")["status"] == "suspended")
    story.answers["approval by marketing"] = story.ask("approve", "eve", environment="prod-us")
    story.answers["approval"] = story.ask("approve", "sam", environment="prod-us", reason="looks good")
    eventually(lambda: story.show()["status"] == "failed")
    story.failed = story.show()
    story.answers["retry by marketing"] = story.ask("retry", "eve")
    story.answers["retry by nobody"] = story.ask("retry", None)
    story.answers["retry"] = story.ask("retry", "olga", reason="the registry is back")
    eventually(lambda: story.environment("prod-ap")["status"] == "suspended")
    story.answers["the last approval"] = story.ask("approve", "sam", environment="prod-ap")


def _review(story: Story) -> None:
    """Review and merge the pull requests, one after the other, as people do."""
    eventually(lambda: story.environment("prod-ap")["status"] == "suspended" and all(map(_is_dressed, _pulls(story))))
    for url, application in ((DEPLOY, "argocd/edge-public-ap-1"), (INTERNAL, "argocd/edge-internal-ap-1")):
        forge = story.estate.forges[url]
        (pull,) = forge.state.pulls
        story.pulls[url] = {name: getattr(pull, name) for name in ("title", "body", "labels", "reviewers", "head")}
        with forge.lock:
            forge.state.refresh()
            title = f"Merge pull request #{pull.number} from {pull.head}"
            forge.state.merge(pull, "merge", "", title, by=SOMEBODY)
        if url == DEPLOY:
            told = story.service.github(
                "pull_request", {"action": "closed", "pull_request": {"head": {"ref": pull.head}}}
            )
        else:
            merged = {"action": "merge", "source_branch": pull.head}
            told = story.service.gitlab("Merge Request Hook", {"object_attributes": merged})
        story.answers[f"{forge.kind} tells of the merge"] = told
        eventually(_succeeded(story, application))


def _pulls(story: Story) -> list[FakePull | None]:
    return [forge.state.pulls[0] if forge.state.pulls else None for forge in story.estate.forges.values()]


def _is_dressed(pull: FakePull | None) -> bool:
    return pull is not None and "still to be set" not in pull.body


def _succeeded(story: Story, application: str) -> Callable[[], bool]:
    def holds() -> bool:
        environment = story.environment("prod-ap")
        steps = next(one["steps"] for one in environment["applications"] if one["name"] == application)
        done = all(
            step["status"] in ("succeeded", "skipped") for step in steps if not step["role"].startswith("rollback")
        )
        return done and environment["status"] in ("suspended", "succeeded")

    return holds


def _end(story: Story) -> None:
    """Tell of the pushes that promotions made, which start nothing, and read everything that can be read."""
    for url, send in ((DEPLOY, "github"), (INTERNAL, "gitlab")):
        head = story.estate.forges[url].state.repo.git("rev-parse", "main")
        push = {"ref": "refs/heads/main", "before": story.pushed, "after": head, "commits": [{"id": head}]}
        answer = story.service.github("push", push) if send == "github" else story.service.gitlab("Push Hook", push)
        story.answers[f"{send} tells of what promo pushed"] = answer
    looked = 'promo_source_looks_total{result="done"}'
    eventually(lambda: _metric(story, looked) >= 3)
    story.listed = story.service.releases()
    for path in ("/products", "/environments", "/releases", *(f"/releases/{story.release}{x}" for x in _READ)):
        assert story.call("GET", path, "sam").status_code == 200, path
    for path in ("/healthz", "/readyz", "/metrics", "/api/v1/nothing"):
        story.written.append(story.service.http.get(path).content)


_READ = ("", "/plan", "/notes", "/events?limit=500")


def _metric(story: Story, name: str) -> float:
    lines = [line for line in story.service.http.get("/metrics").text.splitlines() if line.startswith(f"{name} ")]
    return float(lines[0].rpartition(" ")[2]) if lines else 0.0
