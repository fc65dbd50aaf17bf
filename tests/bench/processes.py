"""Whole processes: what is installed for them, and the CPU they take."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PEERS = ("cfn-lint", "check-jsonschema", "yamllint")


@dataclass(frozen=True, slots=True)
class Command:
    """A command line; ``target`` is in milliseconds, ``cold`` empties promo's cache before each run."""

    name: str
    arguments: tuple[str, ...]
    target: float | None = None
    cold: bool = False


def installed(build_folder: Path, wheels: Path) -> Path:
    """Build the wheel, install it beside its peers in an environment of its own, and return where programs are.

    Args:
        build_folder: keeps the environment for the next time.
        wheels: an empty folder.
    """
    environment = build_folder / "venv"
    _pip("wheel", "--no-deps", "--wheel-dir", str(wheels), str(ROOT))
    (wheel,) = wheels.glob("*.whl")
    python = environment / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True, timeout=120)
    _pip("--python", str(python), "install", "--compile", str(wheel), *PEERS)
    _pip("--python", str(python), "install", "--compile", "--force-reinstall", "--no-deps", str(wheel))
    return environment / "bin"


def _pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=280)
    assert done.returncode == 0, done.stdout + done.stderr


def surroundings(home: Path, cache: Path) -> dict[str, str]:
    """Return the environment variables of a process: as few as possible, and promo's cache in a folder."""
    return {"PATH": os.environ["PATH"], "HOME": str(home), "LC_ALL": "C.UTF-8", "PROMO_CACHE_DIR": str(cache)}


def spent(
    arguments: Collection[str], folder: Path, environment: dict[str, str], allowed: Collection[int] = (0,)
) -> float:
    """Return seconds of CPU, user and system, that a command takes; its exit code has to be one of those allowed."""
    log = folder.parent / "output.txt"
    with log.open("wb") as output:
        process = subprocess.Popen(list(arguments), cwd=folder, env=environment, stdout=output, stderr=output)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    shown = log.read_text(encoding="utf-8", errors="replace")[-3_000:]
    assert process.returncode in allowed, f"{arguments} gave {process.returncode}: {shown}"
    return usage.ru_utime + usage.ru_stime


def emptied(cache: Path) -> None:
    """Remove everything in a folder."""
    for path in sorted(cache.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()


def in_turn(
    commands: Collection[Command], runs: int, folder: Path, environment: dict[str, str]
) -> dict[str, list[float]]:
    """Return the seconds of CPU of each run, by command; one run of each comes before and does not count.

    In turn and not one after the other, so that a busy moment of the machine falls on all of them.
    """
    found: dict[str, list[float]] = {command.name: [] for command in commands}
    for command in commands:
        spent(command.arguments, folder, environment)
    for _ in range(runs):
        for command in commands:
            if command.cold:
                emptied(Path(environment["PROMO_CACHE_DIR"]))
            found[command.name].append(spent(command.arguments, folder, environment))
    return found
