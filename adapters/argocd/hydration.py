"""Hydrated applications: what is compared is a rendered commit, so the dry commit behind it has to be found out.

Argo CD renders the dry commit X into a commit H of the sync branch. Then X has landed when a sync of H, or of something
later on that branch, has. H is known in three ways, of which the first that applies counts:

1. the hydrator says that it hydrated X, or a later commit that still has what was promoted, and made H;
2. it has compared such a commit and had nothing to render: the last H it made still counts;
3. the compared commit itself says so in its ``hydrator.metadata``: where the rendered manifests are staged on a branch
   and merged by squashing, H is not in the past of what is deployed.

A hydration that fails is tried again by Argo CD after two minutes, and by a refresh at once; the second failure of our
commit counts. Source: argo, section 6.
"""

from __future__ import annotations

from dataclasses import replace

from adapters.argocd.ancestry import Stand, Standing, is_commit
from adapters.argocd.seen import HydrationSeen
from adapters.argocd.sources import folder_of
from adapters.argocd.verdict import LATER, Look, Verdict


def rendered(look: Look) -> Verdict | None:
    """Say what is missing until the compared commit is one that our dry commit was rendered into; None for nothing.

    Raises:
        RepositoryError: when Git has to be asked and cannot be.
    """
    state = look.seen.hydration
    if state is None:
        return None
    named = _named(look, state)
    if named is not None and named.stand is Stand.HAS and is_commit(look.live):
        return None
    made, verdict = _made(look, state)
    if verdict is not None:
        return verdict
    if is_commit(look.live) and made and look.ancestry.contains(state.sync_url, made, look.live):
        return None
    shown = f"it shows {look.live[:10]}" if look.live else "nothing was compared yet"
    if state.staged:
        waiting = f"{look.commit[:10]} is hydrated; waits until the staged manifests are merged; {shown}"
        return look.refresh(waiting) if look.memory.refreshed_at is None else look.wait(waiting, look_after=LATER)
    return look.refresh(f"{look.commit[:10]} is hydrated as {made[:10]}; waits until that is compared; {shown}")


def dry_live(look: Look) -> str:
    """Return the dry commit behind what has landed.

    Raises:
        RepositoryError: when Git has to be asked and cannot be.
    """
    state = look.seen.hydration
    assert state is not None
    named = look.ancestry.dry_commit(state.sync_url, look.live, folder_of(state.sync_path))
    known = (named, state.dry if state.phase == "Hydrated" else "", state.compared)
    return next((dry for dry in known if _stand(look, dry).stand is Stand.HAS), look.commit)


def _named(look: Look, state: HydrationSeen) -> Standing | None:
    """Return how the dry commit that the compared one names stands to ours; None where it names none."""
    if not is_commit(look.live):
        return None
    dry = look.ancestry.dry_commit(state.sync_url, look.live, folder_of(state.sync_path))
    return _stand(look, dry) if dry else None


def _made(look: Look, state: HydrationSeen) -> tuple[str, Verdict | None]:
    """Return the rendered commit that has our dry one, or why there is none."""
    current = _stand(look, state.dry)
    if current.stand is Stand.OVERWRITTEN:
        return "", look.failed(current.detail)
    if current.stand is Stand.HAS:
        if state.phase == "Hydrated":
            return state.hydrated, None
        if state.phase == "Failed":
            return "", _failed(look, state)
        return "", look.wait(f"{look.commit[:10]} is being hydrated")
    compared = _stand(look, state.compared)
    if compared.stand is Stand.OVERWRITTEN:
        return "", look.failed(compared.detail)
    if compared.stand is Stand.HAS:
        return state.last_hydrated or state.hydrated, None
    word = f"the hydrator is at {state.dry[:10]}" if state.dry else "the hydrator has not begun"
    return "", look.refresh(f"waits until {look.commit[:10]} is hydrated; {word}")


def _stand(look: Look, dry: str) -> Standing:
    if not is_commit(dry):
        return Standing(Stand.UNKNOWN)
    return look.ancestry.standing(look.watch.target, look.watch.source, look.commit, dry)


def _failed(look: Look, state: HydrationSeen) -> Verdict:
    when = state.finished_at.isoformat() if state.finished_at else "some time"
    message = f"hydration failed: {state.message}"
    if not look.memory.hydration and not look.seen.refreshing:
        fresh = replace(look.kept, hydration=when, refreshed_at=None)
        return look.refresh(f"{message}; it is tried again", memory=fresh)
    if look.memory.hydration in ("", when):
        return look.wait(f"{message}; it is tried again")
    return look.failed(message)
