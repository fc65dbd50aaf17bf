"""How a forge is configured, as plain values that `promo.toml` and its cache can hold."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class ForgeKind(StrEnum):
    """The kinds of forges; Forgejo is a Gitea here."""

    GITHUB = "github"
    GITLAB = "gitlab"
    GITEA = "gitea"


class ForgeConfiguration(NamedTuple):
    """One table ``[forges.NAME]``.

    Attributes:
        name: of the table.
        kind: what it is.
        host: of the repositories it has, perhaps with a port or the folder it lies in; in lower case.
        api: the address of its API; empty for where such a forge has it.
        token: where the token is, ``env:NAME`` or ``file:PATH``.
        ca: a file of certificates that are believed besides the usual ones; empty for none.
        merge: ``auto`` to merge when the forge allows it, ``never`` to wait for somebody.
        labels: of pull requests.
        reviewers: account names that are asked for a review.
        teams: teams that are.
        draft: whether pull requests are opened as drafts.
        webhook_secret: where the secret of webhooks is; empty where none are taken.
    """

    name: str
    kind: ForgeKind
    host: str
    token: str
    api: str = ""
    ca: str = ""
    merge: str = "never"
    labels: tuple[str, ...] = ()
    reviewers: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    draft: bool = False
    webhook_secret: str = ""


def api_of(kind: ForgeKind, host: str) -> str:
    """Return where a forge's API is by default."""
    if kind is ForgeKind.GITLAB:
        return f"https://{host}/api/v4"
    if kind is ForgeKind.GITEA:
        return f"https://{host}/api/v1"
    if host == "github.com":
        return "https://api.github.com"
    # Source: GitHub, "GitHub Enterprise Cloud with data residency".
    return f"https://api.{host}" if host.endswith(".ghe.com") else f"https://{host}/api/v3"
