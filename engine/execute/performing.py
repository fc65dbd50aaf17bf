"""An effect made: the call of the port, and what its answer or its failure is to the release."""

from __future__ import annotations

import asyncio
import logging
from typing import assert_never

from engine.execute.effects import (
    Broken,
    CommitEffect,
    Done,
    Effect,
    EndRunEffect,
    NotNow,
    ObserveEffect,
    ProposeEffect,
    ReportEffect,
    Result,
    RunEffect,
    SoakEffect,
    SupersedeEffect,
    WithdrawEffect,
)
from engine.execute.errors import AdapterError, RetryableError
from engine.execute.ports import Observation, Ports, Watch
from engine.execute.store import Claim, ClaimedReleases, FencedError, StoreUnavailableError

LONGEST_CALL = 120.0
"""Seconds a port may take for one answer; then it is asked again."""

_log = logging.getLogger("promo.execute")


async def perform(effect: Effect, claim: Claim, store: ClaimedReleases, ports: Ports) -> Result:
    """Make an effect, or see how it stands; every failure of a port becomes an answer.

    Raises:
        FencedError: when the claim is not valid any more.
        StoreUnavailableError: when the store, which one effect asks, cannot be reached.
    """
    try:
        async with asyncio.timeout(LONGEST_CALL):
            return await _call(effect, claim, store, ports)
    except TimeoutError:
        return NotNow(f"there was no answer within {LONGEST_CALL:.0f} seconds")
    except RetryableError as failed:
        return NotNow(str(failed), failed.after)
    except AdapterError as failed:
        return Broken(str(failed))
    except (FencedError, StoreUnavailableError):
        raise
    except Exception as fault:
        _log.exception("an adapter failed in a way that it should not")
        return Broken(f"internal error in an adapter: {type(fault).__name__}; the log has the details")


async def _observations(watches: tuple[Watch, ...], ports: Ports) -> tuple[Observation, ...]:
    """Look at several applications side by side; nothing goes on when this returns, however it does."""
    looks = (ports.applications.observe(watch) for watch in watches)
    seen = await asyncio.gather(*looks, return_exceptions=True)
    for found in seen:
        if isinstance(found, BaseException):
            raise found
    return tuple(found for found in seen if not isinstance(found, BaseException))


async def _call(effect: Effect, claim: Claim, store: ClaimedReleases, ports: Ports) -> Result:
    match effect:
        case RunEffect(_, run):
            return await ports.workflows.ensure(run)
        case EndRunEffect(_, run, reason):
            await ports.workflows.terminate(run, reason)
            return Done()
        case CommitEffect(_, change):
            return await ports.changes.commit(change)
        case ProposeEffect(_, change):
            return await ports.changes.propose(change)
        case WithdrawEffect(_, change, reason):
            return await ports.changes.withdraw(change, reason) or Done()
        case ObserveEffect(_, watch):
            return await ports.applications.observe(watch)
        case SoakEffect(_, watches):
            return await _observations(watches, ports)
        case SupersedeEffect(_, environment):
            return await store.supersede(claim, environment)
        case ReportEffect(report):
            await ports.statuses.report(report)
            return Done()
        case _:
            assert_never(effect)
