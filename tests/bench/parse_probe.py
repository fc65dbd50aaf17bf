"""Reads files once and says what it took: run in a fresh process, ``python -m tests.bench.parse_probe READER FOLDER``.

Prints one JSON object: CPU seconds, and megabytes of resident memory that were added when the reader was done, with
all results kept, and at the highest point.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

Reader = Callable[[list[tuple[str, str]]], list[Any]]


def _promo(cache_folder: Path | None) -> Reader:
    from grammar.content_cache import ContentCache
    from grammar.parse_cache import AST_MODULES, parse_many

    cache = ContentCache(cache_folder, AST_MODULES)
    parse_many([("first.promo", "policy first { action pr }")], cache)
    return lambda items: parse_many(items, cache)


def _pyyaml(loader: str, calm: bool, compose: bool = False) -> Reader:
    import yaml

    from grammar.calm import calm_collector

    chosen = getattr(yaml, loader)
    read = yaml.compose_all if compose else yaml.load_all

    def documents(items: list[tuple[str, str]]) -> list[Any]:
        with calm_collector() if calm else nullcontext():
            return [list(read(text, chosen)) for _, text in items]

    return documents


def _ruamel() -> Reader:
    from ruamel.yaml import YAML

    return lambda items: [list(YAML(typ="rt").load_all(text)) for _, text in items]


def reader(name: str, folder: Path) -> tuple[Reader, str]:
    """Return a reader by name, made ready, and the ending of its files."""
    match name:
        case "promo":
            return _promo(None), "promo"
        case "promo-cached":
            return _promo(folder / "cache"), "promo"
        case "ruamel":
            return _ruamel(), "yaml"
        case "compose-calm":
            return _pyyaml("CSafeLoader", True, compose=True), "yaml"
        case _:
            loader, _, calm = name.partition("-")
            return _pyyaml(loader, calm == "calm"), "yaml"


def resident(line: str = "VmRSS") -> float:
    """Return resident memory in megabytes; ``VmHWM`` is its highest point.

    `resource.getrusage` would not do: its maximum is inherited from the process that started this one.
    """
    status = Path("/proc/self/status").read_text(encoding="ascii")
    found = re.search(rf"^{line}:\s+(\d+) kB$", status, re.MULTILINE)
    assert found
    return int(found[1]) * 1024 / 1e6


def main() -> None:
    """Read and report."""
    name, folder, count = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    read, ending = reader(name, folder)
    files = sorted(folder.glob(f"*.{ending}"))[:count]
    items = [(path.name, path.read_text(encoding="utf-8")) for path in files]
    before, began = resident(), time.process_time()
    kept = read(items)
    seconds, after, peak = time.process_time() - began, resident(), resident("VmHWM")
    taken = {"seconds": seconds, "kept": after - before, "peak": peak - before}
    print(json.dumps(taken | {"files": len(kept)}))


if __name__ == "__main__":
    main()
