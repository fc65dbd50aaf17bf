"""Releases whose workflows an Argo Workflows runs, through its own server and through Kubernetes."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from adapters.workflows.runs import ArgoWorkflows
from adapters.workflows.transport import RELEASE_LABEL, Transport
from adapters.workflows.watching import Watcher
from engine.execute.ports import Ports
from tests.adapters.workflows.world import FOREVER, kubernetes, rest
from tests.fakes.argocd_server import MovableClock
from tests.fakes.fault_proxy import Fault, FaultProxy, Kind
from tests.fakes.workflows_controller import Script
from tests.fakes.workflows_server import NAMESPACE, FakeArgo, Switch, switched
from tests.fakes.worlds import application, environment, spec, workflow
from tests.faults.columns import TIMEOUT
from tests.faults.running import LONGEST_PASS, Ended, Run, World, run
from tests.faults.stories import Adapter, Call, Story
from tests.support.instant_ports import InstantApplications, InstantChanges, InstantStatuses

_GONE = '{"code": 5, "message": "workflows.argoproj.io not found"}'
_GROUP = "/apis/argoproj.io/v1alpha1"

REST = (
    Call("look for a run", "GET", r"^/api/v1/workflows/[^/]+/[^/?]+$"),
    Call("look for a template", "GET", r"^/api/v1/workflow-templates/[^/]+/[^/?]+$"),
    Call("look for a cluster's template", "GET", r"^/api/v1/cluster-workflow-templates/[^/?]+$"),
    Call("list templates", "GET", r"^/api/v1/workflow-templates/[^/?]+$"),
    Call("start a run", "POST", r"^/api/v1/workflows/[^/?]+$"),
    Call("end a run", "PUT", r"^/api/v1/workflows/[^/]+/[^/]+/terminate$"),
    Call("read a log", "GET", r"^/api/v1/workflows/[^/]+/[^/]+/log\?"),
    Call("search the archive", "GET", r"^/api/v1/archived-workflows\?"),
    Call("read from the archive", "GET", r"^/api/v1/archived-workflows/[^/?]+\?"),
    Call("follow runs", "GET", r"^/api/v1/workflow-events/[^/?]+\?"),
)
KUBERNETES = (
    Call("look for a run", "GET", rf"^{_GROUP}/namespaces/[^/]+/workflows/[^/?]+$"),
    Call("look for a template", "GET", rf"^{_GROUP}/namespaces/[^/]+/workflowtemplates/[^/?]+$"),
    Call("look for a cluster's template", "GET", rf"^{_GROUP}/clusterworkflowtemplates/[^/?]+$"),
    Call("list templates", "GET", rf"^{_GROUP}/namespaces/[^/]+/workflowtemplates(\?|$)"),
    Call("start a run", "POST", rf"^{_GROUP}/namespaces/[^/]+/workflows(\?|$)"),
    Call("end a run", "PATCH", rf"^{_GROUP}/namespaces/[^/]+/workflows/[^/?]+(\?|$)"),
    Call("read a log", "GET", r"^/api/v1/namespaces/[^/]+/pods/[^/]+/log\?"),
    Call("follow runs", "GET", rf"^{_GROUP}/namespaces/[^/]+/workflows\?.*watch="),
)
_LOOK = REST[0]
_DOCUMENT = {
    "metadata": {"name": "smoke-1", "labels": {RELEASE_LABEL: "rel-1"}},
    "spec": {"workflowTemplateRef": {"name": "gate"}},
}


@contextmanager
def _served(switch: list[Switch]) -> Iterator[FaultProxy]:
    with switched() as found, FaultProxy(found.url) as proxy:
        switch[:] = [found]
        yield proxy


class _Stories:
    """Makes worlds behind one proxy."""

    def __init__(self, transport: Callable[[FakeArgo], Transport]) -> None:
        self._transport = transport
        self._switch: list[Switch] = []

    @contextmanager
    def served(self, folder: Path) -> Iterator[FaultProxy]:
        with _served(self._switch) as proxy:
            yield proxy

    def story(
        self,
        name: str,
        script: Script,
        ends: str = "succeeded",
        *,
        cluster: bool = False,
        template: str = "gate",
        prepare: Callable[[World, FakeArgo, FaultProxy], None] = lambda world, state, proxy: None,
    ) -> Story:
        """Return the story of a release whose pre-action ``gate`` goes as a script says."""

        @contextmanager
        def begin(proxy: FaultProxy, folder: Path) -> Iterator[Run]:
            clock = MovableClock()
            state = FakeArgo(clock)
            state.add(template, script, cluster=cluster)
            self._switch[0].answer_for(state)
            state.url = proxy.url
            workflows = ArgoWorkflows(self._transport(state), NAMESPACE, ending=0.2)
            ports = Ports(workflows, InstantChanges(), InstantApplications(), InstantStatuses(), clock)
            qa = environment("qa", applications=(application("shop-qa", pre=workflow("gate")),))
            world = World(clock, ports, spec(qa), lambda: Counter(state.started), state.pass_time)
            prepare(world, state, proxy)
            yield lambda: run(world)
            assert state.complaints == []

        return Story(name, begin, ends)

    def following(self) -> Story:
        """Return the story of somebody who waits to be told that a workflow moves."""

        @contextmanager
        def begin(proxy: FaultProxy, folder: Path) -> Iterator[Run]:
            state = FakeArgo()
            state.add("gate")
            self._switch[0].answer_for(state)
            state.url = proxy.url
            yield lambda: asyncio.run(_follow(self._transport(state), state))
            assert state.complaints == []

        return Story("the events of workflows", begin, "woken")


async def _follow(transport: Transport, state: FakeArgo) -> Ended:
    """Follow events from before a run of a release begins until its release is woken."""
    woken, stop = asyncio.Event(), asyncio.Event()
    told: list[str] = []

    async def wake(release: str) -> None:
        told.append(release)
        woken.set()

    watching = asyncio.ensure_future(Watcher(transport, first=0.02).watch(wake, stop))
    try:
        with state.lock:
            state.create(_DOCUMENT)
        async with asyncio.timeout(LONGEST_PASS):
            await woken.wait()
    finally:
        stop.set()
        await watching
    return Ended("woken", {}, (), (), Counter(set(told)), 1)


def _archived(world: World, state: FakeArgo, proxy: FaultProxy) -> None:
    """Let the server forget the run after its end, and find it in the archive only when that is asked itself."""
    answers = Fault(Kind.STATUS, _LOOK.method, _LOOK.path, status=404, body=_GONE, first=2, times=None)
    proxy.faults.append(answers)


def _terminated(world: World, state: FakeArgo, proxy: FaultProxy) -> None:
    world.terminated_after = 1


def _rest(state: FakeArgo) -> Transport:
    return rest(state, timeout=TIMEOUT, silence=TIMEOUT)


def _kubernetes(state: FakeArgo) -> Transport:
    made = kubernetes(state, silence=TIMEOUT)
    made._timeout = TIMEOUT
    return made


def _common(stories: _Stories) -> list[Story]:
    return [
        stories.story("a run that succeeds", Script(outputs={"A": "1"})),
        stories.story("a template of the cluster", Script(), cluster=True),
        stories.story("a run that fails", Script("Failed", says="the shop is down"), "failed"),
        stories.story("a template that is missing", Script(), "failed", template="gates"),
        stories.story("a run that is ended", Script(seconds=FOREVER), "terminated", prepare=_terminated),
        stories.following(),
    ]


_BY_REST, _BY_KUBERNETES = _Stories(_rest), _Stories(_kubernetes)
_ARCHIVED = _BY_REST.story("a run that is in the archive", Script(seconds=1, ttl=0.5), prepare=_archived)

ADAPTERS = (
    Adapter("Argo Workflows", REST, [*_common(_BY_REST), _ARCHIVED], _BY_REST.served),
    Adapter("Argo Workflows by Kubernetes", KUBERNETES, _common(_BY_KUBERNETES), _BY_KUBERNETES.served),
)
