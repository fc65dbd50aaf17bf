"""One worker of a kill test, as a process: ``python -m tests.kill.worker STORE WORLD SEED [blind]``.

A worker carries on the releases of a store until it is killed, and kills itself now and then around an effect. One that
is blind does so after the first commit, and whoever comes after it does not look before it acts.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

from engine.execute.rules import Rules
from tests.kill.carrying import carry_on
from tests.kill.ports import JumpingClock, world_ports
from tests.kill.standby import stand_by
from tests.kill.world import Mortality, World

MORTALITY = Mortality(before=0.01, after=0.02)
BLIND = Mortality(at_first_commit=True)
JUMPS = 0.02


async def main(url: str, path: Path, seed: int, *, blind: bool) -> None:
    world = World(path, BLIND if blind else MORTALITY, seed)
    ports = world_ports(world, JumpingClock(seed, JUMPS), blind=blind)
    await carry_on(url, ports, Rules(zone=ZoneInfo))


if __name__ == "__main__":
    stand_by()
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), blind=sys.argv[4:] == ["blind"]))
