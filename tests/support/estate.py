"""A workspace whose releases go through everything that there is, each behind a gate that can be closed.

Git over the network, a forge with its API, an Argo CD, an Argo Workflows and perhaps a PostgreSQL: all of them real
servers on ports of this machine.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.fakes.argocd_controller import Behaviour
from tests.fakes.argocd_server import TOKEN as ARGOCD_TOKEN
from tests.fakes.argocd_server import FakeArgoCd
from tests.fakes.argocd_server import serving as argocd_serving
from tests.fakes.fault_proxy import Fault, FaultProxy, Kind, TcpRelay
from tests.fakes.forge_server import TOKEN as FORGE_TOKEN
from tests.fakes.forge_server import ForgeServer
from tests.fakes.forge_server import serve as forge_serving
from tests.fakes.forge_state import ForgeState
from tests.fakes.live_clock import LiveClock
from tests.fakes.proxy_gate import Gate
from tests.fakes.workflows_controller import Script
from tests.fakes.workflows_server import NAMESPACE, FakeArgo
from tests.fakes.workflows_server import TOKEN as ARGO_TOKEN
from tests.fakes.workflows_server import serving as workflows_serving
from tests.support.gitdaemon import GitDaemon
from tests.support.gitrepo import GitRepo
from tests.support.postgres import PostgresCluster
from tests.support.service_world import (
    ENVIRONMENTS,
    SECRET,
    TOKENS,
    ServiceWorld,
    begin,
    service_tables,
    write_workspace,
)

PROJECT = "shop/apps"
TEMPLATES = ("gate", "verify")

_CONFIGURATION = """\
[forges.main]
kind = "github"
host = "127.0.0.1"
api = "{forge}"
token = "env:FORGE_TOKEN"
webhook-secret = "env:FORGE_SECRET"
merge = "{merge}"

[git]
author = "promo <promo@example.com>"
sign = "never"

[runtimes.main.argocd]
url = "{argocd}"
token = "env:ARGOCD_API"

