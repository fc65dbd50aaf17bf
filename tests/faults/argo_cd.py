"""Releases whose applications an Argo CD looks after, through its own server and through Kubernetes."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from adapters.argocd.ancestry import GitAncestry
from adapters.argocd.applications import ArgoCdApplications
from adapters.argocd.transport import Transport
from adapters.git import GitRepositories
from adapters.yaml import SpliceEditor
from engine.execute.ports import Change, Landed, Ports
from tests.adapters.argocd.world import NAME, URL, kubernetes, rest
from tests.adapters.execute_contracts.applications_contract import values
from tests.fakes.argocd_controller import Behaviour
from tests.fakes.argocd_server import FakeArgoCd, MovableClock, serving
from tests.fakes.fault_proxy import FaultProxy
from tests.faults.columns import TIMEOUT
from tests.faults.promotion import promotion, template
from tests.faults.running import Run, World, run
from tests.faults.stories import Adapter, Call, Story
from tests.support.gitrepo import GitRepo
from tests.support.instant_ports import InstantChanges, InstantStatuses, InstantWorkflows

_OBJECT = r"^/apis/argoproj.io/v1alpha1/namespaces/[^/]+/applications/[^/?]+(\?|$)"

REST = (
    Call("look at an application", "GET", r"^/api/v1/applications/[^/?]+\?(?!.*refresh=)"),
    Call("ask for a refresh", "GET", r"^/api/v1/applications/[^/?]+\?.*refresh="),
    Call("ask for a sync", "POST", r"^/api/v1/applications/[^/?]+/sync$"),
)
KUBERNETES = (
    Call("look at an application", "GET", _OBJECT),
    Call("ask for a refresh", "PATCH", _OBJECT, "an application that syncs by itself"),
    Call("ask for a sync", "PATCH", _OBJECT, "an application that promo syncs", 2),
)


class PushedChanges(InstantChanges):
    """Puts the promoted value onto the branch of the application, once."""

    def __init__(self, repo: GitRepo) -> None:
        self._repo = repo
        self._made: dict[str, str] = {}

    async def commit(self, change: Change) -> Landed:
        if change.key not in self._made:
            self._made[change.key] = self._repo.commit({"qa/values.yaml": values("2")})
        return Landed(self._made[change.key], True)


class _Stories:
    """Makes worlds of one server behind one proxy."""

    def __init__(self, transport: Callable[[FakeArgoCd], Transport]) -> None:
        self._transport = transport
        self._state = FakeArgoCd()
        self._template = Path()

    @contextmanager
    def served(self, folder: Path) -> Iterator[FaultProxy]:
        self._template = folder / "template.git"
        template(self._template)
        with serving(self._state) as state, FaultProxy(state.url) as proxy:
            yield proxy

    def story(self, name: str, behaviour: Behaviour, ends: str = "succeeded", *, automated: bool = True) -> Story:
        """Return the story of a release whose application behaves in some way."""

        @contextmanager
        def begin(proxy: FaultProxy, folder: Path) -> Iterator[Run]:
            clock = MovableClock()
            state = self._state
            # The server was started with this very object.
            with state.lock:
                shutil.copytree(self._template, folder / "apps.git")
                repo = GitRepo(folder / "apps.git", bare=True)
                state.clock, state.repositories = clock, {URL: repo}
                state.applications.clear()
                state.complaints.clear()
                for one in ("dev", "qa"):
                    source = {"repoURL": URL, "path": one, "targetRevision": "main"}
                    app = state.add(f"shop-{one}", {"source": source}, automated=automated)
                    app.behaviour = behaviour
            before, syncs = set(_syncs(state)), set(_syncs(state))

            def pass_time(passed: float) -> None:
                # Second by second, as syncs come and go.
                for _ in range(max(1, min(int(passed), 30))):
                    state.pass_time(1)
                    syncs.update(_syncs(state))

            def effects() -> Counter[str]:
                pass_time(10)
                return Counter({"syncs": len(syncs - before)})

            with ExitStack() as stack:
                repositories = GitRepositories({URL: repo.path}, folder / "cache", base=folder, timeout=30)
                stack.enter_context(repositories)
                transport = self._transport(replace(state, url=proxy.url))
                applications = ArgoCdApplications({"": transport}, GitAncestry(repositories, SpliceEditor()), clock)
                ports = Ports(InstantWorkflows(), PushedChanges(repo), applications, InstantStatuses(), clock)
                world = World(clock, ports, promotion(repo, URL), effects, pass_time)
                yield lambda: run(world)
            assert state.complaints == []

        return Story(name, begin, ends)


def _syncs(state: FakeArgoCd) -> Iterator[str]:
    """Yield when syncs began, of the application that is changed."""
    app = state.applications[f"argocd/{NAME}"]
    operation = app.status.get("operationState")
    if operation is not None:
        yield operation["startedAt"]


def _rest(state: FakeArgoCd) -> Transport:
    found = rest(state)
    return replace(found, server=replace(found.server, timeout=TIMEOUT))


def _kubernetes(state: FakeArgoCd) -> Transport:
    made = kubernetes(state)
    made._timeout = TIMEOUT
    return made


def _common(stories: _Stories) -> list[Story]:
    return [
        stories.story("an application that syncs by itself", Behaviour()),
        stories.story("an application that promo syncs", Behaviour(), automated=False),
        stories.story("an application that falls ill", Behaviour(becomes="Degraded"), "failed"),
    ]


_BY_REST, _BY_KUBERNETES = _Stories(_rest), _Stories(_kubernetes)

ADAPTERS = (
    Adapter("Argo CD", REST, _common(_BY_REST), _BY_REST.served),
    Adapter("Argo CD by Kubernetes", KUBERNETES, _common(_BY_KUBERNETES), _BY_KUBERNETES.served),
)
