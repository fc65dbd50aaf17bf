"""A release of `policies/multi-region` around the world: `promo serve` started by a webhook, every server over HTTP."""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from engine.resolve import made_by_promotion
from tests.world.commands import Desk, Said, meet_hostility, read_everything, run_by_hand
from tests.world.estate import DEPLOY, INTERNAL, estate
from tests.world.remains import files, found_in, objects, remains
from tests.world.service import served
from tests.world.story import LOST, Story, tell
from tests.world.stranger import Stranger
from tests.world.stranger import serving as serving_stranger
from tests.world.tokens import MARK, TOKENS, basic
from tests.world.trail import position, repetitions, written

pytestmark = pytest.mark.long

TRAIL = Path(__file__).parents[1] / "golden/world/trail.txt"
CLUSTERS = ("ap-1", "eu-1", "eu-2", "us-1", "us-2")


@dataclass
class Told:
    """The story, and what was done by hand afterwards."""

    story: Story
    desk: Desk
    stranger: Stranger
    by_hand: tuple[Said, Said]
    runs: dict[str, list[tuple[str, str]]]
    log: dict[str, list[str]]
    copied: list[tuple[str, bytes]]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    folder = tmp_path_factory.mktemp("world")
    with estate(folder) as place, serving_stranger() as stranger:
        with served(place, folder, "--log-format", "json", "--poll", "1h") as service:
            story = Story(place, service)
            tell(story)
            # The log of a database that is written ahead is gone when it is closed.
            copied = list(files(place.folder / ".promo"))
        runs = {name: list(runtime.argo.asked_for) for name, runtime in place.runtimes.items()}
        log = {url: _log(story, url) for url in (DEPLOY, INTERNAL)}
        desk = Desk(place, folder, [])
        by_hand = run_by_hand(desk)
        read_everything(desk, story.release)
        meet_hostility(desk, stranger)
        yield Told(story, desk, stranger, by_hand, runs, log, copied)


def _log(story: Story, url: str) -> list[str]:
    """Return the commits of a repository's main branch, oldest first: who, what, and the folders they changed."""
    text = story.estate.forges[url].state.repo.git(
        "log", "--first-parent", "--reverse", "-m", "--format=%x00%an: %s", "--name-only", "main"
    )
    lines = []
    for entry in text.split("\0")[2:]:  # the first commit is everything there was
        subject, *changed = [line for line in entry.splitlines() if line]
        folders = sorted({name.removeprefix("deploy/edge/").rpartition("/")[0] for name in changed})
        lines.append(f"{subject} [{', '.join(folders)}]")
    return lines


# --- the release --------------------------------------------------------------------------------------


def test_it_is_a_release_of_twelve_applications_that_succeeded(told: Told) -> None:
    release = told.story.told
    applications = [one["name"] for found in release["environments"] for one in found["applications"]]
    assert len(applications) == len(set(applications)) == 12
    assert (release["status"], release["version"], release["flow"]) == ("succeeded", "1.32.0", "worldwide")
    assert release["commit"]["sha"] == told.story.pushed
    assert {found["name"]: found["status"] for found in release["environments"]} == dict.fromkeys(
        ("dev", "staging", "prod-eu", "prod-us", "prod-ap"), "succeeded"
    )


def test_the_audit_trail_line_by_line(told: Told, golden: Callable[[Path, str], None]) -> None:
    environments = [found["name"] for found in told.story.told["environments"]]
    golden(TRAIL, written(told.story.trail, environments))


def test_the_audit_trail_is_what_was_seen_as_it_grew(told: Told) -> None:
    assert told.story.streamed == [event["kind"] for event in told.story.trail]
    assert [event["number"] for event in told.story.trail] == sorted(event["number"] for event in told.story.trail)


def test_nothing_begins_before_what_it_comes_after_has_succeeded(told: Told) -> None:
    trail = told.story.trail
    for environment in told.story.told["environments"]:
        begun = min(position(trail, "environment.running", environment["name"]))
        for before in environment["after"]:
            assert max(position(trail, "environment.succeeded", before)) < begun


def test_a_push_starts_one_release_and_what_promo_pushed_starts_none(told: Told) -> None:
    answers = {what: answer.status_code for what, answer in told.story.answers.items()}
    assert answers["a push that nobody signed"] == 401
    assert (answers["the push"], answers["the push again"]) == (202, 202)
    assert answers["github tells of what promo pushed"] == answers["gitlab tells of what promo pushed"] == 202
    assert [one["id"] for one in told.story.listed] == [told.story.release]


