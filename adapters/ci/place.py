"""Where a comment goes: the forge, the repository, the change and the token, from what the runner says.

Source: the default variables of GitHub Actions, the predefined variables of GitLab CI, and Gitea's comparison of its
Actions with GitHub's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import urlsplit

from adapters.ci.event import number_of_change
from adapters.ci.failure import CiError
from grammar.render import printable

_REPOSITORY = re.compile(r"[A-Za-z0-9_.-]{1,100}/[A-Za-z0-9_.-]{1,100}")
_DIGITS = re.compile(r"[1-9][0-9]{0,17}")


class Forge(StrEnum):
    """The kinds of forges that can be commented on."""

    GITHUB = "github"
    GITLAB = "gitlab"
    GITEA = "gitea"


TOKENS = {
    Forge.GITHUB: ("GITHUB_TOKEN", "GH_TOKEN"),
    Forge.GITLAB: ("PROMO_GITLAB_TOKEN", "GITLAB_TOKEN"),
    Forge.GITEA: ("GITEA_TOKEN", "GITHUB_TOKEN"),
}
"""The variables a token is read from; the first that is not empty counts."""


@dataclass(frozen=True, slots=True)
class Place:
    """A change on a forge.

    Attributes:
        forge: its kind.
        api: the address of its API, without a slash at the end; a token goes nowhere else.
        repository: ``owner/name``, or the number of a GitLab project.
        number: the change's number; None where the run belongs to none (a push, a schedule).
        token: None where the runner has none, as for changes from forks; never shown.
    """

    forge: Forge
    api: str
    repository: str
    number: int | None
    token: str | None = field(repr=False)


def find_forge(environment: Mapping[str, str]) -> Forge | None:
    """Return the forge whose runner this is; None on somebody's own machine."""
    # Gitea's and Forgejo's runners also say that they are GitHub's.
    if environment.get("GITEA_ACTIONS") == "true" or environment.get("FORGEJO_ACTIONS") == "true":
        return Forge.GITEA
    if environment.get("GITHUB_ACTIONS") == "true":
        return Forge.GITHUB
    if environment.get("GITLAB_CI") == "true":
        return Forge.GITLAB
    return None


def find_place(environment: Mapping[str, str]) -> Place:
    """Read where a comment of this run belongs.

    Raises:
        CiError: when this is no runner, or a variable is missing or is not what it should be.
    """
    forge = find_forge(environment)
    if forge is None:
        raise CiError(
            "this is not a run of GitHub Actions, GitLab CI or Gitea Actions",
            "`promo diff --format markdown` prints the comment anywhere",
        )
    token = next((environment[name] for name in TOKENS[forge] if environment.get(name)), None)
    if token is not None and not re.fullmatch(r"[!-~]+", token):
        raise CiError("the token holds characters that no token has", f"check the value of {TOKENS[forge][0]}")
    if forge is Forge.GITLAB:
        return _gitlab(environment, token)
    api = _api(environment, "GITHUB_API_URL", "https://api.github.com" if forge is Forge.GITHUB else None)
    repository = environment.get("GITHUB_REPOSITORY", "")
    if not _REPOSITORY.fullmatch(repository) or {".", ".."} & set(repository.split("/")):
        raise CiError(f"GITHUB_REPOSITORY is `{printable(repository)}`, which is not `owner/name`")
    return Place(forge, api, repository, number_of_change(environment), token)


def _gitlab(environment: Mapping[str, str], token: str | None) -> Place:
    # In a pipeline of a merge request from a fork, the project of the pipeline is the fork.
    project = environment.get("CI_MERGE_REQUEST_PROJECT_ID") or environment.get("CI_PROJECT_ID", "")
    number = environment.get("CI_MERGE_REQUEST_IID", "")
    for name, value in (("CI_PROJECT_ID", project), ("CI_MERGE_REQUEST_IID", number or "1")):
        if not _DIGITS.fullmatch(value):
            raise CiError(f"{name} is `{printable(value)}`, which is not a number")
    api = _api(environment, "CI_API_V4_URL", None)
    return Place(Forge.GITLAB, api, project, int(number) if number else None, token)


def _api(environment: Mapping[str, str], name: str, otherwise: str | None) -> str:
    value = environment.get(name) or otherwise
    if value is None:
        raise CiError(f"{name} is not set", "the runner sets it; outside of a runner nothing can be commented on")
    try:
        parts = urlsplit(value)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or "@" in value or "?" in value or "#" in value or not re.fullmatch(r"[!-~]+", value):
        raise CiError(f"{name} is not the address of an API", "it looks like `https://api.github.com`")
    return value.rstrip("/")
