"""Objects of one repository, read through two long-lived ``git cat-file`` processes.

Starting a process for every file would dominate a plan, so one process answers with contents and one with sizes, for
as long as the repository is open. Each is started when first needed and again after it was stopped.
"""

from __future__ import annotations

import subprocess
import threading
import time
import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from adapters.git.failure import GitError, OutputTooLargeError
from adapters.git.process import MAX_OUTPUT, Git, Pipes, end

MAX_OBJECT = 10 * 1024 * 1024
"""The largest object that is read, in bytes."""

# Names asked for at once: the questions fit into the smallest pipe buffer (16 KiB), so that all are written before any
# answer has to be read, and neither side waits for the other.
_CHUNK = 200


class ObjectHeader(NamedTuple):
    """What an object is: its name, its type (``blob``, ``tree``, ``commit``, ``tag``) and its size in bytes."""

    name: str
    type: str
    size: int


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """An abbreviated object name that stands for several objects."""


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object with its content."""

    header: ObjectHeader
    data: bytes


class ObjectReader:
    """Reads objects by name; safe to use from several threads.

    Use as a context manager, or call `close`; a forgotten reader ends its processes when it is collected.
    """

    def __init__(self, git: Git, folder: Path) -> None:
        self._contents = _Batch(git, folder, "--batch")
        self._headers = _Batch(git, folder, "--batch-check")
        self._lock = threading.Lock()

    def read(self, name: str, what: str) -> StoredObject | Ambiguous | None:
        """Return the object that a name stands for, None where there is none.

        Args:
            name: an object name or a revision expression on one line; never parsed as an option.
            what: what is read, for the message when it is too large.

        Raises:
            GitError: when the repository cannot be read.
            GitTimeoutError: when Git does not answer in time.
            OutputTooLargeError: when the object is larger than `MAX_OBJECT`.
        """
        with self._lock, self._contents:
            self._contents.ask([name])
            return self._contents.answer(what)

    def read_all(self, names: Sequence[str], what: str) -> list[StoredObject | Ambiguous | None]:
        """Return many objects, in the order of their names; otherwise as `read`.

        Raises:
            OutputTooLargeError: also when together they are larger than `MAX_OUTPUT`.
        """
        found: list[StoredObject | Ambiguous | None] = []
        size = 0
        with self._lock, self._contents:
            for start in range(0, len(names), _CHUNK):
                chunk = names[start : start + _CHUNK]
                self._contents.ask(chunk)
                for _ in chunk:
                    answer = self._contents.answer(what)
                    size += answer.header.size if isinstance(answer, StoredObject) else 0
                    if size > MAX_OUTPUT:
                        raise OutputTooLargeError(what, MAX_OUTPUT)
                    found.append(answer)
        return found

    def headers(self, names: Sequence[str]) -> list[ObjectHeader | Ambiguous | None]:
        """Return what many objects are, in the order of their names; None where there is none.

        Raises:
            GitError: when the repository cannot be read.
            GitTimeoutError: when Git does not answer in time.
        """
        found: list[ObjectHeader | Ambiguous | None] = []
        with self._lock, self._headers:
            for start in range(0, len(names), _CHUNK):
                chunk = names[start : start + _CHUNK]
                self._headers.ask(chunk)
                found.extend(self._headers.header() for _ in chunk)
        return found

    def close(self) -> None:
        """End the processes; a later read starts them again."""
        with self._lock:
            self._contents.stop()
            self._headers.stop()


class _Batch:
    """One ``git cat-file`` process and the protocol spoken with it.

    As a context manager it stops the process when a conversation is left by an exception, because what is still in
    the pipe would be taken for the answer to the next question.
    """

    def __init__(self, git: Git, folder: Path, mode: Literal["--batch", "--batch-check"]) -> None:
        self._git = git
        self._folder = folder
        self._mode = mode
        self._pipes: Pipes | None = None
        self._finalizer: weakref.finalize[[subprocess.Popen[bytes], Pipes], _Batch] | None = None
        self._deadline = 0.0

    def __enter__(self) -> _Batch:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if kind is not None:
            self.stop()

    def ask(self, names: Sequence[str]) -> None:
        """Send names; as many answers must be taken before asking again."""
        self._deadline = time.monotonic() + self._git.timeout
        if self._pipes is None:
            self._start()
        assert self._process.stdin is not None
        question = memoryview("".join(f"{name}\n" for name in names).encode("utf-8", "surrogateescape"))
        try:
            while question:
                question = question[self._process.stdin.write(question) :]
        except BrokenPipeError:
            raise self._failure() from None

    def header(self) -> ObjectHeader | Ambiguous | None:
        """Take the line that begins an answer."""
        pipes = self._open_pipes()
        while (cut := pipes.output.find(b"\n")) < 0:
            self._pump(pipes)
        line = bytes(pipes.output[:cut])
        del pipes.output[: cut + 1]
        if line.endswith(b" missing"):
            return None
        if line.endswith(b" ambiguous"):
            return Ambiguous()
        name, kind, size = line.split(b" ")
        return ObjectHeader(name.decode("ascii"), kind.decode("ascii"), int(size))

    def answer(self, what: str) -> StoredObject | Ambiguous | None:
        """Take a whole answer: the header, then the content and the newline after it."""
        header = self.header()
        if not isinstance(header, ObjectHeader):
            return header
        if header.size > MAX_OBJECT:
            # The content is already on its way; leaving stops the process, which is cheaper than reading past it.
            raise OutputTooLargeError(what, MAX_OBJECT)
        pipes = self._open_pipes()
        while len(pipes.output) <= header.size:
            self._pump(pipes)
        data = bytes(pipes.output[: header.size])
        del pipes.output[: header.size + 1]
        return StoredObject(header, data)

    def stop(self) -> None:
        """End the process, if there is one."""
        if self._finalizer is not None:
            self._finalizer()
        self._pipes = self._finalizer = None

    def _start(self) -> None:
        self._process = self._git.start(self._folder, ("cat-file", self._mode), subprocess.PIPE)
        self._pipes = Pipes(self._process)
        self._finalizer = weakref.finalize(self, _finish, self._process, self._pipes)

    def _open_pipes(self) -> Pipes:
        assert self._pipes is not None
        return self._pipes

    def _pump(self, pipes: Pipes) -> None:
        if not pipes.pump(self._deadline, self._git.timeout):
            raise self._failure()

    def _failure(self) -> GitError:
        """Return why the process ended although it was not told to."""
        pipes = self._open_pipes()
        end(self._process)
        pipes.drain()
        return GitError(self._process.returncode, pipes.complaint())


def _finish(process: subprocess.Popen[bytes], pipes: Pipes) -> None:
    pipes.close()
    end(process)
