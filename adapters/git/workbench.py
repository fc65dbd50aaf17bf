"""A throw-away repository in which one commit is made and pushed from.

It has no objects of its own to begin with: it looks into those of the repository the commit goes to, or of its cached
copy. So nothing is cloned, neither is touched before the push, and a crash leaves a small folder behind and nothing
else; a later commit removes it. Its files are written here, because starting ``git init`` would take as long as the
commit.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from adapters.git.upstream import Upstream

_SHA256 = "[core]\n\trepositoryformatversion = 1\n\tbare = true\n[extensions]\n\tobjectformat = sha256\n"
_SHA1 = "[core]\n\trepositoryformatversion = 0\n\tbare = true\n"

_FORGOTTEN = 86_400  # seconds; no change takes as long


@contextmanager
def workbench(upstream: Upstream) -> Iterator[Path]:
    """Give the folder of an empty bare repository that sees the objects of another.

    It knows no remote and no hook, so that nothing missing is fetched and nothing of the repository's content runs.

    Raises:
        OSError: when there is no room for it.
    """
    upstream.scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
    _sweep(upstream.scratch)
    with tempfile.TemporaryDirectory(prefix="change-", dir=upstream.scratch, ignore_cleanup_errors=True) as scratch:
        folder = Path(scratch)
        for name in ("objects/info", "objects/pack", "refs/heads"):
            (folder / name).mkdir(parents=True)
        (folder / "HEAD").write_text("ref: refs/heads/none\n", encoding="ascii")
        (folder / "config").write_text(_SHA256 if upstream.location.oid_size == 32 else _SHA1, encoding="ascii")
        (folder / "objects/info/alternates").write_bytes(_quoted(upstream.objects))
        yield folder


def _sweep(scratch: Path) -> None:
    """Remove what processes left behind that were killed."""
    for folder in scratch.glob("change-*"):
        try:
            forgotten = time.time() - folder.stat().st_mtime > _FORGOTTEN
        except FileNotFoundError:
            continue  # another process has finished with it
        if forgotten:
            shutil.rmtree(folder, ignore_errors=True)


def _quoted(path: Path) -> bytes:
    """Return a line of ``alternates``; quoted, since a path may begin with ``#`` or hold any byte."""
    text = bytes(path).replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n")
    return b'"' + text + b'"\n'
