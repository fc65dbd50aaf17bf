"""The shape of the code: who imports whom, how large things are, what packages offer."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("grammar", "engine", "adapters", "policies")
CODE = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
VAGUE = {"utils", "util", "helpers", "helper", "common", "misc", "tools"}
LONGEST_FILE = 500
LONGEST_FUNCTION = 60


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def test_the_layers_are_kept() -> None:
    """The contracts stand in pyproject.toml."""
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [linter, "--no-logo", "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_file_is_too_long() -> None:
    lengths = {name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in (*CODE, *TESTS)}
    assert {path: length for path, length in lengths.items() if length > LONGEST_FILE} == {}


def test_no_function_is_too_long() -> None:
    """Counted from its `def` to its last line, without its docstring; declarations of options do not count."""
    too_long = {
        f"{name(path)}:{function.lineno} {function.name}": length
        for path in CODE
        for function in functions(path)
        if (length := body_lines(function)) > LONGEST_FUNCTION
    }
    assert too_long == {}


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    if not body:
        return 0
    last = body[-1].end_lineno
    assert last is not None
    return last - body[0].lineno + 1


def test_no_module_is_named_after_nothing() -> None:
    assert [name(path) for path in CODE if path.stem in VAGUE or path.parent.name in VAGUE] == []


def test_tests_are_no_packages() -> None:
    assert [name(path) for path in TESTS if path.name == "__init__.py"] == []


INITS = [path for path in CODE if path.name == "__init__.py"]
ON_DEMAND = {"adapters/workspace", "engine/resolve", "engine/verify"}
"""Packages that import their parts when they are first used, so that a command loads only what it needs."""

each_package = pytest.mark.parametrize("path", INITS, ids=[name(path.parent) for path in INITS])


@each_package
def test_a_package_lists_what_it_re_exports(path: Path) -> None:
    """Its imports read `from x import y as y`; an `__all__` lists the same names, and each of them is there."""
    imports = [
        node
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in PACKAGES
    ]
    assert all(alias.asname == alias.name for node in imports for alias in node.names)
    exported = sorted(alias.name for node in imports for alias in node.names)
    assert len(exported) == len(set(exported))
    package = importlib.import_module(".".join(path.parent.relative_to(ROOT).parts))
    assert sorted(getattr(package, "__all__", exported)) == exported
    assert all(hasattr(package, offered) for offered in exported)


@each_package
def test_a_package_says_what_it_is_and_does_nothing(path: Path) -> None:
    module = tree(path)
    assert ast.get_docstring(module)
    if name(path.parent) in ON_DEMAND:
        return
    for node in module.body[1:]:
        match node:
            case ast.ImportFrom() | ast.Assign(targets=[ast.Name(id="__all__")]):
                pass
            case _:
                pytest.fail(f"line {node.lineno} is neither a re-export nor `__all__`")


def test_the_tests_mirror_the_packages() -> None:
    """A folder of tests is a folder of code, one that shares what tests need (stand-ins too), one about something
    shipped, one about all packages together, a contract that several adapters keep, or an oracle that must share
    nothing with the code."""
    shared = {
        "support",
        "fakes",
        "golden",
        "policies",
        "wheel",
        "bench",
        "fuzz",
        "verify",
        "scenarios",
        "kill",
        "faults",
        "outages",
        "world",
    }
    contracts = Path("adapters") / "execute_contracts"
    folders = {path.parent.relative_to(ROOT / "tests") for path in TESTS if path.parent != ROOT / "tests"}
    astray = [
        folder.as_posix()
        for folder in folders
        if folder.parts[0] not in shared
        and folder.name != "oracle"
        and folder != contracts
        and not (ROOT / folder).exists()
    ]
    assert astray == []
