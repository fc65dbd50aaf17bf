"""The page about Argo Workflows says what is so."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from adapters.workspace.runtimes_schema import WorkflowsServerTable
from adapters.workspace.settings_file import read_configuration

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "argo-workflows.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    return found[1]


def test_the_configuration_it_shows_is_right() -> None:
    configuration, found = read_configuration(block("toml"), "promo.toml")
    assert found == ()
    main, eu = (runtime.workflows for runtime in configuration.adapters.runtimes)
    assert main is not None
    assert eu is not None
    assert (main.url, main.service_account, eu.url, eu.context) == (
        "https://argo.example.com:2746",
        "promo-runs",
        "",
        "eu-1",
    )


def test_every_key_is_told() -> None:
    table = PAGE.partition("| Key |")[2].partition("\n\n")[0]
    told = re.findall(r"^\| `([a-z-]+)` \|", table, re.MULTILINE)
    fields = [field.alias or name for name, field in WorkflowsServerTable.model_fields.items()]
    assert sorted(told) == sorted(fields)


def test_the_rights_it_shows_are_a_role() -> None:
    role = yaml.safe_load(block("yaml"))
    assert {resource for rule in role["rules"] for resource in rule["resources"]} == {
        "workflows",
        "workflowtemplates",
        "pods",
        "pods/log",
    }
