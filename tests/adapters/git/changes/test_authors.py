"""Whom commits are by, and how they are signed."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from adapters.git.changes import GitChanges
from adapters.git.changes.workshop import Committing
from adapters.git.identity import Identity, parse_identity, parse_signing
from engine.execute.errors import AdapterError, TerminalError
from tests.adapters.execute_contracts.changes_contract import QA_PROMOTED, START, run
from tests.adapters.git.changes.conftest import GitWorld
from tests.support.changes import promotion


@pytest.fixture
def key(tmp_path: Path) -> Path:
    if shutil.which("ssh-keygen") is None:
        pytest.skip("there is no ssh-keygen")
    path = tmp_path / "promo key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)], check=True)
    return path


def configure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Give this machine's Git a configuration."""
    path = tmp_path / "gitconfig"
    path.write_text(text)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(path))


def verify(world: GitWorld, key: Path, signer: str) -> str:
    """Return what Git says of the signature of the newest commit."""
    allowed = key.with_name("allowed")
    allowed.write_text(f"{signer} {key.with_suffix('.pub').read_text()}")
    return world.repo.git(
        "-c", f"gpg.ssh.allowedSignersFile={allowed}", "log", "-1", "--format=%G?|%GS|%an <%ae>|%cn|%ai|%s", "main"
    )


@pytest.mark.parametrize("name", ["bare", "served"])
def test_a_commit_is_signed_with_the_configured_key(
    name: str, key: Path, request: pytest.FixtureRequest, make_changes: Callable[..., GitChanges]
) -> None:
    world: GitWorld = request.getfixturevalue(name)
    start = world.commit(START)
    committing = Committing.of("Promo <promo@example.com>", f"ssh:{key}")
    changes = make_changes(committing=committing)
    change = promotion(world.url, start, head=start)
    landed = run(changes.commit(change))
    told = verify(world, key, "promo@example.com").split("|")
    assert told[:4] == ["G", "promo@example.com", "Promo <promo@example.com>", "Promo"]
    assert told[4].startswith("2026-11-02 09:30:")
    assert told[5] == "Promote trio 1.2.3 to qa"
    assert world.log()[0].message == landed.message
    assert world.read("qa/values.yaml") == QA_PROMOTED.encode()
    assert run(changes.commit(change)) == landed


def test_git_says_who_commits_and_signs(
    bare: GitWorld,
    key: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    make_changes: Callable[..., GitChanges],
) -> None:
    configure(
        tmp_path,
        monkeypatch,
        f'[user]\nname = Grace Hopper\nemail = grace@example.com\nsigningKey = "{key}"\n'
        "[gpg]\nformat = ssh\n[commit]\ngpgSign = true\n",
    )
    start = bare.commit(START)
    landed = run(make_changes(committing=Committing()).commit(promotion(bare.url, start)))
    assert landed.author == "Grace Hopper <grace@example.com>"
    assert verify(bare, key, "grace@example.com").startswith("G|grace@example.com|Grace Hopper <grace@example.com>")


@pytest.fixture
def gpg_key(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Make a GPG key; its folder has a short name, because a socket lies in it."""
    if shutil.which("gpg") is None:
        pytest.skip("there is no gpg")
    with tempfile.TemporaryDirectory(prefix="gpg-", ignore_cleanup_errors=True) as folder:
        monkeypatch.setenv("GNUPGHOME", folder)
        signer = "Promo <promo@example.com>"
        options = ["--batch", "--quiet", "--passphrase", "", "--quick-generate-key", signer, "ed25519", "sign", "never"]
        subprocess.run(["gpg", *options], check=True, capture_output=True)
        yield "promo@example.com"
        subprocess.run(["gpgconf", "--kill", "gpg-agent"], check=True)


def test_a_commit_is_signed_with_gpg(bare: GitWorld, gpg_key: str, make_changes: Callable[..., GitChanges]) -> None:
    start = bare.commit(START)
    committing = Committing.of("Promo <promo@example.com>", f"gpg:{gpg_key}")
    run(make_changes(committing=committing).commit(promotion(bare.url, start)))
    assert bare.repo.git("log", "-1", "--format=%G?|%GS", "main") == "G|Promo <promo@example.com>"


def test_never_means_never(
    bare: GitWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make_changes: Callable[..., GitChanges]
) -> None:
    configure(tmp_path, monkeypatch, "[commit]\ngpgSign\n")
    start = bare.commit(START)
    run(make_changes(committing=Committing.of("P <p@example.com>", "never")).commit(promotion(bare.url, start)))
    assert bare.repo.git("log", "-1", "--format=%G?", "main") == "N"


def test_a_key_that_cannot_sign_commits_nothing(bare: GitWorld, make_changes: Callable[..., GitChanges]) -> None:
    start = bare.commit(START)
    committing = Committing.of("P <p@example.com>", "ssh:/nowhere/key")
    with pytest.raises(TerminalError, match="cannot be signed") as caught:
        run(make_changes(committing=committing).commit(promotion(bare.url, start)))
    assert "/nowhere/key" in caught.value.reason + caught.value.help
    assert bare.head() == start


@pytest.mark.parametrize("configuration", ["", "[user]\nname = Only A Name\n", "[user]\nname = <>\nemail = a@b\n"])
def test_without_an_author_nothing_is_committed(
    bare: GitWorld,
    configuration: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    make_changes: Callable[..., GitChanges],
) -> None:
    configure(tmp_path, monkeypatch, configuration)
    start = bare.commit(START)
    with pytest.raises(TerminalError, match="nobody is named as the author") as caught:
        run(make_changes(committing=Committing()).commit(promotion(bare.url, start)))
    assert "`[git]`" in caught.value.help
    assert "git config --global user.name" in caught.value.help
    assert bare.head() == start


def test_settings_of_the_repository_itself_name_no_author(
    bare: GitWorld, make_changes: Callable[..., GitChanges]
) -> None:
    start = bare.commit(START)
    bare.repo.git("config", "user.name", "Mallory")
    bare.repo.git("config", "user.email", "mallory@example.com")
    with pytest.raises(AdapterError, match="nobody is named"):
        run(make_changes(committing=Committing()).commit(promotion(bare.url, start)))


@pytest.mark.parametrize(
    "text", ["", "a", "<a@b>", "A <>", "A <a b>", "A\n<a@b>", "A <a@b>\nX: y", "x" * 300 + " <a@b>"]
)
def test_what_is_no_person(text: str) -> None:
    with pytest.raises(ValueError, match="is not a person"):
        parse_identity(text)


def test_persons_and_signatures() -> None:
    assert parse_identity("  Käthe O'Neil <k@example.com> ") == Identity("Käthe O'Neil", "k@example.com")
    assert parse_signing("never") is None
    found = parse_signing("gpg:0xABCDEF12")
    assert found is not None
    assert found.config == {"gpg.format": "openpgp", "user.signingKey": "0xABCDEF12"}
