"""Commits made by ``git fast-import``: without a work tree or an index, reading only the folders on the way."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from adapters.git.failure import MAX_DETAIL
from adapters.git.identity import Identity, Signing
from adapters.git.process import Git

_REFERENCE = "refs/promo/change"
_OBJECT_NAME = re.compile(rb"[0-9a-f]{40}|[0-9a-f]{64}")
_FAST = ("-c", "core.fsync=none", "-c", "fastimport.unpackLimit=0")  # the objects live until they are pushed


@dataclass(frozen=True, slots=True)
class Write:
    """What becomes of one file.

    Attributes:
        path: from the repository's root; bytes that are not UTF-8 as surrogate escapes.
        content: the whole file; None removes it.
        executable: whether it has the executable bit.
    """

    path: str
    content: bytes | None
    executable: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """What a commit says of itself.

    Attributes:
        author: its author and committer.
        when: with an offset; Git keeps whole seconds.
        message: the whole message, without the final newline.
        signing: how it is signed, or None.
    """

    author: Identity
    when: datetime
    message: str
    signing: Signing | None = None


class SigningError(Exception):
    """A commit could not be signed; the text is what the signing program said."""


def make_commit(git: Git, folder: Path, parent: str, writes: Sequence[Write], record: Record) -> str:
    """Make a commit on top of another and return its object name; no branch is moved.

    Costs one process, two where it is signed.

    Args:
        git: how Git is run; it needs no transport.
        folder: a repository that sees the objects of the parent.
        parent: a full object name.
        writes: what changes, in any order.
        record: what the commit says.

    Raises:
        GitError: when the parent cannot be read.
        SigningError: when the key cannot sign.
        ValueError: when a path leads out of the repository or into ``.git``.
    """
    answer = git.run(
        folder, *_FAST, "fast-import", "--quiet", "--force", "--done", stdin=stream(parent, writes, record), limit=4096
    )
    sha = answer.strip()
    if _OBJECT_NAME.fullmatch(sha) is None:
        raise ValueError(f"git fast-import answered {answer[:100]!r} instead of an object name")
    made = sha.decode("ascii")
    return made if record.signing is None else _signed(git, folder, parent, made, record, record.signing)


def stream(parent: str, writes: Sequence[Write], record: Record) -> bytes:
    """Return what ``fast-import`` reads; pure.

    Raises:
        ValueError: when a path leads out of the repository or into ``.git``.
    """
    person = f"{record.author} {_moment(record.when)}"
    parts = [f"commit {_REFERENCE}\nmark :1\nauthor {person}\ncommitter {person}\n".encode()]
    parts.append(_data(f"{record.message}\n".encode("utf-8", "replace")))
    parts.append(f"from {parent}\n".encode("ascii"))
    for write in writes:
        name = _quoted(write.path)
        if write.content is None:
            parts.append(b"D " + name + b"\n")
        else:
            mode = b"100755" if write.executable else b"100644"
            parts += [b"M " + mode + b" inline " + name + b"\n", _data(write.content)]
    parts.append(b"\nget-mark :1\ndone\n")
    return b"".join(parts)


def _signed(git: Git, folder: Path, parent: str, plain: str, record: Record, signing: Signing) -> str:
    """Make the same commit once more, with a signature, which ``fast-import`` cannot give."""
    when = _moment(record.when)
    variables = [
        (f"GIT_{role}_{what}", value)
        for role in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", record.author.name), ("EMAIL", record.author.email), ("DATE", when))
    ]
    signer = git.with_settings(signing.config, dict(variables))
    finished = signer.finish(
        folder,
        *("commit-tree", "-S", "-p", parent, "-F", "-", f"{plain}^{{tree}}"),
        stdin=f"{record.message}\n".encode("utf-8", "replace"),
        limit=4096,
    )
    if finished.returncode != 0:
        words = " ".join(line.strip() for line in finished.complaint.splitlines() if line.strip())
        raise SigningError("".join(c if c.isprintable() else "?" for c in words)[:MAX_DETAIL])
    return finished.output.strip().decode("ascii")


def _moment(when: datetime) -> str:
    return f"{int(when.timestamp())} {when.strftime('%z')[:5]}"


def _data(content: bytes) -> bytes:
    return b"data %d\n" % len(content) + content + b"\n"


def _quoted(path: str) -> bytes:
    names = path.split("/")
    if any(name in ("", ".", "..") or name.casefold() == ".git" for name in names) or "\0" in path:
        raise ValueError(f"`{path}` is not a path that a commit can hold")
    raw = path.encode("utf-8", "surrogateescape")
    for plain, escaped in ((b"\\", b"\\\\"), (b'"', b'\\"'), (b"\n", b"\\n")):
        raw = raw.replace(plain, escaped)
    return b'"' + raw + b'"'
