"""What is deployed, from recorded Applications."""

from __future__ import annotations

from dataclasses import replace

import pytest

from adapters.argocd.reading import read_application
from adapters.argocd.seen import ApplicationSeen
from adapters.live.argo import deployed, said_of
from tests.adapters.argocd.paper import OLD, OURS, R_OLD, R_OURS, STATUSES, TARGET, status


def seen(name: str) -> ApplicationSeen:
    return read_application(status(name))


@pytest.mark.parametrize("name", sorted(path.stem for path in STATUSES.glob("*.json")))
def test_every_recorded_application_can_be_told(name: str) -> None:
    said = said_of(seen(name), TARGET, lambda url, commit, folder: "")
    assert said.health in ("Healthy", "Progressing", "Suspended", "Missing", "Degraded", "Unknown")
    assert said.sync in ("Synced", "OutOfSync", "Unknown")
    assert all("\n" not in note for note in said.notes)


@pytest.mark.parametrize(
    ("name", "revision"),
    [
        ("landed", OURS),
        ("no-op-commit", OURS),  # compared and Synced, though the last sync is of an older commit
        ("out-of-sync-and-healthy", OLD),
        ("never-looked-at", ""),
        ("multi-source-landed", OURS),
        ("none-of-its-sources", ""),
    ],
)
def test_what_is_deployed(name: str, revision: str) -> None:
    assert deployed(seen(name), TARGET) == revision


def test_a_sync_that_succeeded_counts_where_no_history_is_kept() -> None:
    found = replace(seen("out-of-sync-after-our-sync"), deployment=None)
    assert found.operation is not None
    assert deployed(found, TARGET) == OURS
    failed = replace(found, operation=replace(found.operation, phase="Failed"))
    assert deployed(failed, TARGET) == ""


def test_of_a_hydrated_application_the_dry_commit_is_told() -> None:
    found = seen("hydrated")
    asked: list[tuple[str, str, str]] = []

    def dry(url: str, commit: str, folder: str) -> str:
        asked.append((url, commit, folder))
        return OLD

    said = said_of(found, TARGET, dry)
    assert (said.revision, said.notes) == (OURS, (f"rendered as {R_OURS[:10]}",))
    assert asked == []  # the status says it
    assert found.hydration is not None
    before = replace(found, revisions=(R_OLD,))
    said = said_of(before, TARGET, dry)
    assert (said.revision, [commit for _, commit, _ in asked]) == (OLD, [R_OLD])
    said = said_of(before, TARGET, lambda url, commit, folder: "")
    assert (said.revision, said.notes) == ("", (f"it is not known what {R_OLD[:10]} is rendered from",))


@pytest.mark.parametrize(
    ("name", "note"),
    [
        ("being-deleted", "it is being deleted"),
        ("sync-of-somebody-else", "a sync runs"),
        ("sync-asked-for", "a sync was asked for"),
        ("sync-failed", "the last sync failed: "),
        ("comparison-error", "ComparisonError: "),
        ("none-of-its-sources", "none of its sources is `apps/shop/qa` of the repository in the workspace"),
    ],
)
def test_what_a_reader_should_know(name: str, note: str) -> None:
    said = said_of(seen(name), TARGET, lambda url, commit, folder: "")
    assert any(one.startswith(note) for one in said.notes), said.notes


def test_words_that_no_server_has_are_unknown() -> None:
    said = said_of(replace(seen("landed"), health="Fine\x1b[31m", sync=""), TARGET, lambda url, commit, folder: "")
    assert (said.health, said.sync) == ("Unknown", "Unknown")
