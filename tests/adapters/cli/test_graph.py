"""`promo graph`: what can be asked for, and what is refused."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest

from adapters.cli.commands.graph import FORMATS, SUBJECTS
from adapters.cli.exit_codes import ExitCode
from adapters.cli.main import run
from tests.support import help_world


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return help_world.make(tmp_path_factory.mktemp("graph"))


@pytest.fixture(autouse=True)
def folder(made: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(made)
    return made


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("what", SUBJECTS)
def test_everything_in_every_format(what: str, form: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["graph", what, "--format", form]) == ExitCode.DONE
    shown = capsys.readouterr()
    assert shown.err == ""
    assert shown.out.endswith("\n")
    assert not shown.out.endswith("\n\n")
    if form == "svg":
        assert ElementTree.fromstring(shown.out).attrib["role"] == "img"
    else:
        begins = {"mermaid": "flowchart LR\n", "dot": "digraph promo {\n", "tree": ""}[form]
        assert shown.out.startswith(begins)
        names = {"flows": "hotfix", "environments": "trio", "overlap": "reviewed-production"}
        assert names[what] in shown.out


def test_flows_are_drawn_unless_something_else_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["graph"]) == ExitCode.DONE
    plain = capsys.readouterr().out
    assert run(["graph", "flows"]) == ExitCode.DONE
    assert capsys.readouterr().out == plain
    assert plain.splitlines()[0] == "standard"


def test_a_product_shows_what_is_in_force_for_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["graph", "--product", "trio", "--flow", "standard"]) == ExitCode.DONE
    shown = capsys.readouterr().out
    assert "standard of trio" in shown
    assert "prod-eu  prod  pull request  trio-prod-eu" in shown
    assert "qa  non-prod  commit  trio-qa" in shown
    assert "hotfix" not in shown


def test_overlap_around_one_policy(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["graph", "overlap", "--policy", "reviewed-production"]) == ExitCode.DONE
    shown = capsys.readouterr().out
    assert "action pr  always decides" in shown
    assert "action commit  decides 2 of 3  under reviewed-production (1)" in shown


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("graph --flow hotfx", "no flow `hotfx` is declared\n  = help: did you mean `hotfix`"),
        ("graph --product duo", "no product `duo` is declared"),
        ("graph overlap --policy nobody", "no policy `nobody` is declared"),
        ("graph flows --policy everywhere", "--policy goes with `overlap`"),
        ("graph flow", "'flow' is not one of"),
    ],
)
def test_what_is_not_there_is_refused(words: str, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(words.split()) == ExitCode.INVALID
    shown = capsys.readouterr()
    assert message in shown.err
    assert shown.out == ""


@pytest.mark.parametrize(
    ("text", "words", "message"),
    [
        ("environment dev { kind prod }", "graph flows", "the workspace declares no flow"),
        ("environment dev { kind prod }", "graph environments", "the workspace declares no product"),
        ("environment dev { kind prod }", "graph overlap", "the workspace declares no policy"),
        ("product p { }\npolicy q { action pr }", "graph overlap", "the workspace declares no environment"),
        ("environment dev { kind prod }\nproduct p { }", "graph --product p", "product `p` uses no flow"),
        (
            "environment dev { kind prod }\nproduct p { }\nflow f { trigger dev }",
            "graph environments --flow f --product p",
            "product `p` does not use flow `f`",
        ),
    ],
)
def test_where_there_is_nothing_to_draw_it_is_said(
    text: str, words: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.promo").write_text(text, encoding="utf-8")
    assert run([*words.split(), "-C", str(tmp_path)]) == ExitCode.INVALID
    shown = capsys.readouterr().err
    assert message in shown
    assert "= help: " in shown


def test_a_flow_the_product_does_not_use_is_drawn_and_noted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "environment dev { kind prod }\nenvironment eu { kind prod }\nproduct p { }\n"
    (tmp_path / "a.promo").write_text(f"{text}flow f {{ trigger dev  step eu after dev }}\n", encoding="utf-8")
    assert run(["graph", "-C", str(tmp_path), "--flow", "f", "--product", "p"]) == ExitCode.DONE
    shown = capsys.readouterr()
    assert shown.err == "note: product `p` does not use flow `f`\n"
    assert "eu  prod  nothing sets an action  no application here" in shown.out


def test_a_flow_of_a_thousand_steps_in_a_row(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = [f"e{number}" for number in range(1000)]
    steps = "".join(f"  step {name} after {before}\n" for before, name in pairwise(names))
    text = "".join(f"environment {name} {{ kind prod }}\n" for name in names)
    (tmp_path / "a.promo").write_text(f"{text}flow f {{\n  trigger e0\n{steps}}}\n", encoding="utf-8")
    for form in FORMATS:
        assert run(["graph", "-C", str(tmp_path), "--format", form]) == ExitCode.DONE
        assert "e999" in capsys.readouterr().out
