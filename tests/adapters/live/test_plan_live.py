"""`promo plan --live`, against an Argo CD that answers, refuses, is slow, or is not there."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from adapters.cli.main import run
from tests.adapters.execute_contracts.applications_contract import values
from tests.fakes.argocd_server import TOKEN, FakeArgoCd, Fault
from tests.support.live_world import URL, WHEN, LiveWorld
from tests.support.rewriting import rewrite

SCHEMA = json.loads((Path(__file__).parents[3] / "docs" / "live.schema.json").read_text(encoding="utf-8"))
GOLDEN = Path(__file__).parents[2] / "golden" / "plan_views"
PLAN = ("plan", "--product", "shop", "--flow", "standard", "--at", WHEN)


def asked(capsys: pytest.CaptureFixture[str], *more: str, code: int = 0) -> tuple[dict[str, dict[str, Any]], str, Any]:
    """Return the live applications by name, what was said on standard error, and the whole field."""
    assert run([*PLAN, "--live", "--format", "json", *more]) == code
    printed = capsys.readouterr()
    live = json.loads(printed.out)["live"]
    Draft202012Validator.check_schema(SCHEMA)
    assert [
        fault.message for fault in Draft202012Validator(SCHEMA, format_checker=FormatChecker()).iter_errors(live)
    ] == []
    assert TOKEN not in printed.out + printed.err
    return {one["application"]: one for one in live["applications"]}, printed.err, live


# --- what is seen ------------------------------------------------------------------------------------


def test_every_application_of_the_plan_and_what_is_deployed(
    world: LiveWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    found, said, live = asked(capsys)
    start = world.repo.git("rev-parse", "main~1")
    assert (said, live["warnings"]) == ("", [])
    assert [(one["environment"], name) for name, one in found.items()] == [
        ("dev", "shop-dev"),
        ("qa", "shop-qa"),
        ("prod", "shop-eu"),
        ("prod", "shop-us"),
    ]
    assert {(one["health"], one["sync"], one["revision"], one["version"]) for one in found.values()} == {
        ("Healthy", "Synced", start, "1.0")
    }
    assert {name: one["brings"] for name, one in found.items()} == {
        "shop-dev": None,
        "shop-qa": "2.0",
        "shop-eu": "2.0",
        "shop-us": "2.0",
    }
    assert {name: (one["drift"], one["commits_behind"]) for name, one in found.items()} == {
        "shop-dev": ("behind", 1),
        "shop-qa": ("none", 0),
        "shop-eu": ("none", 0),
        "shop-us": ("none", 0),
    }
    assert found["shop-dev"]["head"] == world.repo.git("rev-parse", "main")


def test_nothing_is_changed_by_asking(world: LiveWorld, capsys: pytest.CaptureFixture[str]) -> None:
    world.argocd.requests.clear()
    asked(capsys)
    assert sorted(world.argocd.requests) == sorted(
        f"GET /api/v1/applications/{name}?project=shop" for name in world.applications
    )


def test_what_is_out_of_sync_shows_what_was_deployed_last(world: LiveWorld, capsys: pytest.CaptureFixture[str]) -> None:
    before = world.repo.git("rev-parse", "main")
    world.repo.commit({"shop-us/values.yaml": values("1.1")}, message="fix: one by hand")
    world.argocd.pass_time(200)
    found, _, _ = asked(capsys)
    us = found["shop-us"]  # which Argo CD does not sync by itself
    assert (us["sync"], us["version"], us["drift"], us["commits_behind"]) == ("OutOfSync", "1.0", "behind", 1)
    assert us["revision"] in (before, world.repo.git("rev-parse", "main~2"))
    assert found["shop-dev"]["drift"] == "none"
    assert found["shop-dev"]["version"] == "2.0"


def test_a_cluster_that_was_edited_and_a_branch_that_was_rewritten(
    world: LiveWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    world.argocd.pass_time(200)
    app = world.argocd.applications["argocd/shop-qa"]
    app.behaviour = replace(app.behaviour, polling=1e9)
    app.status["sync"]["status"] = "OutOfSync"
    app.status["resources"] = [{"kind": "Deployment", "name": "shop", "status": "OutOfSync"}]
    dev = world.argocd.applications["argocd/shop-dev"]
    dev.behaviour = replace(dev.behaviour, polling=1e9)
    world.repo.git("update-ref", "refs/heads/old", "main")
    world.repo.commit({"shop-dev/values.yaml": values("3.0")}, parents=[world.repo.git("rev-parse", "main~1")])
    found, _, _ = asked(capsys)
    assert (found["shop-qa"]["drift"], found["shop-qa"]["drift_detail"]) == ("edited", "Deployment/shop")
    assert found["shop-qa"]["unsynced"] == ["Deployment/shop"]
    assert (found["shop-dev"]["drift"], found["shop-dev"]["version"]) == ("elsewhere", "2.0")
    assert "`main` does not have" in found["shop-dev"]["drift_detail"]


def test_a_commit_that_the_repository_does_not_have(world: LiveWorld, capsys: pytest.CaptureFixture[str]) -> None:
    app = world.argocd.applications["argocd/shop-qa"]
    app.behaviour = replace(app.behaviour, polling=1e9)
    app.status["sync"]["revision"] = "f" * 40
    found, said, _ = asked(capsys)
    assert (found["shop-qa"]["drift"], found["shop-qa"]["version"], said) == ("unknown", None, "")
    assert "does not have `ffffffffff`" in found["shop-qa"]["drift_detail"]


def test_an_ill_application_says_why(world: LiveWorld, capsys: pytest.CaptureFixture[str]) -> None:
    app = world.argocd.applications["argocd/shop-dev"]
    app.behaviour = replace(app.behaviour, becomes="Degraded", says="the pods crash")
    world.argocd.pass_time(200)
    found, _, _ = asked(capsys)
    assert (found["shop-dev"]["health"], found["shop-dev"]["health_message"]) == ("Degraded", "the pods crash")
    assert run([*PLAN, "--live"]) == 0
    text = capsys.readouterr().out
    assert "3 of 4 healthy, 1 degraded" in text
    assert "the pods crash" in text


# --- the plan itself ---------------------------------------------------------------------------------


def test_a_saved_plan_is_the_same_to_the_byte(
    world: LiveWorld, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plain, live = tmp_path / "plain.json", tmp_path / "live.json"
    assert run([*PLAN, "--out", str(plain)]) == 0
    assert run([*PLAN, "--live", "--out", str(live)]) == 0
    assert plain.read_bytes() == live.read_bytes()
    capsys.readouterr()
    assert run([*PLAN, "--format", "json"]) == 0
    without = json.loads(capsys.readouterr().out)
    assert run([*PLAN, "--format", "json", "--live"]) == 0
    with_live = json.loads(capsys.readouterr().out)
    assert "live" not in without
    del with_live["live"]
    assert with_live == without == json.loads(plain.read_bytes())


def test_the_exit_code_is_the_plans(world: LiveWorld, capsys: pytest.CaptureFixture[str]) -> None:
    world.configure('[runtimes.main.argocd]\nurl = "http://127.0.0.1:1"\ntoken = "file:token"\n')
    asked(capsys, code=0)
    (world.workspace / "freeze.promo").write_text("policy nothing priority 9 { action none }\n", encoding="utf-8")
    assert run([*PLAN, "--live"]) == run(list(PLAN)) == 1


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--live", "--format", "svg"), "--format svg shows no --live"),
        (("--live", "--format", "mermaid"), "--format mermaid shows no --live"),
        (("--live-timeout", "3"), "--live-timeout goes with --live"),
        (("--live", "--live-timeout", "0"), "0 is not in the range"),
    ],
)
def test_options_that_make_no_sense(
    world: LiveWorld, capsys: pytest.CaptureFixture[str], more: tuple[str, ...], said: str
) -> None:
    assert run([*PLAN, *more]) == 2
    assert said in capsys.readouterr().err


# --- servers in trouble ------------------------------------------------------------------------------


def unknown(capsys: pytest.CaptureFixture[str], *more: str) -> tuple[set[str], str]:
    """Return why applications are unknown; it is said once, whatever the number of applications."""
    found, said, live = asked(capsys, *more)
    assert said.count("warning:") == len(live["warnings"])
    assert all((one["drift"], one["version"]) == ("unknown", None) for one in found.values() if one["unknown"])
    return {one["unknown"] for one in found.values() if one["unknown"]}, said


def test_a_server_that_is_not_there(world: LiveWorld, capsys: pytest.CaptureFixture[str]) -> None:
    world.configure('[runtimes.main.argocd]\nurl = "http://127.0.0.1:1"\ntoken = "file:token"\n')
    (reason,), said = unknown(capsys)
    assert "127.0.0.1:1 cannot be reached" in reason
    assert said.startswith("warning: runtime `main` (127.0.0.1:1): 4 of 4 applications are unknown: 127.0.0.1:1 cannot")
    assert said.count("warning:") == 1


def test_a_token_that_is_wrong_is_presented_a_few_times_only(
    world: LiveWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    (world.workspace / "token").write_text("wrong-token", encoding="utf-8")
    (reason,), said = unknown(capsys)
    assert "answered 401" in reason
    assert "= help: the token is wrong or has expired" in said
    assert "wrong-token" not in said
    (world.workspace / "token").unlink()
    world.argocd.requests.clear()
    (reason,), said = unknown(capsys)
    assert (reason, said.count("warning:")) == ("`token` cannot be read: No such file or directory", 1)
    assert world.argocd.requests == []


def test_what_is_refused_or_missing_is_of_one_application(world: LiveWorld, capsys: pytest.CaptureFixture[str]) -> None:
    del world.argocd.applications["argocd/shop-qa"]
    reasons, said = unknown(capsys)
    (reason,) = reasons
    assert reason.startswith("there is no application `shop-qa` in project `shop`")
    assert said.startswith(
        f"warning: runtime `main` ({world.argocd.url[7:]}): 1 of 4 applications are unknown: there is"
    )
    world.argocd.faults = [Fault(403, "permission denied")]
    reasons, said = unknown(capsys)
    assert len(reasons) == 2
    assert (said.count("warning:"), "2 of 4 applications" in said) == (1, True)
    assert "the first of 2 reasons" in said


def test_garbage(world: LiveWorld, capsys: pytest.CaptureFixture[str]) -> None:
    world.argocd.faults = [Fault(200, broken=bool(number % 2), untyped=True) for number in range(8)]
    (reason,), said = unknown(capsys)
    assert "not JSON" in reason
    assert ("4 of 4" in said, "= help: set `url` to the address of Argo CD's API server" in said) == (True, True)


def test_a_busy_server_is_asked_once_more(world: LiveWorld, capsys: pytest.CaptureFixture[str]) -> None:
    world.argocd.faults = [Fault(503, "starting", {"Retry-After": "0"}) for _ in range(2)]
    reasons, said = unknown(capsys)
    assert (reasons, said) == (set(), "")
    world.argocd.faults = [Fault(429, "slow down", {"Retry-After": "600"})]
    (reason,), _ = unknown(capsys)
    assert "answered 429: slow down" in reason


@contextmanager
def silent() -> Iterator[int]:
    """Yield a port that takes connections and never answers."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(64)
        yield listening.getsockname()[1]


