"""No line of a log shows a secret that the workspace names, whatever put it there."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import pytest

from adapters.service.logs import Redaction, known_secrets
from adapters.workspace.settings_file import read_configuration

_CONFIGURATION = """
[store]
url = "env:STORE"

[service.webhooks]
argocd = "env:ARGOCD_HOOK"

[service.tokens.ci]
token = "file:ci-token"
person = "ci@example.com"

[service.tokens.hashed]
token-sha256 = "{digest}"
person = "x@example.com"

[forges.main]
kind = "github"
host = "git.example.com"
token = "env:FORGE"
webhook-secret = "env:FORGE_HOOK"

[runtimes.main]
clusters = ["in-cluster"]
control = true

[runtimes.main.argocd]
url = "https://argocd.example.com"
token = "env:ARGOCD"

[runtimes.main.workflows]
url = "https://argo.example.com"
token = "env:ARGO"
namespace = "promotions"

[runtimes.other]
clusters = ["eu"]

[runtimes.other.workflows]
kubernetes = {{ context = "eu" }}
namespace = "promotions"
"""


def test_everything_that_a_workspace_names_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    configuration, found = read_configuration(_CONFIGURATION.format(digest="a" * 64), "promo.toml")
    assert [one.message for one in found] == []
    (tmp_path / "ci-token").write_text("of-the-pipeline\n", "utf-8")
    for name in ("ARGOCD_HOOK", "FORGE", "FORGE_HOOK", "ARGOCD"):
        monkeypatch.setenv(name, f"value-of-{name}")
    monkeypatch.delenv("ARGO", raising=False)  # it is told of where it is needed
    monkeypatch.delenv("PROMO_STORE_URL", raising=False)
    monkeypatch.setenv("STORE", "postgresql://promo:p%40ss%2Fword@db.example.com/promo?password=another")
    assert sorted(known_secrets(configuration, tmp_path)) == [
        "another",
        "of-the-pipeline",
        "p%40ss%2Fword",
        "p@ss/word",
        "value-of-ARGOCD",
        "value-of-ARGOCD_HOOK",
        "value-of-FORGE",
        "value-of-FORGE_HOOK",
    ]


def test_a_line_and_its_traceback_lose_them() -> None:
    redaction = Redaction(["s3cret-of-argo"])
    try:
        raise ValueError("s3cret-of-argo in a fault")
    except ValueError:
        record = logging.LogRecord("promo", logging.ERROR, "", 0, "said %s", ("s3cret-of-argo",), sys.exc_info())
    assert redaction.filter(record)
    assert record.getMessage() == "said ***"
    assert "*** in a fault" in str(record.exc_text)
    assert "s3cret" not in f"{record.__dict__}"
