"""`docs/ci.md` is true: its tables are those of the action and the template, its examples are valid."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from adapters.ci.place import TOKENS
from adapters.cli.commands.ci import command

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
TEMPLATE = yaml.safe_load((ROOT / "adapters/ci/gitlab/promo.gitlab-ci.yml").read_text(encoding="utf-8"))
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))


def section(title: str) -> str:
    return PAGE.partition(f"## {title}\n")[2].partition("\n## ")[0]


def rows(text: str, head: str) -> dict[str, str]:
    """Return the first two columns of the table that begins with a head."""
    table = text.partition(f"| {head} |")[2].partition("\n\n")[0]
    return dict(re.findall(r"^\| `([\w-]+)` \| ([^|]*?) ?\|", table, re.MULTILINE))


def example(title: str) -> Any:
    found = re.search(r"```yaml\n(.*?)```", section(title), re.DOTALL)
    assert found is not None
    return yaml.safe_load(found[1])


def test_the_inputs_are_those_of_the_action() -> None:
    said = rows(section("GitHub Actions"), "Input")
    assert list(said) == list(ACTION["inputs"])
    for name, default in said.items():
        if name != "token":
            assert default.strip("`") == ACTION["inputs"][name]["default"]


def test_the_outputs_are_those_of_the_action() -> None:
    assert list(rows(section("GitHub Actions"), "Output")) == list(ACTION["outputs"])


def test_the_variables_are_those_of_the_template() -> None:
    said = rows(section("GitLab CI"), "Variable")
    assert {name: default.strip("`") for name, default in said.items()} == TEMPLATE["promo"]["variables"]


def test_the_examples_use_what_there_is() -> None:
    workflow = example("GitHub Actions")
    (step,) = [step for step in workflow["jobs"]["promo"]["steps"] if "with" in step]
    assert set(step["with"]) <= set(ACTION["inputs"])
    assert workflow["permissions"]["pull-requests"] == "write"
    pipeline = example("GitLab CI")
    assert (ROOT / pipeline["include"][0]["file"]).is_file()
    assert set(pipeline["promo"]["variables"]) <= set(TEMPLATE["promo"]["variables"])
    hooks = [hook["id"] for hook in example("pre-commit")["repos"][0]["hooks"]]
    assert hooks == [hook["id"] for hook in HOOKS]


def test_the_calls_are_understood() -> None:
    found = re.search(r"```sh\npromo ci (.*?)\n```", PAGE)
    assert found is not None
    name, *words = shlex.split(found[1])
    assert isinstance(command, click.Group)
    asked = command.get_command(click.Context(command), name)
    assert asked is not None
    asked.make_context(name, words).close()


@pytest.mark.parametrize("names", TOKENS.values())
def test_the_variables_of_tokens_are_named(names: tuple[str, ...]) -> None:
    assert f"`{names[0]}`" in section("What is safe")
