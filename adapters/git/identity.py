"""Who makes the commits of promotions, and with which key they are signed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from adapters.git.failure import GitError
from adapters.git.process import Git

_PERSON = re.compile(r"(?P<name>[^<>\x00-\x1f\x7f]*[^<>\x00-\x20\x7f]) <(?P<email>[^<>\s\x00-\x1f\x7f]+)>")
_KEY = re.compile(r"[^\s\x00-\x1f\x7f-][^\x00-\x1f\x7f]*")
_LONGEST = 200  # characters of a name, an address or a key
_NOWHERE = Path("/")  # in no repository, so that none lends its settings
_SETTINGS = r"^(user\.(name|email|signingkey)|(author|committer)\.(name|email)|commit\.gpgsign)$"


@dataclass(frozen=True, slots=True)
class Identity:
    """A name and an address."""

    name: str
    email: str

    def __str__(self) -> str:
        """Return it as Git writes it."""
        return f"{self.name} <{self.email}>"


class SignatureFormat(Enum):
    """What signs; ``git`` is whatever Git's own configuration says."""

    SSH = "ssh"
    GPG = "gpg"
    GIT = "git"


@dataclass(frozen=True, slots=True)
class Signing:
    """That commits are signed.

    Attributes:
        format: with what.
        key: the file of an SSH key, or the name of a GPG key; empty for Git's own configuration.
    """

    format: SignatureFormat
    key: str = ""

    @property
    def config(self) -> dict[str, str]:
        """The settings of Git that ask for it."""
        if self.format is SignatureFormat.GIT:
            return {}
        return {
            "gpg.format": "ssh" if self.format is SignatureFormat.SSH else "openpgp",
            "user.signingKey": self.key,
        }


def parse_identity(text: str) -> Identity:
    """Read ``Name <address>``.

    Raises:
        ValueError: when it is not of this form; the text says what is expected.
    """
    match = _PERSON.fullmatch(text.strip())
    if match is None or len(text) > _LONGEST:
        raise ValueError(f"`{text[:_LONGEST]}` is not a person of the form `Name <address@example.com>`")
    return Identity(match["name"].strip(), match["email"])


def parse_signing(text: str) -> Signing | None:
    """Read how commits are signed: ``ssh:FILE``, ``gpg:KEY``, or ``never``, which is None.

    Raises:
        ValueError: when it is none of them; the text says what is expected.
    """
    if text == "never":
        return None
    form, separator, key = text.partition(":")
    if not separator or form not in ("ssh", "gpg"):
        raise ValueError(f"`{text[:_LONGEST]}` is not `ssh:FILE`, `gpg:KEY` or `never`")
    if _KEY.fullmatch(key) is None or len(key) > _LONGEST:
        raise ValueError(f"`{text[:_LONGEST]}` names no key")
    if form == "ssh" and not key.startswith(("/", "~/")):
        raise ValueError(f"the key file `{key}` is neither absolute nor below `~/`")
    return Signing(SignatureFormat(form), key)


@dataclass(frozen=True, slots=True)
class MachineSettings:
    """What Git is configured to on this machine, outside every repository.

    Attributes:
        author: whom commits are by; None where it is not said.
        signs: whether commits are to be signed.
    """

    author: Identity | None
    signs: bool


def machine_settings(git: Git) -> MachineSettings:
    """Read Git's configuration of the user and the machine, not of any repository: that may come with its content.

    Raises:
        GitError: when it cannot be read.
    """
    try:
        answer = git.run(_NOWHERE, "config", "--includes", "-z", "--get-regexp", _SETTINGS)
    except GitError as failure:
        if failure.returncode != 1:
            raise
        answer = b""
    found: dict[str, str] = {}
    for row in answer.decode("utf-8", "replace").split("\0"):
        key, newline, value = row.partition("\n")
        found[key] = value if newline else "true"
    return MachineSettings(_person(found), found.get("commit.gpgsign", "").lower() in ("true", "yes", "on", "1"))


def _person(found: Mapping[str, str]) -> Identity | None:
    name = found.get("author.name") or found.get("user.name")
    email = found.get("author.email") or found.get("user.email")
    if not name or not email:
        return None
    try:
        return parse_identity(f"{name} <{email}>")
    except ValueError:
        return None
