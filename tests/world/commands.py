"""Commands of promo as processes of their own over an estate: what they say, also where servers say too much."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.fakes.argocd_server import Fault as ArgoCdFault
from tests.fakes.forge_server import Fault as ForgeFault
from tests.fakes.forge_state import SOMEBODY
from tests.fakes.workflows_server import Fault as ArgoFault
from tests.world.estate import DEPLOY, Estate
from tests.world.service import promo_environment
from tests.world.stranger import Stranger
from tests.world.waiting import PATIENCE

_MANY = 20


@dataclass(frozen=True, slots=True)
class Said:
    """What a command was called with, said and ended with."""

    arguments: tuple[str, ...]
    code: int
    text: str


@dataclass
class Desk:
    """Where somebody works with promo's commands.

    Attributes:
        estate: what they are about.
        folder: where the world lies.
        said: every command, in order.
    """

    estate: Estate
    folder: Path
    said: list[Said]

    def promo(self, *arguments: str, meanwhile: Callable[[], object] | None = None) -> Said:
        """Run a command, perhaps with something that is to happen while it runs, again and again until it has."""
        process = subprocess.Popen(
            [sys.executable, "-m", "adapters.cli.main", *arguments],
            cwd=self.estate.folder,
            env=promo_environment(self.estate, self.folder),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        try:
            deadline, happened = time.monotonic() + PATIENCE, meanwhile is None
            while not happened and process.poll() is None and time.monotonic() < deadline:
                assert meanwhile is not None
                happened = bool(meanwhile())
                time.sleep(0.1)
            text = process.communicate(timeout=PATIENCE)[0].decode("utf-8", "replace")
        finally:
            process.kill()
            process.wait()
        self.said.append(Said(arguments, process.returncode, text))
        assert happened, text
        return self.said[-1]


def read_everything(desk: Desk, release: str) -> None:
    """Have everything shown that there is about a release."""
    asked = (
        ("release", "show", release, "--events"),
        ("release", "show", release, "--events", "--format", "json"),
        ("release", "notes", release),
        ("plan", "--product", "edge", "--flow", "worldwide", "--format", "json"),
    )
    with ThreadPoolExecutor(2) as several:
        list(several.map(lambda arguments: desk.promo(*arguments), asked))


def run_by_hand(desk: Desk) -> tuple[Said, Said]:
    """Promote into staging by pull request; it fails at an Argo CD that wants another token, and is carried on."""
    estate = desk.estate
    estate.push_edge("1.33.0", "2.10.0", "feat: and another header")
    argocd, forge = estate.runtimes["nonprod"].argocd, estate.forges[DEPLOY]

    def merge() -> bool:
        with forge.lock:
            forge.state.refresh()
            found = [pull for pull in forge.state.pulls if pull.state == "open" and "to staging" in pull.title]
            if not found or "still to be set" in found[0].body:
                return False
            argocd.faults.append(ArgoCdFault(401, f"invalid session: {argocd.token}"))
            forge.state.merge(found[0], "squash", "", f"{found[0].title}\n\n{found[0].body}", by=SOMEBODY)
            return True

    wanted = ("--product", "edge", "--to", "staging", "--set", "action=pr")
    first = desk.promo("run", *wanted, "--yes", "--as", "olga@example.com", meanwhile=merge)
    release = begun(first)
    desk.promo("release", "show", release)
    desk.promo("release", "retry", release, "--as", "sam@example.com")
    desk.promo("release", "retry", release, "--as", "olga@example.com", "--reason", "the token is the right one")
    return first, desk.promo("run", "--resume", release)


def begun(said: Said) -> str:
    """Return the release that a command has begun."""
    (release,) = re.findall(r"^release ([\w-]+)", said.text, re.MULTILINE)
    return str(release)


def meet_hostility(desk: Desk, stranger: Stranger) -> None:
    """Ask servers that repeat the token in whatever they refuse, and then servers that send everybody elsewhere."""
    estate = desk.estate
    for runtime in estate.runtimes.values():
        said = f"cannot pass on {runtime.argocd.token}"
        runtime.argocd.faults += [ArgoCdFault(403, said)] * _MANY
        body = f'{{"code": 7, "message": "no rights for {runtime.argo.token}"}}'
        runtime.argo.faults.append(ArgoFault("refuse", "", 403, times=_MANY, body=body))
    for forge in estate.forges.values():
        forge.faults += [ForgeFault("GET", status=401, message=f"bad token {forge.token}") for _ in range(_MANY)]
    desk.promo("doctor", "--connections")
    _calm(estate)
    for runtime in estate.runtimes.values():
        for_argocd = {"location": f"{stranger.url}/login/{runtime.argocd.token}"}
        for_argo = {"location": f"{stranger.url}/login/{runtime.argo.token}"}
        runtime.argocd.faults += [ArgoCdFault(307, headers=for_argocd)] * _MANY
        runtime.argo.faults.append(ArgoFault("refuse", "", 307, headers=for_argo, times=_MANY))
    for forge in estate.forges.values():
        away = {"Location": f"{stranger.url}/{forge.token}"}
        forge.faults += [ForgeFault("GET", status=307, headers=away) for _ in range(_MANY)]
    for host in estate.hosts.values():
        host.moved_to = stranger.url
    desk.promo("doctor", "--connections")
    desk.promo("plan", "--product", "edge", "--flow", "worldwide")
    _calm(estate)


def _calm(estate: Estate) -> None:
    """Let every server be in order again."""
    for runtime in estate.runtimes.values():
        runtime.argocd.faults.clear()
        runtime.argo.faults.clear()
    for forge in estate.forges.values():
        forge.faults.clear()
    for host in estate.hosts.values():
        host.moved_to = ""
