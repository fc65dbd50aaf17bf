"""Plans as a dry run would make them, for the tests of everything that reads one."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from engine.plan.nodes import (
    Argument,
    Blocker,
    BlockerCode,
    FileChange,
    Gate,
    GateKind,
    HookCall,
    InputDigest,
    Origin,
    Plan,
    PlannedApplication,
    PlannedSetting,
    PlannedStep,
    PlannedTrigger,
    WorkflowCall,
)
from engine.plan.ports import ChangeKind, CommitInfo, ValueChange
from engine.plan.unified_diff import unified_diff

REPOSITORY = "https://git.example.com/acme/deploy.git"
COMMIT = CommitInfo(
    sha="3f9c2ab51d0e7f6a8b4c2d1e0f9a8b7c6d5e4f30",
    author="Ada Lovelace",
    email="ada@example.com",
    date="2026-11-02T09:30:00+01:00",
    message="feat: gift cards\n\nCustomers can now pay with them.",
    parents=("1111111111111111111111111111111111111111",),
)
HEAD = "9abc12345d0e7f6a8b4c2d1e0f9a8b7c6d5e4f30"

_VALUES = """\
# Values of the shop.
replicas: 2
image:
  repository: registry.example.com/shop
  tag: {tag}   # promoted
resources:
  limits:
    memory: 256Mi
"""


def change(path: str, before: str | None, after: str, values: tuple[ValueChange, ...] = ()) -> FileChange:
    """Return a file's change with its real diff and digests."""
    old = None if before is None else before.encode()
    new = after.encode()
    digest = "" if old is None else hashlib.sha256(old).hexdigest()
    return FileChange(path, unified_diff(path, old, new), old is None, values, digest, hashlib.sha256(new).hexdigest())


def tag_change(folder: str, before: str, after: str) -> FileChange:
    """Return the usual change: one image tag in a values file."""
    value = ValueChange("$['image']['tag']", ChangeKind.REPLACED, f'"{before}"', f'"{after}"')
    return change(f"{folder}/values.yaml", _VALUES.format(tag=before), _VALUES.format(tag=after), (value,))


def chart_change(folder: str, before: str, after: str) -> FileChange:
    """Return the change of a chart's application version."""
    value = ValueChange("$['appVersion']", ChangeKind.REPLACED, f'"{before}"', f'"{after}"')
    text = 'apiVersion: v2\nname: shop\nappVersion: "{}"\n'
    return change(f"{folder}/Chart.yaml", text.format(before), text.format(after), (value,))


def application(
    environment: str,
    after: str,
    *,
    version_from: str | None = "1.4.2",
    version_to: str | None = "1.5.0",
    edited: bool = False,
    changes: tuple[FileChange, ...] | None = None,
    pre_action: WorkflowCall | None = None,
    post_action: WorkflowCall | None = None,
    notes: tuple[str, ...] = (),
    blockers: tuple[Blocker, ...] = (),
) -> PlannedApplication:
    """Return what a step does to the shop in an environment; by default its tag and chart change."""
    folder = f"apps/shop/{environment}"
    if changes is None:
        old, new = version_from or "", version_to or ""
        changes = (chart_change(folder, old, new), tag_change(folder, old, new))
    return PlannedApplication(
        application=f"argocd/shop-{environment}",
        repo_url=REPOSITORY,
        branch="main",
        path=folder,
        head=HEAD,
        source=Origin(f"argocd/shop-{after}", after, REPOSITORY, f"apps/shop/{after}", COMMIT.sha, edited),
        version_from=version_from,
        version_to=version_to,
        pre_action=pre_action,
        post_action=post_action,
        changes=changes,
        notes=notes,
        blockers=blockers,
    )


