"""When a commit has landed in an application: a sequence of rules, of which the first that speaks wins.

====  ==================================================  =====================================================
 no.  what is seen                                        what it means
====  ==================================================  =====================================================
  1   the application is being deleted                    failed
  2   none of its sources is the one that was changed     failed (while it is only looked at: wait)
  3   a sync is asked for, runs or is being terminated    wait, whoever it is by
  4   ComparisonError, InvalidSpecError, UnknownError     hard refresh; failed when it stands after that, wait
                                                          while it speaks of a network
  5   hydrated: our dry commit is not rendered yet        wait, refresh; failed when it fails twice (`hydration`)
  6   the compared commit does not have ours              wait, refresh: what is said of health is about another
      a later commit took our values back                 failed
  7   the comparison is older than the end of the sync    wait, refresh: what is said of health is older still
  8   the last sync of our commit failed, and it is ours  failed (a further attempt of the step syncs once more)
      or Argo CD's own
  9   OutOfSync, Argo CD syncs by itself                  wait; failed on a SyncError about our commit
      OutOfSync, it does not                              sync with our key, once; wait
      Unknown                                             wait, refresh
 10   Degraded, and it was not before our change          failed
      Degraded all along, Progressing, Missing, Unknown   wait
      Suspended                                           wait: a rollout is paused for somebody
      Healthy                                             landed
====  ==================================================  =====================================================

No rule sleeps, compares clocks of two machines, or believes a health that was computed before our commit was compared.
Source: argo, section 6; peers, part A section 3.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from adapters.argocd.ancestry import Ancestry, Stand, is_commit
from adapters.argocd.hydration import dry_live, rendered
from adapters.argocd.memory import Memory
from adapters.argocd.seen import ApplicationSeen, ConditionSeen, OperationSeen
from adapters.argocd.sources import index_of
from adapters.argocd.verdict import LATER, SOON, Look, Verdict
from engine.execute.ports import Life, Watch

_ERRORS = ("ComparisonError", "InvalidSpecError", "UnknownError")
_PASSING = re.compile(
    r"Unavailable|DeadlineExceeded|deadline exceeded|connection refused|connection reset|i/o timeout|no such host"
    r"|TLS handshake|Too Many Requests|server APIs|unexpected EOF|broken pipe|failed to get cluster info",
    re.IGNORECASE,
)
"""Words of errors that are about a network or a server, and pass by themselves."""


def decide(seen: ApplicationSeen, watch: Watch, memory: Memory, ancestry: Ancestry, now: datetime) -> Verdict:
    """Say whether a commit has landed in an application, and what to ask the server for.

    Args:
        seen: the application.
        watch: what is to be seen of it.
        memory: of the last look under the watch's key.
        ancestry: asks Git about commits.
        now: the present moment; only compared with what ``memory`` remembers of it.

    Raises:
        RepositoryError: when Git has to be asked and cannot be.
    """
    if watch.commit is None and watch.passive:
        return _health_alone(seen, memory)
    commit = watch.commit or memory.commit or ancestry.head(watch.target)
    if commit is None:
        return Verdict(Life.FAILED, f"there is no branch `{watch.target.branch}` in the repository", memory)
    if watch.commit is None:
        memory = replace(memory, commit=commit)
    if _error_of(seen) is None:
        memory = replace(memory, hard_at=None)
    index = _index(seen, watch)
    look = Look(seen, watch, memory, ancestry, now, index or 0, commit)
    if seen.deleting:
        return look.failed("the application is being deleted")
    if index is None:
        return _elsewhere(look)
    verdict = next((found for rule in _RULES if (found := rule(look)) is not None), None)
    if verdict is None:
        verdict = Verdict(Life.LANDED, f"Synced and Healthy at {look.live[:10]}", look.kept)
    return replace(verdict, live=_live(look, landed=verdict.life is Life.LANDED))


def _live(look: Look, *, landed: bool) -> str:
    """Return the commit of the application's branch that is live; empty where nobody knows."""
    if look.seen.hydration is not None:
        return dry_live(look) if landed else ""
    return look.live if is_commit(look.live) else ""


