"""The stream that makes a commit."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from adapters.git.fast_import import Record, Write, stream
from adapters.git.identity import Identity

RECORD = Record(Identity("A", "a@b"), datetime(2026, 1, 2, tzinfo=timezone(timedelta(hours=-3, minutes=-30))), "m")


def test_the_whole_stream() -> None:
    writes = [Write("a", b"x", True), Write('q"\\\n', b""), Write("gone", None)]
    assert stream("0" * 40, writes, RECORD).decode() == (
        "commit refs/promo/change\nmark :1\n"
        "author A <a@b> 1767324600 -0330\ncommitter A <a@b> 1767324600 -0330\n"
        "data 2\nm\n\n"
        f"from {'0' * 40}\n"
        'M 100755 inline "a"\ndata 1\nx\n'
        'M 100644 inline "q\\"\\\\\\n"\ndata 0\n\n'
        'D "gone"\n'
        "\nget-mark :1\ndone\n"
    )


@pytest.mark.parametrize(
    "path", ["", "/etc/passwd", "../x", "a/../b", "a//b", "a/", ".git/hooks/x", "a/.GIT/x", "a\0b"]
)
def test_paths_that_lead_elsewhere_are_refused(path: str) -> None:
    with pytest.raises(ValueError, match="not a path that a commit can hold"):
        stream("0" * 40, [Write(path, b"")], RECORD)
