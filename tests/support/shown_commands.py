"""Pages whose commands are run: what follows `$` in ```console blocks, in order, in one fresh folder.

A ```promo block that a paragraph ending with ``Write `FILE`:`` introduces is written to that file first.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.support.gitrepo import git_environment

ROOT = Path(__file__).parents[2]
_BLOCK = re.compile(
    r"^```console\n(?P<console>.*?)^```|[Ww]rite `(?P<file>[^`\n]+)`:\n\n```promo\n(?P<text>.*?)^```",
    re.DOTALL | re.MULTILINE,
)
_COMMAND = re.compile(r"^\$ (.*)$", re.MULTILINE)


def rerun(page: str, folder: Path) -> str:
    """Run a page's commands as a person would type them, and return the page with what they print now.

    Args:
        page: the text of the page.
        folder: where the first command runs; `cd` moves it for those that follow.
    """
    made: list[str] = []
    position = 0
    for block in _BLOCK.finditer(page):
        made.append(page[position : block.start()])
        position = block.end()
        if block["console"] is None:
            (folder / block["file"]).write_text(block["text"], encoding="utf-8")
            made.append(block[0])
            continue
        lines = []
        for command in _COMMAND.findall(block["console"]):
            output, folder = _run(command, folder)
            lines.append(f"$ {command}\n{output}")
        made.append(f"```console\n{''.join(lines)}```")
    return "".join([*made, page[position:]])


def _run(command: str, folder: Path) -> tuple[str, Path]:
    if command.startswith("cd "):
        return "", folder / command.removeprefix("cd ")
    environment = git_environment() | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "NO_COLOR": "1",
        "PYTHONPATH": str(ROOT),
        "PYTHONIOENCODING": "utf-8",
    }
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        check=False,
    )
    return done.stdout, folder
