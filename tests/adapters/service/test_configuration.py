"""Mistakes in the tables of the service are found where they are, and say what to write instead."""

from __future__ import annotations

import pytest

from adapters.workspace.settings_file import read_configuration

DIGEST = "a" * 64
TOKEN = f'[service.tokens.ci]\nperson = "ci@example.com"\ntoken-sha256 = "{DIGEST}"\n'


@pytest.mark.parametrize(
    ("text", "code", "said", "marked", "help_text"),
    [
        ('[servise]\nurl = "https://a"', "C004", "`servise` is not", "servise", "did you mean `service`?"),
        ('[service]\nurls = "https://a"', "C004", "`urls` is not", "urls", "did you mean `url`?"),
        ('[service]\nurl = "promo.example.com"', "C005", "is not an address", '"promo.example.com"', ""),
        ("[service]\nurl = 7", "C005", "", "7", ""),
        ("[service.token.ci]\n", "C004", "`token` is not", "token", "did you mean `tokens`?"),
        ('[service.tokens.ci]\nperson = "a"\n', "C005", "either `token-sha256` or `token`", "", ""),
        (TOKEN + 'token = "env:A"\n', "C005", "either `token-sha256` or `token`", "", ""),
        (f'[service.tokens.ci]\ntoken-sha256 = "{DIGEST}"', "C005", "person", "", ""),
        (TOKEN.replace(DIGEST, "A" * 64), "C005", "64 digits of 0-9 and a-f", "", ""),
        (TOKEN + 'team = ["a"]\n', "C004", "`team` is not", "team", "did you mean `teams`?"),
        (TOKEN + 'teams = "a"\n', "C005", "", '"a"', ""),
        (TOKEN + 'teams = [""]\n', "C005", "", '""', ""),
        (TOKEN.replace("ci@example.com", " ci "), "C005", "is not how somebody is called", '" ci "', ""),
        ('[service.webhooks]\nargo-cd = "env:A"', "C004", "`argo-cd` is not", "argo-cd", "did you mean `argocd`?"),
        ('[service.webhooks]\nargocd = "hunter2-plain"', "C005", "env:NAME", "", ""),
        ('[service.webhooks.argocd]\nsecret = "env:A"', "C005", "", "", ""),
    ],
)
def test_a_mistake_is_found_where_it_is(text: str, code: str, said: str, marked: str, help_text: str) -> None:
    _, found = read_configuration(text, "promo.toml")
    assert [one.code for one in found] == [code], [one.message for one in found]
    (one,) = found
    assert said in f"{one.message}; {one.help}"
    assert help_text in one.help
    assert marked in text[one.span.start : one.span.end]
    assert one.span.end > one.span.start


@pytest.mark.parametrize(
    "text", [TOKEN.replace(DIGEST, "secret-itself"), '[service.webhooks]\nargocd = "hunter2-plain"']
)
def test_what_may_be_a_secret_is_not_repeated(text: str) -> None:
    _, (found,) = read_configuration(text, "promo.toml")
    assert "secret-itself" not in found.message + found.help
    assert "hunter2" not in found.message + found.help