[runtimes.main.workflows]
namespace = "{namespace}"
url = "{workflows}"
token = "env:ARGO_TOKEN"
"""
_POLICY = "policy checked { when environment.name == qa  pre-action gate  action pr  post-action verify }\n"


@dataclass(frozen=True, slots=True)
class Estate(ServiceWorld):
    """Where everything is.

    Attributes:
        bare: the repository itself.
        products: their names.
        forge: the forge.
        argocd: the Argo CD.
        argo: the Argo Workflows.
        lines: what stands between promo and each of them: `git`, `forge`, `argocd`, `workflows` and perhaps `store`.
        store: the URL of the store; empty for the workspace's own.
        daemon: what serves the repository.
        cluster: where the store is.
    """

    bare: GitRepo
    products: tuple[str, ...]
    forge: ForgeServer
    argocd: FakeArgoCd
    argo: FakeArgo
    lines: dict[str, Gate] = field(default_factory=dict)
    store: str = ""
    daemon: GitDaemon | None = None
    cluster: PostgresCluster | None = None

    def silence(self, line: str) -> None:
        """Have nobody answer behind a line from now on; connections are accepted and stay open."""
        gate = self.lines[line]
        if isinstance(gate, FaultProxy):
            gate.faults.append(Fault(Kind.HANG, times=None))
        elif line == "git":
            assert self.daemon is not None
            self.daemon.silent = True
        else:
            assert self.cluster is not None
            self.cluster.freeze()

    def speak(self, line: str) -> None:
        """Have everybody answer again; who waits for an answer that was not given goes on waiting."""
        gate = self.lines[line]
        if isinstance(gate, FaultProxy):
            gate.faults.clear()
        elif line == "git":
            assert self.daemon is not None
            self.daemon.silent = False
        else:
            assert self.cluster is not None
            self.cluster.thaw()

    @property
    def environment(self) -> dict[str, str]:
        """Return the variables that secrets are read from."""
        found = {
            "FORGE_SECRET": SECRET,
            "FORGE_TOKEN": FORGE_TOKEN,
            "ARGOCD_HOOKS": "hooks-of-argocd-0123456789",
            "ARGOCD_API": ARGOCD_TOKEN,
            "ARGO_TOKEN": ARGO_TOKEN,
            "BOB_TOKEN": TOKENS["bob"],
        }
        return found | ({"PROMO_STORE_URL": self.store} if self.store else {})

    def promotions(self, product: str) -> int:
        """Return how many commits of `main` promoted something of a product, merges not counted."""
        log = self.bare.git("log", "--no-merges", "--format=%H", "main", "--", f"apps/{product}/qa")
        return len(log.splitlines()) - 1

    def tag(self, product: str) -> str:
        """Return what `qa` has of a product."""
        return self.bare.git("show", f"main:apps/{product}/qa/values.yaml").rpartition("tag: ")[2].strip('"')

    def runs(self, product: str) -> dict[str, int]:
        """Return how often each template ran for a product, in whatever state the runs are."""
        every = [*self.argo.runs.values(), *(self.argo.archive or ())]
        found = dict.fromkeys(TEMPLATES, 0)
        for run in every:
            step = run.document["metadata"]["annotations"]["promo.io/step"]
            if f":{product}-qa/" in step:
                found[run.document["spec"]["workflowTemplateRef"]["name"]] += 1
        return found

    def pull_hook(self, head: str, url: str = "") -> dict[str, Any]:
        """Return what GitHub sends when something happens to a pull request, as arguments of a request."""
        data = {
            "action": "closed",
            "number": 11,
            "pull_request": {"head": {"ref": head}},
            "repository": {"clone_url": url or self.url, "ssh_url": "git@git.example.com:other/apps.git"},
        }
        body = json.dumps(data).encode()
        signature = "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
        headers = {"x-github-event": "pull_request", "x-hub-signature-256": signature}
        return {"content": body, "headers": headers | {"content-type": "application/json"}}


@contextmanager
def estate(
    folder: Path,
    products: tuple[str, ...],
    *,
    cluster: PostgresCluster | None = None,
    merge: str = "auto",
    workflow_seconds: float = 0.3,
) -> Iterator[Estate]:
    """Serve everything until a block ends.

    Args:
        folder: an empty one.
        products: their names.
        cluster: where the store is; None for a file of the workspace.
        merge: whether promo merges its pull requests, ``auto`` or ``never``.
        workflow_seconds: how long promotion workflows run.
    """
    with ExitStack() as stack:
        bare = GitRepo(folder / "served" / PROJECT, bare=True)
        clone = begin(folder / "clone", products, bare.url)
        daemon = stack.enter_context(GitDaemon(folder / "served", writable=True))
        forge = stack.enter_context(forge_serving(ForgeServer("github", ForgeState(bare, PROJECT))))
        argocd = stack.enter_context(argocd_serving(FakeArgoCd(clock=LiveClock())))
        argo = stack.enter_context(workflows_serving(FakeArgo(LiveClock())))
        for name in TEMPLATES:
            argo.add(name, Script(seconds=workflow_seconds))
        lines: dict[str, Gate] = {
            "git": TcpRelay(daemon.address),
            "forge": FaultProxy(forge.url),
            "argocd": FaultProxy(argocd.url),
            "workflows": FaultProxy(argo.url),
        }
        if cluster is not None:
            lines["store"] = TcpRelay(str(cluster.folder / ".s.PGSQL.5432"))
        for line in lines.values():
            stack.enter_context(line)
        url = f"git://127.0.0.1:{lines['git'].port}/{PROJECT}"
        argocd.repositories[url] = bare
        for name in products:
            for environment in ENVIRONMENTS:
                source = {"repoURL": url, "path": f"apps/{name}/{environment}", "targetRevision": "main"}
                app = argocd.add(f"{name}-{environment}", {"project": "default", "source": source})
                app.behaviour = Behaviour(sync_takes=0, progressing=0)
        store = _store(cluster, lines["store"].port) if cluster is not None else ""
        workspace = folder / "workspace"
        made = Estate(workspace, clone, url, bare, products, forge, argocd, argo, lines, store, daemon, cluster)
        _write(made, merge)
        yield made
    assert argo.complaints + argocd.complaints == []


def _store(cluster: PostgresCluster, port: int) -> str:
    options = cluster.new_store().partition("&options=")[2]
    return f"postgresql://promo@127.0.0.1:{port}/postgres?options={options}"


def _write(made: Estate, merge: str) -> None:
    text = _CONFIGURATION.format(
        merge=merge,
        namespace=NAMESPACE,
        **{name: line.url for name, line in made.lines.items() if isinstance(line, FaultProxy)},
    )
    write_workspace(made.folder, made.products, made.url, service_tables("ARGOCD_HOOKS") + text, _POLICY)
