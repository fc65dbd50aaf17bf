"""No password of a file is shown with the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.cli.main import run
from adapters.workspace.masking import masked


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('url = "postgresql://u:s3cretpw@host/db"', 'url = "postgresql://u:********@host/db"'),
        ('url = "postgresql://u:a@b@host/db"', 'url = "postgresql://u:***@host/db"'),
        ('url = "postgresql://host/db?password=s3cret&x=1"', 'url = "postgresql://host/db?password=******&x=1"'),
        ('url = "https://host:8443/db"', 'url = "https://host:8443/db"'),
        ('"https://u@host/a.git" = "../a"', '"https://u@host/a.git" = "../a"'),
    ],
)
def test_passwords_of_urls_become_stars(text: str, shown: str) -> None:
    assert masked(text) == shown
    assert len(masked(text)) == len(text)


@pytest.mark.parametrize(
    "toml",
    [
        '[store]\nurl = "postgresql://u:s3cretpw@"\n',
        '[store]\nurl = "mysql://u:s3cretpw@host/db"\n',
        '[store]\nurl = "postgresql://host/db?password=s3cretpw"\n',
        '[service]\nurl = "https://me:s3cretpw@promo.example.com"\n',
    ],
)
def test_a_refused_address_is_shown_without_its_password(
    toml: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "promo.toml").write_text(toml)
    assert run(["check", "-C", str(tmp_path)]) == 2
    shown = capsys.readouterr()
    assert "C005" in shown.err
    assert "s3cretpw" not in shown.err + shown.out
