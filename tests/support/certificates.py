"""Certificates of an authority that nobody believes in, made by openssl."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not here")


@dataclass(frozen=True, slots=True)
class Certificates:
    """Files: the authority's certificate, and a server's with its key."""

    authority: Path
    server: Path
    key: Path


def make_certificates(folder: Path, name: str = "IP:127.0.0.1") -> Certificates:
    """Make an authority and the certificate of a server that goes by a name, e.g. ``DNS:argocd.example.com``."""
    folder.mkdir()
    extension = folder / "extension"
    extension.write_text(f"subjectAltName={name}\nbasicConstraints=CA:FALSE\n", encoding="ascii")
    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    _openssl(
        folder,
        *("req", "-x509", *curve, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=nobody"),
        *("-addext", "keyUsage=critical,keyCertSign,cRLSign"),
    )
    _openssl(folder, "req", *curve, "-keyout", "key.pem", "-out", "request.pem", "-subj", "/CN=server")
    _openssl(
        folder,
        *("x509", "-req", "-in", "request.pem", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial"),
        *("-out", "server.pem", "-days", "2", "-extfile", "extension"),
    )
    return Certificates(folder / "ca.pem", folder / "server.pem", folder / "key.pem")


def _openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True, timeout=60)
