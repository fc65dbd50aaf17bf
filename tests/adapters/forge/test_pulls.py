"""Pull requests of promotions on three forges: what they say, what becomes of them, and whose they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from adapters.forge.changes import ForgeChanges
from engine.execute.errors import RetryableError, TerminalError
from engine.execute.ports import Change, Declined, Landed, Proposed
from engine.execute.spec import SettingSource
from engine.resolve import made_by_promotion
from tests.adapters.execute_contracts.changes_contract import QA, QA_PROMOTED, START, run
from tests.adapters.forge.conftest import ForgeWorld
from tests.fakes.forge_state import SOMEBODY
from tests.support.changes import promotion

pytestmark = pytest.mark.long


def started(world: ForgeWorld) -> Change:
    start = world.commit(START)
    return promotion(world.url, start, head=start)


def proposed(changes: ForgeChanges, change: Change) -> Proposed:
    answer = run(changes.propose(change))
    assert isinstance(answer, Proposed), answer
    return answer


def test_it_says_what_it_changes_and_whose_it_is(world: ForgeWorld) -> None:
    change = started(world)
    answer = proposed(world.make(labels=("promotion", "ready"), reviewers=("bob",)), change)
    pull = world.pull
    assert answer.url.endswith(f"/{pull.number}")
    assert (pull.title, pull.head, pull.base, pull.draft) == (
        "promote trio 1.2.3 to qa",
        change.proposed,
        "main",
        False,
    )
    assert "| `qa/values.yaml` | `$['image']['tag']` | `\"1\"` | `\"2\"` |" in pull.body
    assert f"]({change.url})" in pull.body
    assert (sorted(pull.labels), pull.reviewers) == (["promotion", "ready"], ["bob"])
    assert "still to be set" not in pull.body
    proposed(world.make(labels=("promotion", "ready"), reviewers=("bob",)), change)
    assert (len(pull.labels), len(pull.reviewers)) == (2, 1)


def test_it_shows_the_settings_it_follows_from_and_who_set_them(world: ForgeWorld) -> None:
    settings = (
        SettingSource("action", "pr", "policy reviewed (priority 100)", "policies.promo:9"),
        SettingSource("approvals", "2 from sre", "flow `standard` | @everyone", "flows.promo:4"),
    )
    proposed(world.make(), replace(started(world), settings=settings))
    lines = world.pull.body.splitlines()
    begins = lines.index("| Setting | Value | Set by | Where |")
    assert lines[begins + 1 : begins + 4] == [
        "|---|---|---|---|",
        "| action | `pr` | policy reviewed \\(priority 100\\) | `policies.promo:9` |",
        "| approvals | `2 from sre` | flow \\`standard\\` \\| @\u200beveryone | `flows.promo:4` |",
    ]


def test_labels_are_set_after_a_crash_in_between(world: ForgeWorld) -> None:
    change = started(world)
    proposed(world.make(labels=("promotion",)), change)
    pull = world.pull
    pull.labels.clear()
    pull.body += "\n<!-- promo: labels and reviewers are still to be set -->\n"
    proposed(world.make(labels=("promotion",)), change)
    assert pull.labels == ["promotion"]


def test_a_reviewer_nobody_knows_is_told_in_the_text_and_stops_nothing(world: ForgeWorld) -> None:
    change = started(world)
    proposed(world.make(reviewers=("nobody",)), change)
    assert "could not set labels and reviewers" in world.pull.body
    asked = len(world.server.exchanges)
    proposed(world.make(reviewers=("nobody",)), change)
    assert [seen.method for seen in world.server.exchanges[asked:]] == ["GET"] * (len(world.server.exchanges) - asked)


def test_a_draft_waits(world: ForgeWorld) -> None:
    answer = proposed(world.make(draft=True), started(world))
    assert world.pull.draft
    assert answer.note == "waits to be merged into `main`: it is a draft"


def test_what_it_waits_for_is_told(world: ForgeWorld) -> None:
    change, changes = started(world), world.make()
    world.state.blocked = "1 approving review is required"
    note = proposed(changes, change).note
    assert note.startswith("waits to be merged into `main`")
    assert note.endswith(
        {"github": "a review or a required check", "gitlab": "an approval", "gitea": "`main`"}[world.server.kind]
    )
    world.state.unknown_for = 3
    assert world.server.kind == "gitea" or proposed(changes, change).look_after == 3.0


@pytest.mark.parametrize("how", ["merge", "squash", "rebase"])
def test_it_is_merged_where_that_is_wanted_and_allowed(world: ForgeWorld, how: str) -> None:
    change, changes = started(world), world.make(merge="auto")
    world.state.ways = (how,)
    world.state.blocked = "1 approving review is required"
    proposed(changes, change)
    proposed(changes, change)
    before = world.head()
    world.state.blocked = ""
    landed = run(changes.propose(change))
    assert isinstance(landed, Landed)
    assert (landed.commit, landed.changed, landed.summary) == (world.head(), True, "1 file")
    assert world.head() != before
    assert world.read("qa/values.yaml") == QA_PROMOTED.encode()
    assert made_by_promotion(landed.message)
    assert run(world.make().propose(change)) == landed


def test_it_is_not_merged_unless_that_is_wanted(world: ForgeWorld) -> None:
    change, changes = started(world), world.make()
    for _ in range(3):
        proposed(changes, change)
    assert world.pull.state == "open"


def test_what_others_pushed_is_never_merged_by_promo(world: ForgeWorld) -> None:
    change, changes = started(world), world.make(merge="auto")
    world.state.blocked = "1 approving review is required"
    proposed(changes, change)
    world.commit({"other.txt": "theirs\n"}, branch=change.proposed)
    world.state.blocked = ""
    assert "others pushed" in proposed(changes, change).note
    assert world.pull.state == "open"


def test_a_push_in_the_last_moment_is_not_merged(world: ForgeWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    change, changes = started(world), world.make(merge="auto")
    world.state.blocked = "1 approving review is required"
    proposed(changes, change)
    world.state.blocked = ""
    merge, pushes = world.state.merge, [{"other.txt": "theirs\n"}]

    def late(*arguments: str) -> str:
        while pushes:
            world.pull.sha = world.commit(pushes.pop(), branch=change.proposed)
        return merge(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(world.state, "merge", late)
    proposed(changes, change)
    assert world.pull.state == "open"
    assert world.read("other.txt") == b"x\n"


def test_where_somebody_pushes_to_the_target_meanwhile_it_is_merged_later(world: ForgeWorld) -> None:
    change, changes = started(world), world.make(merge="auto")
    pushing = world.repo.path / "refs" / "heads" / "main.lock"
    pushing.parent.mkdir(parents=True, exist_ok=True)
    pushing.touch()
    proposed(changes, change)
    assert world.pull.state == "open"
    pushing.unlink()
    assert isinstance(run(changes.propose(change)), Landed)


def test_it_is_made_again_where_it_must_be_up_to_date(world: ForgeWorld) -> None:
    change, changes = started(world), world.make(merge="auto")
    world.state.strict = True
    world.state.blocked = "1 approving review is required"
    proposed(changes, change)
    moved = world.commit({"other.txt": "y\n"})
    proposed(changes, change)
    world.state.blocked = ""
    proposed_on = world.log(change.proposed)[0].parents
    if world.server.kind != "gitea":  # which does not tell why it cannot be merged
        assert proposed_on == (moved,)
        assert isinstance(run(changes.propose(change)), Landed)


def test_conflicts_are_solved_by_making_it_again_and_the_text_follows(world: ForgeWorld) -> None:
    change, changes = started(world), world.make()
    proposed(changes, change)
    world.commit({"qa/values.yaml": QA.replace("'1'", "'1.5'")})
    proposed(changes, change)
    assert world.read("qa/values.yaml", change.proposed) == QA_PROMOTED.encode()
    assert '`"1.5"` | `"2"`' in world.pull.body
    assert world.pull.state == "open"
    assert len(world.state.pulls) == 1


def test_conflicts_of_others_are_left_to_them(world: ForgeWorld) -> None:
    change, changes = started(world), world.make()
    proposed(changes, change)
    theirs = world.commit({"qa/values.yaml": QA_PROMOTED + "reviewed: true\n"}, branch=change.proposed)
    world.commit({"qa/values.yaml": QA.replace("replicas: 5", "replicas: 8")})
    assert "others pushed to its branch" in proposed(changes, change).note
    assert world.head(change.proposed) == theirs


def test_one_whose_values_came_otherwise_is_closed_and_has_landed(world: ForgeWorld) -> None:
    change, changes = started(world), world.make()
    proposed(changes, change)
    by_hand = world.commit({"qa/values.yaml": QA_PROMOTED.replace("replicas: 5", "replicas: 6")})
    landed = run(changes.propose(change))
    assert isinstance(landed, Landed)
    assert landed.commit == by_hand
    assert (world.pull.state, len(world.pull.comments)) == ("closed", 1)


def test_closed_is_declined_with_who_and_when(world: ForgeWorld) -> None:
    change, changes = started(world), world.make()
    url = proposed(changes, change).url
    world.state.close(world.pull, by=SOMEBODY)
    for port in (changes, world.make()):
        answer = run(port.propose(change))
        assert isinstance(answer, Declined)
        assert answer.url == url
        assert "2026-11-02T10:00:00Z without being merged" in answer.reason
        assert world.server.kind == "gitea" or "by ada" in answer.reason


def test_merged_into_another_branch_is_declined(world: ForgeWorld) -> None:
    change, changes = started(world), world.make()
    proposed(changes, change)
    world.repo.branch("other", world.repo.git("rev-parse", "main"))
    world.pull.base = "other"
    assert "it must be merged into `main`" in proposed(changes, change).note
    world.state.merge(world.pull, "merge", "", "merged", by=SOMEBODY)
    answer = run(changes.propose(change))
    assert isinstance(answer, Declined)
    assert "merged into `other` instead of `main`" in answer.reason


def test_merged_and_lost_is_not_believed(world: ForgeWorld) -> None:
    change, changes = started(world), world.make()
    start = world.head()
    proposed(changes, change)
    world.merge(change.proposed, "squash")
    assert start is not None
    world.repo.branch("main", start)
    with pytest.raises(RetryableError, match="is merged, but `main` does not have"):
        run(changes.propose(change))


def test_one_that_somebody_else_opened_from_the_branch_is_adopted(world: ForgeWorld) -> None:
    change = started(world)
    proposed(world.make(), change)
    pull = world.pull
    pull.body = "I wrote this anew"
    assert proposed(world.make(), change).url.endswith(f"/{pull.number}")
    assert len(world.state.pulls) == 1


def test_one_of_another_release_ends_the_step(world: ForgeWorld) -> None:
    change = started(world)
    world.commit({"other.txt": "theirs\n"}, branch=change.proposed)
    world.state.open(change.proposed, "main", "mine", "Promo-Step: rel-1 is what I quote", False)
    with pytest.raises(TerminalError, match="not from this release"):
        run(world.make().propose(change))
    assert run(world.make().withdraw(change, "terminated")) is None
    assert world.pull.state == "open"


def test_withdrawing_says_why_closes_it_and_removes_the_branch(world: ForgeWorld) -> None:
    change, changes = started(world), world.make()
    proposed(changes, change)
    for _ in range(2):
        assert run(changes.withdraw(change, "ada terminated the release: [why](x) @all")) is None
    assert world.pull.state == "closed"
    (comment,) = world.pull.comments
    assert "ada terminated the release" in str(comment["body"])
    assert "@all" not in str(comment["body"])
    assert world.head(change.proposed) is None


def test_withdrawing_what_is_merged_says_where_it_is(world: ForgeWorld) -> None:
    change, changes = started(world), world.make()
    proposed(changes, change)
    merged = world.merge(change.proposed, "merge")
    landed = run(changes.withdraw(change, "terminated"))
    assert landed is not None
    assert landed.commit == merged
    assert world.pull.comments == []


def test_a_revert_is_proposed_too(world: ForgeWorld) -> None:
    start = world.commit(START)
    done = run(world.make().commit(promotion(world.url, start, head=start)))
    undo = promotion(world.url, done.commit, head=start, revert=True)
    proposed(world.make(), undo)
    assert world.pull.title == "undo promotion of trio 1.2.3 to qa"
    assert "Undoes what" in world.pull.body


def test_a_repository_of_another_host_is_only_git(make_world: Callable[[str], ForgeWorld]) -> None:
    world = make_world("github")
    changes = world.make(host="git.example.com")
    assert "until the branch" in proposed(changes, started(world)).note
    assert world.server.exchanges == []


def test_head_stands_for_the_default_branch(world: ForgeWorld) -> None:
    start = world.commit(START)
    change = promotion(world.url, start, head=start, branch="HEAD")
    proposed(world.make(), change)
    assert world.pull.base == "main"
