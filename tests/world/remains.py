"""Everything that a story has left behind, as bytes, each with a name: files, databases, objects of Git, answers."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import zlib
from collections.abc import Iterator
from pathlib import Path

from tests.support.gitrepo import GIT, git_environment
from tests.world.commands import Desk
from tests.world.story import Story
from tests.world.tokens import traces

Remain = tuple[str, bytes]


def remains(story: Story, desk: Desk) -> Iterator[Remain]:
    """Yield everything that was written, said, sent to others, or could be seen from outside."""
    folder = desk.folder
    for place in ("workspace", "cache", "served", "clone"):
        yield from files(folder / place)
    for file in (*story.service.output, story.service.commands):
        yield file.name, file.read_bytes()
    yield from database(story.estate.folder / ".promo/releases.db")
    for repository in (folder / "cache", folder / "served"):
        yield from objects(repository)
    yield from ((f"answer {number}", answer) for number, answer in enumerate(story.written))
    yield from ((f"command line {line!r}", line) for line in story.service.seen)
    yield from ((f"promo {' '.join(said.arguments)}", said.text.encode()) for said in desk.said)
    yield from _at_servers(story)


def _at_servers(story: Story) -> Iterator[Remain]:
    """Yield what was sent to servers besides what authorises it."""
    for url, forge in story.estate.forges.items():
        for seen in forge.exchanges:
            yield f"{seen.method} {seen.path} of {url}", json.dumps([seen.path, seen.query, seen.data]).encode()
    for name, runtime in story.estate.runtimes.items():
        yield from (
            (f"{name}: {asked}", asked.encode()) for asked in (*runtime.argocd.requests, *runtime.argo.requests)
        )
        for run in runtime.argo.runs.values():
            yield f"{name}: workflow {run.name}", json.dumps(run.document).encode()


def files(folder: Path) -> Iterator[Remain]:
    """Yield every file below a folder; what is compressed as a whole is yielded as it was, too."""
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            content = file.read_bytes()
            yield str(file.relative_to(folder.parent)), content
            yield from ((f"{file.name}, unpacked", plain) for plain in _unpacked(content))


def database(path: Path) -> Iterator[Remain]:
    """Yield every value of a database."""
    with sqlite3.connect(path) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        assert "release" in tables
        for table in tables:
            for row in connection.execute(f'SELECT * FROM "{table}"'):
                for value in row:
                    content = value if isinstance(value, bytes) else str(value).encode()
                    yield f"a row of {table}", content
                    yield from ((f"a row of {table}, unpacked", plain) for plain in _unpacked(content))
    connection.close()


def objects(folder: Path) -> Iterator[Remain]:
    """Yield every object and every reflog of the repositories below a folder."""
    heads = [head.parent for head in folder.rglob("HEAD") if (head.parent / "objects").is_dir()]
    assert heads, f"no repository below {folder}"
    for repository in heads:
        everything = ("cat-file", "--batch-all-objects", "--unordered", "--buffer", "--batch")
        yield f"objects of {repository.name}", _git(repository, *everything)
        yield f"reflogs of {repository.name}", _git(repository, "reflog", "show", "--all")


def _git(repository: Path, *arguments: str) -> bytes:
    environment = git_environment() | {"GIT_NO_LAZY_FETCH": "1"}
    return subprocess.run(
        [GIT, "-c", "safe.bareRepository=all", *arguments],
        cwd=repository,
        env=environment,
        capture_output=True,
        check=True,
    ).stdout


def _unpacked(content: bytes) -> Iterator[bytes]:
    """Yield what some bytes hold where they are a stream of zlib."""
    if content[:1] == b"\x78":
        try:
            yield zlib.decompress(content)
        except zlib.error:
            return


def found_in(remain: Remain) -> list[str]:
    """Return which secrets something holds."""
    name, content = remain
    return [f"{what} in {name}" for trace, what in traces().items() if trace in content]
