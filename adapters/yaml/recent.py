"""Keeps the documents that an editor read last: a plan edits many targets from one source."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from adapters.yaml.limits import MAX_KEPT_BYTES, MAX_KEPT_DOCUMENTS
from adapters.yaml.node import Document
from adapters.yaml.read import Format, read


class Recent:
    """Reads documents, and keeps the last few by their content."""

    __slots__ = ("_kept", "_lock")

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[bytes, Format], Document] = OrderedDict()
        self._lock = Lock()

    def read(self, content: bytes, format: Format) -> Document:
        """Return the position tree of a file's bytes.

        Raises:
            RefusalError: they are too many, not UTF-8, or not valid in the format.
        """
        key = (content, format)
        with self._lock:
            document = self._kept.get(key)
            if document is not None:
                self._kept.move_to_end(key)
                return document
        document = read(content, format)
        with self._lock:
            self._kept[key] = document
            while len(self._kept) > MAX_KEPT_DOCUMENTS or self._size() > MAX_KEPT_BYTES:
                self._kept.popitem(last=False)
        return document

    def _size(self) -> int:
        return sum(len(content) for content, _ in self._kept)
