"""A workspace in which the examples of promo's help can be run: product `trio`, its flows, its repository."""

from __future__ import annotations

from pathlib import Path

from tests.support.application_manifest import application_manifest
from tests.support.gitrepo import GitRepo, run_git

URL = "https://git.example.com/apps.git"

_CONFIGURATION = f"""\
sources = ["policies/**/*.promo", "argocd/*.yaml"]

[checkouts]
"{URL}" = "."
"""
_ESTATE = """\
environment dev { kind non-prod  cluster in-cluster namespaces dev }
environment qa { kind non-prod  cluster in-cluster namespaces qa }
environment prod-eu { kind prod  cluster in-cluster namespaces prod-eu }

product trio {
  labels team = "payments"
  flow hotfix when message matches "hotfix*"
  flow standard when message not matches "wip*"
}

flow standard { trigger dev  step qa after dev  step prod-eu after qa }
flow hotfix { trigger dev  step prod-eu after dev { action pr } }
"""
_PRODUCTION = """\
policy everywhere {
  action commit
}

policy reviewed-production priority 100 {
  when environment.kind == prod
  action pr
}
"""
_TEST = """\
test "a hotfix is reviewed" {
  product trio
  commit message "hotfix: login loop" revision "main"
  expect flow hotfix
  expect prod-eu { action pr }
}
"""
_MANIFEST = """\
apiVersion: codefresh.io/v1beta1
kind: PromotionPolicy
metadata:
  name: canary
spec:
  priority: 10
  selector:
    targetEnvironment:
      types: [PROD]
  policy:
    action: pr
"""
_ENVIRONMENTS = ("dev", "qa", "prod-eu")


def make(parent: Path) -> Path:
    """Write everything below a folder and return the workspace's."""
    workspace = GitRepo(parent / "work")
    files = {
        "promo.toml": _CONFIGURATION,
        "policies/estate.promo": _ESTATE,
        "policies/production.promo": _PRODUCTION,
        "policies/tests/hotfix.promo": _TEST,
        "manifests/canary.yaml": _MANIFEST,
        "draft.promo": "environment   dev { kind non-prod }\n",
        "deploy/estate.promo": _ESTATE,
        "policies-before/estate.promo": _ESTATE,
        "policies-after/estate.promo": _ESTATE + _PRODUCTION,
    }
    for environment in _ENVIRONMENTS:
        files[f"argocd/{environment}.yaml"] = application_manifest("trio", environment, URL, f"apps/{environment}")
        files[f"apps/{environment}/Chart.yaml"] = "name: trio\nappVersion: 1.1.0\n"
    workspace.commit(files, message="feat: begin")
    workspace.commit({"apps/dev/Chart.yaml": "name: trio\nappVersion: 1.2.0\n"}, message="feat: gift cards")
    run_git(workspace.path, "tag", "v1.2.0")
    run_git(workspace.path, "remote", "add", "origin", URL)
    for name in ("deploy", "apps"):
        run_git(parent, "clone", "--quiet", str(workspace.path), name)
        run_git(parent / name, "remote", "set-url", "origin", URL)
    return workspace.path
