"""`promo import` and `promo export`, as they are called."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from adapters.cli.main import run
from adapters.manifests import read
from grammar.format import print_file
from grammar.parser import parse
from tests.adapters.manifests import test_faults as good
from tests.adapters.manifests import test_read as argo

WORKSPACE = """\
environment dev { kind non-prod cluster in-cluster namespaces dev }
environment prod { kind prod }
product trio { flow standard when message matches "*go*" }
policy reviewed priority 1 { action pr }
flow standard { trigger dev step prod after dev }
"""


def laid_out(text: str) -> str:
    """Return `.promo` text in its canonical layout."""
    return print_file(parse(text).file)


REVIEWED = laid_out("policy reviewed priority 1 { action pr }")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    return tmp_path


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def written(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_a_folder_becomes_a_folder(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(
        folder,
        {
            "in/policies/reviewed.yaml": "# why\n" + good.POLICY.replace("pr\n", "pr # how\n"),
            "in/all.yml": good.FLOW + "---\n" + good.PRODUCT,
            "in/argo.yaml": argo.APPLICATION + "---\n" + argo.WORKFLOW,
            "in/values.yaml": "image: {tag: 1}\n",
            "in/chart/templates/app.yaml": "{{- if .Values.x }}\napiVersion: v1\n{{- end }}\n",
            "in/.git/hidden.yaml": good.POLICY,
            "in/notes.txt": "no",
        },
    )
    assert run(["import", "in", "-o", "out"]) == 0
    assert written(folder / "out") == {
        "all.promo": laid_out(
            "flow standard { trigger dev step prod after dev }"
            'product trio { flow standard when message matches "*go*" }'
        ),
        "policies/reviewed.promo": REVIEWED,
    }
    output = capsys.readouterr()
    assert output.out == "out/all.promo\nout/policies/reviewed.promo\n"
    assert output.err == (
        "3 declarations imported\n"
        "comments not carried over: 2\n"
        "kept as they are, because they have no other form: 1 application, 1 workflow template\n"
        "passed over: 2 YAML that is no Kubernetes object\n"
    )


def test_standard_input_and_output(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(good.POLICY.encode())))
    assert run(["import", "-", "--stdout"]) == 0
    assert capsys.readouterr().out == REVIEWED


def test_one_mistake_stops_everything(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, {"a.yaml": good.FLOW, "b.yaml": good.POLICY.replace("pr\n", "prr\n")})
    assert run(["import", "a.yaml", "b.yaml", "-o", "out"]) == 2
    output = capsys.readouterr().err
    assert "--> b.yaml:8:13" in output
    assert output.endswith("nothing was imported; --skip-invalid leaves out just the files with errors\n")
    assert not (folder / "out").exists()


def test_the_good_files_can_be_taken_alone(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, {"a.yaml": good.POLICY, "b.yaml": good.POLICY.replace("pr\n", "prr\n")})
    assert run(["import", "a.yaml", "b.yaml", "-o", "out", "--skip-invalid"]) == 2
    output = capsys.readouterr()
    assert "--> b.yaml:8:13" in output.err
    assert output.err.endswith("1 declaration imported\nleft out, because of errors: 1 file\n")
    assert written(folder / "out") == {"a.promo": REVIEWED}


def test_what_promo_cannot_say_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = good.POLICY.replace("  name:", "  finalizers: [x]\n  name:") + "status: {}\n"
    write(folder, {"a.yaml": text})
    assert run(["import", "a.yaml", "-o", "out"]) == 2
    output = capsys.readouterr().err
    assert "a `.promo` file cannot say `metadata.finalizers`" in output
    assert "--> a.yaml:4:3" in output
    write(folder, {"a.yaml": good.POLICY.replace("name: reviewed", f"name: a\n  annotations: {{b: {'x' * 5000}}}")})
    assert run(["import", "a.yaml", "-o", "out"]) == 2
    assert "has 5,000 characters, and a `.promo` file may have 4,096 here" in capsys.readouterr().err


def test_what_a_server_set_is_noted(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, {"a.yaml": good.POLICY + "status: {x: 1}\n"})
    assert run(["import", "a.yaml", "--stdout"]) == 0
    assert "info[Y031]: `status` is left out: a server sets it" in capsys.readouterr().err


def test_nothing_is_overwritten_unasked(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, {"a.yaml": good.POLICY, "out/a.promo": "mine\n"})
    assert run(["import", "a.yaml", "-o", "out"]) == 2
    assert "`out/a.promo` exists" in capsys.readouterr().err
    assert written(folder / "out") == {"a.promo": "mine\n"}
    assert run(["import", "a.yaml", "-o", "out", "--force"]) == 0
    assert written(folder / "out") == {"a.promo": REVIEWED}


def test_files_of_one_name_are_numbered(folder: Path) -> None:
    write(folder, {"a.yaml": good.POLICY, "a.yml": good.FLOW, "b/a.yaml": good.PRODUCT})
    assert run(["import", "a.yaml", "a.yml", "b/a.yaml", "a.yaml", "-o", "out"]) == 0
    assert sorted(written(folder / "out")) == ["a-2.promo", "a-3.promo", "a.promo"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["import", "a.yaml"], "give either -o DIR or --stdout"),
        (["import", "a.yaml", "-o", "x", "--stdout"], "give either -o DIR or --stdout"),
        (["import", "none.yaml", "-o", "x"], "there is no file or folder `none.yaml`"),
        (["import", "bad.yaml", "-o", "x"], "file is not UTF-8"),
        (["export"], "give either -o DIR or --stdout"),
    ],
)
def test_wrong_calls(folder: Path, arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, {"a.yaml": good.POLICY})
    (folder / "bad.yaml").write_bytes(b"a: \xff\n")
    assert run(arguments) == 2
    assert message in capsys.readouterr().err


def test_a_workspace_becomes_manifests(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, {"w/promo.toml": "", "w/sub/all.promo": WORKSPACE, "w/argo.yaml": argo.APPLICATION})
    assert run(["export", "-C", "w", "-o", "out"]) == 0
    (name, text), *others = written(folder / "out").items()
    assert (name, others) == ("sub/all.yaml", [])
    found = read(text, name)
    assert found.diagnostics == ()
    original = parse(WORKSPACE).file.declarations
    named = {(type(declaration), declaration.name.text) for declaration in original}  # type: ignore[union-attr]
    assert {(type(one), one.name.text) for one in found.file.declarations} == named  # type: ignore[union-attr]
    assert capsys.readouterr().err == "5 manifests exported\n"


def test_only_some_files_are_exported(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, {"promo.toml": "", "a.promo": WORKSPACE, "b/c.promo": "policy late { action commit }\n"})
    assert run(["export", "b", "--stdout"]) == 0
    output = capsys.readouterr().out
    assert output == (
        "apiVersion: codefresh.io/v1beta1\nkind: PromotionPolicy\nmetadata:\n  name: late\n"
        "spec:\n  priority: 0\n  policy:\n    action: commit\n"
    )
    assert run(["export", "elsewhere", "--stdout"]) == 2
    assert "`elsewhere` is no file or folder of the workspace" in capsys.readouterr().err


def test_what_manifests_cannot_say_is_refused_or_left_out(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = WORKSPACE + "policy slow { action pr soak 2h }\nwindow office { days mon from 09:00 to 17:00 }\n"
    write(folder, {"promo.toml": "", "a.promo": text})
    assert run(["export", "-o", "out"]) == 2
    output = capsys.readouterr().err
    assert "--> a.promo:6:25" in output
    assert "window `office` has no manifest form" in output
    assert not (folder / "out").exists()
    assert run(["export", "-o", "out", "--skip-unsupported"]) == 0
    assert capsys.readouterr().err.endswith(
        "5 manifests exported\nleft out: policy `slow`, window `office`\n"
        "without them, what was exported may decide differently\n"
    )
    assert "slow" not in written(folder / "out")["a.yaml"]