def test_who_may_not_is_refused_and_who_may_is_not(told: Told) -> None:
    answers = {what: answer.status_code for what, answer in told.story.answers.items()}
    refused = {"approval by marketing": 403, "retry by marketing": 403, "retry by nobody": 401}
    granted = dict.fromkeys(("approval before it is waited for", "approval", "retry", "the last approval"), 202)
    assert {what: answers[what] for what in (*refused, *granted)} == refused | granted
    assert "`sre` may" in told.story.answers["approval by marketing"].json()["detail"]


def test_the_workflow_that_failed_failed_the_release_and_its_environment_was_rolled_back(told: Told) -> None:
    failed = told.story.failed
    assert failed["status"] == "failed"
    assert failed["message"].startswith(f"prod-us: argocd/{LOST[1]} post-action failed: `work` failed")
    assert "1 of 10 requests failed" in failed["message"]
    stood = {found["name"]: found for found in failed["environments"]}
    assert {name: found["status"] for name, found in stood.items()} == {
        "dev": "succeeded",
        "staging": "succeeded",
        "prod-eu": "succeeded",
        "prod-us": "failed",
        "prod-ap": "skipped",
    }
    for application in stood["prod-us"]["applications"]:
        steps = {step["role"]: step["status"] for step in application["steps"]}
        assert steps["rollback"] == steps["rollback-health"] == "succeeded", application["name"]


# --- what was changed in Git --------------------------------------------------------------------------


def test_every_application_has_the_new_version_and_nothing_else_was_touched(told: Told) -> None:
    for kind, url in (("public", DEPLOY), ("internal", INTERNAL)):
        repo = told.story.estate.forges[url].state.repo
        first = repo.git("rev-list", "--max-parents=0", "main")
        for cluster in CLUSTERS:
            folder = f"deploy/edge/{kind}/{cluster}"
            before = repo.git("show", f"{first}:{folder}/values.yaml")
            assert repo.git("show", f"main:{folder}/values.yaml") == before.replace("1.30.2", "1.32.0")
            chart = (
                repo.git("show", f"{first}:{folder}/Chart.yaml").replace("1.30.2", "1.32.0").replace("2.7.0", "2.9.0")
            )
            assert repo.git("show", f"main:{folder}/Chart.yaml") == chart
        changed = repo.git("diff", "--name-only", first, "main").splitlines()
        assert all(re.fullmatch(r"deploy/edge/.+/(Chart|values)\.yaml", path) for path in changed)


def test_each_application_has_a_commit_of_its_own(told: Told) -> None:
    log = told.log
    assert log[DEPLOY][0] == "Ada Example: feat: one more header [dev]"
    expected: dict[str, Counter[str]] = {DEPLOY: Counter(), INTERNAL: Counter()}
    expected[DEPLOY]["promo: Promote edge 1.32.0 to staging [staging]"] = 1
    for url, kind in ((DEPLOY, "public"), (INTERNAL, "internal")):
        for cluster in ("eu-1", "eu-2"):
            expected[url][f"promo: Promote edge 1.32.0 to prod-eu [{kind}/{cluster}]"] = 1
        for cluster in ("us-1", "us-2"):
            expected[url][f"promo: Promote edge 1.32.0 to prod-us [{kind}/{cluster}]"] = 2
            expected[url][f"promo: Revert the promotion of edge 1.32.0 to prod-us [{kind}/{cluster}]"] = 1
        head = told.story.pulls[url]["head"]
        expected[url][f"Ada Example: Merge pull request #11 from {head} [{kind}/ap-1]"] = 1
    assert {DEPLOY: Counter(log[DEPLOY][1:]), INTERNAL: Counter(log[INTERNAL])} == expected
    for url in (DEPLOY, INTERNAL):
        asia = [line for line in log[url] if "ap-1" in line]
        assert log[url][-1:] == asia


# --- pull requests ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("url", "kind"), [(DEPLOY, "public"), (INTERNAL, "internal")])
def test_pull_requests_say_what_they_change_and_why(told: Told, url: str, kind: str) -> None:
    pull, release = told.story.pulls[url], told.story.release
    assert pull["title"] == "promote edge 1.32.0 to prod-ap"
    assert sorted(pull["labels"]) == (["promotion"] if kind == "public" else ["internal", "promotion"])
    assert pull["reviewers"] == (["bob"] if kind == "public" else [])
    body = pull["body"]
    assert f"(https://promo.example.com/releases/{release})" in body
    assert f"Application `argocd/edge-{kind}-ap-1` gets the values of `argocd/edge-internal-eu-1` in `prod-eu`" in body
    chart, values = f"deploy/edge/{kind}/ap-1/Chart.yaml", f"deploy/edge/{kind}/ap-1/values.yaml"
    tables = [line for line in body.splitlines() if line.startswith("| ")]
    assert tables == [
        "| File | Path | From | To |",
        f'| `{chart}` | `$[\'version\']` | `"2.7.0"` | `"2.9.0"` |',
        f'| `{chart}` | `$[\'appVersion\']` | `"1.30.2"` | `"1.32.0"` |',
        f"| `{values}` | `$['router']['image']['tag']` | `\"1.30.2\"` | `\"1.32.0\"` |",
        "| Setting | Value | Set by | Where |",
        r"| pre\-action | `release-checks` | policy production \(priority 100\) | `policies.promo:12` |",
        r"| action | `pr` | policy production \(priority 100\) | `policies.promo:13` |",
        r"| post\-action | `smoke-tests` | policy default \(priority 0\) | `policies.promo:6` |",
        "| soak | `2s` | flow worldwide | `flows.promo:7` |",
        r"| approvals | `1 from sre` | policy production \(priority 100\) | `policies.promo:15` |",
        r"| window | `ap-hours` | policy asia \(priority 200\) | `policies.promo:31` |",
        r"| rollback | `on-failure` | policy production \(priority 100\) | `policies.promo:16` |",
    ]