def _health_alone(seen: ApplicationSeen, memory: Memory) -> Verdict:
    """Say how an application is, at whatever commit; that is all a soak asks."""
    health, sync = seen.health or "health unknown", seen.sync or "not compared yet"
    detail = f": {seen.health_message}" if seen.health_message else ""
    well = (seen.health, seen.sync) == ("Healthy", "Synced") and not seen.deleting
    return Verdict(Life.LANDED if well else Life.WAITING, f"{health} and {sync}{detail}", memory)


def _index(seen: ApplicationSeen, watch: Watch) -> int | None:
    if seen.hydration is not None:
        return 0
    # What was compared may be about other sources than those of the specification, for a moment after a change.
    return index_of(seen.compared_sources or seen.sources, watch.target)


def _elsewhere(look: Look) -> Verdict:
    count = len(look.seen.sources)
    message = (
        f"none of its {count} sources is" if count > 1 else "its source is not"
    ) + f" `{look.watch.target.folder or '.'}` of the repository that was changed"
    return look.wait(message) if look.watch.passive else look.failed(message)


def _running(look: Look) -> Verdict | None:
    """Rule 3."""
    seen = look.seen
    operation = seen.operation
    if operation is not None and operation.runs:
        detail = f": {operation.message}" if operation.message else ""
        word = "is being terminated" if operation.phase == "Terminating" else "runs"
        return look.wait(f"a sync{_whose(operation.step, look.watch)} {word}{detail}")
    if seen.pending is not None:
        return look.wait(f"a sync{_whose(seen.pending, look.watch)} was asked for", look_after=SOON)
    return None


def _whose(step: str, watch: Watch) -> str:
    return "" if step == watch.key else " that is not of this release"


def _error(look: Look) -> Verdict | None:
    """Rule 4."""
    found = _error_of(look.seen)
    if found is None:
        return None
    message = f"{found.type}: {found.message}"
    asked = look.memory.hard_at
    if look.seen.refreshing:
        return look.wait(message, look_after=SOON)
    if _PASSING.search(found.message):
        return look.refresh(message, hard=True, memory=replace(look.kept, hard_at=None))
    if asked is None:
        # The one refresh that confirms an error is not held back by those before it.
        fresh = replace(look.kept, hard_at=look.now, refreshed_at=None)
        return look.refresh(message, hard=True, memory=fresh)
    return look.failed(message)


def _error_of(seen: ApplicationSeen) -> ConditionSeen | None:
    return next((one for one in seen.conditions if one.type in _ERRORS), None)


def _hydrated(look: Look) -> Verdict | None:
    """Rule 5."""
    return rendered(look)


def _compared(look: Look) -> Verdict | None:
    """Rule 6."""
    if look.seen.hydration is not None:
        return None
    live = look.live
    if not is_commit(live):
        said = f"it shows `{live}`" if live else "nothing was compared yet"
        return look.refresh(f"waits until {look.commit[:10]} is compared; {said}")
    standing = look.ancestry.standing(look.watch.target, look.watch.source, look.commit, live)
    match standing.stand:
        case Stand.HAS:
            return None
        case Stand.OVERWRITTEN:
            return look.failed(standing.detail)
        case Stand.UNKNOWN:
            return look.refresh(f"it shows {live[:10]}, which the repository does not have")
        case Stand.BEFORE:
            return look.refresh(f"waits until {look.commit[:10]} is compared; it shows {live[:10]}")


def _stale(look: Look) -> Verdict | None:
    """Rule 7. Equal times pass: they have whole seconds, and the comparison is queued after the end."""
    operation, reconciled = look.seen.operation, look.seen.reconciled_at
    if reconciled is None:
        return look.refresh("nothing was compared yet")
    if operation is None or operation.finished_at is None or reconciled >= operation.finished_at:
        return None
    return look.refresh("waits for the comparison after the sync")