def test_a_server_that_does_not_answer_is_waited_for_until_the_deadline(
    world: LiveWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    with silent() as port:
        world.configure(
            '[runtimes.main]\nenvironments = ["dev", "qa"]\ncontrol = true\n'
            f'[runtimes.main.argocd]\nurl = "{world.argocd.url}"\ntoken = "file:token"\n'
            '[runtimes.eu]\nenvironments = ["prod"]\n'
            f'[runtimes.eu.argocd]\nurl = "http://127.0.0.1:{port}"\ntoken = "file:token"\n'
        )
        found, said, live = asked(capsys, "--live-timeout", "1")
    assert {name: one["health"] for name, one in found.items() if one["health"]} == {
        "shop-dev": "Healthy",
        "shop-qa": "Healthy",
    }
    assert found["shop-eu"]["unknown"] == "no answer within 1 second"
    (warning,) = live["warnings"]
    assert warning["server"] == f"runtime `eu` (127.0.0.1:{port})"
    assert warning["applications"] == ["shop-eu", "shop-us"]
    assert "--live-timeout" in warning["help"]
    assert said.count("warning:") == 1


def test_a_server_that_repeats_the_token_is_not_quoted(world: LiveWorld, capsys: pytest.CaptureFixture[str]) -> None:
    world.argocd.faults = [Fault(403, f"no {TOKEN}") for _ in range(4)]
    reasons, _ = unknown(capsys)
    assert any("no ***" in reason for reason in reasons)


# --- what is not configured --------------------------------------------------------------------------


def test_the_table_that_is_missing_is_named(world: LiveWorld, capsys: pytest.CaptureFixture[str]) -> None:
    world.configure("")
    (reason,), said = unknown(capsys)
    assert (reason, said.count("warning:")) == ("no Argo CD is configured", 1)
    assert "= help: add a table `[runtimes.NAME.argocd]` to promo.toml" in said
    world.configure(
        '[runtimes.main]\ncontrol = true\n[runtimes.main.workflows]\nnamespace = "a"\n'
        'url = "http://127.0.0.1:1"\ntoken = "file:token"\n'
    )
    (reason,), said = unknown(capsys)
    assert reason == "no Argo CD is configured for the runtime `main`"
    assert "add the table `[runtimes.main.argocd]` to promo.toml" in said


def test_local_applications_go_by_their_folders(world: LiveWorld, capsys: pytest.CaptureFixture[str]) -> None:
    world.configure('[applications]\nadapter = "local"\n')
    world.repo.commit({"shop-qa/other.yaml": "a: [\n"}, message="fix: half a file")
    found, said, _ = asked(capsys)
    assert said == ""
    assert (found["shop-dev"]["health"], found["shop-dev"]["drift"], found["shop-dev"]["version"]) == (
        "Healthy",
        "none",
        "2.0",
    )
    assert (found["shop-qa"]["health"], "shop-qa/other.yaml" in found["shop-qa"]["health_message"]) == (
        "Degraded",
        True,
    )
    assert world.argocd.asked("/applications/") == 0


def test_the_check_of_local_applications_is_not_run(world: LiveWorld, capsys: pytest.CaptureFixture[str]) -> None:
    flag = world.folder / "was-run"
    world.configure(f'[applications]\nadapter = "local"\n[applications.local]\ncheck = ["touch", "{flag}"]\n')
    found, _, _ = asked(capsys)
    assert found["shop-dev"]["health"] == "Unknown"
    assert "the check `touch` is run by releases only" in found["shop-dev"]["notes"][0]
    assert not flag.exists()


# --- how it reads ------------------------------------------------------------------------------------


def tamed(text: str, world: LiveWorld) -> str:
    """Return a text without the moment and the port."""
    text = text.replace(world.argocd.url.removeprefix("http://"), "argocd.example.com")
    return re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", "2026-11-30T04:00:00+00:00", text)


@pytest.mark.parametrize(("form", "ending"), [("text", "txt"), ("markdown", "md")])
def test_golden(
    world: LiveWorld, capsys: pytest.CaptureFixture[str], golden: Callable[[Path, str], None], form: str, ending: str
) -> None:
    app = world.argocd.applications["argocd/shop-eu"]
    app.behaviour = replace(app.behaviour, polling=1e9)
    app.status["health"] = {"status": "Degraded", "message": "the pods crash"}
    app.settles = None
    del world.argocd.applications["argocd/shop-us"]
    assert run([*PLAN, "--live", "--format", form]) == 0
    golden(GOLDEN / f"live.{ending}", tamed(capsys.readouterr().out, world))


def test_columns_of_many_applications_stand_below_each_other(
    tmp_path: Path, argocd: FakeArgoCd, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    names = tuple(f"shop-{'x' * number}-{region}" for region in ("eu", "us") for number in range(1, 8))
    world = LiveWorld(tmp_path, argocd, {"dev": ("shop-dev",), "qa": ("shop-qa",), "prod": names})
    monkeypatch.chdir(world.workspace)
    monkeypatch.setenv("NO_COLOR", "1")
    assert run([*PLAN, "--live"]) == 0
    lines = capsys.readouterr().out.splitlines()
    head = next(number for number, line in enumerate(lines) if line.startswith("Live  16 of 16 healthy"))
    table = lines[head + 1 : head + 18]
    for column, word in (("health", "Healthy"), ("sync", "Synced"), ("deployed", "1.0 @")):
        place = table[0].index(column)
        assert all(row[place:].startswith(word) for row in table[1:]), table
    assert max(map(len, table)) <= 120


def test_through_kubernetes(
    world: LiveWorld, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    kubeconfig = world.folder / "kubeconfig"
    kubeconfig.write_text(
        "apiVersion: v1\nkind: Config\n"
        f"clusters: [{{name: c, cluster: {{server: '{world.argocd.url}'}}}}]\n"
        f"users: [{{name: u, user: {{token: {TOKEN}}}}}]\n"
        "contexts: [{name: eu, context: {cluster: c, user: u}}]\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("KUBECONFIG", str(kubeconfig))
    world.configure('[runtimes.main.argocd]\nkubernetes = { context = "eu" }\n')
    found, said, _ = asked(capsys)
    assert (said, {one["health"] for one in found.values()}) == ("", {"Healthy"})
    world.argocd.faults = [Fault(502, untyped=True) for _ in range(16)]
    reasons, said = unknown(capsys)
    assert reasons == {"the cluster cannot be reached: something else refuses what it is asked"}
    assert said.startswith("warning: runtime `main` (the cluster of the context `eu`): 4 of 4")
    monkeypatch.setenv("KUBECONFIG", str(world.folder / "none"))
    monkeypatch.setenv("HOME", str(world.folder))
    (reason,), said = unknown(capsys)
    assert "the cluster cannot be reached" in reason
    assert "= help: correct `kubernetes` of the runtime" in said


def test_a_hydrated_application_is_told_by_its_dry_commit(world: LiveWorld, capsys: pytest.CaptureFixture[str]) -> None:
    spec = {
        "sourceHydrator": {
            "drySource": {"repoURL": URL, "path": "shop-qa", "targetRevision": "main"},
            "syncSource": {"targetBranch": "env/qa", "path": "shop-qa"},
        }
    }
    world.argocd.add("shop-qa", spec)
    world.argocd.pass_time(300)
    plain = f"  source:\n    repoURL: {URL}\n    path: shop-qa\n    targetRevision: main\n"
    hydrator = (
        f"  sourceHydrator:\n    drySource: {{repoURL: '{URL}', path: shop-qa, targetRevision: main}}\n"
        "    syncSource: {targetBranch: env/qa, path: shop-qa}\n"
    )
    rewrite(world.workspace / "shop-qa.yaml", plain, hydrator)
    found, _, _ = asked(capsys)
    qa = found["shop-qa"]
    assert (qa["revision"], qa["version"], qa["drift"]) == (world.repo.git("rev-parse", "main"), "1.0", "none")
    assert qa["notes"] == [f"rendered as {world.repo.git('rev-parse', 'env/qa')[:10]}"]


def test_a_repository_that_is_away_leaves_health_and_sync(world: LiveWorld, capsys: pytest.CaptureFixture[str]) -> None:
    world.configure(f'[runtimes.main.argocd]\nurl = "{world.argocd.url}"\ntoken = "file:token"\n[git]\nfetch = false\n')
    text = (world.workspace / "promo.toml").read_text(encoding="utf-8")
    (world.workspace / "promo.toml").write_text(text[text.index("[runtimes") :], encoding="utf-8")
    found, said, _ = asked(capsys, code=1)
    assert (said, {(one["health"], one["sync"], one["drift"]) for one in found.values()}) == (
        "",
        {("Healthy", "Synced", "unknown")},
    )
    assert all(one["revision"] for one in found.values())
    assert all(one["drift_detail"] for one in found.values())


def test_a_commit_of_two_products_asks_for_all_of_them_at_once(
    world: LiveWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    declared = (world.workspace / "all.promo").read_text(encoding="utf-8")
    (world.workspace / "all.promo").write_text(
        declared.replace(
            "policy everywhere",
            'product cart {\n  version "values.yaml" "$.image.tag"\n  promote "values.yaml" "$.image.tag"\n'
            "  flow standard\n}\npolicy everywhere",
        ),
        encoding="utf-8",
    )
    text = (world.workspace / "shop-dev.yaml").read_text(encoding="utf-8")
    for name, environment in (("cart-dev", "dev"), ("cart-qa", "qa")):
        made = text.replace("shop-dev", name).replace("product: shop", "product: cart")
        made = made.replace("namespace: dev", f"namespace: {environment}")
        (world.workspace / f"{name}.yaml").write_text(made, encoding="utf-8")
    sha = world.repo.commit({f"{name}/values.yaml": values("4.0") for name in ("shop-dev", "cart-dev", "cart-qa")})
    arguments = ["plan", "--commit", sha, "--repo", str(world.repo.path), "--at", WHEN, "--format", "json", "--live"]
    assert run(arguments) in (0, 1)
    printed = capsys.readouterr()
    cart, shop = json.loads(printed.out)
    assert {one["application"] for one in cart["live"]["applications"]} == {"cart-dev", "cart-qa"}
    assert {one["application"] for one in shop["live"]["applications"]} == set(world.applications)
    assert printed.err.count("warning: runtime `main`") == 1
    assert "2 of 6 applications are unknown" in printed.err
    assert [len(plan["live"]["warnings"]) for plan in (cart, shop)] == [1, 0]
