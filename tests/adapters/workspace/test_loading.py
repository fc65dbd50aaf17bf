"""Loading a workspace from a folder: what is read, what is refused, and what is said."""

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from adapters.workspace import Loaded, find_and_load, load
from adapters.workspace import walk as walk_module
from adapters.workspace.cached_manifests import NO_OBJECT
from adapters.workspace.declared import KeptTests
from engine.model.workspace import PriorityOrder
from grammar.render import render

DEV = "environment dev { kind non-prod }\n"
POLICY = """\
apiVersion: codefresh.io/v1beta1
kind: PromotionPolicy
metadata:
  name: reviewed
spec:
  priority: 0
  policy:
    action: pr
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(folder: Path, **files: str) -> None:
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_promo", ".promo").replace("_yaml", ".yaml")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def codes(loaded: Loaded) -> list[str]:
    return [diagnostic.code for diagnostic in loaded.diagnostics]


# --- which folder ------------------------------------------------------------------------------------


def test_the_nearest_folder_with_a_configuration_is_the_workspace(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder, dev_promo=DEV, sub__deep__other_promo="environment other { kind prod }")
    (folder / "promo.toml").write_text("")
    monkeypatch.chdir(folder / "sub" / "deep")
    loaded = find_and_load(None)
    assert loaded.folder == folder
    assert list(loaded.workspace.environments) == ["dev", "other"]
    assert set(loaded.sources) == {"../../promo.toml", "../../dev.promo", "other.promo"}


def test_a_folder_with_promo_files_needs_no_configuration(folder: Path) -> None:
    write(folder, dev_promo=DEV)
    assert list(find_and_load(None).workspace.environments) == ["dev"]


def test_without_a_workspace_it_says_how_to_begin(folder: Path) -> None:
    write(folder, a_yaml=POLICY)
    loaded = find_and_load(None)
    assert codes(loaded) == ["C001"]
    assert "promo init" in loaded.diagnostics[0].help
    assert list(find_and_load(folder).workspace.policies) == ["reviewed"]


def test_a_folder_that_is_given_must_exist(folder: Path) -> None:
    (folder / "file").write_text("")
    assert [one.message for one in find_and_load(folder / "nowhere").diagnostics] == [
        f"workspace `{folder / 'nowhere'}` does not exist"
    ]
    assert codes(find_and_load(folder / "file")) == ["C001"]
    (folder / "promo.toml").write_text("")
    write(folder, dev_promo=DEV)
    assert list(find_and_load(folder / "promo.toml").workspace.environments) == ["dev"]


@pytest.mark.parametrize("files", [{}, {"a_promo": "# nothing yet\n"}, {"values_yaml": "image: {tag: 1}\n"}])
def test_a_workspace_that_declares_nothing_is_an_error(folder: Path, files: dict[str, str]) -> None:
    write(folder, **files)
    loaded = load(folder)
    assert codes(loaded) == ["C002"]
    assert loaded.broken


# --- which files -------------------------------------------------------------------------------------


def test_both_forms_are_read_into_one_workspace(folder: Path) -> None:
    write(
        folder,
        b__dev_promo=DEV,
        a__policy_yaml=POLICY,
        values_yaml="a: 1",
        deployment_yaml="kind: Deployment\napiVersion: apps/v1\n",
    )
    loaded = load(folder)
    assert loaded.diagnostics == ()
    assert list(loaded.workspace.environments) == ["dev"]
    assert list(loaded.workspace.policies) == ["reviewed"]
    assert loaded.read == 4
    assert loaded.passed_over == {"Deployment": 1, NO_OBJECT: 1}


def test_what_is_counted_as_no_object_is_called_as_the_manifests_call_it() -> None:
    from adapters.manifests import recognition

    assert recognition.NO_OBJECT == NO_OBJECT


def test_a_duplicate_across_forms_shows_both_places(folder: Path) -> None:
    write(folder, a_yaml=POLICY, b_promo="policy reviewed { action commit }")
    loaded = load(folder)
    assert codes(loaded) == ["M001"]
    shown = render(loaded.diagnostics[0], loaded.sources)
    assert "a.yaml:4:" in shown
    assert "b.promo:1:8" in shown


def test_hidden_and_excluded_files_are_passed_by(folder: Path) -> None:
    broken = "this is broken"
    write(folder, dev_promo=DEV, old__x_promo=broken, sub__x_promo=broken)
    write(folder / ".git", x_promo=broken)
    (folder / ".hidden.promo").write_text(broken)
    (folder / "promo.toml").write_text('exclude = ["old", "**/x.promo"]')
    assert load(folder).diagnostics == ()


def test_sources_narrow_what_is_read(folder: Path) -> None:
    write(folder, dev_promo=DEV, sub__x_promo="this is broken")
    (folder / "promo.toml").write_text('priority = "lowest-wins"\nsources = ["*.promo", "none/*.yaml"]\n')
    loaded = load(folder)
    assert codes(loaded) == ["C010"]
    assert not loaded.broken
    assert loaded.workspace.priority_order is PriorityOrder.LOWEST_WINS
    assert "promo.toml:2:11" in render(loaded.diagnostics[0], loaded.sources)


def test_a_wrong_configuration_stops_before_anything_is_read(folder: Path) -> None:
    write(folder, x_promo="this is broken")
    (folder / "promo.toml").write_text("sourcs = []")
    loaded = load(folder)
    assert codes(loaded) == ["C004"]
    assert "promo.toml:1:1" in render(loaded.diagnostics[0], loaded.sources)


def test_order_on_disk_does_not_matter(folder: Path) -> None:
    names = ["b", "a", "c/d", "c.x", "B"]
    for name in names:
        write(folder, **{f"{name}_promo": f"environment {name.replace('/', '-').replace('.', '-')} {{ kind prod }}"})
    assert [file.source for file in load(folder).files] == ["B.promo", "a.promo", "b.promo", "c.x.promo", "c/d.promo"]


def test_loading_twice_gives_the_same(folder: Path) -> None:
    write(folder, dev_promo=DEV + "policy p { action comit }", a_yaml=POLICY)
    first, second = load(folder, check_json_paths=True), load(folder, check_json_paths=True)
    assert first.workspace == second.workspace
    assert first.diagnostics == second.diagnostics


# --- links, pipes and other traps --------------------------------------------------------------------


def test_a_link_out_of_the_workspace_is_refused(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside")
    write(outside, secret_promo=DEV)
    write(folder, qa_promo="environment qa { kind non-prod }")
    (folder / "link.promo").symlink_to(outside / "secret.promo")
    (folder / "folder").symlink_to(outside)
    loaded = load(folder)
    assert codes(loaded) == ["C007"]
    assert loaded.diagnostics[0].span.source == "link.promo"
    assert list(loaded.workspace.environments) == ["qa"]


def test_a_configuration_that_is_a_link_out_of_the_workspace_is_refused(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside") / "x.toml"
    outside.write_text("secret = 1")
    write(folder, dev_promo=DEV)
    (folder / "promo.toml").symlink_to(outside)
    loaded = load(folder)
    assert codes(loaded) == ["C007"]
    assert not loaded.sources


def test_links_inside_the_workspace_are_read_once(folder: Path) -> None:
    write(folder, real_promo=DEV)
    (folder / "again.promo").symlink_to("real.promo")
    (folder / "loop").symlink_to(".")
    assert [file.source for file in load(folder).files] == ["real.promo"]


def test_a_mounted_config_map_is_read(folder: Path) -> None:
    write(folder / "..2026", dev_promo=DEV)
    (folder / "..data").symlink_to("..2026")
    (folder / "dev.promo").symlink_to("..data/dev.promo")
    assert list(load(folder).workspace.environments) == ["dev"]


def test_a_dangling_link_is_reported(folder: Path) -> None:
    write(folder, dev_promo=DEV)
    (folder / "gone.promo").symlink_to("nowhere")
    assert codes(load(folder)) == ["C006"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_pipes_and_sockets_are_never_opened(folder: Path) -> None:
    write(folder, dev_promo=DEV)
    os.mkfifo(folder / "pipe.promo")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("s.yaml")
        assert codes(load(folder)) == ["C006", "C006"]
    os.mkfifo(folder / "promo.toml")
    assert codes(load(folder)) == ["C006"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may read everything")
def test_an_unreadable_file_is_reported(folder: Path) -> None:
    write(folder, dev_promo=DEV, secret_promo=DEV)
    (folder / "secret.promo").chmod(0)
    assert codes(load(folder)) == ["C006"]


@pytest.mark.parametrize(
    ("data", "message", "help_text"),
    [
        (b"# caf\xe9\n", "file is not UTF-8: byte 0xe9 at offset 5", "save it as UTF-8"),
        (
            "# x\n".encode("utf-16"),
            "file is not UTF-8: byte 0xff at offset 0",
            "it looks like UTF-16; save it as UTF-8",
        ),
    ],
)
def test_a_file_that_is_not_utf_8_is_reported_with_its_place(
    folder: Path, data: bytes, message: str, help_text: str
) -> None:
    (folder / "a.promo").write_bytes(data)
    write(folder, dev_promo=DEV)
    loaded = load(folder)
    assert [(one.code, one.message, one.help) for one in loaded.diagnostics] == [("S017", message, help_text)]
    assert "a.promo:1:" in render(loaded.diagnostics[0], loaded.sources)


def test_a_byte_order_mark_is_no_part_of_the_text(folder: Path) -> None:
    (folder / "a.promo").write_bytes(b"\xef\xbb\xbf" + b"policy p { action comit }")
    loaded = load(folder)
    assert "a.promo:1:19" in render(loaded.diagnostics[0], loaded.sources)


def test_sizes_and_numbers_are_bounded(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(folder, dev_promo=DEV, large_yaml="# " + "x" * 200)
    monkeypatch.setattr("adapters.workspace.reading.LARGEST", 100)
    assert codes(load(folder)) == ["C009"]
    monkeypatch.setattr(walk_module, "MOST_FILES", 1)
    assert codes(load(folder)) == ["C008"]
    monkeypatch.setattr(walk_module, "DEEPEST", 0)
    write(folder, sub__x_promo=DEV)
    assert codes(load(folder)) == ["C008", "C008"]


def test_names_of_files_cannot_drive_a_terminal(folder: Path) -> None:
    (folder / "a\x1b[2J.promo").write_text("broken")
    (folder / os.fsdecode(b"b\xff.promo")).write_text("broken")
    shown = [render(one, load(folder).sources) for one in load(folder).diagnostics]
    assert len(shown) == 2
    assert all(text.replace("\n", "").isprintable() for text in shown)


# --- what checks need --------------------------------------------------------------------------------


def test_zones_and_json_paths_are_checked_for_real(folder: Path) -> None:
    write(
        folder,
        a_promo='window w { days mon from 09:00 to 17:00 zone "Europe/Berln" }\n'
        'window v { days mon from 09:00 to 17:00 zone "Europe/Berlin" }\n'
        'window u { days mon from 09:00 to 17:00 zone "../../etc/passwd" }\n'
        'template t { version "Chart.yaml" "appVersion" promote "a" "$.x" }\n',
    )
    assert codes(load(folder)) == ["M055", "M055"]
    loaded = load(folder, check_json_paths=True)
    assert codes(loaded) == ["M055", "M055", "M059"]
    assert loaded.diagnostics[0].help == "did you mean `Europe/Berlin`?"
    assert codes(load(folder, check_json_paths=True)) == codes(loaded)


@pytest.mark.parametrize("zone", ["localtime", "posixrules", "Factory", "right/UTC", "posix/Europe/Berlin"])
def test_a_zone_that_is_another_on_every_machine_is_none(folder: Path, zone: str) -> None:
    write(folder, a_promo=f'window w {{ days mon from 09:00 to 17:00 zone "{zone}" }}\n')
    assert codes(load(folder)) == ["M055"]


def test_a_warm_start_loads_no_boundary_library(folder: Path) -> None:
    write(folder, dev_promo=DEV, a_yaml=POLICY, b_promo='template t { promote "a.yaml" "$.x" }')
    (folder / "promo.toml").write_text('exclude = ["old"]')
    script = (
        "import sys\nfrom pathlib import Path\nfrom adapters.workspace import load\n"
        "assert load(Path('.'), check_json_paths=True).diagnostics == ()\n"
        "heavy = {'lark', 'yaml', 'pydantic', 'jsonpath_rfc9535', 'tomllib', 'zoneinfo', 'z3'}\n"
        "print(sorted(heavy & sys.modules.keys()))\n"
    )
    environment = {
        **os.environ,
        "PYTHONPATH": str(Path(__file__).parents[3]),
        "PROMO_CACHE_DIR": str(folder / ".cache"),
    }

    def run() -> str:
        return subprocess.run(
            [sys.executable, "-c", script], env=environment, cwd=folder, check=True, capture_output=True, text=True
        ).stdout.strip()

    assert run() != "[]"
    assert run() == "[]"


def test_a_workspace_that_was_read_before_is_the_same(folder_of_examples: Path) -> None:
    first = load(folder_of_examples)
    second = load(folder_of_examples)
    assert isinstance(second.workspace.tests, KeptTests)
    assert second.workspace == first.workspace
    assert (second.diagnostics, second.passed_over, second.files) == (first.diagnostics, first.passed_over, first.files)
    assert len(second.workspace.tests) == len(first.workspace.tests) > 0
    assert second.workspace.tests[0] == first.workspace.tests[0]


def test_kept_tests_are_made_again_when_their_entry_is_gone(
    folder_of_examples: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PROMO_CACHE_DIR", str(tmp_path / "cache"))
    first = load(folder_of_examples)
    second = load(folder_of_examples)
    shutil.rmtree(tmp_path / "cache" / "workspace-tests")
    assert list(second.workspace.tests) == list(first.workspace.tests)


def test_another_text_is_read_anew(folder_of_examples: Path) -> None:
    before = load(folder_of_examples)
    more = folder_of_examples / "more.promo"
    more.write_text("policy more { action commit }\n", encoding="utf-8")
    assert set(load(folder_of_examples).workspace.policies) - set(before.workspace.policies) == {"more"}
    more.write_text("policy more { action merge }\n", encoding="utf-8")
    assert load(folder_of_examples).broken
    assert load(folder_of_examples).broken


@pytest.fixture
def folder_of_examples(tmp_path: Path) -> Path:
    """A copy of the quickstart, which declares something of everything."""
    copied = tmp_path / "quickstart"
    shutil.copytree(Path(__file__).parents[3] / "policies" / "quickstart", copied)
    return copied
