"""`policies/multi-region` as a company has it: its workspace, its repositories on two forges, its servers of Argo.

The clock is real. So what is waited for is shortened in the copy of the policies, and nothing else is changed there.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.fakes.forge_server import ForgeServer
from tests.fakes.forge_server import serve as serve_forge
from tests.fakes.forge_state import ForgeState
from tests.support.gitrepo import GitRepo, git_environment, run_git
from tests.support.rewriting import rewrite
from tests.support.service_settings import Caller, by_digest, by_variable, service_settings
from tests.world.git_http import GitHost
from tests.world.git_http import serving as serve_git
from tests.world.runtime import Runtime, running
from tests.world.tokens import GIT_USER, TOKENS

SHIPPED = Path(__file__).parents[2] / "policies/multi-region"
DEPLOY, INTERNAL = "https://git.example.com/pay/deploy.git", "https://gitlab.example.com/platform/internal.git"
PROJECTS = {DEPLOY: "pay/deploy", INTERNAL: "platform/internal"}

_SHORTENED = {
    "flows.promo": {"{ soak 1d }": "{ soak 2s }"},
    "invariants.promo": {"soak >= 1d": "soak >= 2s"},
    "policies.promo": {"soak       4h": "soak       2s", "soak   30m": "soak   2s"},
    "calendar.promo": {
        "days mon to thu  from 09:00 to 16:00": "days mon to sun  from 00:00 to 00:00",
        "  days mon to thu\n  from 09:00 to 16:00\n": "  days mon to sun\n  from 00:00 to 00:00\n",
        "from 2026-12-21 to 2027-01-03": "from 2096-12-21 to 2097-01-03",
        "from 2027-02-05 to 2027-02-09": "from 2097-02-05 to 2097-02-09",
    },
}
_ACCESS = """\
access platform {
  teams platform
  allow trigger, promote, retry, terminate
  when product.labels.team == "platform"
}

access sre { teams sre  allow approve }
"""
_CONFIGURATION = """\
sources = ["*.promo", "argocd/**/*.yaml"]

[git]
author = "promo <promo@example.com>"
sign = "never"

[teams]
platform = ["olga@example.com"]
sre = ["sam@example.com"]

[forges.github]
kind = "github"
host = "git.example.com"
api = "{github}"
token = "env:GITHUB_API"
webhook-secret = "env:GITHUB_HOOK"
labels = ["promotion"]
reviewers = ["bob"]

[forges.gitlab]
kind = "gitlab"
host = "gitlab.example.com"
api = "{gitlab}"
token = "env:GITLAB_API"
webhook-secret = "env:GITLAB_HOOK"
labels = ["promotion", "internal"]
"""
_CALLERS = (
    Caller("olga", by_digest(TOKENS["SERVICE_OLGA"])),
    Caller("sam", by_variable("SERVICE_SAM")),
    Caller("eve", by_variable("SERVICE_EVE"), ("marketing",)),
)
_RUNTIME = """
[runtimes.{name}]
{chosen}

[runtimes.{name}.argocd]
url = "{argocd}"
token = "env:ARGOCD_{token}"

