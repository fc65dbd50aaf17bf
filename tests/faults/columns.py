"""The faults of the table, by the names that its columns have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from tests.fakes.fault_proxy import Fault, Kind
from tests.faults.stories import Call

TIMEOUT = 0.4
"""Seconds that the adapters wait for an answer, here."""

LATE, SLOW = 0.05, 0.02
"""Seconds: an answer that is late and yet in time; between two bytes of one that takes longer than any call may."""

TIMES = 2
"""How often the same call goes wrong before it goes well."""

COLUMNS: Mapping[str, Fault] = {
    "cut before": Fault(Kind.CUT),
    "cut after": Fault(Kind.CUT, done=True),
    "hangs before": Fault(Kind.HANG),
    "hangs after": Fault(Kind.HANG, done=True),
    "late": Fault(Kind.DELAY, seconds=LATE),
    "twice": Fault(Kind.TWICE),
    "breaks off": Fault(Kind.TRUNCATE),
    "half": Fault(Kind.HALVE),
    "drips": Fault(Kind.DRIP, seconds=SLOW),
    "429": Fault(Kind.STATUS, status=429, headers={"Retry-After": "7"}),
    "500": Fault(Kind.STATUS, status=500),
    "500 after": Fault(Kind.STATUS, status=500, done=True),
    "502": Fault(Kind.STATUS, status=502, body="<html>bad gateway</html>"),
    "503": Fault(Kind.STATUS, status=503),
    "504 after": Fault(Kind.STATUS, status=504, done=True),
    "noise": Fault(Kind.GARBAGE),
    "noise after": Fault(Kind.GARBAGE, done=True),
    "a page": Fault(Kind.PAGE),
    "a page after": Fault(Kind.PAGE, done=True),
    "wrong type": Fault(Kind.MISTYPED),
}


def fault(column: str, call: Call) -> Fault:
    """Return the fault of a column, for one call."""
    return replace(COLUMNS[column], method=call.method, path=call.path, first=call.first, times=TIMES)
