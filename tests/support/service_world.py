"""A workspace that `promo serve` serves: products in folders of one real repository, which everything is pushed to."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.support.application_manifest import application_manifest
from tests.support.gitrepo import GitRepo, run_git
from tests.support.service_settings import Caller, by_digest, by_variable, service_settings

TOKENS = {"alice": "token-of-alice-0123456789", "bob": "token-of-bob-0123456789"}
"""By who they are for; alice is in the team that may do everything, bob in one that may do nothing."""

SECRET = "webhook-secret-of-the-forge"
ARGO_SECRET = "webhook-token-of-argocd"
ENVIRONMENTS = ("dev", "qa")

_CONFIGURATION = """\
[forges.main]
kind = "github"
host = "git.example.com"
token = "env:FORGE_TOKEN"
webhook-secret = "env:FORGE_SECRET"

[git]
author = "promo <promo@example.com>"
sign = "never"

[applications]
adapter = "local"
"""
_ENVIRONMENTS = """\
environment dev { kind non-prod  cluster in-cluster namespaces dev }
environment qa { kind non-prod  cluster in-cluster namespaces qa }

"""
_POLICY = "policy everywhere { action commit }\n"
_FLOW = """
flow standard { trigger dev  step qa after dev }

access payments { teams payments  allow trigger, promote, approve, retry, terminate }
"""
_PRODUCT = """\
product {name} {{
  labels team = "payments"
  promote "values.yaml" "$.image.tag"
  flow standard when message not matches "wip*"
}}
"""


@dataclass(frozen=True, slots=True)
class ServiceWorld:
    """Where everything is.

    Attributes:
        folder: the workspace.
        clone: a clone of the repository, from which tests push.
        url: of the repository.
        environment: the variables that secrets are read from.
    """

    folder: Path
    clone: GitRepo
    url: str

    @property
    def environment(self) -> dict[str, str]:
        """Return the variables that secrets are read from."""
        return {
            "FORGE_SECRET": SECRET,
            "FORGE_TOKEN": "token-of-the-forge-api",
            "ARGOCD_TOKEN": ARGO_SECRET,
            "BOB_TOKEN": TOKENS["bob"],
        }

    def commit(self, product: str, tag: str, message: str = "feat: next") -> str:
        """Commit a new version of a product to where its flow begins, push it, and return the commit."""
        text = f"image:\n  tag: {tag}\n"
        self.clone.commit({f"apps/{product}/dev/values.yaml": text}, message=message)
        return self.push()

    def push(self) -> str:
        """Push what was committed, after what promotions have pushed meanwhile, and return where the branch stands."""
        for _ in range(20):
            run_git(self.clone.path, "pull", "--quiet", "--rebase", "origin", "main")
            try:
                run_git(self.clone.path, "push", "--quiet", "origin", "main")
            except AssertionError as refused:
                if "rejected" not in str(refused):
                    raise
            else:
                return run_git(self.clone.path, "rev-parse", "HEAD")
        raise AssertionError("somebody else was always faster")


def make_world(parent: Path, products: tuple[str, ...] = ("trio",)) -> ServiceWorld:
    """Write a workspace, a repository and a clone below a folder."""
    bare, folder = parent / "apps.git", parent / "workspace"
    url = bare.as_uri()
    run_git(parent, "init", "--quiet", "--bare", "--initial-branch=main", str(bare))
    clone = begin(parent / "clone", products, url)
    write_workspace(folder, products, url, service_tables("ARGOCD_TOKEN") + _CONFIGURATION, _POLICY)
    return ServiceWorld(folder, clone, url)


def service_tables(argocd: str) -> str:
    """Return what alice and bob are known by, and the variable with the token of Argo CD's webhook."""
    alice = Caller("alice", by_digest(TOKENS["alice"]), ("payments",))
    return service_settings(argocd, alice, Caller("bob", by_variable("BOB_TOKEN"), ("search",)))


def begin(path: Path, products: tuple[str, ...], url: str) -> GitRepo:
    """Make a clone whose first commit has all products in both environments, and push it to a repository."""
    clone = GitRepo(path)
    files = {
        f"apps/{product}/{environment}/values.yaml": "image:\n  tag: 1.0.0\n"
        for product in products
        for environment in ENVIRONMENTS
    }
    clone.commit(files, message="feat: begin")
    run_git(path, "remote", "add", "origin", url)
    run_git(path, "push", "--quiet", "--set-upstream", "origin", "main")
    return clone


def write_workspace(folder: Path, products: tuple[str, ...], url: str, configuration: str, policy: str) -> None:
    """Write a workspace whose products go from `dev` to `qa`.

    Args:
        folder: to make.
        products: their names.
        url: of the repository that they are in.
        configuration: the text of `promo.toml`.
        policy: what is declared besides.
    """
    folder.mkdir()
    (folder / "promo.toml").write_text(configuration, encoding="utf-8")
    declared = _ENVIRONMENTS + policy + _FLOW + "".join(_PRODUCT.format(name=product) for product in products)
    (folder / "estate.promo").write_text(declared, encoding="utf-8")
    for product in products:
        for environment in ENVIRONMENTS:
            text = application_manifest(product, environment, url, f"apps/{product}/{environment}")
            (folder / f"{product}-{environment}.yaml").write_text(text, encoding="utf-8")