def step(
    environment: str,
    after: tuple[str, ...],
    *,
    kind: str = "non-prod",
    action: str | None = "commit",
    settings: tuple[PlannedSetting, ...] | None = None,
    gates: tuple[Gate, ...] = (),
    hooks: tuple[HookCall, ...] = (),
    applications: tuple[PlannedApplication, ...] = (),
    notes: tuple[str, ...] = (),
    blockers: tuple[Blocker, ...] = (),
    line: int = 5,
) -> PlannedStep:
    """Return a step; its only setting is its action unless said otherwise."""
    if settings is None:
        settings = (ACTION_COMMIT,) if action == "commit" else (ACTION_PR,) if action == "pr" else ()
    return PlannedStep(
        environment,
        kind,
        after,
        action,
        settings,
        gates,
        hooks,
        applications,
        notes,
        blockers,
        f"flows/standard.promo:{line}",
    )


def plan(
    steps: tuple[PlannedStep, ...],
    *,
    flow: str | None = "standard",
    trigger: PlannedTrigger | None = None,
    hooks: tuple[HookCall, ...] = (),
    version: str | None = "1.5.0",
    notes: tuple[str, ...] = (),
    blockers: tuple[Blocker, ...] = (),
) -> Plan:
    """Return a plan of the product `shop` that begins in `dev`."""
    return Plan(
        product="shop",
        flow=flow,
        at="2026-11-02T10:00:00+01:00",
        trigger=trigger or PlannedTrigger("dev", "argocd/shop-dev", COMMIT),
        steps=steps,
        hooks=hooks,
        timeout=86_400,
        concurrency="queue",
        version=version,
        inputs=(
            InputDigest("branch", f"{REPOSITORY} main", HEAD),
            InputDigest("file", "flows/standard.promo", "0" * 64),
        ),
        notes=notes,
        blockers=blockers,
    )


ACTION_COMMIT = PlannedSetting("action", "commit", "policy everything-by-commit (priority 0)", "policies/base.promo:3")
ACTION_PR = PlannedSetting("action", "pr", "policy reviewed-production (priority 100)", "policies/production.promo:8")
SMOKE_TESTS = WorkflowCall(
    "smoke-tests",
    (Argument("APP_NAME", "shop-qa"), Argument("REPO_URL", REPOSITORY), Argument("BRANCH", "main")),
    known=True,
)
CANARY_CHECK = WorkflowCall(
    "canary-check",
    (Argument("APP_NAME", "shop-prod"), Argument("COMMIT_SHA", None, "after the commit")),
    known=True,
)
ANNOUNCE = HookCall("success", WorkflowCall("announce", (Argument("VERSION", "1.5.0"),), known=False))


def linear() -> Plan:
    """One product through qa and prod: a commit, then a pull request with gates."""
    return plan(
        (
            step("qa", ("dev",), applications=(application("qa", "dev", pre_action=SMOKE_TESTS),)),
            step(
                "prod",
                ("qa",),
                kind="prod",
                action="pr",
                settings=(
                    PlannedSetting(
                        "pre-action",
                        "smoke-tests",
                        "policy reviewed-production (priority 100)",
                        "policies/production.promo:7",
                    ),
                    ACTION_PR,
                    PlannedSetting("soak", "2h", "flow standard", "flows/standard.promo:8"),
                ),
                gates=(
                    Gate(GateKind.SOAK, "2h healthy in `qa`", None),
                    Gate(GateKind.APPROVALS, "2 approvals from `release-managers`", None),
                    Gate(
                        GateKind.WINDOW,
                        "`office-hours` is open until 2026-11-02T17:00+01:00",
                        True,
                        "2026-11-02T17:00+01:00",
                    ),
                ),
                hooks=(HookCall("failure", WorkflowCall("page-oncall", (), known=True)),),
                applications=(application("prod", "qa", version_from="1.3.0", edited=True, post_action=CANARY_CHECK),),
                line=6,
            ),
        ),
        trigger=PlannedTrigger(
            "dev",
            "argocd/shop-dev",
            COMMIT,
            (("argocd/shop-dev", WorkflowCall("unit-tests", (Argument("APP_NAME", "shop-dev"),), known=True)),),
        ),
        hooks=(ANNOUNCE,),
    )


