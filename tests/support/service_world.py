"""A workspace that `promo serve` serves: products in folders of one real repository, which everything is pushed to."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from tests.support.gitrepo import GitRepo, run_git

TOKENS = {"alice": "token-of-alice-0123456789", "bob": "token-of-bob-0123456789"}
"""By who they are for; alice is in the team that may do everything, bob in one that may do nothing."""

SECRET = "webhook-secret-of-the-forge"
ARGO_SECRET = "webhook-token-of-argocd"

_CONFIGURATION = """\
[service]
url = "https://promo.example.com"

[service.webhooks]
argocd = "env:ARGOCD_TOKEN"

[service.tokens.alice]
token-sha256 = "{alice}"
person = "alice@example.com"
teams = ["payments"]

[service.tokens.bob]
token = "env:BOB_TOKEN"
person = "bob@example.com"
teams = ["search"]

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
_ESTATE = """\
environment dev { kind non-prod  cluster in-cluster namespaces dev }
environment qa { kind non-prod  cluster in-cluster namespaces qa }

policy everywhere { action commit }

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
_APPLICATION = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: {product}-{environment}
  namespace: argocd
  annotations:
    codefresh.io/product: {product}
spec:
  project: default
  source:
    repoURL: {url}
    path: apps/{product}/{environment}
    targetRevision: main
  destination:
    server: https://kubernetes.default.svc
    namespace: {environment}
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
    clone = GitRepo(parent / "clone")
    files = {
        f"apps/{product}/{environment}/values.yaml": "image:\n  tag: 1.0.0\n"
        for product in products
        for environment in ("dev", "qa")
    }
    clone.commit(files, message="feat: begin")
    run_git(clone.path, "remote", "add", "origin", url)
    run_git(clone.path, "push", "--quiet", "--set-upstream", "origin", "main")
    folder.mkdir()
    alice = hashlib.sha256(TOKENS["alice"].encode()).hexdigest()
    (folder / "promo.toml").write_text(_CONFIGURATION.format(alice=alice), encoding="utf-8")
    estate = _ESTATE + "".join(_PRODUCT.format(name=product) for product in products)
    (folder / "estate.promo").write_text(estate, encoding="utf-8")
    for product in products:
        for environment in ("dev", "qa"):
            text = _APPLICATION.format(product=product, environment=environment, url=url)
            (folder / f"{product}-{environment}.yaml").write_text(text, encoding="utf-8")
    return ServiceWorld(folder, clone, url)
