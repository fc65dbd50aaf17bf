"""Reads one file as text; whatever stands in the way is a diagnostic."""

from __future__ import annotations

from adapters.workspace.walk import SourceFile
from grammar.diagnostics import Diagnostic, error
from grammar.span import Span

LARGEST = 32 * 1024 * 1024
"""Bytes that one file may have."""

_BOM = b"\xef\xbb\xbf"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def read_text(file: SourceFile, found: list[Diagnostic]) -> str | None:
    """Return a file's text without a byte order mark; None when it cannot be read or is too large.

    A file that is not UTF-8 gives a diagnostic and its text with the bad bytes replaced, so that the place can be
    shown.

    Args:
        file: what to read.
        found: receives the diagnostics.
    """
    whole = Span(0, 0, file.name)
    try:
        with open(file.path, "rb") as stream:
            data = stream.read(LARGEST + 1)
    except OSError as failure:
        found.append(error("C006", f"file cannot be read: {failure.strerror}", whole, help="mend it, or exclude it"))
        return None
    if len(data) > LARGEST:
        found.append(
            error("C009", f"file has more than {LARGEST // 1024 // 1024} MB", whole, help="split it, or exclude it")
        )
        return None
    return decode(data, file.name, found)


def decode(data: bytes, name: str, found: list[Diagnostic]) -> str:
    """Return bytes as text without a byte order mark; bytes that are not UTF-8 are reported and replaced.

    Args:
        data: the whole content.
        name: of the source, for diagnostics.
        found: receives the diagnostics.
    """
    data = data.removeprefix(_BOM)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as failure:
        found.append(_not_utf_8(name, data, failure.start))
        return data.decode("utf-8", "replace")


def _not_utf_8(name: str, data: bytes, offset: int) -> Diagnostic:
    """Describe the first byte that is not UTF-8; the offset does not count a byte order mark."""
    at = len(data[:offset].decode("utf-8"))
    hint = "it looks like UTF-16; " if data.startswith(_UTF_16) else ""
    return error(
        "S017",
        f"file is not UTF-8: byte 0x{data[offset]:02x} at offset {offset}",
        Span(at, at + 1, name),
        help=f"{hint}save it as UTF-8",
    )
