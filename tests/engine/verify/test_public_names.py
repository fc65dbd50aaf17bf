"""The package's names: those that type checkers see are those that exist, and none of them loads Z3."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import engine.verify


def declared() -> dict[str, str]:
    assert engine.verify.__file__ is not None
    tree = ast.parse(Path(engine.verify.__file__).read_text(encoding="utf-8"))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module != "typing"]
    return {alias.name: str(node.module) for node in imports for alias in node.names if alias.name != "import_module"}


def test_every_name_is_where_type_checkers_look_for_it() -> None:
    names = declared()

    assert sorted(names) == sorted(engine.verify.__all__)
    for name, module in names.items():
        assert getattr(engine.verify, name) is getattr(__import__(module, fromlist=[name]), name)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nothing_like_it"):
        engine.verify.nothing_like_it  # noqa: B018


def test_z3_is_loaded_by_the_first_goal_that_needs_it() -> None:
    program = """
import sys
import engine.verify
from engine.model.workspace import Workspace
from engine.model.conditions import ALWAYS
for name in engine.verify.__all__:
    getattr(engine.verify, name)
questions = engine.verify.Questions(Workspace())
questions.decide([ALWAYS])
print("z3" in sys.modules)
questions.decide([], [ALWAYS])
print("z3" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]


def test_checks_have_codes_of_their_own_and_stand_in_order() -> None:
    from engine.verify.checks.registry import CHECKS

    codes = [check.code for check in CHECKS]
    assert codes == sorted(set(codes))
    assert len({check.name for check in CHECKS}) == len(codes)
    assert all(check.doc.endswith(".") for check in CHECKS)
