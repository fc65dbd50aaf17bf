"""What a confined process sees of the file system."""

from __future__ import annotations

import os
from collections.abc import Iterator

SYSTEM_FOLDERS = ("/usr", "/nix/store", "/gnu/store")
"""Where programs and libraries lie; those that exist are readable."""

SYSTEM_LINKS = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
"""Links into ``/usr`` on most systems, folders of their own on others."""

SYSTEM_SETTINGS = (
    "/etc/alternatives",
    "/etc/ca-certificates",
    "/etc/gai.conf",
    "/etc/group",
    "/etc/host.conf",
    "/etc/hosts",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/localtime",
    "/etc/mime.types",
    "/etc/nsswitch.conf",
    "/etc/passwd",
    "/etc/pki/ca-trust",
    "/etc/pki/tls/cert.pem",
    "/etc/pki/tls/certs",
    "/etc/protocols",
    "/etc/resolv.conf",
    "/etc/services",
    "/etc/ssl/certs",
    "/etc/ssl/openssl.cnf",
    "/etc/timezone",
)
"""Settings that programs need and that hold no secret; private keys of the machine are not among them."""

DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
"""Devices that anybody may use."""


def readable(extra: tuple[str, ...]) -> Iterator[str]:
    """Yield the paths that exist among those of the system and the configured ones."""
    for path in (*SYSTEM_FOLDERS, *SYSTEM_SETTINGS, *extra):
        if os.path.exists(path):
            yield path
