"""Every trap of a recorded Application, each in a test of its name: what the rule says, and what it asks for."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.argocd.landing import decide
from adapters.argocd.memory import Memory
from adapters.argocd.reading import read_application
from adapters.argocd.verdict import Request, Verdict, observation
from engine.execute.ports import Life
from tests.adapters.argocd.paper import (
    LATER,
    NOW,
    OLD,
    OURS,
    R_MERGED,
    R_OLD,
    R_OURS,
    STATUSES,
    TARGET,
    UNDONE,
    PaperAncestry,
    look,
    status,
    watch,
)
from tests.support.argo_contract import crd_violations, needs_documents, violations

NAMES = sorted(path.stem for path in STATUSES.glob("*.json"))


@needs_documents
@pytest.mark.parametrize("name", NAMES)
def test_a_recorded_application_is_what_argo_cd_writes(name: str) -> None:
    recorded = status(name)
    assert crd_violations(recorded) == []
    # The API server leaves out what the object calls itself.
    assert (
        violations("v1alpha1Application", {k: v for k, v in recorded.items() if k not in ("apiVersion", "kind")}) == []
    )


def test_every_recorded_application_has_a_test() -> None:
    text = (STATUSES.parent / "test_traps.py").read_text(encoding="utf-8")
    assert [name for name in NAMES if f'"{name}"' not in text] == []


def waits(verdict: Verdict, message: str, request: Request | None = None) -> None:
    assert (verdict.life, verdict.request) == (Life.WAITING, request)
    assert message in verdict.message


def fails(verdict: Verdict, message: str) -> None:
    assert (verdict.life, verdict.request) == (Life.FAILED, None)
    assert message in verdict.message


def lands(verdict: Verdict, live: str = OURS) -> None:
    assert (verdict.life, verdict.request, verdict.live) == (Life.LANDED, None, live)


# --- the commit is not seen yet ----------------------------------------------------------------------


def test_landed() -> None:
    verdict = look("landed")
    lands(verdict)
    seen = observation(verdict, read_application(status("landed")))
    assert (seen.healthy, seen.commit, seen.memory) == (True, OURS, "")
    assert seen.healthy_since is not None
    assert seen.healthy_since.isoformat() == "2026-11-30T04:01:20+00:00"


def test_healthy_on_the_old_commit() -> None:
    """Synced and Healthy, about a commit from before the push: nothing in the status says so."""
    verdict = look("healthy-on-the-old-commit")
    waits(verdict, f"waits until {OURS[:10]} is compared; it shows {OLD[:10]}", Request.REFRESH)
    assert observation(verdict, read_application(status("healthy-on-the-old-commit"))).healthy
    again = look("healthy-on-the-old-commit", verdict.memory)
    waits(again, "waits until")


def test_refreshes_grow_rarer() -> None:
    now, memory, asked = NOW, Memory(), []
    for _ in range(0, 1200, 10):
        verdict = look("healthy-on-the-old-commit", memory, now=now)
        if verdict.request:
            asked.append(int((now - NOW).total_seconds()))
        memory, now = verdict.memory, now + timedelta(seconds=10)
    assert asked == [0, 30, 90, 210, 450, 750, 1050]


def test_refresh_under_way() -> None:
    waits(look("refresh-under-way"), "a refresh is under way")


def test_never_looked_at() -> None:
    waits(look("never-looked-at"), "nothing was compared yet", Request.REFRESH)


def test_chart_version_for_a_revision() -> None:
    waits(look("chart-version-for-a-revision"), "it shows `8.1.0`", Request.REFRESH)


def test_commit_the_repository_does_not_have() -> None:
    waits(look("commit-the-repository-does-not-have"), "which the repository does not have", Request.REFRESH)


def test_tag_at_the_commit() -> None:
    lands(look("tag-at-the-commit"))


def test_tag_that_stays_behind() -> None:
    waits(look("tag-that-stays-behind"), f"it shows {OLD[:10]}", Request.REFRESH)


def test_whatever_the_branch_holds_is_pinned_at_the_first_look() -> None:
    anything = watch(commit=None, promoted=False)
    verdict = look("healthy-on-the-old-commit", watched=anything)
    waits(verdict, f"waits until {OURS[:10]}", Request.REFRESH)
    assert verdict.memory.commit == OURS
    moved = PaperAncestry(line=(OLD, LATER, OURS))
    lands(look("landed", replace(verdict.memory, commit=LATER), watched=anything, ancestry=moved))


# --- later commits -----------------------------------------------------------------------------------


def test_no_op_commit() -> None:
    """It changes no manifest: the comparison moves on without a sync, whose result stays old."""
    lands(look("no-op-commit"))


def test_shared_branch_with_later_commits() -> None:
    lands(look("shared-branch-with-later-commits"), LATER)


def test_later_commit_took_the_value_back() -> None:
    fails(look("later-commit-took-the-value-back"), f"`values.yaml` was overwritten by {UNDONE[:10]}")
    lands(look("later-commit-took-the-value-back", watched=watch(promoted=False)), UNDONE)


# --- stale health ------------------------------------------------------------------------------------


def test_stale_health() -> None:
    """The comparison is older than the end of the sync, so is what it says of health."""
    waits(look("stale-health"), "waits for the comparison after the sync", Request.REFRESH)


def test_compared_in_the_second_of_the_end() -> None:
    lands(look("compared-in-the-second-of-the-end"))


def test_never_compared_since_the_sync() -> None:
    waits(look("never-compared-since-the-sync"), "nothing was compared yet", Request.REFRESH)


# --- errors of comparing -----------------------------------------------------------------------------


def test_comparison_error() -> None:
    """It counts when a hard refresh, which passes caches by, has confirmed it."""
    first = look("comparison-error")
    waits(first, "ComparisonError: Failed to load target state", Request.HARD_REFRESH)
    waits(look("comparison-error-being-looked-at", first.memory), "ComparisonError")
    fails(look("comparison-error", first.memory), "ComparisonError: Failed to load target state")


def test_comparison_error_that_goes_away_and_comes_again() -> None:
    first = look("comparison-error")
    between = look("progressing", first.memory)
    waits(look("comparison-error", between.memory), "ComparisonError", Request.HARD_REFRESH)


def test_comparison_error_while_a_refresh_of_somebody_else_is_under_way() -> None:
    verdict = look("comparison-error-being-looked-at")
    waits(verdict, "ComparisonError")
    waits(look("comparison-error", verdict.memory), "ComparisonError", Request.HARD_REFRESH)


def test_comparison_error_of_a_network() -> None:
    first = look("comparison-error-of-a-network")
    waits(first, "connection refused", Request.HARD_REFRESH)
    waits(look("comparison-error-of-a-network", first.memory), "connection refused")
    later = look("comparison-error-of-a-network", first.memory, now=NOW + timedelta(hours=1))
    waits(later, "connection refused", Request.HARD_REFRESH)


def test_invalid_spec_error() -> None:
    first = look("invalid-spec-error")
    waits(first, "InvalidSpecError", Request.HARD_REFRESH)
    fails(look("invalid-spec-error", first.memory), "is not permitted in project 'shop'")


# --- syncs -------------------------------------------------------------------------------------------


def test_sync_error() -> None:
    """Argo CD does not try a commit again that it failed to sync."""
    fails(look("sync-error"), "quota exceeded")
    waits(look("sync-error", watched=watch(attempt=2)), "syncs once more", Request.SYNC)
    fails(look("sync-error", watched=watch(attempt=2, passive=True)), "quota exceeded")


def test_sync_error_of_an_older_commit() -> None:
    waits(look("sync-error-of-an-older-commit"), f"OutOfSync at {OURS[:10]}: waits for the sync")


def test_sync_of_somebody_else() -> None:
    waits(look("sync-of-somebody-else"), "a sync that is not of this release runs: waiting for completion of hook")


def test_sync_being_terminated() -> None:
    waits(look("sync-being-terminated"), "is being terminated")


def test_sync_asked_for() -> None:
    """The operation is there, and the state of the last one was cleared."""
    waits(look("sync-asked-for"), "a sync was asked for")


def test_sync_failed() -> None:
    fails(look("sync-failed"), "the sync failed: one or more objects failed to apply")
    waits(look("sync-failed", watched=watch(attempt=2)), "a sync is needed", Request.SYNC)


def test_sync_error_phase() -> None:
    fails(look("sync-error-phase"), "context canceled")


def test_hook_failed_while_synced_and_healthy() -> None:
    fails(look("hook-failed-while-synced-and-healthy"), "one or more synchronization tasks completed unsuccessfully")


def test_sync_that_failed_before_the_change() -> None:
    lands(look("sync-that-failed-before-the-change"))


def test_out_of_sync_and_healthy() -> None:
    waits(look("out-of-sync-and-healthy"), "OutOfSync")


def test_out_of_sync_without_auto_sync() -> None:
    verdict = look("out-of-sync-without-auto-sync")
    waits(verdict, "a sync is needed", Request.SYNC)
    waits(look("out-of-sync-without-auto-sync", verdict.memory), "it was asked for")
    lost = look("out-of-sync-without-auto-sync", verdict.memory, now=NOW + timedelta(minutes=2))
    waits(lost, "a sync is needed", Request.SYNC)
    waits(look("out-of-sync-without-auto-sync", watched=watch(passive=True)), "waits until somebody syncs it")


def test_auto_sync_switched_off() -> None:
    waits(look("auto-sync-switched-off"), "a sync is needed", Request.SYNC)


def test_out_of_sync_after_our_sync() -> None:
    verdict = look("out-of-sync-after-our-sync", now=NOW + timedelta(hours=1))
    waits(verdict, "OutOfSync all the same: Deployment/shop, ConfigMap/old; 1 to be pruned")


def test_our_sync_took_an_older_commit() -> None:
    waits(look("our-sync-took-an-older-commit"), "a sync is needed", Request.SYNC)


def test_landed_by_our_sync() -> None:
    lands(look("landed-by-our-sync"))


# --- health ------------------------------------------------------------------------------------------


def test_suspended_rollout() -> None:
    """A paused canary: neither success nor failure."""
    waits(look("suspended-rollout"), "Suspended: CanaryPauseStep; a rollout is paused")


def test_progressing() -> None:
    waits(look("progressing"), "Progressing: Waiting for rollout to finish")


def test_missing() -> None:
    waits(look("missing"), "Missing")


def test_health_unknown() -> None:
    waits(look("health-unknown"), "Unknown")


def test_degraded_with_the_change() -> None:
    fails(look("degraded-with-the-change"), "exceeded its progress deadline")


def test_degraded_before_the_change() -> None:
    """The change may be the cure."""
    waits(look("degraded-before-the-change"), "as it was before the change")
    fails(look("degraded-before-the-change", Memory(health="Healthy")), "exceeded its progress deadline")


def test_degraded_since_nobody_knows() -> None:
    waits(look("degraded-since-nobody-knows"), "as it was before the change")
    seen = look("progressing")
    fails(look("degraded-since-nobody-knows", seen.memory), "exceeded its progress deadline")


def test_degraded_while_the_sync_runs() -> None:
    waits(look("degraded-while-the-sync-runs"), "a sync that is not of this release runs")


def test_a_soak_asks_for_health_alone() -> None:
    soak = watch(commit=None, passive=True, promoted=False)
    assert look("healthy-on-the-old-commit", watched=soak).life is Life.LANDED
    assert look("degraded-before-the-change", watched=soak).message.startswith("Degraded and Synced: ")
    for name in NAMES:
        assert look(name, watched=soak).request is None


# --- sources -----------------------------------------------------------------------------------------


def test_multi_source_landed() -> None:
    lands(look("multi-source-landed"))


def test_multi_source_on_the_old_commit() -> None:
    waits(look("multi-source-on-the-old-commit"), f"it shows {OLD[:10]}", Request.REFRESH)


def test_multi_source_chart_and_values() -> None:
    lands(look("multi-source-chart-and-values"))


def test_two_sources_of_one_repository() -> None:
    """The other one follows another branch, and is at the commit already."""
    waits(look("two-sources-of-one-repository"), f"it shows {OLD[:10]}", Request.REFRESH)


def test_sources_changed_since_the_comparison() -> None:
    """The revisions are about the sources that were compared, not about those of now."""
    lands(look("sources-changed-since-the-comparison"))


def test_none_of_its_sources() -> None:
    fails(look("none-of-its-sources"), "none of its 2 sources is `apps/shop/qa`")
    waits(look("none-of-its-sources", watched=watch(passive=True)), "none of its 2 sources")


def test_address_without_git_suffix() -> None:
    lands(look("address-without-git-suffix"))


def test_being_deleted() -> None:
    fails(look("being-deleted"), "is being deleted")


# --- hydrator ----------------------------------------------------------------------------------------


def test_hydrator_has_not_begun() -> None:
    waits(look("hydrator-has-not-begun"), f"the hydrator is at {OLD[:10]}", Request.REFRESH)


def test_hydrating() -> None:
    waits(look("hydrating"), "is being hydrated")


def test_hydrated_not_compared() -> None:
    waits(look("hydrated-not-compared"), f"is hydrated as {R_OURS[:10]}; waits until that", Request.REFRESH)


def test_hydrated() -> None:
    lands(look("hydrated"))
    lands(look("hydrated", ancestry=PaperAncestry(written={R_OURS: OURS})))


def test_hydrated_a_later_commit() -> None:
    lands(look("hydrated-a-later-commit"), LATER)


def test_hydrated_a_commit_that_took_it_back() -> None:
    fails(look("hydrated-a-commit-that-took-it-back"), "`values.yaml` was overwritten")


def test_nothing_to_hydrate() -> None:
    """Only the last compared dry commit moves on."""
    lands(look("nothing-to-hydrate"))


def test_hydration_failed() -> None:
    """Argo CD tries it again by itself; the second failure counts."""
    first = look("hydration-failed")
    waits(first, "remote rejected (protected branch); it is tried again", Request.REFRESH)
    waits(look("hydration-failed", first.memory), "it is tried again")
    fails(look("hydration-failed-again", first.memory), "remote rejected (protected branch)")


def test_staged_and_not_merged() -> None:
    waits(look("staged-and-not-merged"), "waits until the staged manifests are merged", Request.REFRESH)


def test_staged_and_merged_by_squashing() -> None:
    """The rendered commit is not in the past of what is deployed; the file the hydrator writes says what it is."""
    squashed = PaperAncestry(written={R_MERGED: OURS})
    lands(look("staged-and-merged-by-squashing", ancestry=squashed))
    waits(look("staged-and-merged-by-squashing"), "waits until the staged manifests are merged", Request.REFRESH)
    assert R_OLD not in squashed.written


def test_a_branch_that_is_gone() -> None:
    gone = replace(watch(commit=None), target=replace(TARGET, branch="gone"))
    verdict = decide(read_application(status("landed")), gone, Memory(), PaperAncestry(), NOW)
    fails(verdict, "there is no branch `gone`")