[runtimes.{name}.workflows]
url = "{argo}"
namespace = "promotions"
token = "env:ARGO_{token}"
service-account = "promotion"
"""
_CHOSEN = {
    "nonprod": 'clusters = ["nonprod-1"]\ncontrol = true',
    "eu": 'clusters = ["eu-1", "eu-2"]',
    "world": 'environments = ["prod-us", "prod-ap"]',
}


@dataclass(frozen=True, slots=True)
class Estate:
    """Everything that is there before `promo serve` is.

    Attributes:
        folder: the workspace.
        runtimes: by name.
        forges: by the address of their repository.
        hosts: of Git, by the address of the repository they have.
        clone: a clone of the repository that the product is developed in.
        environment: the variables that promo runs with.
    """

    folder: Path
    runtimes: Mapping[str, Runtime]
    forges: Mapping[str, ForgeServer]
    hosts: Mapping[str, GitHost]
    clone: Path
    environment: Mapping[str, str]

    def push_edge(self, version: str, chart: str, message: str) -> str:
        """Push a version of `edge` to where its flow begins, and return the commit."""
        run_git(self.clone, "pull", "--quiet", "--rebase", "origin", "main")
        folder = self.clone / "deploy/edge/dev"
        for name, pattern, after in (
            ("Chart.yaml", r"(?m)^version: .*\nappVersion: .*$", f"version: {chart}\nappVersion: {version}"),
            ("values.yaml", 'tag: ".*"', f'tag: "{version}"'),
        ):
            text, count = re.subn(pattern, after, (folder / name).read_text("utf-8"))
            assert count == 1, (name, text)
            (folder / name).write_text(text, "utf-8")
        run_git(self.clone, "commit", "--quiet", "--all", "--message", message)
        run_git(self.clone, "push", "--quiet", "origin", "main")
        return run_git(self.clone, "rev-parse", "HEAD")

    def read(self, url: str, path: str) -> str:
        """Return a file of a repository as its main branch has it."""
        return self.forges[url].state.repo.git("show", f"main:{path}") + "\n"


@contextmanager
def estate(parent: Path) -> Iterator[Estate]:
    """Write and serve it all below a folder until the block ends."""
    with ExitStack() as stack:
        repositories = {url: _repository(parent / "served", url) for url in PROJECTS}
        hosts = {
            url: stack.enter_context(serve_git(GitHost(repositories[url].path.parents[1], TOKENS[secret])))
            for url, secret in ((DEPLOY, "GIT_GITHUB"), (INTERNAL, "GIT_GITLAB"))
        }
        forges = {
            url: stack.enter_context(
                serve_forge(ForgeServer(kind, ForgeState(repositories[url], PROJECTS[url]), token=TOKENS[secret]))
            )
            for url, kind, secret in ((DEPLOY, "github", "GITHUB_API"), (INTERNAL, "gitlab", "GITLAB_API"))
        }
        runtimes = {name: stack.enter_context(running(name, SHIPPED / "argocd", repositories)) for name in _CHOSEN}
        folder = parent / "workspace"
        _workspace(folder, forges, runtimes)
        clone = parent / "clone"
        run_git(parent, "clone", "--quiet", repositories[DEPLOY].url, str(clone))
        yield Estate(folder, runtimes, forges, hosts, clone, variables(parent, hosts))


def _repository(parent: Path, url: str) -> GitRepo:
    """Make the repository of an address, with those of the shipped files that are deployed from it."""
    host = url.split("/")[2]
    repository = GitRepo(parent / host / f"{PROJECTS[url]}.git", bare=True)
    files = {}
    for file in sorted((SHIPPED / "deploy").rglob("*")):
        name = file.relative_to(SHIPPED).as_posix()
        if file.is_file() and name.startswith("deploy/edge/internal/") == (url == INTERNAL):
            files[name] = file.read_text("utf-8")
    repository.commit(files, message="feat: begin")
    return repository


def _workspace(folder: Path, forges: Mapping[str, ForgeServer], runtimes: Mapping[str, Runtime]) -> None:
    shutil.copytree(SHIPPED, folder, ignore=shutil.ignore_patterns("deploy", "tests.promo", "README.md", ".promo"))
    for name, changes in _SHORTENED.items():
        for before, after in changes.items():
            rewrite(folder / name, before, after)
    (folder / "access.promo").write_text(_ACCESS, "utf-8")
    text = _CONFIGURATION.format(github=forges[DEPLOY].url, gitlab=forges[INTERNAL].url)
    text += "\n" + service_settings("ARGOCD_HOOK", *_CALLERS)
    for name, runtime in runtimes.items():
        servers = {"argocd": runtime.argocd.url, "argo": runtime.argo.url}
        text += _RUNTIME.format(name=name, chosen=_CHOSEN[name], token=name.upper(), **servers)
    (folder / "promo.toml").write_text(text, "utf-8")


def variables(parent: Path, hosts: Mapping[str, GitHost]) -> dict[str, str]:
    """Return the variables promo runs with: secrets, and a Git that is at home on both hosts."""
    home = parent / "home"
    home.mkdir()
    credentials, lines = home / "git-credentials", []
    settings = f'[credential]\n\thelper = "store --file={credentials}"\n'
    for url, host in hosts.items():
        name = url.split("/")[2]
        settings += f'[url "{host.url}/"]\n\tinsteadOf = "https://{name}/"\n'
        lines.append(host.url.replace("://", f"://{GIT_USER}:{host.password}@") + "\n")
    credentials.write_text("".join(lines), "utf-8")
    credentials.chmod(0o600)
    (home / "gitconfig").write_text(settings, "utf-8")
    secrets = {
        name: secret for name, secret in TOKENS.items() if not name.startswith(("GIT_", "DATABASE", "SERVICE_OLGA"))
    }
    plain = {name: value for name, value in git_environment().items() if not name.startswith("GIT_")}
    return (
        plain
        | secrets
        | {
            "HOME": str(home),
            "GIT_CONFIG_GLOBAL": str(home / "gitconfig"),
            "GIT_CONFIG_NOSYSTEM": "1",
            "PROMO_CACHE_DIR": str(parent / "cache"),
        }
    )
