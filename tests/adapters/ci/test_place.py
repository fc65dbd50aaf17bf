"""Where a comment goes is read from the runner's variables, and nothing that is odd is believed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from adapters.ci.event import number_of_change
from adapters.ci.failure import CiError
from adapters.ci.place import Forge, find_forge, find_place

GITHUB = {
    "GITHUB_ACTIONS": "true",
    "GITHUB_REPOSITORY": "shop/gitops",
    "GITHUB_REF": "refs/pull/12/merge",
    "GITHUB_TOKEN": "token",
}
GITLAB = {
    "GITLAB_CI": "true",
    "CI_API_V4_URL": "https://gitlab.example.com/api/v4",
    "CI_PROJECT_ID": "99",
    "CI_MERGE_REQUEST_PROJECT_ID": "4711",
    "CI_MERGE_REQUEST_IID": "12",
    "PROMO_GITLAB_TOKEN": "token",
}


def test_github_and_its_enterprise() -> None:
    place = find_place(GITHUB)
    assert (place.forge, place.api, place.number) == (Forge.GITHUB, "https://api.github.com", 12)
    assert find_place(GITHUB | {"GITHUB_API_URL": "https://ghe.example.com/api/v3/"}).api == (
        "https://ghe.example.com/api/v3"
    )


@pytest.mark.parametrize("name", ["GITEA_ACTIONS", "FORGEJO_ACTIONS"])
def test_gitea_says_that_it_is_github_too(name: str) -> None:
    place = find_place(GITHUB | {name: "true", "GITHUB_API_URL": "https://git.example.com/api/v1"})
    assert (place.forge, place.api) == (Forge.GITEA, "https://git.example.com/api/v1")
    with pytest.raises(CiError, match="GITHUB_API_URL is not set"):
        find_place(GITHUB | {name: "true"})


def test_a_merge_request_from_a_fork_belongs_to_the_project_it_asks() -> None:
    place = find_place(GITLAB)
    assert (place.forge, place.repository, place.number) == (Forge.GITLAB, "4711", 12)


def test_a_push_is_no_change() -> None:
    assert find_place(GITHUB | {"GITHUB_REF": "refs/heads/main"}).number is None
    pushed = {name: value for name, value in GITLAB.items() if not name.startswith("CI_MERGE")}
    assert find_place(pushed).number is None
    assert find_place(pushed).repository == "99"


def test_tokens_come_from_variables_in_their_order() -> None:
    assert find_place(GITLAB | {"GITLAB_TOKEN": "other"}).token == "token"
    without = {name: value for name, value in GITLAB.items() if name != "PROMO_GITLAB_TOKEN"}
    assert find_place(without | {"PROMO_GITLAB_TOKEN": "", "GITLAB_TOKEN": "other"}).token == "other"
    assert find_place(without).token is None


def test_somebodys_own_machine_is_no_runner() -> None:
    assert find_forge({}) is None
    with pytest.raises(CiError, match="not a run of GitHub Actions"):
        find_place({})


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        (GITHUB | {"GITHUB_REPOSITORY": "../.."}, "GITHUB_REPOSITORY"),
        (GITHUB | {"GITHUB_REPOSITORY": "a/b/c"}, "GITHUB_REPOSITORY"),
        (GITHUB | {"GITHUB_REPOSITORY": "a/b?x"}, "GITHUB_REPOSITORY"),
        (GITHUB | {"GITHUB_API_URL": "ftp://example.com"}, "GITHUB_API_URL is not the address"),
        (GITHUB | {"GITHUB_API_URL": "https://user:pass@example.com"}, "GITHUB_API_URL is not the address"),
        (GITHUB | {"GITHUB_API_URL": "https://example.com:port"}, "GITHUB_API_URL is not the address"),
        (GITHUB | {"GITHUB_API_URL": "https://[::1"}, "GITHUB_API_URL is not the address"),
        (GITHUB | {"GITHUB_TOKEN": "two\r\nlines"}, "the token holds characters"),
        (GITLAB | {"CI_MERGE_REQUEST_PROJECT_ID": "../1"}, "CI_PROJECT_ID is"),
        (GITLAB | {"CI_MERGE_REQUEST_IID": "1/2"}, "CI_MERGE_REQUEST_IID is"),
        (GITLAB | {"CI_API_V4_URL": ""}, "CI_API_V4_URL is not set"),
    ],
)
def test_what_is_odd_is_said(variables: dict[str, str], message: str) -> None:
    with pytest.raises(CiError, match=message):
        find_place(variables)


@pytest.mark.parametrize(
    ("event", "number"),
    [
        ({"pull_request": {"number": 7}}, 7),
        ({"issue": {"number": 8, "pull_request": {}}}, 8),
        ({"issue": {"number": 9}}, None),
        ({"pull_request": {"number": True}}, None),
        ({"pull_request": {"number": "7"}}, None),
        ({"pull_request": None}, None),
        ({}, None),
        ([], None),
    ],
)
def test_the_event_says_which_change(event: Any, number: int | None, tmp_path: Path) -> None:
    path = tmp_path / "event.json"
    path.write_text(json.dumps(event))
    assert number_of_change({"GITHUB_EVENT_PATH": str(path)}) == number
    assert number_of_change({"GITHUB_EVENT_PATH": str(path), "GITHUB_REF": "refs/pull/5/merge"}) == (number or 5)


def test_an_event_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(CiError, match="cannot be read: No such file"):
        number_of_change({"GITHUB_EVENT_PATH": str(tmp_path / "gone.json")})
    for text in ("{", "[" * 100_000):
        (tmp_path / "event.json").write_text(text)
        with pytest.raises(CiError, match=r"is not JSON: event\.json"):
            number_of_change({"GITHUB_EVENT_PATH": str(tmp_path / "event.json")})
