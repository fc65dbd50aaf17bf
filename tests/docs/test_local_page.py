"""`docs/local.md` says what there is: keys, defaults, fields, commands."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from adapters.cli.commands.workflow import command
from adapters.local.interpret import fields
from adapters.local.leaf import child
from adapters.workspace import schema
from adapters.workspace.settings_file import read_configuration

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/local.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("block", BLOCKS, ids=range(len(BLOCKS)))
def test_every_configuration_is_valid(block: str) -> None:
    assert read_configuration(block, "promo.toml")[1] == ()


def test_the_table_has_every_key_with_its_default() -> None:
    rows = dict(re.findall(r"^\| `([a-z-]+)` \| `([^`]*)` \|", PAGE, re.MULTILINE))
    expected = {
        field.alias or name: field.get_default()
        for name, field in schema.LocalTable.model_fields.items()
        if name != "images"
    }
    assert {key: tomllib.loads(f"x = {value}")["x"] for key, value in rows.items()} == expected


def test_every_field_that_is_run_is_named_and_no_other() -> None:
    section = PAGE.partition("### What is understood")[2].partition("Everything else")[0]
    named = set(re.findall(r"`([A-Za-z]+)`", section))
    plain = {"name", "arguments", "templates", "entrypoint", "inputs", "outputs", "template", "templateRef"}
    known = fields.SPEC | fields.TEMPLATE | fields.TASK | fields.RETRY | {"failFast", "target", "globalName"}
    assert named == known - plain | {"templateRef"}


def test_every_command_is_shown() -> None:
    shown = set(re.findall(r"^promo workflow ([a-z]+)", PAGE, re.MULTILINE))
    assert shown == set(command.commands)


def test_the_kernel_refuses_as_many_processes_as_said() -> None:
    assert f"`processes` and {child._SPARE}," in PAGE.replace("\n", " ")
