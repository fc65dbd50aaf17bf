"""Releases whose changes are pull requests on a forge, merged by the forge when it allows that."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from adapters.forge.changes import ForgeChanges
from adapters.forge.configured import ForgeConfiguration, ForgeKind
from adapters.forge.forges import Forges
from adapters.forge.statuses import ForgeStatuses
from adapters.git import GitRepositories
from adapters.git.changes import Committing, Patience
from adapters.yaml import SpliceEditor
from engine.execute.ports import Ports
from engine.model.values import Action
from tests.adapters.execute_contracts.applications_contract import values
from tests.adapters.git.changes.conftest import PROMO
from tests.fakes.argocd_server import MovableClock
from tests.fakes.fault_proxy import FaultProxy
from tests.fakes.forge_server import TOKEN, ForgeServer, serve
from tests.fakes.forge_state import SOMEBODY, ForgeState
from tests.faults.columns import TIMEOUT
from tests.faults.promotion import promotion, template
from tests.faults.running import Run, World, run, seconds
from tests.faults.stories import Adapter, Call, Story
from tests.support.gitrepo import GitRepo
from tests.support.instant_ports import InstantApplications, InstantWorkflows

PROJECT = "shop/storefront"
URL = f"https://127.0.0.1/{PROJECT}"


def _dressed(root: str) -> tuple[Call, ...]:
    """Return the calls of GitHub, and of Gitea after it, that complete a pull request."""
    return (
        Call("set labels", "POST", rf"{root}/issues/\d+/labels$"),
        Call("ask for reviews", "POST", rf"{root}/pulls/\d+/requested_reviewers$"),
        Call("write its text", "PATCH", rf"{root}/pulls/\d+$", "a pull request that is merged"),
    )


def _told(root: str) -> tuple[Call, ...]:
    """Return the calls of GitHub, and of Gitea after it, that tell how a release goes and withdraw a pull request."""
    return (
        Call("list comments", "GET", rf"{root}/issues/\d+/comments\?"),
        Call("comment", "POST", rf"{root}/issues/\d+/comments$"),
        Call("close it", "PATCH", rf"{root}/pulls/\d+$", "a pull request that is withdrawn", 2),
        Call("show a status", "POST", rf"{root}/statuses/[0-9a-f]+$"),
    )


_R = r"^/repos/[^/]+/[^/]+"
GITHUB = (
    Call("read the repository", "GET", rf"{_R}$"),
    Call("search pull requests", "GET", rf"{_R}/pulls\?"),
    Call("look at one", "GET", rf"{_R}/pulls/\d+$"),
    Call("see who closed it", "GET", rf"{_R}/issues/\d+$"),
    Call("open one", "POST", rf"{_R}/pulls$"),
    *_dressed(_R),
    Call("merge it", "PUT", rf"{_R}/pulls/\d+/merge$"),
    *_told(_R),
)
_P = r"^/api/v4/projects/[^/]+"
GITLAB = (
    Call("read the project", "GET", rf"{_P}$"),
    Call("look for an account", "GET", r"^/api/v4/users\?"),
    Call("search merge requests", "GET", rf"{_P}/merge_requests\?"),
    Call("look at one", "GET", rf"{_P}/merge_requests/\d+$"),
    Call("open one", "POST", rf"{_P}/merge_requests$"),
    Call("set labels and reviewers", "PUT", rf"{_P}/merge_requests/\d+$", "a pull request that is merged"),
    Call("write its text", "PUT", rf"{_P}/merge_requests/\d+$", "a pull request that is merged", 2),
    Call("merge it", "PUT", rf"{_P}/merge_requests/\d+/merge$"),
    Call("list notes", "GET", rf"{_P}/merge_requests/\d+/notes\?"),
    Call("comment", "POST", rf"{_P}/merge_requests/\d+/notes$"),
    Call("close it", "PUT", rf"{_P}/merge_requests/\d+$", "a pull request that is withdrawn", 3),
    Call("show a status", "POST", rf"{_P}/statuses/[0-9a-f]+$"),
)
_G = r"^/api/v1/repos/[^/]+/[^/]+"
GITEA = (
    Call("read the repository", "GET", rf"{_G}$"),
    Call("look for one by its branch", "GET", rf"{_G}/pulls/[^/?]+/[^?]+$"),
    Call("search open ones", "GET", rf"{_G}/pulls\?"),
    Call("look at one", "GET", rf"{_G}/pulls/\d+$"),
    Call("open one", "POST", rf"{_G}/pulls$"),
    Call("list labels of the owner", "GET", r"^/api/v1/orgs/[^/]+/labels\?"),
    Call("list labels", "GET", rf"{_G}/labels\?"),
    Call("make a label", "POST", rf"{_G}/labels$"),
    *_dressed(_G),
    Call("merge it", "POST", rf"{_G}/pulls/\d+/merge$"),
    *_told(_G),
)


class _Stories:
    """Makes worlds of one kind of forge behind one proxy."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._server: list[ForgeServer] = []
        self._template = Path()

    @contextmanager
    def served(self, folder: Path) -> Iterator[FaultProxy]:
        self._template = folder / "template.git"
        repo = template(self._template)
        with serve(ForgeServer(self._kind, ForgeState(repo, PROJECT))) as server, FaultProxy(server.url) as proxy:
            self._server[:] = [server]
            yield proxy

    def story(
        self,
        name: str,
        ends: str = "succeeded",
        *,
        branch: str = "main",
        terminated_after: int = 0,
        after: Callable[[ForgeState], None] | None = None,
        **wanted: Any,
    ) -> Story:
        """Return the story of a release with one pull request.

        Args:
            name: of the story.
            ends: the release's status.
            branch: that the application follows.
            terminated_after: the pass after which the release is terminated.
            after: what somebody does on the forge after the first pass in which there is a pull request.
            wanted: of the forge's configuration.
        """

        @contextmanager
        def begin(proxy: FaultProxy, folder: Path) -> Iterator[Run]:
            clock = MovableClock()
            (server,) = self._server
            shutil.copytree(self._template, folder / "apps.git")
            repo = GitRepo(folder / "apps.git", bare=True)
            with server.lock:
                state = server.state = ForgeState(repo, PROJECT)
                server.exchanges.clear()
            plain = ForgeConfiguration("fake", ForgeKind(self._kind), "127.0.0.1", "env:TOKEN", api=proxy.url)
            with ExitStack() as stack:
                repositories = GitRepositories({URL: repo.path}, folder / "cache", base=folder, timeout=30)
                stack.enter_context(repositories)
                forges = Forges([plain._replace(**wanted)], base=folder, environment={"TOKEN": TOKEN}, timeout=TIMEOUT)
                stack.callback(forges.close)
                by = Committing(PROMO, None, sign_as_git=False)
                patience = Patience(sleep=lambda seconds: None)
                changes = ForgeChanges(forges, repositories, SpliceEditor(), clock, by, patience=patience)
                ports = Ports(InstantWorkflows(), changes, InstantApplications(), ForgeStatuses(forges), clock)
                world = World(
                    clock,
                    ports,
                    promotion(repo, URL, branch=branch, action=Action.PR),
                    lambda: _effects(state),
                    lambda passed: seconds(clock, passed),
                    terminated_after=terminated_after,
                    reports=True,
                )
                if after is not None:
                    world.after = _once(server, state, after)
                yield lambda: run(world)

        return Story(name, begin, ends)


