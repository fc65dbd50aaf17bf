"""Everything a verification found out."""

from __future__ import annotations

from dataclasses import dataclass

from engine.verify.context import Holds
from engine.verify.finding import Finding
from engine.verify.statistics import Statistics


@dataclass(frozen=True, slots=True)
class Report:
    """The result of all checks.

    Attributes:
        findings: what is wrong, by check and then in the order of each.
        proved: every proof, in the same order.
        unknown: what could not be found out; none of it counts as proved.
        statistics: goals, and who answered them.
    """

    findings: tuple[Finding, ...]
    proved: tuple[Holds, ...]
    unknown: tuple[Finding, ...]
    statistics: Statistics
