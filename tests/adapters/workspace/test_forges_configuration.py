"""`[forges.NAME]` of `promo.toml`."""

from __future__ import annotations

import pytest

from adapters.forge.configured import ForgeConfiguration, ForgeKind, api_of
from adapters.workspace.cached_configuration import cached_configuration
from adapters.workspace.settings_file import read_configuration

LEAST = '[forges.main]\nkind = "github"\nhost = "github.com"\ntoken = "env:GITHUB_TOKEN"\n'
WHOLE = """\
[forges.main]
kind = "gitea"
host = "Git.Example.com:8443/code"
api = "https://git.example.com:8443/code/api/v1/"
token = "file:/run/secrets/forge"
ca = "ca.pem"
merge = "auto"
labels = ["promotion", "no-release-notes"]
reviewers = ["ada"]
teams = ["platform"]
draft = false
webhook-secret = "env:HOOKS"
"""


def test_every_key_is_read_and_kept() -> None:
    expected = ForgeConfiguration(
        name="main",
        kind=ForgeKind.GITEA,
        host="git.example.com:8443/code",
        token="file:/run/secrets/forge",
        api="https://git.example.com:8443/code/api/v1",
        ca="ca.pem",
        merge="auto",
        labels=("promotion", "no-release-notes"),
        reviewers=("ada",),
        teams=("platform",),
        draft=False,
        webhook_secret="env:HOOKS",
    )
    configuration, found = read_configuration(WHOLE, "promo.toml")
    assert (configuration.adapters.forges, found) == ((expected,), ())
    assert [cached_configuration(WHOLE, "promo.toml")[0].adapters.forges for _ in range(2)] == [(expected,)] * 2


def test_the_least_that_must_be_said() -> None:
    (forge,) = read_configuration(LEAST, "promo.toml")[0].adapters.forges
    assert forge == ForgeConfiguration("main", ForgeKind.GITHUB, "github.com", "env:GITHUB_TOKEN")
    assert read_configuration("", "promo.toml")[0].adapters.forges == ()


@pytest.mark.parametrize(
    ("kind", "host", "api"),
    [
        (ForgeKind.GITHUB, "github.com", "https://api.github.com"),
        (ForgeKind.GITHUB, "github.example.com", "https://github.example.com/api/v3"),
        (ForgeKind.GITHUB, "acme.ghe.com", "https://api.acme.ghe.com"),
        (ForgeKind.GITLAB, "example.com/gitlab", "https://example.com/gitlab/api/v4"),
        (ForgeKind.GITEA, "codeberg.org", "https://codeberg.org/api/v1"),
    ],
)
def test_where_an_api_is_by_default(kind: ForgeKind, host: str, api: str) -> None:
    assert api_of(kind, host) == api


@pytest.mark.parametrize(
    ("text", "code", "message", "help"),
    [
        (LEAST + 'tokn = "x"', "C004", "`tokn` is not a key of `[forges.main]`", "did you mean `token`?"),
        (LEAST.replace("github", "githup", 1), "C005", "`forges.main.kind` must be `github`", "did you mean `github`?"),
        (LEAST + 'merge = "aut"', "C005", "`forges.main.merge` must be `auto` or `never`", "did you mean `auto`?"),
        (LEAST.replace("env:", ""), "C005", "a secret is not written down; say `env:NAME` or `file:PATH`", ""),
        (LEAST.replace('"github.com', '"https://github.com'), "C005", "`https://github.com` is not a host", ""),
        (LEAST + 'api = "http://git.example.com"', "C005", "`api` must begin with `https://`", ""),
        (LEAST + 'api = "https://me@git.example.com"', "C005", "`api` is not an address", ""),
        (LEAST + 'labels = ["a,b"]', "C005", "`a,b` is not a name", ""),
        (LEAST + 'draft = "yes"', "C005", "`forges.main.draft` must be `true` or `false`", ""),
        ('[forges.main]\nkind = "github"\nhost = "github.com"', "C005", "`forges.main.token` is missing", ""),
        (LEAST.replace("github", "gitlab") + 'teams = ["a"]', "C005", "GitLab has no teams of reviewers", ""),
        (LEAST + 'merge = "auto"\ndraft = true', "C005", "a draft is never merged", ""),
        (LEAST + LEAST.replace("main", "other"), "C005", "the forges `main` and `other` have the same host", ""),
    ],
)
def test_mistakes_are_told_without_the_secret(text: str, code: str, message: str, help: str) -> None:
    _, (found,) = read_configuration(text, "promo.toml")
    assert found.code == code
    assert found.message.startswith(message)
    assert found.help.startswith(help)
    assert "GITHUB_TOKEN" not in found.message + found.help
