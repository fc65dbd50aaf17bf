"""A workspace with everything a graph can show: ties, what no flow reaches, flows to nowhere, texts that mean harm."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from adapters.workspace import load
from engine.model.argo import PRODUCT_KEY, Application
from engine.model.workspace import Workspace
from tests.support.testing_world import workspace_of

ROOT = Path(__file__).parents[2]

_TEXT = """\
environment dev { kind non-prod  cluster in-cluster namespaces dev }
environment qa { kind non-prod  cluster in-cluster namespaces qa }
environment a-very-long-name-of-an-environment-that-no-card-has-room-for {
  kind prod  cluster in-cluster namespaces long
}
environment eu { kind prod  cluster in-cluster namespaces eu }
environment unused { kind prod  cluster in-cluster namespaces unused }

product trio { tags fast  flow hotfix when message matches "hotfix*"  flow standard }
product twin { flow standard }
product loose { flow hotfix }
product idle { }

policy everywhere { action commit  soak 1h  approvals 2 from release-managers, site-reliability-engineers }
policy reviewed priority 10 { when environment.kind == prod  action pr  pre-action smoke-tests }
policy strict priority 10 { when environment.name == eu  action none  soak 1h }
policy fast priority 20 { when product.tags == fast  action commit  window always }
policy nowhere priority 5 { when environment.name == nowhere  rollback never }
window always { days mon to sun  from 00:00 to 00:00  zone "UTC" }

flow standard {
  description "</text><script>alert(1)</script> & \\"quotes\\" | `ticks` 1. größe 漢字"
  trigger dev { post-action unit-tests }
  step qa after dev { on start announce  on success announce  on failure page-oncall }
  step a-very-long-name-of-an-environment-that-no-card-has-room-for after qa, dev
  step eu after qa { soak 2h  window always  rollback on-failure }
  timeout 1h30m
  on failure page-oncall
}
flow hotfix { trigger dev  step eu after dev }
"""
_HOMES = {"trio": ("dev", "qa", "long", "eu"), "twin": ("dev", "qa"), "loose": ("dev", "qa", "unused")}


@cache
def odd() -> Workspace:
    """Return the workspace."""
    apps = [
        Application(
            f"{product}-{name}", annotations={PRODUCT_KEY: product}, cluster="in-cluster", target_namespace=name
        )
        for product, names in _HOMES.items()
        for name in names
    ]
    apps.append(
        Application(
            "trio-second", "argocd", annotations={PRODUCT_KEY: "trio"}, cluster="in-cluster", target_namespace="eu"
        )
    )
    apps.append(Application("lost", cluster="in-cluster", target_namespace="qa"))
    return workspace_of(_TEXT, applications=tuple(apps))


@cache
def shipped(name: str) -> Workspace:
    """Return one of the workspaces that `promo init` writes."""
    return load(ROOT / "policies" / name).workspace


def workspaces() -> dict[str, Workspace]:
    """Return all of them, by name."""
    return {"odd": odd()} | {name: shipped(name) for name in ("quickstart", "multi-region", "enterprise", "library")}
