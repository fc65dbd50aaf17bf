"""`promo eval --given`: facts of products and environments that need not be declared."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from adapters.cli.given_facts import read_given
from adapters.cli.main import run
from engine.model.attributes import Attribute, Subject
from engine.verify.points import side

WORKSPACE = """\
environment dev { kind non-prod  cluster in-cluster namespaces dev }
environment prod { kind prod  tags pci  cluster in-cluster namespaces prod }
product trio { labels team = "shop" }
product duo { labels team = "payments" }
policy default { action commit }
policy reviewed priority 100 {
  when environment.kind == prod
  action pr
}
policy payments priority 50 {
  when product.labels.team == "payments"
  soak 2h
}
policy slashed priority 60 {
  when product.labels["a/b"] == "x=y" and environment.tags == "pci"
  soak 3h
}
flow standard {
  trigger dev
  step prod after dev { approvals 3 }
}
"""


@pytest.fixture(autouse=True)
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "rules.promo").write_text(WORKSPACE)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.chdir(tmp_path)


def evaluated(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[tuple[str, str, dict[str, str]]]:
    """Return product, environment and values of each pair."""
    assert run(["eval", *arguments, "--format", "json"]) == 0
    pairs = json.loads(capsys.readouterr().out)["pairs"]
    return [
        (pair["product"], pair["environment"], {name: found["value"] for name, found in pair["settings"].items()})
        for pair in pairs
    ]


def given(*assignments: str) -> list[str]:
    return [word for assignment in assignments for word in ("--given", assignment)]


def test_neither_side_has_to_exist(capsys: pytest.CaptureFixture[str]) -> None:
    found = evaluated(capsys, *given("product.labels.team=payments", "environment.kind=prod"))

    assert found == [("", "", {"action": "pr", "soak": "2h"})]


def test_a_side_that_nothing_is_given_about_is_every_declared_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert [pair[:2] for pair in evaluated(capsys, *given("product.labels.team=payments"))] == [
        ("", "dev"),
        ("", "prod"),
    ]
    assert [pair[:2] for pair in evaluated(capsys, *given("environment.kind=prod"))] == [("trio", ""), ("duo", "")]


def test_a_declared_name_brings_its_facts(capsys: pytest.CaptureFixture[str]) -> None:
    found = evaluated(capsys, *given("product.name=duo", "environment.name=prod"))

    assert found == [("duo", "prod", {"action": "pr", "soak": "2h"})]
    assert found == evaluated(capsys, "duo", "prod")


def test_what_is_given_stands_over_what_is_declared(capsys: pytest.CaptureFixture[str]) -> None:
    assert evaluated(capsys, "trio", "dev", *given("product.labels.team=payments")) == [
        ("trio", "dev", {"action": "commit", "soak": "2h"})
    ]
    assert evaluated(capsys, "duo", "dev", *given("product.labels.team=shop"))[0][2] == {"action": "commit"}


def test_other_names_are_allowed(capsys: pytest.CaptureFixture[str]) -> None:
    assert evaluated(capsys, "newcomer", "staging", *given("environment.kind=non-prod"))[0][:2] == (
        "newcomer",
        "staging",
    )
    assert evaluated(capsys, "newcomer", *given("environment.name=prod")) == [("newcomer", "prod", {"action": "pr"})]


def test_keys_and_values_may_hold_equal_signs_and_slashes(capsys: pytest.CaptureFixture[str]) -> None:
    found = evaluated(capsys, *given('product.labels["a/b"]=x=y', "environment.name=prod"))

    assert found[0][2]["soak"] == "3h"


def test_a_flow_brings_its_inline_settings(capsys: pytest.CaptureFixture[str]) -> None:
    inside = [("newcomer", "prod", {"action": "pr", "approvals": "3"})]

    assert evaluated(capsys, *given("product.name=newcomer", "environment.name=prod", "flow.name=standard")) == inside
    assert evaluated(capsys, "newcomer", "prod", "--flow", "standard", *given("environment.name=prod")) == inside


def test_people_see_what_is_not_declared(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["eval", "newcomer", *given("environment.kind=prod")]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "newcomer (not declared) -> an environment (not declared)",
        "  action  pr  policy `reviewed` (priority 100)  rules.promo:8",
    ]

    assert run(["eval", *given("product.labels.team=payments")]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "product                   environment  action  soak",
        "a product (not declared)  dev          commit  2h",
        "a product (not declared)  prod         pr      2h",
    ]


@pytest.mark.parametrize(
    ("arguments", "message", "help"),
    [
        (given("product.lables.team=x"), "`product.lables.team` is not an attribute", "did you mean `labels`?"),
        (given("prodcut.name=x"), "`prodcut.name` is not an attribute", "did you mean `product`?"),
        (given("commit.message=x"), "`commit.message` is not an attribute", "product, environment and flow"),
        (given("product=x"), "`product` is not an attribute", "`product.labels.KEY`"),
        (given("product.name.x=x"), "`product.name` has no keys", "product.name=VALUE"),
        (given("product.labels=x"), "`product.labels` does not say which", "product.labels.KEY=VALUE"),
        (given("product.labels.a.b=x"), "more than one key", 'product.labels["a.b"]=VALUE'),
        (given('product.labels["\\q"]=x'), "unknown escape `\\q`", ""),
        (given("product.name"), "`product.name` gives no value", "product.labels.team=payments"),
        (given("=x"), "`=x` gives no value", ""),
        (given("product.name="), "no name is empty", ""),
        (given("environment.kind=prdo"), "`environment.kind` is `prod` or `non-prod`, not `prdo`", "mean `prod`?"),
        (given("environment.labels.a=b"), "its kind has to be given", "--given environment.kind=prod"),
        (given("product.name=a", "product.name=b"), "`product.name` holds one value, and is given `a` and `b`", ""),
        (["duo", *given("product.name=trio")], "called `duo` and `trio` at once", ""),
        (["-p", "duo", "-p", "trio", *given("product.tags=x")], "so there is only one", "name one"),
        (["-p", "tri", "-p", "du", *given("environment.kind=prod")], "no product `tri` is declared", "`trio`"),
        (given("flow.name=standrad"), "no flow `standrad` is declared", "`standard`"),
        (given("flow.name=standard", "environment.name=dev"), "flow `standard` has no step into `dev`", "are `prod`"),
        (
            given("flow.name=standard", "environment.kind=prod"),
            "flow `standard` has no step into what is given",
            "`prod`",
        ),
        (["--flow", "other", *given("flow.name=standard")], "called `other` and `standard` at once", ""),
        (given(*(f"product.tags=t{number}" for number in range(201))), "more than 200 facts", ""),
    ],
)
def test_mistakes_are_told(arguments: list[str], message: str, help: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["eval", *arguments]) == 2
    shown = capsys.readouterr().err
    assert message in shown
    assert help in shown


def test_every_witness_can_be_given() -> None:
    values = {
        Attribute(Subject.PRODUCT, "labels", key): (value,)
        for key, value in (("team", "payments"), ("a/b", "x=y"), ('q"\\', 'a"b\\c'), ("new\nline", "1\n2"), ("e", ""))
    }
    values[Attribute(Subject.PRODUCT, "tags")] = ("one", "two = 2")
    witness = side(Subject.PRODUCT, "newcomer", values)

    read = read_given(witness.given(), ())

    assert dict(witness.values) == dict(read.values)


def test_a_pattern_that_chooses_several_is_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["eval", "*o", "prod"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 3


@pytest.mark.parametrize("arguments", [[], ["trio", "prod"], given("product.tags=x", "environment.kind=prod")])
def test_the_solver_is_not_loaded(arguments: list[str], tmp_path: Path) -> None:
    program = (
        "import sys; from adapters.cli.main import run;"
        f"code = run(['eval', *{arguments!r}]);"
        "print(code, 'z3' in sys.modules, 'engine.verify.prover' in sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stderr.splitlines()[-1] == "0 False False"