def test_there_are_two_pull_requests_and_the_commit_shows_how_it_went(told: Told) -> None:
    forges = told.story.estate.forges
    titles = {url: [pull.title for pull in forge.state.pulls] for url, forge in forges.items()}
    assert titles[INTERNAL] == ["promote edge 1.32.0 to prod-ap"]
    assert titles[DEPLOY] == ["promote edge 1.32.0 to prod-ap", "promote edge 1.33.0 to staging"]
    shown = [one for one in forges[DEPLOY].state.statuses if one["sha"] == told.story.pushed]
    assert {one["context"] for one in shown} == {"promo/edge"}
    assert [one["state"] for one in shown if one["state"] != "pending"] == ["failure", "success"]


# --- the right servers --------------------------------------------------------------------------------


def test_workflows_run_where_their_applications_are(told: Told) -> None:
    runs = {name: Counter(asked) for name, asked in told.runs.items()}
    hooks = {("announce", ""): 2, ("page-oncall", ""): 1}
    assert runs["nonprod"] == hooks | {("smoke-tests", "edge-dev"): 1, ("smoke-tests", "edge-staging"): 1}
    europe = [f"edge-{kind}-{cluster}" for kind in ("public", "internal") for cluster in ("eu-1", "eu-2")]
    assert runs["eu"] == {(name, one): 1 for name in ("release-checks", "smoke-tests") for one in europe}
    america = [f"edge-{kind}-{cluster}" for kind in ("public", "internal") for cluster in ("us-1", "us-2")]
    asia = ["edge-public-ap-1", "edge-internal-ap-1"]
    expected = {("release-checks", one): 1 for one in america + asia} | {("smoke-tests", one): 1 for one in asia}
    assert runs["world"] == expected | {("smoke-tests", one): 2 for one in america}


def test_workflows_are_passed_what_they_are_about(told: Told) -> None:
    release, place = told.story.release, told.story.estate
    (page,) = _passed(told, "nonprod", "page-oncall", "")
    assert page.pop("ERROR_MESSAGE").startswith("prod-us: argocd/edge-internal-us-2 post-action failed: `work` failed")
    url = f"https://promo.example.com/releases/{release}"
    about = {"PRODUCT_NAME": "edge", "VERSION": "1.32.0", "RELEASE_URL": url}
    assert page == about | {"FAILED_ENVIRONMENTS": '["prod-us"]'}
    assert _passed(told, "nonprod", "announce", "") == [about, about]
    for kind, address in (("public", DEPLOY), ("internal", INTERNAL)):
        name = f"edge-{kind}-eu-1"
        (checks,) = _passed(told, "eu", "release-checks", name)
        where = {"REPO_URL": address, "BRANCH": "main", "PATH": f"deploy/edge/{kind}/eu-1"}
        assert checks == {"APP_NAME": name} | where
    for runtime in place.runtimes.values():
        for run in runtime.argo.runs.values():
            assert run.document["spec"]["serviceAccountName"] == "promotion"


def _passed(told: Told, runtime: str, template: str, application: str) -> list[dict[str, str]]:
    """Return the parameters of the release's runs of a template for an application, the oldest first."""
    found = []
    for run in told.story.estate.runtimes[runtime].argo.runs.values():
        spec, labels = run.document["spec"], run.document["metadata"]["labels"]
        given = {one["name"]: one["value"] for one in spec.get("arguments", {}).get("parameters", ())}
        wanted = (template, application, told.story.release)
        if (spec["workflowTemplateRef"]["name"], given.get("APP_NAME", ""), labels["promo.io/release"]) == wanted:
            found.append(given)
    return found


