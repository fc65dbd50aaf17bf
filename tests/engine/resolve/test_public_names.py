"""The package's names: those that type checkers see are those that exist."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import engine.resolve


def declared() -> dict[str, str]:
    assert engine.resolve.__file__ is not None
    tree = ast.parse(Path(engine.resolve.__file__).read_text(encoding="utf-8"))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module != "typing"]
    return {alias.name: str(node.module) for node in imports for alias in node.names if alias.name != "import_module"}


def test_every_name_is_where_type_checkers_look_for_it() -> None:
    names = declared()

    assert sorted(names) == sorted(engine.resolve.__all__)
    for name, module in names.items():
        assert getattr(engine.resolve, name) is getattr(__import__(module, fromlist=[name]), name)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nothing_like_it"):
        engine.resolve.nothing_like_it  # noqa: B018


def test_no_module_hides_a_name() -> None:
    folder = Path(str(engine.resolve.__file__)).parent
    assert not {path.stem for path in folder.glob("*.py")} & set(engine.resolve.__all__)
