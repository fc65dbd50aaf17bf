"""The extension of Visual Studio Code, built and packed where nothing else is, by what the npm registry has."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest

from tests.support.textmate import TextMate
from tests.support.token_lines import token_lines

ROOT = Path(__file__).parents[3]
EDITORS = ROOT / "grammar" / "editors"
EXTENSION = EDITORS / "vscode"
NODE = 20
UNREACHABLE = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ETIMEDOUT", "ENETUNREACH")


def missing_node() -> str:
    """Return why the extension cannot be built here; empty where it can."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        return "needs Node.js and npm: one of them is not on the PATH"
    said = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True, timeout=30).stdout
    major = int(said.strip().lstrip("v").partition(".")[0])
    return "" if major >= NODE else f"needs Node.js {NODE} or newer: this is {said.strip()}"


WITHOUT_NODE = missing_node()
needs_node = pytest.mark.skipif(bool(WITHOUT_NODE), reason=WITHOUT_NODE or "-")


def run(folder: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end; where it takes too long, everything that it started ends too."""
    process = subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, "CI": "1", **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        output, errors = process.communicate(timeout=240)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    return subprocess.CompletedProcess(command, process.returncode, output, errors)


def said(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def extension(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the extension's folder in a copy of what it needs, with its dependencies installed."""
    copy = tmp_path_factory.mktemp("tree")
    built = shutil.ignore_patterns("node_modules", "dist", "*.vsix")
    shutil.copytree(EDITORS, copy / "grammar" / "editors", ignore=built)
    shutil.copytree(ROOT / "policies", copy / "policies", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "tests" / "golden" / "syntax", copy / "syntax")
    shutil.copy(ROOT / "LICENSE", copy)
    folder = copy / "grammar" / "editors" / "vscode"
    done = run(folder, "npm", "ci", "--prefer-offline")
    if done.returncode != 0 and any(code in done.stderr for code in UNREACHABLE):
        pytest.skip("needs the npm registry, which cannot be reached from here")
    said(done)
    return folder


def test_the_lock_file_names_versions_and_checksums_and_no_host() -> None:
    text = (EXTENSION / "package-lock.json").read_text(encoding="utf-8")
    packages = json.loads(text)["packages"]
    installed = {name: package for name, package in packages.items() if name}
    assert len(installed) > 100
    assert [name for name, package in installed.items() if not package.get("integrity", "").startswith("sha512-")] == []
    assert [name for name, package in installed.items() if "resolved" in package] == []
    assert "omit-lockfile-registry-resolved=true" in (EXTENSION / ".npmrc").read_text(encoding="utf-8").splitlines()


@needs_node
def test_it_is_packed_with_what_it_needs_and_nothing_else(extension: Path) -> None:
    said(run(extension, "npm", "run", "package"))
    with zipfile.ZipFile(extension / "promo.vsix") as archive:
        names = {name.removeprefix("extension/") for name in archive.namelist() if name.startswith("extension/")}
        grammar = archive.read("extension/grammar/promo.tmLanguage.json")
        manifest = json.loads(archive.read("extension/package.json"))
        notices = archive.read("extension/dist/NOTICES.md").decode()
    assert names == {
        "LICENSE.txt",
        "changelog.md",
        "dist/NOTICES.md",
        "dist/extension.js",
        "grammar/language-configuration.json",
        "grammar/promo.tmLanguage.json",
        "images/icon.png",
        "package.json",
        "readme.md",
        "snippets/promo.json",
    }
    assert grammar == (EDITORS / "promo.tmLanguage.json").read_bytes()
    contributed = manifest["contributes"]
    paths = [entry["path"] for entry in (*contributed["grammars"], *contributed["snippets"])]
    paths += [manifest["main"], manifest["icon"], contributed["languages"][0]["configuration"]]
    assert {path.removeprefix("./") for path in paths} <= names
    assert "## vscode-languageclient 9" in notices


@needs_node
def test_its_own_tests_pass(extension: Path) -> None:
    """Those with the real server too."""
    said(run(extension, "npm", "run", "build"))
    output = said(run(extension, "npm", "test", PROMO=str(Path(sys.executable).with_name("promo"))))
    assert "# skipped 0\n" in output


@needs_node
def test_the_editors_tokeniser_sees_what_the_golden_files_say(extension: Path, tmp_path: Path) -> None:
    said(run(extension, "npm", "run", "tokens", "--", "--out", str(tmp_path)))
    golden = ROOT / "tests" / "golden" / "tokens"
    assert texts(tmp_path) == texts(golden)


@needs_node
def test_the_editors_tokeniser_and_ours_agree_on_every_example(extension: Path, tmp_path: Path) -> None:
    """Also on broken text, where only the rules of tokenising are left."""
    tree = extension.parents[2]
    said(run(extension, "npm", "run", "tokens", "--", "--out", str(tmp_path), f"{tree}/policies", f"{tree}/syntax"))
    tokeniser = TextMate(json.loads((EDITORS / "promo.tmLanguage.json").read_text(encoding="utf-8")))
    examples = [path for name in ("policies", "syntax") for path in (tree / name).rglob("*.promo")]
    assert len(examples) > 30
    for path in examples:
        theirs = (tmp_path / path.relative_to(tree)).with_suffix(".tokens").read_text(encoding="utf-8")
        assert token_lines(tokeniser, path.read_text(encoding="utf-8")) == theirs, path.name


def texts(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in folder.rglob("*.tokens")}
