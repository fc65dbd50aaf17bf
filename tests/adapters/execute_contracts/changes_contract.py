"""What every implementation of `engine.execute.ports.Changes` must do, the real one and stand-ins alike.

A test module makes a class of its own from `ChangesContract` and gives it a fixture ``world``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from typing import Any, Protocol, TypeVar

import pytest

from engine.execute.errors import TerminalError
from engine.execute.ports import Changes, Declined, Landed, Proposed
from engine.model.entities import PromotedFile
from engine.plan.ports import CommitInfo
from engine.resolve.flow_choice import made_by_promotion
from tests.support.changes import promotion
from tests.support.content import Content

T = TypeVar("T")

DEV = "image:\n  tag: '2'\nreplicas: 1\n"
QA = "# of qa\nimage:\n  tag: '1'   # promoted\nreplicas: 5\n"
QA_PROMOTED = QA.replace("'1'", "'2'")
START: Mapping[str, Content] = {"dev/values.yaml": DEV, "qa/values.yaml": QA, "other.txt": "x\n"}


class ChangesWorld(Protocol):
    """One repository, everybody else who works in it, and promo.

    Attributes:
        url: the repository's address.
    """

    url: str

    def changes(self) -> Changes:
        """Return the port, without any memory of what was asked before, as after a crash."""

    def commit(self, files: Mapping[str, Content], *, message: str = "change", branch: str = "main") -> str:
        """Be somebody who pushes a commit, and return its name."""

    def read(self, path: str, revision: str = "main") -> bytes | None:
        """Return a file at a branch or a commit."""

    def head(self, branch: str = "main") -> str | None:
        """Return where a branch stands, None where there is none."""

    def log(self, branch: str = "main") -> list[CommitInfo]:
        """Return the commits of a branch, all of them, the newest first."""

    def merge(self, branch: str, how: str) -> str:
        """Be somebody who merges a branch into ``main``: ``merge``, ``fast-forward`` or ``squash``; return its tip."""

    def remove(self, branch: str) -> None:
        """Be somebody who removes a branch."""


def run(call: Coroutine[Any, Any, T]) -> T:
    """Wait for a call."""
    return asyncio.run(call)


class CommitContract:
    """The behaviour of the port where it commits."""

    def test_a_promotion_is_one_commit_that_changes_only_promoted_values(self, world: ChangesWorld) -> None:
        start = world.commit(START)
        change = promotion(world.url, start, head=start)
        landed = run(world.changes().commit(change))
        assert (landed.changed, landed.summary) == (True, "1 file")
        assert world.head() == landed.commit
        newest, before = world.log()
        assert before.sha == start
        assert newest.parents == (start,)
        assert (landed.author, landed.message) == (f"{newest.author} <{newest.email}>", newest.message)
        assert landed.date == newest.date
        assert world.read("qa/values.yaml") == QA_PROMOTED.encode()
        assert world.read("dev/values.yaml") == DEV.encode()
        assert world.read("other.txt") == b"x\n"

    def test_its_message_has_the_trailers_and_starts_no_flow(self, world: ChangesWorld) -> None:
        start = world.commit(START)
        change = promotion(world.url, start, head=start)
        landed = run(world.changes().commit(change))
        block = landed.message.rpartition("\n\n")[2].splitlines()
        assert block == [
            f"Promo-Step: {change.key}",
            "Promo-Release: rel-1",
            "Promo-Product: trio",
            "Promo-Environment: qa",
            "Promo-Version: 1.2.3",
            "Promo-Initiator: Ada Example",
        ]
        assert made_by_promotion(landed.message)

    def test_the_same_key_lands_once(self, world: ChangesWorld) -> None:
        start = world.commit(START)
        change = promotion(world.url, start, head=start)
        first = run(world.changes().commit(change))
        again = run(world.changes().commit(change))
        assert again == first
        assert len(world.log()) == 2

    @pytest.mark.parametrize("known", [True, False])
    def test_it_is_found_below_later_commits_of_others(self, world: ChangesWorld, known: bool) -> None:
        start = world.commit(START)
        change = promotion(world.url, start, head=start if known else "")
        first = run(world.changes().commit(change))
        world.commit({"qa/values.yaml": QA.replace("'1'", "'9'")})
        again = run(world.changes().commit(change))
        assert again == first
        assert len(world.log()) == 3

    def test_another_attempt_is_another_effect(self, world: ChangesWorld) -> None:
        start = world.commit(START)
        run(world.changes().commit(promotion(world.url, start, head=start)))
        world.commit({"qa/values.yaml": QA})
        landed = run(world.changes().commit(promotion(world.url, start, head=start, attempt=2)))
        assert landed.changed
        assert len(world.log()) == 4

    def test_a_key_that_is_only_quoted_does_not_count(self, world: ChangesWorld) -> None:
        start = world.commit(START)
        change = promotion(world.url, start, head=start)
        quoted = f"about a release\n\nPromo-Step: {change.key}\nPromo-Release: rel-1\n\nwas what it said"
        world.commit({"other.txt": "y\n"}, message=quoted)
        landed = run(world.changes().commit(change))
        assert landed.changed
        assert world.read("qa/values.yaml") == QA_PROMOTED.encode()

    def test_a_forged_trailer_without_the_values_does_not_count(self, world: ChangesWorld) -> None:
        start = world.commit(START)
        change = promotion(world.url, start, head=start)
        forged = f"nothing of the kind\n\nPromo-Step: {change.key}\nPromo-Release: rel-1"
        world.commit({"other.txt": "y\n"}, message=forged)
        run(world.changes().commit(change))
        assert world.read("qa/values.yaml") == QA_PROMOTED.encode()

    def test_nothing_to_change_makes_no_commit(self, world: ChangesWorld) -> None:
        start = world.commit({**START, "qa/values.yaml": QA_PROMOTED})
        assert run(world.changes().commit(promotion(world.url, start, head=start))) == Landed(start, False)
        assert world.head() == start

    def test_a_later_push_to_the_source_never_leaks_in(self, world: ChangesWorld) -> None:
        pinned = world.commit(START)
        world.commit({"dev/values.yaml": DEV.replace("'2'", "'3'")})
        run(world.changes().commit(promotion(world.url, pinned, head=pinned)))
        assert world.read("qa/values.yaml") == QA_PROMOTED.encode()

    def test_a_whole_folder_is_copied_and_nothing_is_removed(self, world: ChangesWorld) -> None:
        start = world.commit({**START, "dev/new/deep.txt": "n\n", "qa/own.txt": "kept\n"})
        landed = run(world.changes().commit(promotion(world.url, start, head=start, files=None)))
        assert landed.summary == "2 files"
        assert world.read("qa/values.yaml") == DEV.encode()
        assert world.read("qa/new/deep.txt") == b"n\n"
        assert world.read("qa/own.txt") == b"kept\n"

    def test_two_applications_of_one_repository_at_once(self, world: ChangesWorld) -> None:
        start = world.commit({**START, "prod/values.yaml": QA})
        changes = world.changes()

        async def both() -> list[Landed]:
            calls = [changes.commit(promotion(world.url, start, head=start, folder=name)) for name in ("qa", "prod")]
            return list(await asyncio.gather(*calls))

        landed = run(both())
        assert all(one.changed for one in landed)
        assert len(world.log()) == 3
        assert world.read("qa/values.yaml") == world.read("prod/values.yaml") == QA_PROMOTED.encode()

    @pytest.mark.parametrize(
        ("file", "json_path", "told"),
        [
            ("absent.yaml", "$.image.tag", "has no file `dev/absent.yaml`"),
            ("values.yaml", "$.nowhere", "`$.nowhere` matches nothing"),
            ("../other.txt", "*", "leads outside"),
        ],
    )
    def test_what_blocks_a_plan_ends_the_step(self, world: ChangesWorld, file: str, json_path: str, told: str) -> None:
        start = world.commit(START)
        with pytest.raises(TerminalError) as caught:
            run(world.changes().commit(promotion(world.url, start, files=(PromotedFile(file, (json_path,)),))))
        assert told in caught.value.reason
        assert caught.value.help
        assert world.head() == start

    def test_a_branch_that_is_not_there_ends_the_step(self, world: ChangesWorld) -> None:
        start = world.commit(START)
        with pytest.raises(TerminalError, match=r"has no branch `release`"):
            run(world.changes().commit(promotion(world.url, start, branch="release")))

    def test_a_source_commit_that_is_gone_ends_the_step(self, world: ChangesWorld) -> None:
        start = world.commit(START)
        with pytest.raises(TerminalError, match=r"has no commit"):
            run(world.changes().commit(promotion(world.url, "0123" * (len(start) // 4))))

    # --- reverts ---

    def test_a_revert_takes_back_its_own_values_only(self, world: ChangesWorld) -> None:
        start = world.commit(START)
        done = run(world.changes().commit(promotion(world.url, start, head=start)))
        world.commit({"qa/values.yaml": QA_PROMOTED.replace("replicas: 5", "replicas: 7"), "other.txt": "y\n"})
        undo = promotion(world.url, done.commit, head=start, revert=True)
        landed = run(world.changes().commit(undo))
        assert (landed.changed, landed.summary) == (True, "1 file")
        assert world.read("qa/values.yaml") == QA.replace("replicas: 5", "replicas: 7").encode()
        assert world.read("other.txt") == b"y\n"
        assert run(world.changes().commit(undo)) == landed
        assert landed.message.startswith("Revert")

    def test_a_revert_keeps_promoted_values_that_it_did_not_change(self, world: ChangesWorld) -> None:
        start = world.commit({**START, "dev/values.yaml": DEV.replace("replicas: 1", "replicas: 5")})
        files = (PromotedFile("values.yaml", ("$.image.tag", "$.replicas")),)
        done = run(world.changes().commit(promotion(world.url, start, head=start, files=files)))
        world.commit({"qa/values.yaml": QA_PROMOTED.replace("replicas: 5", "replicas: 7")})
        run(world.changes().commit(promotion(world.url, done.commit, head=start, files=files, revert=True)))
        assert world.read("qa/values.yaml") == QA.replace("replicas: 5", "replicas: 7").encode()

    def test_a_revert_removes_the_files_that_were_added(self, world: ChangesWorld) -> None:
        start = world.commit({**START, "dev/new.txt": "n\n"})
        done = run(world.changes().commit(promotion(world.url, start, head=start, files=None)))
        undo = promotion(world.url, done.commit, head=start, revert=True, files=None)
        run(world.changes().commit(undo))
        assert world.read("qa/new.txt") is None
        assert world.read("qa/values.yaml") == QA.encode()
        assert world.read("dev/new.txt") == b"n\n"

    def test_a_revert_of_what_was_changed_again_shows_both_values(self, world: ChangesWorld) -> None:
        start = world.commit(START)
        done = run(world.changes().commit(promotion(world.url, start, head=start)))
        moved = world.commit({"qa/values.yaml": QA.replace("'1'", "'hotfix'")})
        with pytest.raises(TerminalError) as caught:
            run(world.changes().commit(promotion(world.url, done.commit, head=start, revert=True)))
        for told in ("qa/values.yaml", "image", '"hotfix"', '"2"', '"1"'):
            assert told in caught.value.reason
        assert world.head() == moved

    def test_a_revert_keeps_an_added_file_that_was_edited(self, world: ChangesWorld) -> None:
        start = world.commit({**START, "dev/new.txt": "n\n"})
        done = run(world.changes().commit(promotion(world.url, start, head=start, files=None)))
        world.commit({"qa/new.txt": "mine\n"})
        with pytest.raises(TerminalError, match=r"qa/new\.txt"):
            run(world.changes().commit(promotion(world.url, done.commit, head=start, revert=True, files=None)))
        assert world.read("qa/new.txt") == b"mine\n"

    def test_a_revert_of_what_is_back_already_changes_nothing(self, world: ChangesWorld) -> None:
        start = world.commit(START)
        done = run(world.changes().commit(promotion(world.url, start, head=start)))
        back = world.commit({"qa/values.yaml": QA})
        undo = promotion(world.url, done.commit, head=start, revert=True)
        assert run(world.changes().commit(undo)) == Landed(back, False)


class ProposalContract:
    """The behaviour of the port where it proposes."""

    def test_a_proposal_waits_and_leaves_the_target_alone(self, world: ChangesWorld) -> None:
        start = world.commit(START)
        change = promotion(world.url, start, head=start)
        first = run(world.changes().propose(change))
        assert isinstance(first, Proposed)
        assert first.url
        assert "merged into `main`" in first.note
        tip = world.head(change.proposed)
        assert run(world.changes().propose(change)) == first
        assert world.head(change.proposed) == tip
        assert world.head() == start
        assert world.read("qa/values.yaml", change.proposed) == QA_PROMOTED.encode()

    @pytest.mark.parametrize("how", ["merge", "fast-forward", "squash"])
    @pytest.mark.parametrize("cleaned", [True, False])
    def test_a_merged_proposal_has_landed(self, world: ChangesWorld, how: str, cleaned: bool) -> None:
        start = world.commit(START)
        change = promotion(world.url, start, head=start)
        run(world.changes().propose(change))
        if how != "fast-forward":
            world.commit({"other.txt": "y\n"})
        merged = world.merge(change.proposed, how)
        if cleaned:
            world.remove(change.proposed)
        world.commit({"other.txt": "z\n"})
        landed = run(world.changes().propose(change))
        assert isinstance(landed, Landed)
        assert (landed.commit, landed.changed, landed.summary) == (merged, True, "1 file")
        assert run(world.changes().propose(change)) == landed

    def test_a_removed_branch_is_declined_and_stays_so(self, world: ChangesWorld) -> None:
        start = world.commit(START)
        change = promotion(world.url, start, head=start)
        run(world.changes().propose(change))
        world.remove(change.proposed)
        for _ in range(2):
            answer = run(world.changes().propose(change))
            assert isinstance(answer, Declined)
            assert "without being merged" in answer.reason
        assert world.head(change.proposed) is None

    def test_a_trailer_of_another_release_merges_nothing(self, world: ChangesWorld) -> None:
        start = world.commit(START)
        change = promotion(world.url, start, head=start)
        run(world.changes().propose(change))
        world.commit({"other.txt": "y\n"}, message=f"forged\n\nPromo-Step: {change.key}\nPromo-Release: rel-2")
        assert isinstance(run(world.changes().propose(change)), Proposed)

    def test_nothing_to_change_is_not_proposed(self, world: ChangesWorld) -> None:
        start = world.commit({**START, "qa/values.yaml": QA_PROMOTED})
        change = promotion(world.url, start, head=start)
        assert run(world.changes().propose(change)) == Landed(start, False)
        assert world.head(change.proposed) is None

    def test_a_foreign_branch_of_that_name_ends_the_step(self, world: ChangesWorld) -> None:
        start = world.commit(START)
        change = promotion(world.url, start, head=start)
        theirs = world.commit({"other.txt": "theirs\n"}, branch=change.proposed)
        with pytest.raises(TerminalError, match=r"not from this release"):
            run(world.changes().propose(change))
        run(world.changes().withdraw(change, "terminated"))
        assert world.head(change.proposed) == theirs

    def test_a_proposal_follows_the_target_where_its_files_changed(self, world: ChangesWorld) -> None:
        start = world.commit(START)
        change = promotion(world.url, start, head=start)
        run(world.changes().propose(change))
        edited = QA.replace("replicas: 5", "replicas: 8")
        moved = world.commit({"qa/values.yaml": edited})
        assert isinstance(run(world.changes().propose(change)), Proposed)
        assert world.read("qa/values.yaml", change.proposed) == edited.replace("'1'", "'2'").encode()
        assert world.log(change.proposed)[0].parents == (moved,)

    def test_a_proposal_that_others_pushed_to_is_left_alone(self, world: ChangesWorld) -> None:
        start = world.commit(START)
        change = promotion(world.url, start, head=start)
        run(world.changes().propose(change))
        theirs = world.commit({"qa/values.yaml": QA_PROMOTED + "reviewed: true\n"}, branch=change.proposed)
        world.commit({"qa/values.yaml": QA.replace("replicas: 5", "replicas: 8")})
        assert isinstance(run(world.changes().propose(change)), Proposed)
        run(world.changes().withdraw(change, "terminated"))
        assert world.head(change.proposed) == theirs

    def test_a_commit_that_nobody_recorded_is_found_when_it_is_withdrawn(self, world: ChangesWorld) -> None:
        start = world.commit(START)
        change = promotion(world.url, start, head=start)
        landed = run(world.changes().commit(change))
        found = run(world.changes().withdraw(change, "terminated"))
        assert isinstance(found, Landed)
        assert (found.commit, found.changed) == (landed.commit, True)
        assert world.head() == landed.commit

    def test_a_withdrawn_proposal_is_gone_and_not_made_again(self, world: ChangesWorld) -> None:
        start = world.commit(START)
        change = promotion(world.url, start, head=start)
        run(world.changes().withdraw(change, "nothing there yet"))
        run(world.changes().propose(change))
        for _ in range(2):
            run(world.changes().withdraw(change, "terminated"))
        assert world.head(change.proposed) is None
        assert world.head() == start
        assert isinstance(run(world.changes().propose(change)), Declined)


class ChangesContract(CommitContract, ProposalContract):
    """The behaviour of the port."""
