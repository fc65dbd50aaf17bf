"""Texts that are not saved count instead of what the files hold."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from adapters.workspace.loading import gathered, understood


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "promo.toml").write_text('exclude = ["drafts"]\n')
    (tmp_path / "a.promo").write_text("environment dev { kind non-prod }\n")
    return Path(os.path.realpath(tmp_path))


def names(folder: Path, unsaved: dict[str, str]) -> set[str]:
    return set(understood(gathered(folder, unsaved)).workspace.environments)


def test_an_unsaved_text_counts_instead_of_the_file(folder: Path) -> None:
    assert names(folder, {}) == {"dev"}
    assert names(folder, {str(folder / "a.promo"): "environment qa { kind non-prod }\n"}) == {"qa"}


def test_a_file_that_cannot_be_read_matters_no_more_once_its_text_is_open(folder: Path) -> None:
    (folder / "a.promo").write_bytes(b"environment \xff { kind prod }\n")
    assert [found.code for found in gathered(folder).found] == ["S017"]
    read = gathered(folder, {str(folder / "a.promo"): "environment qa { kind prod }\n"})
    assert read.found == ()
    assert set(understood(read).workspace.environments) == {"qa"}


def test_a_text_without_a_file_is_read_where_a_file_would_be(folder: Path) -> None:
    text = "environment new { kind prod }\n"
    assert names(folder, {str(folder / "more" / "b.promo"): text}) == {"dev", "new"}
    for path in ("drafts/b.promo", ".hidden/b.promo", "b.txt", "../b.promo"):
        assert names(folder, {os.path.normpath(folder / path): text}) == {"dev"}, path


def test_an_unsaved_configuration_counts_as_well(folder: Path) -> None:
    assert [found.code for found in gathered(folder, {str(folder / "promo.toml"): "nonsense = 1\n"}).found] != []
    (folder / "promo.toml").unlink()
    read = gathered(folder, {str(folder / "promo.toml"): 'sources = ["none/*.promo"]\n'})
    assert read.listed == 0
    assert [found.code for found in read.found] == ["C010"]