def test_each_argocd_is_asked_about_its_own_applications(told: Told) -> None:
    for name, runtime in told.story.estate.runtimes.items():
        paths = [re.match(r"\w+ /api/v1/applications/([^/?]+)", request) for request in runtime.argocd.requests]
        assert {path[1] for path in paths if path} == {key.partition("/")[2] for key in runtime.argocd.applications}
        assert runtime.argocd.complaints == runtime.argo.complaints == [], name


# --- by hand ------------------------------------------------------------------------------------------


def test_a_release_is_run_by_hand_through_a_pull_request(told: Told) -> None:
    failed, resumed = told.by_hand
    assert failed.code == 4, failed.text
    assert "/pull/12" in failed.text
    assert "answered 401: invalid session: ***" in failed.text
    assert resumed.code == 0, resumed.text
    lines = [line[10:] for line in resumed.text.splitlines() if line[2:3] == ":"]
    assert lines[-1] == "succeeded"
    assert "staging: succeeded" in lines
    assert told.story.estate.read(DEPLOY, "deploy/edge/staging/values.yaml").count('tag: "1.33.0"') == 1
    refused = next(
        said for said in told.desk.said if said.arguments[:2] == ("release", "retry") and "sam" in said.arguments[-1]
    )
    assert refused.code == 2
    assert "`platform` may" in refused.text


# --- secrets ------------------------------------------------------------------------------------------


def test_servers_that_repeat_the_token_are_heard_without_it(told: Told) -> None:
    said = repetitions(told.story.trail)
    assert sum("upstream of *** is away" in text for text in said) == 1
    assert sum("answered 500: cannot pass on `Authorization: Bearer ***`" in text for text in said) == 2
    assert sum("with 502: token *** is busy" in text for text in said) == 2
    assert len(said) == 5, said


def test_no_secret_is_anywhere(told: Told) -> None:
    seen = [*remains(told.story, told.desk), *told.copied]
    assert [found for remain in seen for found in found_in(remain)] == []
    names = " ".join(name for name, _ in seen)
    for part in ("releases.db", "releases.db-wal", "stderr", "objects of", "git-commands", "promo doctor", "a row of"):
        assert part in names


def test_secrets_would_be_found(told: Told, tmp_path: Path) -> None:
    (tmp_path / "plain").write_text(f"https://promo-bot:{TOKENS['GIT_GITHUB']}@example.com", "utf-8")
    (tmp_path / "packed").write_bytes(zlib.compress(f"Authorization: Basic {basic(TOKENS['GIT_GITLAB'])}".encode()))
    found = sorted(text for remain in files(tmp_path) for text in found_in(remain))
    assert [text.partition(" in ")[0] for text in found] == [
        "GIT_GITHUB",
        "GIT_GITLAB, as it is sent",
        "the beginning of a secret",
    ]
    repo = told.story.estate.forges[INTERNAL].state.repo
    repo.git("hash-object", "-w", "--stdin", stdin=TOKENS["ARGO_EU"].encode())
    try:
        assert any(found_in(remain) for remain in objects(repo.path.parents[2]))
    finally:
        repo.git("prune", "--expire=now")
    assert not any(found_in(remain) for remain in objects(repo.path.parents[2]))


def test_every_token_goes_to_its_own_server_alone(told: Told) -> None:
    place = told.story.estate
    for name, runtime in place.runtimes.items():
        assert set(runtime.argocd.presented) - {""} == {f"Bearer {TOKENS[f'ARGOCD_{name.upper()}']}"}
        assert set(runtime.argo.presented) == {f"Bearer {TOKENS[f'ARGO_{name.upper()}']}"}
    assert set(place.forges[DEPLOY].presented) == {f"Bearer {TOKENS['GITHUB_API']}"}
    assert set(place.forges[INTERNAL].presented) == {TOKENS["GITLAB_API"]}
    for host in place.hosts.values():
        assert len(set(host.presented)) == 2  # without, and with its password


def test_a_redirect_takes_no_token_along(told: Told) -> None:
    for request in told.stranger.heard:
        assert MARK not in request
        assert not re.search(r"(?im)^(authorization|private-token):", request)
    doctors = [said.text for said in told.desk.said if said.arguments[0] == "doctor"]
    assert doctors[-1].count("is not followed") == 8, doctors[-1]
    assert doctors[-1].count("/login/***`") == 6
    assert "``" not in "".join(doctors)
    plan = told.desk.said[-1]
    assert plan.arguments[0] == "plan"
    assert plan.code == 1, plan.text


def test_commits_of_promotions_are_known_as_such(told: Told) -> None:
    for url in (DEPLOY, INTERNAL):
        repo = told.story.estate.forges[url].state.repo
        for sha in repo.git("rev-list", "--author=promo", "main").split():
            assert made_by_promotion(repo.git("log", "-1", "--format=%B", sha))
