"""Repository addresses: what a ``repoURL`` names, how two are compared, how one is shown.

Pure text handling: nothing here touches a disk or a network. Git accepts the same repository under many
spellings (``git@host:a/b``, ``ssh://git@host/a/b.git``, ``https://HOST/a/b/``), and a few that run programs
(``ext::sh -c ...``); this module reduces the first to one key and refuses the second.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urlsplit

MAX_ADDRESS = 2048
"""The longest address that is considered, in characters."""

_TRANSPORTS = {
    "http": "http",
    "https": "https",
    "git": "git",
    "ssh": "ssh",
    "git+ssh": "ssh",
    "ssh+git": "ssh",
}
_DEFAULT_PORTS = {"http": 80, "https": 443, "git": 9418, "ssh": 22}
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_HELPER = re.compile(r"[A-Za-z0-9_+.-]+::")
_SCP_LIKE = re.compile(r"(?:(?P<user>[^@/:\[\]]+)@)?(?P<host>\[[0-9A-Fa-f:.]+\]|[^@/:\[\]]+):(?P<path>.+)", re.DOTALL)
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f\\]")
_USERINFO = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*://)(?:[^/\s@'\"]*@)+")


class AddressError(ValueError):
    """An address that names no repository, or one that must not be followed; the text says why."""


@dataclass(frozen=True, slots=True)
class LocalAddress:
    """A repository on this machine.

    Attributes:
        path: absolute, or relative to the workspace's folder; percent escapes of a ``file://`` URL are decoded.
    """

    path: str


@dataclass(frozen=True, slots=True)
class RemoteAddress:
    """A repository behind a transport.

    Attributes:
        transport: ``https``, ``http``, ``ssh`` or ``git``.
        host: in lower case, an IPv6 address without its brackets.
        port: None where it is the transport's usual one.
        path: percent-decoded, without slashes at either end and without a final ``.git``.
        url: what Git is told; may hold credentials, so it is never shown.
        shown: the same address without credentials.
    """

    transport: str
    host: str
    port: int | None
    path: str
    url: str
    shown: str

    @property
    def key(self) -> str:
        """What is equal for two addresses of one repository: host, unusual port and path."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port is None else f":{self.port}"
        return f"{host}{port}/{self.path}"


def parse_address(url: str) -> LocalAddress | RemoteAddress:
    """Say what an address names.

    Args:
        url: a ``repoURL`` as written: a path, a ``file://`` URL, a URL of a Git transport or ``user@host:path``.

    Raises:
        AddressError: when it is empty, too long, could be taken for an option, asks for a transport that is not
            allowed (only https, http, ssh, git and file are), or has no host or path. Its text holds no credentials.
    """
    if not url:
        raise AddressError("the address is empty")
    if len(url) > MAX_ADDRESS:
        raise AddressError(f"the address is longer than {MAX_ADDRESS} characters")
    if _FORBIDDEN.search(url):
        raise AddressError("the address contains a control character or a backslash")
    if url.startswith("-"):
        raise AddressError("the address begins with `-` and could be taken for an option")
    if _HELPER.match(url):
        raise AddressError("the address runs a remote helper program (`helper::address`), which is not allowed")
    scheme = _SCHEME.match(url)
    if scheme is None:
        return _parse_bare(url)
    if scheme[1].lower() == "file":
        return _parse_file(url[scheme.end() :])
    return _parse_url(url, scheme[1].lower())


def normalise(url: str) -> str:
    """Return the key under which spellings of one repository's address are equal.

    For a remote address: host in lower case, a port only where it is unusual, and the path without ``.git`` and
    slashes at the end; scheme, user and credentials do not count, the case of the path does. For a local one:
    ``file:`` and the path without doubled or final slashes; a final ``.git`` counts, since ``a`` and ``a.git`` may
    both exist.

    Raises:
        AddressError: as `parse_address`.
    """
    address = parse_address(url)
    match address:
        case LocalAddress(path=path):
            return "file:" + posixpath.normpath(re.sub("/+", "/", path))
        case RemoteAddress():
            return address.key


def redact(url: str) -> str:
    """Return an address as it may be shown: without user and password, query and fragment.

    The user name of an ssh address stays, because it is part of the address (``git@``). An address that cannot be
    parsed loses everything up to its last ``@``.
    """
    try:
        address = parse_address(url)
    except AddressError:
        cut = re.sub(r"(//|::).*@", r"\1", url[:MAX_ADDRESS], flags=re.DOTALL)
        return _FORBIDDEN.sub("?", cut)
    return address.shown if isinstance(address, RemoteAddress) else url


def redact_text(text: str) -> str:
    """Remove the user information of every URL in a program's output."""
    return _USERINFO.sub(r"\1", text)


def _parse_bare(url: str) -> LocalAddress | RemoteAddress:
    """Tell ``host:path`` from a path, as Git does: the colon must come before the first slash."""
    scp = _SCP_LIKE.fullmatch(url)
    if scp is None or "/" in url.partition(":")[0]:
        return LocalAddress(url)
    user, path = scp["user"], scp["path"]
    _check_parts(user, scp["host"], path)
    shown = f"{user.partition(':')[0]}@{scp['host']}:{path}" if user else url
    return RemoteAddress("ssh", scp["host"].strip("[]").lower(), None, _repository_path(path), url, shown)


def _parse_file(rest: str) -> LocalAddress:
    host, slash, path = rest.partition("/")
    if host.lower() not in ("", "localhost") or not slash:
        raise AddressError("a file:// address needs an absolute path on this machine, as in file:///srv/repository")
    decoded = unquote(slash + path)
    if "\0" in decoded:
        raise AddressError("the path contains a NUL character")
    return LocalAddress(decoded)


def _parse_url(url: str, scheme: str) -> RemoteAddress:
    transport = _TRANSPORTS.get(scheme)
    if transport is None:
        raise AddressError(f"the transport `{scheme}` is not allowed; use https, ssh, http, git or file")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise AddressError("the host or the port of the address is malformed") from error
    path = unquote(parts.path)
    _check_parts(parts.username, parts.hostname or "", path)
    if port == _DEFAULT_PORTS[transport]:
        port = None
    shown = _shown(parts, transport)
    return RemoteAddress(transport, (parts.hostname or "").lower(), port, _repository_path(path), url, shown)


def _shown(parts: SplitResult, transport: str) -> str:
    host = parts.netloc.rpartition("@")[2]
    user = f"{parts.username}@" if transport == "ssh" and parts.username else ""
    return f"{parts.scheme}://{user}{host}{parts.path}"


def _check_parts(user: str | None, host: str, path: str) -> None:
    if not host:
        raise AddressError("the address has no host")
    if not path.strip("/") or _repository_path(path) == "":
        raise AddressError("the address has no repository path")
    if _FORBIDDEN.search(path):
        raise AddressError("the path contains a control character or a backslash")
    if host.startswith("-") or path.startswith("-") or (user or "").startswith("-"):
        raise AddressError("a part of the address begins with `-` and could be taken for an option")


def _repository_path(path: str) -> str:
    return re.sub("/+", "/", path).strip("/").removesuffix(".git").strip("/")
