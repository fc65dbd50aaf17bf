"""Findings that are known: what was there when linting began is not reported until it changes."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from grammar.diagnostics import Diagnostic
from grammar.span import SourceText


def fingerprint(found: Diagnostic, path: str, source: SourceText | None) -> str:
    """Return what a finding is known by: it stays the same when lines above it come or go.

    Args:
        found: the finding.
        path: of its file, from the workspace's folder.
        source: its text; None where it was not read.
    """
    line = "" if source is None else source.line(source.position(found.span.start).line).strip()
    digest = hashlib.sha256()
    for part in (found.code, path, found.message, line):
        digest.update(part.encode("utf-8", "surrogatepass") + b"\0")
    return digest.hexdigest()[:32]


def unknown_findings(
    findings: Iterable[Diagnostic], known: Mapping[str, int], print_of: Callable[[Diagnostic], str]
) -> tuple[tuple[Diagnostic, ...], tuple[str, ...]]:
    """Take out the findings a baseline knows.

    Args:
        findings: by place.
        known: how often each fingerprint may occur.
        print_of: gives a finding's fingerprint.

    Returns:
        The findings beyond the known ones, and the fingerprints that occur less often than the baseline says, sorted.
    """
    left = Counter(known)
    new: list[Diagnostic] = []
    for found in findings:
        own = print_of(found)
        if left[own] > 0:
            left[own] -= 1
        else:
            new.append(found)
    return tuple(new), tuple(sorted(key for key, count in left.items() if count > 0))
