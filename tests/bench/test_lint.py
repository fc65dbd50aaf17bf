"""Linting as whole processes: ten policies and ten thousand declarations, beside linters of other formats."""

from __future__ import annotations

import json
from itertools import count
from pathlib import Path
from statistics import median

import pytest
import yaml

from tests.bench.policy_set import policy_set
from tests.bench.processes import Command, emptied, in_turn, spent, surroundings
from tests.bench.report import LINT, LINT_LARGE, Report, verdict
from tests.bench.yaml_twin import yaml_twin
from tests.support.generate import workspace_files
from tests.support.verify_workspaces import promo_text, verify_workspace

pytestmark = pytest.mark.bench

RUNS, LARGE_RUNS = 21, 5
FILES, EACH = 100, 100
POLICIES_OF_TEN_THOUSAND = 6_600
"""Policies of a generated workspace that, with its products, environments and flows, has ten thousand declarations."""
SCHEMA = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "type": "array",
    "items": {
        "type": "object",
        "required": ["apiVersion", "kind", "metadata", "spec"],
        "additionalProperties": False,
        "properties": {
            "apiVersion": {"const": "codefresh.io/v1beta1"},
            "kind": {"enum": ["Environment", "Product", "PromotionPolicy", "PromotionFlow"]},
            "metadata": {
                "type": "object",
                "required": ["name"],
                "properties": {
                    "name": {"type": "string", "pattern": "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", "maxLength": 253},
                    "labels": {"type": "object", "additionalProperties": {"type": "string"}},
                    "annotations": {"type": "object", "additionalProperties": {"type": "string"}},
                },
            },
            "spec": {
                "type": "object",
                "properties": {
                    "priority": {"type": "integer"},
                    "selector": {"type": "object"},
                    "policy": {"type": "object"},
                    "steps": {"type": "array", "items": {"type": "object", "required": ["environment", "dependsOn"]}},
                },
            },
        },
    },
}


_CLOUD_POLICY = """\
  Policy{number}:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      Description: Who reads what release {number} left
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Action: ["s3:GetObject"]
            Resource: arn:aws:s3:::releases/{number}/*
"""


def cloud_template(policies: int) -> str:
    """Return a CloudFormation template of IAM policies that cfn-lint has nothing to say about."""
    resources = "".join(_CLOUD_POLICY.format(number=number) for number in range(policies))
    return f'AWSTemplateFormatVersion: "2010-09-09"\nResources:\n{resources}'


def written(folder: Path, files: list[tuple[str, str]]) -> Path:
    """Write a workspace, its twin in YAML, that as one list a file, and the schema of the lists."""
    (folder / "promo.toml").write_text('sources = ["*.promo"]\n', encoding="utf-8")
    (folder / "schema.json").write_text(json.dumps(SCHEMA), encoding="utf-8")
    for name, text in files:
        path = folder / Path(name).name
        path.write_text(text, encoding="utf-8")
        if path.name != "world.promo":
            twin = yaml_twin(text)
            path.with_suffix(".yaml").write_text(twin, encoding="utf-8")
            listed = yaml.dump(list(yaml.load_all(twin, yaml.CSafeLoader)), Dumper=yaml.CSafeDumper, sort_keys=False)
            path.with_suffix(".list.yml").write_text(listed, encoding="utf-8")
    return folder


def test_ten_policies(programs: Path, tmp_path_factory: pytest.TempPathFactory, report: Report) -> None:
    text = policy_set(10, product_count=10, environment_count=5).promo_text()
    folder = written(tmp_path_factory.mktemp("ten"), [("policies.promo", text)])
    (folder / "template.yaml").write_text(cloud_template(10), encoding="utf-8")
    promo, yamllint, cfn_lint, schema = (
        str(programs / name) for name in ("promo", "yamllint", "cfn-lint", "check-jsonschema")
    )
    commands = (
        Command("promo lint, cold cache", (promo, "lint"), cold=True),
        Command("promo lint, warm cache", (promo, "lint"), 120),
        Command("yamllint", (yamllint, "-d", "relaxed", "policies.yaml")),
        Command("check-jsonschema", (schema, "--schemafile", "schema.json", "policies.list.yml")),
        Command("cfn-lint", (cfn_lint, "template.yaml")),
    )
    environment = surroundings(tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("cache"))
    for command, runs in zip(commands, in_turn(commands, RUNS, folder, environment).values(), strict=True):
        found = [seconds * 1e3 for seconds in runs]
        met = "" if command.target is None else verdict(median(found) <= command.target, f"<= {command.target:.0f}")
        report.add(LINT, command.name, f"{median(found):.1f}", f"{min(found):.1f}", met)


