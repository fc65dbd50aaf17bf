"""Runs the configured check of a folder, once for each content."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import secrets
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from adapters.local.confine import choose
from adapters.local.leaf.child import SYSTEM_PATH
from adapters.local.leaf.job import Ending, Job, keeper_command
from adapters.local.running.folder import make_state
from adapters.local.running.settings import LocalSettings

_AT_ONCE = threading.Semaphore(2)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check said: whether the folder is healthy, and why not."""

    healthy: bool
    message: str


class CheckCommand:
    """A program that says whether a folder is healthy: it ends with 0 where it is.

    It runs in a copy of the folder, confined as promotion workflows are. What it said is kept by the folder's content,
    so that it is asked once, also by another process.
    """

    def __init__(self, state: Path, argv: tuple[str, ...], timeout: float, settings: LocalSettings) -> None:
        """Prepare to run a check.

        Args:
            state: the folder that answers are kept in.
            argv: the program and its arguments.
            timeout: seconds it may take.
            settings: what it may read, write and use.
        """
        self._state, self._argv, self._timeout, self._settings = state, argv, timeout, settings
        self._running: dict[str, threading.Thread] = {}
        self._faults: dict[str, BaseException] = {}
        self._lock = threading.Lock()

    def ask(self, files: dict[str, bytes], told: dict[str, str]) -> Verdict | None:
        """Return what the check says of some files; None while it runs.

        Args:
            files: by their path in the folder.
            told: variables that the check sees.

        Raises:
            OSError: when it cannot be run.
            NoIsolationError: when it cannot be confined as it is wanted.
        """
        key = self._key(files, told)
        answer = self._state / f"{key}.json"
        with self._lock:
            if key in self._faults:
                raise self._faults.pop(key)
            try:
                kept = json.loads(answer.read_text(encoding="utf-8"))
                return Verdict(bool(kept["healthy"]), str(kept["message"]))
            except FileNotFoundError:
                pass
            if key not in self._running:
                thread = threading.Thread(target=self._work, args=(key, dict(files), dict(told)), daemon=True)
                self._running[key] = thread
                thread.start()
        return None

    def _key(self, files: dict[str, bytes], told: dict[str, str]) -> str:
        digest = hashlib.sha256(json.dumps([self._argv, sorted(told.items())]).encode())
        for path in sorted(files):
            digest.update(f"\0{len(path)}:{path}\0{len(files[path])}:".encode("utf-8", "surrogateescape"))
            digest.update(files[path])
        return digest.hexdigest()

    def _work(self, key: str, files: dict[str, bytes], told: dict[str, str]) -> None:
        try:
            make_state(self._state)
            answer = self._state / f"{key}.json"
            with _AT_ONCE, _claimed(self._state / f"{key}.lock") as claimed:
                # Where somebody else asks, or has just asked, their answer is found.
                if not claimed or answer.exists():
                    return
                verdict = self._run(key, files, told)
                part = self._state / f".{key}.{secrets.token_hex(4)}"
                part.write_text(json.dumps({"healthy": verdict.healthy, "message": verdict.message}), encoding="utf-8")
                # Within the claim: whoever has it next would ask once more.
                os.replace(part, answer)
        except BaseException as fault:
            with self._lock:
                self._faults[key] = fault
        finally:
            with self._lock:
                del self._running[key]

    def _run(self, key: str, files: dict[str, bytes], told: dict[str, str]) -> Verdict:
        isolation = choose(self._settings.isolation)
        root = Path(os.path.realpath(self._state)) / f".run-{key}"
        shutil.rmtree(root, ignore_errors=True)  # of one that was killed
        try:
            for folder in ("work", "tmp"):
                (root / folder).mkdir(mode=0o700, parents=True)
            for path, content in files.items():
                file = root / "work" / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content)
            settings = self._settings
            job = Job(
                root=str(root),
                argv=self._argv,
                environment=told,
                isolation=isolation.value,
                readable=settings.readable,
                writable=settings.writable,
                timeout=self._timeout,
                output_limit=settings.output_limit,
                memory=settings.memory,
                file_size=settings.file_size,
                processes=settings.processes,
            )
            return _verdict(self._kept(job), self._argv[0])
        finally:
            shutil.rmtree(root, ignore_errors=True)

    @staticmethod
    def _kept(job: Job) -> Ending:
        pipe = subprocess.PIPE
        with subprocess.Popen(
            keeper_command(), stdin=pipe, stdout=pipe, start_new_session=True, env={"PATH": SYSTEM_PATH}
        ) as keeper:
            assert keeper.stdin is not None
            assert keeper.stdout is not None
            keeper.stdin.write(job.line())
            keeper.stdin.flush()
            answer = keeper.stdout.read()
        return Ending.read(answer) or Ending(None, "its keeper ended without an answer")


@contextmanager
def _claimed(path: Path) -> Iterator[bool]:
    """Hold a lock while the body runs, and say whether nobody else does."""
    lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            claimed = True
        except BlockingIOError:
            claimed = False
        yield claimed
    finally:
        os.close(lock)


def _verdict(ending: Ending, name: str) -> Verdict:
    if ending.code is None and not ending.limit:
        raise OSError(f"the check `{name}` could not be run: {ending.reason}")
    if ending.code == 0:
        return Verdict(True, "")
    why = ending.reason or f"exit code {ending.code}"
    lines = ending.tail.strip().splitlines()[-5:]
    return Verdict(False, "\n".join([f"the check `{name}` says no: {why}", *lines]))
