"""How many goals there were, who answered them, and how long it took."""

from __future__ import annotations

from collections.abc import Callable


class Statistics:
    """Counters of one verification.

    Attributes:
        goals: how many questions were answered.
        by_solver: how many of them Z3 was asked about.
        solver_calls: how often Z3 was asked.
        durations: of each goal, in seconds, where there is a clock; in order.
    """

    __slots__ = ("_clock", "_started", "by_solver", "durations", "goals", "solver_calls")

    def __init__(self, clock: Callable[[], float] | None = None) -> None:
        """Begin at nothing; ``clock`` gives seconds from any beginning, None measures nothing."""
        self.goals = self.by_solver = self.solver_calls = 0
        self.durations: list[float] = []
        self._clock = clock
        self._started = 0.0

    def begin(self) -> None:
        """Begin a goal."""
        self.goals += 1
        if self._clock is not None:
            self._started = self._clock()

    def end(self) -> None:
        """End the goal that was begun last."""
        if self._clock is not None:
            self.durations.append(self._clock() - self._started)

    def asked(self, calls: int) -> None:
        """Count what Z3 was asked for one goal; nothing, where it had answered all of it before."""
        self.by_solver += calls > 0
        self.solver_calls += calls

    @property
    def without_solver(self) -> int:
        """Return how many goals were decided without Z3."""
        return self.goals - self.by_solver

    def percentile(self, share: float) -> float:
        """Return the duration, in seconds, that a share of the goals did not exceed; 0 where none was measured."""
        if not self.durations:
            return 0.0
        ordered = sorted(self.durations)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