def _once(server: ForgeServer, state: ForgeState, act: Callable[[ForgeState], None]) -> Callable[[], None]:
    """Return what does something as soon as there is a pull request, and then nothing."""
    done: list[bool] = []

    def perhaps() -> None:
        with server.lock:
            if state.pulls and not done:
                done.append(True)
                act(state)

    return perhaps


def _effects(state: ForgeState) -> Counter[str]:
    """Return what there is on the forge and in the repository."""
    found: Counter[str] = Counter()
    for pull in state.pulls:
        found[f"{pull.state} pull requests"] += 1
        found["comments"] += len(pull.comments)
        # Forges keep both as sets.
        found |= {f"label {name}": 1 for name in pull.labels} | {f"reviewer {name}": 1 for name in pull.reviewers}
    found["labels"] = len(state.labels)
    found["commits"] = len(state.repo.git("log", "--format=%H", "--no-merges", "main").split())
    shown = {str(status["context"]): str(status["state"]) for status in state.statuses}
    found |= {f"status {context} {state}": 1 for context, state in shown.items()}
    found["branches"] = len(state.repo.git("for-each-ref", "--format=%(refname)", "refs/heads").split())
    return +found


def _closed(state: ForgeState) -> None:
    state.close(state.pulls[0], by=SOMEBODY)


def _brought_otherwise(state: ForgeState) -> None:
    """Bring the value onto the branch with another change, so that the pull request conflicts and is superfluous."""
    state.repo.commit({"qa/values.yaml": values("2", 5)})


def _adapter(name: str, kind: str, calls: tuple[Call, ...]) -> Adapter:
    stories = _Stories(kind)
    dressed = {"merge": "auto", "labels": ("promotion",), "reviewers": ("bob",)}
    return Adapter(
        name,
        calls,
        [
            stories.story("a pull request that is merged", **dressed),
            stories.story("a pull request that is withdrawn", "terminated", terminated_after=3, labels=("promotion",)),
            stories.story("a pull request that is closed", "failed", after=_closed),
            stories.story("one that others close as its release ends", "terminated", terminated_after=1, after=_closed),
            stories.story("a branch that is called HEAD", branch="HEAD", merge="auto"),
            stories.story("a pull request that is superfluous", after=_brought_otherwise),
        ],
        stories.served,
    )


ADAPTERS = (
    _adapter("GitHub", "github", GITHUB),
    _adapter("GitLab", "gitlab", GITLAB),
    _adapter("Gitea", "gitea", GITEA),
)
