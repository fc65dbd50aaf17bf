"""One worker of a kill test over HTTP: ``python -m tests.kill.http_worker STORE SERVERS SEED [hasty]``.

It has the adapters that promo has, and its pace unless it is hasty.
"""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import ExitStack
from pathlib import Path
from zoneinfo import ZoneInfo

import engine.execute.rules
from adapters.argocd.ancestry import GitAncestry
from adapters.argocd.applications import ArgoCdApplications
from adapters.argocd.rest import RestApi as ArgoCd
from adapters.forge.changes import ForgeChanges
from adapters.forge.configured import ForgeConfiguration, ForgeKind
from adapters.forge.forges import Forges
from adapters.forge.statuses import ForgeStatuses
from adapters.git import GitRepositories
from adapters.git.changes import Committing
from adapters.git.identity import Identity
from adapters.remote.server import ApiServer
from adapters.secrets import Secret
from adapters.workflows.rest import RestApi as Argo
from adapters.workflows.runs import ArgoWorkflows
from adapters.yaml import SpliceEditor
from engine.execute.ports import Ports
from engine.execute.rules import Rules
from tests.fakes.argocd_server import TOKEN as ARGOCD_TOKEN
from tests.fakes.forge_server import TOKEN as FORGE_TOKEN
from tests.fakes.workflows_server import NAMESPACE
from tests.fakes.workflows_server import TOKEN as ARGO_TOKEN
from tests.kill.carrying import carry_on
from tests.kill.ports import JumpingClock
from tests.kill.standby import stand_by

JUMPS = 0.002
TIMEOUT = 2.0
BY = Committing(Identity("promo", "promo@example.com"), None, sign_as_git=False)


def ports(servers: dict[str, str], folder: Path, seed: int, stack: ExitStack) -> Ports:
    """Return the adapters."""
    clock = JumpingClock(seed, JUMPS)
    repositories = stack.enter_context(GitRepositories({}, folder / "cache", base=folder, timeout=20))
    settings = ForgeConfiguration("main", ForgeKind.GITHUB, "127.0.0.1", "env:TOKEN", api=servers["forge"])
    forges = Forges([settings], base=folder, environment={"TOKEN": FORGE_TOKEN}, timeout=TIMEOUT)
    stack.callback(forges.close)
    editor = SpliceEditor()
    argocd = ArgoCd(ApiServer(servers["argocd"], lambda: Secret(ARGOCD_TOKEN), timeout=TIMEOUT), patience=1.0)
    argo = Argo(ApiServer(servers["workflows"], lambda: Secret(ARGO_TOKEN), timeout=TIMEOUT), NAMESPACE)
    return Ports(
        ArgoWorkflows(argo, NAMESPACE),
        ForgeChanges(forges, repositories, editor, clock, BY),
        ArgoCdApplications({"": argocd}, GitAncestry(repositories, editor), clock),
        ForgeStatuses(forges),
        clock,
    )


async def main(url: str, servers: Path, seed: int, *, hasty: bool) -> None:
    """Carry releases on until the process is killed."""
    if hasty:
        # Only the short form is: at the usual pace two releases take a minute, most of which is waiting.
        engine.execute.rules._FIRST_LOOK = engine.execute.rules._FIRST_BACKOFF = 0.3
        # Whose clock jumps ahead takes every wait for a long one, and looks as seldom as that allows.
        engine.execute.rules._LONGEST_LOOK = engine.execute.rules._LONGEST_BACKOFF = 3.0
    with ExitStack() as stack:
        made = ports(json.loads(servers.read_text()), servers.parent, seed, stack)
        await carry_on(url, made, Rules(zone=ZoneInfo, reports=True))


if __name__ == "__main__":
    stand_by()
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), hasty=sys.argv[4:] == ["hasty"]))
