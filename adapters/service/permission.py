"""Whether somebody may do what they ask for."""

from __future__ import annotations

from adapters.service.callers import Caller
from adapters.service.problems import ProblemError
from adapters.service.service import Service
from engine.execute.access import Deed, refusal


def require_access(service: Service, caller: Caller, deed: Deed) -> None:
    """Let a caller do what access rules allow.

    Raises:
        ProblemError: with 403, saying who may.
    """
    why = refusal(service.current.loaded.workspace, deed, caller.teams)
    if why is not None:
        service.metrics.refused.labels("403").inc()
        raise ProblemError(403, why)