def fan_out() -> Plan:
    """From qa to three regions at once, and from all of them to the archive."""
    regions = tuple(
        step(
            f"prod-{region}",
            ("qa",),
            kind="prod",
            action="pr",
            applications=(application(f"prod-{region}", "qa", version_from="1.4.0", edited=True),),
            line=6 + number,
        )
        for number, region in enumerate(("eu", "us", "asia"))
    )
    return plan(
        (
            step("qa", ("dev",), applications=(application("qa", "dev"),)),
            *regions,
            step(
                "archive",
                ("prod-eu", "prod-us", "prod-asia"),
                applications=(application("archive", "prod-eu", version_from="1.5.0", changes=()),),
                line=9,
            ),
        ),
        notes=("2 applications in `dev`; values come from `argocd/shop-dev`, which the commit touched",),
    )


def blocked() -> Plan:
    """The first step cannot be computed, and the second depends on it."""
    missing = Blocker(
        BlockerCode.PATH_MATCHES_NOTHING,
        "`$.image.tag` matches nothing, neither in `apps/shop/dev/values.yaml` nor in `apps/shop/qa/values.yaml`",
        "correct the JSONPath in the template, or add the value to the source",
        place="products.promo:12",
    )
    earlier = Blocker(
        BlockerCode.EARLIER_STEP,
        "`qa`, which this step depends on, is blocked",
        "unblock `qa`",
        place="flows/standard.promo:6",
    )
    return plan(
        (
            step("qa", ("dev",), applications=(application("qa", "dev", changes=(), blockers=(missing,)),)),
            step("prod", ("qa",), kind="prod", action="pr", blockers=(earlier,), line=6),
            step(
                "sandbox",
                ("dev",),
                action=None,
                blockers=(
                    Blocker(
                        BlockerCode.NO_ACTION,
                        "no policy sets an action for `shop` in `sandbox`",
                        "add a policy with `action commit` or `action pr` that matches, or set one in the flow's step",
                        place="flows/standard.promo:7",
                    ),
                ),
                line=7,
            ),
        )
    )


def waiting() -> Plan:
    """Production is frozen for now; qa changes at once."""
    until = "2027-01-03T00:00+01:00"
    return plan(
        (
            step("qa", ("dev",), applications=(application("qa", "dev"),)),
            step(
                "prod",
                ("qa",),
                kind="prod",
                action="pr",
                gates=(Gate(GateKind.FREEZE, f"`year-end` until {until}", False, until),),
                blockers=(
                    Blocker(
                        BlockerCode.FROZEN, f"frozen by `year-end` until {until}", "wait, or change the freeze", until
                    ),
                ),
                applications=(application("prod", "qa", edited=True),),
                line=6,
            ),
        )
    )


def by_workflow() -> Plan:
    """A pre-action does the work, so nobody can see beforehand what changes."""
    return plan(
        (
            step(
                "qa",
                ("dev",),
                action="none",
                settings=(
                    PlannedSetting("pre-action", "deploy", "policy by-hand (priority 10)", "policies/base.promo:4"),
                    PlannedSetting("action", "none", "policy by-hand (priority 10)", "policies/base.promo:5"),
                ),
                applications=(application("qa", "dev", changes=(), pre_action=WorkflowCall("deploy", (), known=True)),),
            ),
        )
    )


def no_op() -> Plan:
    """Everything is promoted already."""
    return plan(
        (
            step("qa", ("dev",), applications=(application("qa", "dev", version_from="1.5.0", changes=()),)),
            step(
                "prod",
                ("qa",),
                kind="prod",
                applications=(application("prod", "qa", version_from="1.5.0", changes=()),),
            ),
        )
    )


def empty() -> Plan:
    """No step, no commit, and a reason for it."""
    return replace(
        plan(
            (),
            flow=None,
            trigger=PlannedTrigger("dev", None, None),
            version=None,
            blockers=(
                Blocker(
                    BlockerCode.NO_SOURCE_APPLICATION,
                    "`shop` has no application in `dev` to take values from",
                    "annotate one with `codefresh.io/product: shop` whose destination is there",
                ),
            ),
        ),
        inputs=(),
    )


