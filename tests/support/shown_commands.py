"""Pages whose commands are run: what follows `$` in ```console blocks, in order, in one fresh folder.

A ```promo block that a paragraph ending with ``Write `FILE`:`` introduces is written to that file first.

What differs from run to run of a release (its identifier, moments, how long it took, the commits it makes) is replaced
by the same examples every time.
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

# Only where a release is told of: what comes before it in the output of other commands has no such words.
_VARYING = (
    (re.compile(r"\b06[0-9a-hjkmnp-tv-z]{5}-[0-9a-hjkmnp-tv-z]{6}\b"), "06g29hm-wyy57s"),
    (re.compile(r"^\d\d:\d\d:\d\d  ", re.MULTILINE), "09:30:05  "),
    (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC"), "2026-11-17 09:30:05 UTC"),
    (re.compile(r"(succeeded in |, after |✓ post-action \S+  )\d+s$", re.MULTILINE), r"\g<1>2s"),
    (re.compile(r"(\d files \(|the folder is right at )[0-9a-f]{10}"), r"\g<1>8855a3ce31"),
)


def _steadied(output: str) -> str:
    for pattern, example in _VARYING:
        output = pattern.sub(example, output)
    return output


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
            lines.append(f"$ {command}\n{_steadied(output)}")
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
