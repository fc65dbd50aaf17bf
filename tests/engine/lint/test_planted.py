"""Defects planted in the largest shipped workspace: each is found where it is, and nothing else is said."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from adapters.workspace.linting import lint_loaded
from adapters.workspace.loading import Loaded, load, revised

FOLDER = Path(__file__).parents[3] / "policies" / "enterprise"


class Planted(NamedTuple):
    """A defect: in a file a text becomes another, and a rule finds it on a line that holds a mark; ``also`` follows from it."""

    code: str
    file: str
    before: str
    after: str
    mark: str
    also: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.code}-{self.file.rpartition('/')[2]}"


REGIONS, RISK, FLOWS = "policies/regions.promo", "policies/risk.promo", "flows.promo"
CHECKS, HOOKS = "argocd/workflows-checks.yaml", "argocd/workflows-hooks.yaml"

PLANTED = [
    Planted(
        "L101", REGIONS, 'rollout == "first"', 'rollout == "first" and environment.labels.rollout == "last"', '"last"'
    ),
    Planted(
        "L101", "invariants.promo", "that approvals >= 3", "that approvals >= 3 and approvals < 2", "approvals < 2"
    ),
    Planted(
        "L101",
        FLOWS.replace("flows", "calendar"),
        'region == "ap"',
        'region == "ap" and environment.kind not in [prod, non-prod]',
        "not in",
    ),
    Planted(
        "L102",
        "access.promo",
        "when environment.kind == non-prod",
        "when environment.kind == non-prod or environment.kind != non-prod",
        "!= non-prod",
    ),
    Planted(
        "L102",
        RISK,
        "environment.kind == prod and product.tags in [event-producer]",
        "environment.kind in [prod, non-prod] and product.tags in [event-producer]",
        "in [prod, non-prod]",
    ),
    Planted(
        "L103",
        RISK,
        "environment.name == tooling and",
        "environment.name == tooling and environment.kind == non-prod and",
        "kind == non-prod",
    ),
    Planted(
        "L103",
        "teams/checkout.promo",
        "product.name == pricing",
        'product.name == pricing and product.labels.tier == "2"',
        '"2"',
    ),
    Planted(
        "L104",
        RISK,
        "policy trained-models priority 260",
        "policy busy priority 250 {\n  when environment.kind == prod and product.tags in [event-producer]\n  soak 3h\n}\n\npolicy trained-models priority 260",
        "policy busy",
    ),
    Planted("L105", "access.promo", 'team in ["data", "platform"]', 'team in ["data", "platform", "data"]', '"data"]'),
    Planted(
        "L106",
        "policies/compliance.promo",
        "policy consent priority 940",
        "policy consent priority 930",
        "approvals 2",
        ("L310",),
    ),
    Planted("L107", "policies/baseline.promo", "post-action load-test\n", "post-action load-tests\n", "load-tests"),
    Planted("L107", FLOWS, "on start open-audit-record }", "on start open-audit-records }", "open-audit-records"),
    Planted(
        "L108",
        CHECKS,
        "name: schema-checks\n  namespace: argocd\n  annotations:\n    codefresh.io/workflow-origin: promotion\n",
        "name: schema-checks\n  namespace: argocd\n  annotations:\n",
        "pre-action schema-checks",
    ),
    Planted("L109", CHECKS, "- name: APP_NAME", "- name: APPLICATION_NAME", "pre-action release-checks"),
    Planted("L109", CHECKS, "- name: APP_NAME", "- name: COMMIT_SHA", "pre-action release-checks"),
    Planted(
        "L112",
        "calendar.promo",
        "window night {",
        "window never { days sat to sun  from 02:00 to 03:00 }\n\nwindow night {",
        "window never",
    ),
    Planted(
        "L113",
        FLOWS,
        "flow internal {",
        "flow orphan {\n  trigger dev\n  step staging after dev\n}\n\nflow internal {",
        "flow orphan",
    ),
    Planted("L115", "teams/storefront.promo", "from storefront-leads", "from storefront-lead", "from storefront-lead"),
    Planted(
        "L116",
        "teams/storefront.promo",
        'not matches "*[skip release]*"',
        'not matches "[skip release]"',
        "skip release",
    ),
    Planted(
        "L117",
        "teams/payments.promo",
        'environment.name == staging and product.labels.team == "payments"',
        'environment.name == staging and product.labels.team == "paymnets"',
        "paymnets",
    ),
    Planted("L118", RISK, "product.tags in [stateful]", "product.tags in [statefull]", "statefull"),
    Planted(
        "L119",
        "calendar.promo",
        "days tue to thu\n  from 10:30 to 15:30",
        "days mon to fri\n  from 06:00 to 08:30",
        "window after-settlement",
    ),
    Planted(
        "L120",
        "calendar.promo",
        "freeze diwali",
        'freeze christmas {\n  from 2026-12-24 to 2026-12-26\n  zone "Europe/Berlin"\n  when environment.kind == prod\n}\n\nfreeze diwali',
        "freeze christmas",
    ),
    Planted("L121", "templates.promo", '"Chart.yaml" "$.appVersion"', '"Chart.yaml" "$.appversion"', "$.appversion"),
    Planted("L121", "templates.promo", '"$.images[*].newTag"', '"$.images[*].newtag"', "newtag"),
    Planted(
        "L122",
        "templates.promo",
        '"$..image.tag", "$.model.uri"',
        '"$..image.tag", "$.api.image.tag", "$.model.uri"',
        "$.api.image.tag",
    ),
    Planted(
        "L123",
        "teams/storefront.promo",
        'flow hotfix   when message matches "hotfix(*): *"\n  flow standard when branch == "main"',
        'flow standard when branch == "main"\n  flow hotfix   when branch == "main" and message matches "hotfix(*): *"',
        "flow hotfix   when branch",
    ),
    Planted(
        "L124",
        "teams/checkout.promo",
        "policy checkout-staging priority 402 {",
        "policy by-hand priority 403 {\n  when environment.name == staging and product.name == vouchers\n  action none\n}\n\npolicy checkout-staging priority 402 {",
        "action none",
    ),
    Planted(
        "L127",
        FLOWS,
        "step card-enclave after staging { on start",
        "step card-enclave after staging { soak 9d  on start",
        "timeout 4d",
    ),
    Planted("L128", "tests/calendar.promo", "  at 2026-11-10T09:00\n", "", "by between-shifts"),
    Planted(
        "L129", "teams/payments.promo", 'revision matches "release-*"', 'revision matches "^release-.*"', "^release"
    ),
    Planted(
        "L201",
        "policies/baseline.promo",
        "action     pr\n  approvals  1 from release-managers\n",
        "action     commit\n",
        "action     commit",
    ),
    Planted(
        "L202", FLOWS, "step tooling after staging", "step tooling after staging { pre-action none }", "pre-action none"
    ),
    Planted(
        "L203",
        FLOWS,
        "step prod-eu-west    after staging, performance",
        "step prod-eu-west    after staging",
        "step prod-eu-west    after staging",
    ),
    Planted("L204", FLOWS, "  on failure page-oncall\n  timeout 2d\n", "  on failure page-oncall\n", "flow internal"),
    Planted(
        "L205", RISK, '  description "A migrated schema does not come back with a revert"\n', "", "rollback   never"
    ),
    Planted(
        "L206",
        HOOKS,
        "--release-url={{workflow.parameters.RELEASE_URL}}",
        "--release-url=https://bot:s3cr3t-w0rd@hooks.corp.internal/",
        "s3cr3t",
    ),
    Planted(
        "L207",
        "access.promo",
        'teams catalogue  allow trigger, retry  when product.labels.team == "catalogue"',
        "teams catalogue  allow promote, retry",
        "access catalogue",
    ),
    Planted("L209", "templates.promo", 'promote "values.yaml" "$..image.tag"\n', 'promote "values.yaml" "$"\n', '"$"'),
    Planted(
        "L301",
        FLOWS,
        "step staging after dev\n  step tooling after staging",
        "step tooling after staging\n  step staging after dev",
        "step tooling",
    ),
    Planted("L302", "access.promo", "access catalogue", "access Catalogue", "access Catalogue"),
    Planted(
        "L303",
        "invariants.promo",
        "when environment.kind == prod and product.name == ledger",
        "when not environment.kind != prod and product.name == ledger",
        "not environment.kind",
        ("L307",),
    ),
    Planted(
        "L304",
        "policies/compliance.promo",
        "product.name == fraud-scoring",
        "fraud-scoring == product.name",
        "fraud-scoring == product",
    ),
    Planted("L305", "teams/payments.promo", "product.name == payouts", "product.name in [payouts]", "in [payouts]"),
    Planted(
        "L306",
        "calendar.promo",
        "product.name in [ledger, payouts, tax]",
        "(product.name == ledger or product.name == payouts or product.name == tax)",
        "ledger or",
    ),
    Planted(
        "L307",
        "policies/baseline.promo",
        "when environment.kind == prod",
        "when environment.kind != non-prod",
        "!= non-prod",
    ),
    Planted("L308", "invariants.promo", '"*-checks"', '"**-checks"', "**-checks"),
    Planted(
        "L309",
        FLOWS,
        "step card-enclave after staging { on",
        "step card-enclave after staging, integration { on",
        "staging, integration",
    ),
    Planted("L310", RISK, "policy event-schemas priority 250", "policy event-schemas priority 260", "model-checks"),
    Planted(
        "L312",
        "invariants.promo",
        'require staged "nothing reaches production without passing staging"',
        "require staged",
        "require staged",
    ),
    Planted(
        "L313",
        "teams/storefront.promo",
        'labels team = "storefront", tier = "3"',
        'labels tier = "3"',
        "product content-pages",
    ),
    Planted(
        "L402",
        "argocd/catalogue.yaml",
        "    packaging: kustomize\n  annotations:\n    codefresh.io/product: catalogue",
        "    packaging: kustomize\n    codefresh.io/product: catalogue",
        "codefresh.io/product: catalogue",
    ),
    Planted(
        "L403",
        HOOKS,
        "name: announce\n  namespace: argocd\n  annotations:\n    codefresh.io/workflow-origin: promotion\n",
        "name: announce\n  namespace: argocd\n  labels:\n    codefresh.io/promotion: 'true'\n  annotations:\n",
        "codefresh.io/promotion",
    ),
]


@pytest.fixture(scope="module")
def enterprise() -> Loaded:
    return load(FOLDER)


def test_the_clean_version_is_clean(enterprise: Loaded) -> None:
    assert lint_loaded(enterprise) == ()


@pytest.mark.parametrize("planted", PLANTED, ids=str)
def test_a_defect_is_found_where_it_is(planted: Planted, enterprise: Loaded) -> None:
    name = next(name for name in enterprise.sources if name.endswith(f"enterprise/{planted.file}"))
    text = enterprise.sources.texts[name]
    assert planted.before in text
    spoilt = revised(enterprise, {name: text.replace(planted.before, planted.after, 1)})
    assert not spoilt.broken, spoilt.diagnostics
    findings = lint_loaded(spoilt)
    lines = {}
    for found in findings:
        source = spoilt.sources[found.span.source]
        lines[found] = source.line(source.position(found.span.start).line)
    assert any(found.code == planted.code and planted.mark in line for found, line in lines.items()), lines
    assert {found.code for found in findings} == {planted.code, *planted.also}


def test_there_are_enough() -> None:
    assert len(PLANTED) >= 40
    assert len({planted.code for planted in PLANTED}) >= 35