def short_files() -> list[tuple[str, str]]:
    """Return a workspace of ten thousand declarations of a line each, in files."""
    lines = promo_text(verify_workspace(POLICIES_OF_TEN_THOUSAND)).splitlines(keepends=True)
    each = -(-len(lines) // FILES)
    return [(f"{at:05}.promo", "".join(lines[at : at + each])) for at in range(0, len(lines), each)]


@pytest.mark.parametrize("form", ["long", "short"])
def test_ten_thousand_declarations(
    form: str, programs: Path, tmp_path_factory: pytest.TempPathFactory, report: Report
) -> None:
    folder = tmp_path_factory.mktemp(form)
    (folder / "promo.toml").write_text('sources = ["*.promo"]\n', encoding="utf-8")
    for name, text in workspace_files(FILES, EACH) if form == "long" else short_files():
        (folder / Path(name).name).write_text(text, encoding="utf-8")
    cache = tmp_path_factory.mktemp("cache")
    environment = surroundings(tmp_path_factory.mktemp("home"), cache)
    changed = next(path for path in sorted(folder.glob("*.promo")) if path.name != "world.promo")
    runs: dict[str, list[float]] = {"cold cache": [], "warm cache": [], "one file changed": []}
    lint = [str(programs / "promo"), "lint", "--statistics", "--fail-level", "never"]
    number = count()
    for _ in range(LARGE_RUNS):
        emptied(cache)
        for state, found in runs.items():
            if state == "one file changed":
                with changed.open("a", encoding="utf-8") as file:
                    file.write(f"# {next(number)}\n")
            found.append(spent(lint, folder, environment))
    targets = {"cold cache": 6.0, "warm cache": 1.5}
    for state, found in runs.items():
        seconds, target = median(found), targets.get(state)
        cells = f"{seconds:.2f}", f"{min(found):.2f}", f"{FILES * EACH / seconds:,.0f}"
        met = "" if target is None else verdict(seconds <= target, f"<= {target:g}")
        report.add(LINT_LARGE, f"promo lint, {form}, {state}", *cells, met)


@pytest.mark.parametrize(
    ("peer", "files", "runs"), [("yamllint", 10, 2), ("check-jsonschema", 20, 2), ("cfn-lint", 5, 2)]
)
def test_a_peer_lints_many(
    peer: str, files: int, runs: int, programs: Path, tmp_path_factory: pytest.TempPathFactory, report: Report
) -> None:
    """Files of 100 declarations each; the start is not multiplied with the rest."""
    folder = written(tmp_path_factory.mktemp(peer), workspace_files(files, EACH))
    (folder / "template.yaml").write_text(cloud_template(files * EACH), encoding="utf-8")
    arguments = {
        "yamllint": ("-d", "relaxed", *(path.name for path in sorted(folder.glob("[0-9]*.yaml")))),
        "check-jsonschema": ("--schemafile", "schema.json", *(path.name for path in sorted(folder.glob("*.list.yml")))),
        "cfn-lint": ("template.yaml",),
    }[peer]
    environment = surroundings(tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("cache"))
    start = median(spent([str(programs / peer), "--version"], folder, environment) for _ in range(3))
    found = [
        start + (spent([str(programs / peer), *arguments], folder, environment) - start) * FILES / files
        for _ in range(runs)
    ]
    cells = f"{median(found):.2f}", f"{min(found):.2f}", f"{FILES * EACH / median(found):,.0f}"
    report.add(LINT_LARGE, f"{peer}, on {files * EACH:,}, extrapolated", *cells, "")
