"""`promo diff`: sides, exit codes and forms."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from adapters.cli.diff_views import markdown
from adapters.cli.diff_views.entries import Sides
from adapters.cli.main import run
from adapters.workspace import load
from engine.verify.diff import compare
from engine.verify.prover import GaveUp, Goal
from tests.support.content import Link
from tests.support.gitrepo import GitRepo

WORLD = """\
environment dev { kind non-prod  cluster in-cluster namespaces dev }
environment prod { kind prod  cluster in-cluster namespaces prod }
product trio { labels team = "payments" }
"""
REVIEWED = "policy all { action pr }\n"
COMMITTED = "policy all { action commit }\n"
CONFIGURATION = 'sources = ["*.promo"]\n'


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> GitRepo:
    """A repository whose workspace lies in `rules`, with one commit."""
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "200")
    made = GitRepo(tmp_path / "repo")
    made.commit(
        {"rules/promo.toml": CONFIGURATION, "rules/world.promo": WORLD, "rules/a.promo": REVIEWED}, message="first"
    )
    return made


def write(folder: Path, files: dict[str, str]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text)
    return folder


def workspace(folder: Path, policies: str) -> Path:
    return write(folder, {"promo.toml": CONFIGURATION, "world.promo": WORLD, "a.promo": policies})


def test_the_working_tree_against_head(
    repo: GitRepo, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = workspace(repo.path / "rules", REVIEWED)
    monkeypatch.chdir(rules)
    assert run(["diff"]) == 0
    assert "no semantic change: proved" in capsys.readouterr().out
    (rules / "a.promo").write_text("\n" + COMMITTED)
    assert run(["diff"]) == 1
    said = " ".join(capsys.readouterr().out.split())
    assert "HEAD -> working tree" in said
    assert "action `pr` (`all`, HEAD:rules/a.promo:1) becomes `commit` (`all`, a.promo:2)" in said
    assert "2 declared pairs: `trio` in `dev` and `trio` in `prod`" in said


def test_two_revisions_are_read_without_touching_the_checkout(
    repo: GitRepo, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    repo.commit({"rules/a.promo": COMMITTED}, message="second")
    rules = workspace(repo.path / "rules", "policy all { acti")
    before = {path: path.read_bytes() for path in repo.path.rglob("*") if path.is_file() and ".git" not in path.parts}
    for arguments in (["HEAD~1..HEAD"], ["HEAD~1..HEAD~0"], ["HEAD~1", "HEAD"], ["HEAD~1.."]):
        assert run(["diff", "-C", str(rules), *arguments, "--format", "json"]) == 1
        found = json.loads(capsys.readouterr().out)
        (region,) = [region for setting in found["settings"] for region in setting["regions"]]
        assert (region["old"]["value"], region["new"]["value"]) == ("pr", "commit")
        assert region["old"]["file"].endswith(":rules/a.promo")
        assert region["verdict"] == "looser"
    after = {path: path.read_bytes() for path in repo.path.rglob("*") if path.is_file() and ".git" not in path.parts}
    assert before == after


def test_the_configuration_is_that_of_the_revision(repo: GitRepo, capsys: pytest.CaptureFixture[str]) -> None:
    two = "policy a { action pr }\npolicy b priority 10 { action commit }\n"
    repo.commit({"rules/a.promo": two}, message="second")
    flipped = 'priority = "lowest-wins"\n' + CONFIGURATION
    repo.commit({"rules/promo.toml": flipped}, message="third")
    assert run(["diff", "-C", str(repo.path / "rules"), "HEAD~1", "HEAD", "--format", "json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert {(r["old"]["policy"], r["new"]["policy"]) for s in found["settings"] for r in s["regions"]} == {("b", "a")}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere", "HEAD"], "revision `nowhere` cannot be read"),
        (["--", "-x", "HEAD"], "revision `-x` cannot be read"),
        (["HEAD...HEAD"], "merge base"),
        (["a" * 5000], "cannot be read"),
        (["HEAD:rules", "HEAD"], "cannot be read"),
    ],
)
def test_bad_sides_are_invalid(
    repo: GitRepo, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["diff", "-C", str(repo.path / "rules"), *arguments]) == 2
    assert said in capsys.readouterr().err


def test_a_mistake_on_either_side_is_invalid_and_named(
    repo: GitRepo, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    repo.commit({"rules/a.promo": "policy all { action prr }\n"}, message="second")
    good = workspace(tmp_path / "good", REVIEWED)
    rules = repo.path / "rules"
    for arguments in (["HEAD", str(good)], [str(good), "HEAD"]):
        assert run(["diff", "-C", str(rules), *arguments]) == 2
        assert "HEAD:rules/a.promo:1" in capsys.readouterr().err


def test_outside_of_a_repository(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    folder = workspace(tmp_path / "alone", REVIEWED)
    assert run(["diff", "-C", str(folder)]) == 2
    assert "revision `HEAD` cannot be read" in capsys.readouterr().err


def test_hidden_and_excluded_files_of_a_revision_are_passed_by(
    repo: GitRepo, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = "policy {"
    repo.commit(
        {
            "rules/promo.toml": 'sources = ["**/*.promo"]\nexclude = ["old"]\n',
            "rules/.hidden/x.promo": broken,
            "rules/old/x.promo": broken,
            "elsewhere/x.promo": broken,
        },
        message="second",
    )
    assert run(["diff", "-C", str(repo.path / "rules"), "HEAD~1", "HEAD"]) == 0


def test_a_link_of_a_revision_leads_nowhere(repo: GitRepo, capsys: pytest.CaptureFixture[str]) -> None:
    repo.commit({"rules/secret.promo": Link("../../../etc/passwd")}, message="second")
    assert run(["diff", "-C", str(repo.path / "rules"), "HEAD~1", "HEAD"]) == 2
    said = capsys.readouterr().err
    assert "C007" in said
    assert "HEAD:rules/secret.promo" in said


def test_closed_looks_at_what_is_declared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = workspace(tmp_path / "one", REVIEWED)
    other = workspace(
        tmp_path / "other", REVIEWED + 'policy b priority 1 { when product.labels.team == "new"  action commit }\n'
    )
    assert run(["diff", str(one), str(other)]) == 1
    assert "no declared pair; possible for a product" in capsys.readouterr().out
    assert run(["diff", str(one), str(other), "--closed"]) == 0
    assert "no semantic change for anything that is declared" in capsys.readouterr().out


def test_another_origin_is_listed_only_when_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, other = workspace(tmp_path / "one", REVIEWED), workspace(tmp_path / "other", "policy other { action pr }\n")
    assert run(["diff", str(one), str(other)]) == 0
    assert "other origin" not in capsys.readouterr().out
    assert run(["diff", str(one), str(other), "-v"]) == 0
    assert "every environment of every product: action `pr` of `all`" in capsys.readouterr().out


def test_what_cannot_be_proved_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = workspace(tmp_path / "one", REVIEWED), workspace(tmp_path / "other", COMMITTED)
    monkeypatch.setattr(Goal, "check", lambda self: GaveUp("the prover gave up: out of luck"))
    assert run(["diff", str(one), str(other)]) == 3
    said = capsys.readouterr().out
    assert "not proved for setting `action`: the prover gave up: out of luck" in said
    assert "proved for every" not in said.replace("not proved for", "")


def test_markdown_is_bounded_and_inert(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    evil = (
        "policy p{n} priority {n} {{\n"
        '  when product.labels.team == "@everyone <b> `x` | #{n} http://a.b"\n'
        "  action commit\n}}\n"
    )
    many = "".join(evil.format(n=number) for number in range(1, 60))
    one, other = workspace(tmp_path / "one", REVIEWED), workspace(tmp_path / "other", REVIEWED + many)
    old, new = load(one), load(other)
    assert not new.broken, new.diagnostics
    found = compare(old.workspace, new.workspace)
    sides = Sides("@old", "<new>", old.sources, new.sources)
    whole = markdown.render(found, sides)
    bare = re.sub(r"<code>.*?</code>|`[^`]*`", "", whole)
    assert "@everyone" not in bare
    assert "http://" not in bare
    assert "<b>" not in bare
    short = markdown.render(found, sides, limit=3_000)
    assert len(short) <= 3_000
    assert "more changes are left out" in short
