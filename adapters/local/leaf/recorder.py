"""Keeps the output of a process: its beginning and its end, within a limit, without secrets."""

from __future__ import annotations

import os
from collections import deque

from adapters.local.leaf.job import RESULT_LIMIT

_TAIL = 64 * 1024
_SHOWN = 4 * 1024
_MASK = b"***"


class Recorder:
    """Takes what a process writes."""

    def __init__(self, path: str, limit: int, secrets: tuple[str, ...]) -> None:
        """Begin a log; without a path nothing is written, and only the ends are kept."""
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600) if path else -1
        self._head = max(limit - _TAIL, 0)
        self._tail = _Tail(min(_TAIL, limit))
        self._result = _Tail(RESULT_LIMIT)
        self._shown = _Tail(_SHOWN)
        self._masks = {1: _Mask(secrets), 2: _Mask(secrets)}

    def take(self, stream: int, data: bytes) -> None:
        """Take what came from standard output (1) or error (2)."""
        if stream == 1:
            self._result.add(data)
        self._keep(self._masks[stream].feed(data))

    def _keep(self, data: bytes) -> None:
        self._shown.add(data)
        now, later = data[: self._head], data[self._head :]
        self._head -= len(now)
        self._write(now)
        self._tail.add(later)

    def close(self) -> tuple[str, str, int]:
        """Write what is left; return the result, the end for messages, and how many bytes were not kept."""
        for mask in self._masks.values():
            self._keep(mask.flush())
        dropped = self._tail.dropped
        if dropped:
            self._write(f"\n[{dropped:,} bytes of output were not kept]\n".encode())
        self._write(self._tail.text())
        if self._file >= 0:
            os.close(self._file)
        result = self._result.text().decode("utf-8", "replace")
        return result, self._shown.text().decode("utf-8", "replace"), dropped

    def _write(self, data: bytes) -> None:
        while data and self._file >= 0:
            data = data[os.write(self._file, data) :]


class _Tail:
    """The last bytes of a stream."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._parts: deque[bytes] = deque()
        self._size = 0
        self.dropped = 0

    def add(self, data: bytes) -> None:
        if not data:
            return
        self._parts.append(data)
        self._size += len(data)
        while self._size > self._limit:
            first = self._parts.popleft()
            over = min(self._size - self._limit, len(first))
            if over < len(first):
                self._parts.appendleft(first[over:])
            self._size -= over
            self.dropped += over

    def text(self) -> bytes:
        return b"".join(self._parts)


class _Mask:
    """Replaces secrets in a stream, also where one is cut by the way it arrives."""

    def __init__(self, secrets: tuple[str, ...]) -> None:
        self._secrets = sorted({text.encode() for text in secrets if text}, key=len, reverse=True)
        self._held = b""

    def feed(self, data: bytes) -> bytes:
        if not self._secrets:
            return data
        data = self._replaced(self._held + data)
        keep = self._beginning(data)
        self._held = data[len(data) - keep :]
        return data[: len(data) - keep]

    def flush(self) -> bytes:
        held, self._held = self._held, b""
        return held

    def _replaced(self, data: bytes) -> bytes:
        for secret in self._secrets:
            data = data.replace(secret, _MASK)
        return data

    def _beginning(self, data: bytes) -> int:
        """Return how many bytes at the end may be the beginning of a secret."""
        longest = min(len(self._secrets[0]) - 1, len(data))
        for length in range(longest, 0, -1):
            end = data[len(data) - length :]
            if any(secret.startswith(end) for secret in self._secrets):
                return length
        return 0
