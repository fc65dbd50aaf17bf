"""Eight steps by dbos, as a process: ``python -m tests.bench.peers.dbos_releases URL COUNT``. Prints JSON."""

from __future__ import annotations

import json
import sys
import time

from dbos import DBOS

STEPS = 8

DBOS(config={"name": "releases", "system_database_url": sys.argv[1], "log_level": "ERROR", "run_admin_server": False})


@DBOS.step()
def step(number: int) -> int:
    """Do nothing, and have it recorded."""
    return number


@DBOS.workflow()
def release(number: int) -> int:
    """Eight steps, one after the other."""
    return sum(step(one) for one in range(STEPS))


def main(count: int) -> None:
    """Run so many workflows and print how long that took."""
    DBOS.launch()
    wall, cpu = time.perf_counter(), time.process_time()
    handles = [DBOS.start_workflow(release, number) for number in range(count)]
    assert {handle.get_result() for handle in handles} == {sum(range(STEPS))}
    seconds, used = time.perf_counter() - wall, time.process_time() - cpu
    print(json.dumps({"per_second": count / seconds, "per_cpu_second": count / used}))
    DBOS.destroy()


if __name__ == "__main__":
    main(int(sys.argv[2]))