def many_files() -> Plan:
    """A whole folder is copied: a new file, a binary one, a Windows one, and a line that no terminal holds."""
    folder = "apps/shop/qa"
    binary = FileChange(
        f"{folder}/logo.png",
        f"Binary files a/{folder}/logo.png and b/{folder}/logo.png differ\n",
        False,
        (),
        "1" * 64,
        "2" * 64,
    )
    changes = (
        change(f"{folder}/dashboard.json", '{"title": "old"}', '{"title": "' + "long " * 40 + '"}'),
        change(f"{folder}/kustomization.yaml", None, "resources:\n  - deployment.yaml\n"),
        binary,
        change(f"{folder}/Makefile", "all:\n\tmake old\n", "all:\n\tmake new\n"),
        change(f"{folder}/windows.ini", "[a]\r\nb=1\r\n", "[a]\r\nb=2\r\n"),
    )
    notes = ("only in the target, and kept: README.md",)
    return plan(
        (
            step(
                "qa",
                ("dev",),
                applications=(application("qa", "dev", version_from=None, changes=changes, notes=notes),),
            ),
        )
    )


EVIL = (
    "\x1b[31m</svg><script>alert(1)</script> & \"q\" 'a' | `tick` ```fence @team #1 \u202egnp\r\n"
    "]] --> end; %% $x \\ é 名"
)
"""A text that tries to drive a terminal, to leave its table, its fence, its tag and its label, and to ping people."""


def hostile() -> Plan:
    """Every text that comes from outside is an attack."""
    workflow = WorkflowCall(EVIL, (Argument(EVIL, EVIL), Argument("X", None, EVIL)), known=True)
    blocker = Blocker(BlockerCode.EDIT_REFUSED, f"`{EVIL}` is {EVIL}", EVIL, place=EVIL)
    wait = replace(blocker, code=BlockerCode.WINDOW_CLOSED, clears_at=EVIL)
    files = (
        change(f"a/{EVIL}.md", f"a\n```\n{EVIL}\n", f"a\n`````\n{EVIL} b\n"),
        replace(tag_change("a", "1", "2"), values=(ValueChange(EVIL, ChangeKind.INSERTED, None, f'"{EVIL}"'),)),
    )
    app = replace(
        application("qa", "dev", changes=files, pre_action=workflow, notes=(EVIL,)),
        application=EVIL,
        repo_url="https://robot:s3cret@git.example.com/a/b.git",
        branch=EVIL,
        path=EVIL,
        source=Origin(EVIL, EVIL, "https://t0ken@git.example.com/a/b.git", EVIL, COMMIT.sha, False),
        version_from=EVIL,
        version_to=EVIL,
    )
    first = step(
        EVIL,
        ("dev", EVIL, "nowhere"),
        kind=EVIL,
        action=EVIL,
        settings=(PlannedSetting(EVIL, EVIL, EVIL, EVIL),),
        gates=(Gate(GateKind.WINDOW, EVIL, False, EVIL),),
        hooks=(HookCall(EVIL, workflow),),
        applications=(app,),
        notes=(EVIL,),
    )
    stopped = replace(app, changes=(), blockers=(blocker,))
    return replace(
        plan(
            (
                first,
                replace(first, environment="waits", blockers=(wait,)),
                replace(first, environment="b", applications=(stopped,)),
            ),
            flow=EVIL,
            trigger=PlannedTrigger(
                "dev", EVIL, replace(COMMIT, author=EVIL, message=EVIL, date=EVIL), ((EVIL, workflow),)
            ),
            hooks=(HookCall(EVIL, workflow),),
            version=EVIL,
            notes=(EVIL,),
            blockers=(wait,),
        ),
        product=EVIL,
        concurrency=EVIL,
        at=EVIL,
    )


SAMPLES = {
    sample.__name__: sample()
    for sample in (linear, fan_out, blocked, waiting, by_workflow, no_op, empty, many_files, hostile)
}
"""Every plan above, by its name."""
