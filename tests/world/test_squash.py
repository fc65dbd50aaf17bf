"""A squash that keeps only the title, as GitLab makes it, starts no release; a commit of somebody's does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from engine.resolve import made_by_promotion
from tests.fakes.forge_server import ForgeServer
from tests.fakes.forge_server import serve as serve_forge
from tests.fakes.forge_state import SOMEBODY, ForgeState
from tests.support.application_manifest import application_manifest
from tests.support.gitrepo import GitRepo, run_git
from tests.world.estate import INTERNAL, PROJECTS, Estate, variables
from tests.world.git_http import GitHost
from tests.world.git_http import serving as serve_git
from tests.world.service import Service, served
from tests.world.tokens import TOKENS
from tests.world.waiting import eventually

_CONFIGURATION = """\
[git]
author = "promo <promo@example.com>"
sign = "never"

[applications]
adapter = "local"

[service.tokens.olga]
token = "env:SERVICE_SAM"
person = "sam@example.com"

[forges.gitlab]
kind = "gitlab"
host = "gitlab.example.com"
api = "{api}"
token = "env:GITLAB_API"
webhook-secret = "env:GITLAB_HOOK"
"""
_PROMO = """\
environment dev { kind non-prod  cluster in-cluster namespaces dev }
environment qa { kind non-prod  cluster in-cluster namespaces qa }
environment prod { kind prod  cluster in-cluster namespaces prod }

policy reviewed { when environment.name == qa  action pr }
policy committed { when environment.name == prod  action commit }

flow first { trigger dev  step qa after dev }
flow onward { trigger qa  step prod after qa }

product trio {
  promote "values.yaml" "$.image.tag"
  flow first
  flow onward
}
"""


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Estate]:
    environments = ("dev", "qa", "prod")
    with ExitStack() as stack:
        repo = GitRepo(tmp_path / "served" / f"{PROJECTS[INTERNAL]}.git", bare=True)
        repo.commit({f"apps/{name}/values.yaml": "image:\n  tag: 1.0.0\n" for name in environments})
        state = ForgeState(repo, PROJECTS[INTERNAL], ways=("squash",))
        forge = stack.enter_context(serve_forge(ForgeServer("gitlab", state, token=TOKENS["GITLAB_API"])))
        host = stack.enter_context(serve_git(GitHost(tmp_path / "served", TOKENS["GIT_GITLAB"])))
        folder = tmp_path / "workspace"
        folder.mkdir()
        (folder / "promo.toml").write_text(_CONFIGURATION.format(api=forge.url), "utf-8")
        (folder / "trio.promo").write_text(_PROMO, "utf-8")
        for name in environments:
            text = application_manifest("trio", name, INTERNAL, f"apps/{name}")
            (folder / f"{name}.yaml").write_text(text, "utf-8")
        run_git(tmp_path, "clone", "--quiet", repo.url, "clone")
        hosts = {INTERNAL: host}
        yield Estate(folder, {}, {INTERNAL: forge}, hosts, tmp_path / "clone", variables(tmp_path, hosts))


def commit(place: Estate, environment: str, tag: str) -> str:
    run_git(place.clone, "pull", "--quiet", "--rebase", "origin", "main")
    (place.clone / "apps" / environment / "values.yaml").write_text(f"image:\n  tag: {tag}\n", "utf-8")
    run_git(place.clone, "commit", "--quiet", "--all", "--message", f"feat: {tag}")
    run_git(place.clone, "push", "--quiet", "origin", "main")
    return run_git(place.clone, "rev-parse", "HEAD")


def tell(service: Service, sha: str) -> None:
    """Tell of a push, and wait until the repository was looked at for it."""
    looked = looks(service)
    push = {"ref": "refs/heads/main", "before": "1" * 40, "after": sha, "commits": [{"id": sha}]}
    assert service.gitlab("Push Hook", push).json() == {"result": "accepted"}
    eventually(lambda: looks(service) > looked)


def looks(service: Service) -> float:
    name = 'promo_source_looks_total{result="done"} '
    lines = [line for line in service.http.get("/metrics").text.splitlines() if line.startswith(name)]
    return float(lines[0].removeprefix(name))


def started(service: Service) -> list[tuple[str, str]]:
    """Return the flow and the status of every release, the oldest first."""
    answer = service.http.get("/api/v1/releases", headers={"authorization": f"Bearer {TOKENS['SERVICE_SAM']}"})
    return [(one["flow"], one["status"]) for one in answer.json()["releases"][::-1]]


def test_a_squash_of_the_title_alone_starts_nothing(place: Estate, tmp_path: Path) -> None:
    forge = place.forges[INTERNAL]
    with served(place, tmp_path, "--poll", "1h") as service:
        tell(service, commit(place, "dev", "1.1.0"))
        eventually(lambda: forge.state.pulls and started(service) == [("first", "suspended")])
        (pull,) = forge.state.pulls
        with forge.lock:
            forge.state.refresh()
            squash = forge.state.merge(pull, "squash", "", pull.title, by=SOMEBODY)
            forge.state.repo.git("update-ref", "-d", f"refs/heads/{pull.head}")
        assert not made_by_promotion(forge.state.repo.git("log", "-1", "--format=%B", squash))
        tell(service, squash)
        merged = {"action": "merge", "source_branch": pull.head}
        assert service.gitlab("Merge Request Hook", {"object_attributes": merged}).status_code == 202
        eventually(lambda: started(service) == [("first", "succeeded")])
        tell(service, commit(place, "qa", "1.1.1"))
        eventually(lambda: started(service) == [("first", "succeeded"), ("onward", "succeeded")])
    assert place.read(INTERNAL, "apps/prod/values.yaml") == "image:\n  tag: 1.1.1\n"