def _ended(look: Look) -> Verdict | None:
    """Rule 8."""
    operation = look.seen.operation
    if operation is None or not operation.failed or not _is_about(look, operation):
        return None
    own = operation.step == look.watch.key
    if not own and not look.seen.auto_sync:
        return None
    if operation.finished_at is not None and operation.finished_at < look.watch.since:
        return None  # of before the change, so the commit was there before: what counts is how it stands
    again = None if own else _once_more(look)
    return again or look.failed(f"the sync failed: {operation.message or operation.phase}")


def _once_more(look: Look) -> Verdict | None:
    """Sync what Argo CD itself does not try again, when somebody tries the step again."""
    if look.watch.passive or look.attempt < 2:
        return None
    return look.sync("syncs once more what failed before")


def _is_about(look: Look, operation: OperationSeen) -> bool:
    """Say whether a sync was one of the commit that is waited for."""
    if operation.step == look.watch.key:
        return True
    revision = look.revision_of(operation)
    if revision == look.live:
        return True
    if look.seen.hydration is not None:
        return False
    if is_commit(revision):
        standing = look.ancestry.standing(look.watch.target, look.watch.source, look.commit, revision)
        return standing.stand is Stand.HAS
    return not revision and operation.started_at is not None and operation.started_at >= look.watch.since


def _sync(look: Look) -> Verdict | None:
    """Rule 9."""
    seen = look.seen
    if seen.sync == "Synced":
        return None
    if seen.sync != "OutOfSync":
        return look.refresh(f"{seen.sync or 'no comparison'}: waits for a comparison")
    operation = seen.operation
    done = operation is not None and operation.phase == "Succeeded" and look.revision_of(operation) == look.live
    if seen.auto_sync:
        return _auto(look) or look.wait(_still(look) if done else f"OutOfSync at {look.live[:10]}: waits for the sync")
    if look.watch.passive:
        return look.wait(f"OutOfSync at {look.live[:10]}: waits until somebody syncs it", look_after=LATER)
    if done and operation is not None and operation.step == look.watch.key:
        return look.wait(_still(look))
    return look.sync(f"OutOfSync at {look.live[:10]}: a sync is needed")


def _auto(look: Look) -> Verdict | None:
    error = next((one for one in look.seen.conditions if one.type == "SyncError"), None)
    operation = look.seen.operation
    if error is None or (operation is not None and not _is_about(look, operation)):
        return None
    return _once_more(look) or look.failed(f"SyncError: {error.message}")


def _still(look: Look) -> str:
    """Say why it may be out of sync right after a sync."""
    seen = look.seen
    some = ", ".join(seen.unsynced[:3]) + (" and others" if len(seen.unsynced) > 3 else "")
    prune = f"; {seen.to_prune} to be pruned, which a sync of promo never does" if seen.to_prune else ""
    return f"synced to {look.live[:10]}, and OutOfSync all the same{': ' + some if some else ''}{prune}"


def _health(look: Look) -> Verdict | None:
    """Rule 10."""
    health, detail = look.seen.health, look.seen.health_message
    told = f"{health or 'health unknown'}{': ' + detail if detail else ''}"
    if health == "Healthy":
        return None
    if health == "Suspended":
        return look.wait(
            f"{told}; a rollout is paused, or something is suspended, until it is resumed", look_after=LATER
        )
    if health == "Degraded" and _moved(look):
        return look.failed(told)
    return look.wait(f"{told}, as it was before the change" if health == "Degraded" else told)


def _moved(look: Look) -> bool:
    """Say whether an application became Degraded with or after our change, as far as anybody has seen."""
    before = look.memory.health
    if before not in ("", "Degraded", "Unknown"):
        return True
    since, operation = look.seen.health_since, look.seen.operation
    if since is None:
        return False
    began = look.watch.since
    if operation is not None and operation.started_at is not None and _is_about(look, operation):
        began = max(began, operation.started_at)
    return since > began


_RULES: tuple[Callable[[Look], Verdict | None], ...] = (
    _running,
    _error,
    _hydrated,
    _compared,
    _stale,
    _ended,
    _sync,
    _health,
)
