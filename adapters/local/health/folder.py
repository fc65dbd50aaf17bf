"""Checks a folder at a commit: charts, kustomizations, and that every document parses."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from typing import Any

from adapters.local.health.documents import documents
from adapters.local.health.problem import Problem
from engine.plan.ports import EntryKind, Repository

KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml", "Kustomization")
"""How the file of a kustomization may be called."""

_ENDINGS = (".yaml", ".yml", ".json")
_VERSION = re.compile(r"v?\d+(?:\.\d+){0,2}(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?")
_REMOTE = re.compile(r"[a-z+]+://|git@|github\.com[/:]|[^?]*\?ref=")
_MOST = 20_000


def problems(repository: Repository, commit: str, folder: str) -> list[Problem]:
    """Return what is wrong with a folder, by path and line.

    Args:
        repository: where it is.
        commit: the commit it is looked at.
        folder: from the repository's root; empty for the root itself.

    Raises:
        RepositoryError: when the repository cannot be read.
    """
    entries = [entry for entry in repository.entries(commit, folder) if entry.kind is EntryKind.FILE]
    where = folder or "the repository's root"
    if not entries:
        return [Problem(where, 0, "there is nothing in this folder")]
    if len(entries) > _MOST:
        return [Problem(where, 0, f"the folder has more than {_MOST:,} files")]
    return sorted(_Folder(repository, commit, {entry.path for entry in entries}).problems())


class _Folder:
    """One folder at one commit."""

    def __init__(self, repository: Repository, commit: str, paths: set[str]) -> None:
        self._repository, self._commit, self._paths = repository, commit, paths
        self._charts = {posixpath.dirname(path) for path in paths if posixpath.basename(path) == "Chart.yaml"}

    def problems(self) -> Iterator[Problem]:
        for path in sorted(self._paths):
            name = posixpath.basename(path)
            if not (name.endswith(_ENDINGS) or name in KUSTOMIZATIONS) or self._is_template(path):
                continue
            content = self._repository.read(self._commit, path)
            found, wrong = documents(path, content or b"")
            yield from wrong
            if wrong:
                continue
            if name == "Chart.yaml":
                yield from _chart(path, found)
            elif name in KUSTOMIZATIONS:
                yield from self._kustomization(path, found)
            elif posixpath.dirname(path) in self._charts and re.fullmatch(r"values.*\.ya?ml", name):
                yield from _values(path, found)

    def _is_template(self, path: str) -> bool:
        """Say whether a file is a template of a chart, which is no YAML before Helm has rendered it."""
        return any(path.startswith(posixpath.join(chart, "templates/")) for chart in self._charts)

    def _kustomization(self, path: str, found: list[Any]) -> Iterator[Problem]:
        if len(found) != 1 or not isinstance(found[0], dict):
            yield Problem(path, 0, "a kustomization must be one mapping")
            return
        for key, name in _referred(found[0]):
            if not isinstance(name, str) or not name:
                yield Problem(path, 0, f"`{key}` must list paths")
            elif not _REMOTE.match(name) and not self._exists(posixpath.join(posixpath.dirname(path), name)):
                yield Problem(path, 0, f"`{key}` names `{name}`, which is not there")

    def _exists(self, path: str) -> bool:
        whole = posixpath.normpath(path)
        if whole == ".." or whole.startswith(("../", "/")):
            return False
        if whole in self._paths or self._repository.read(self._commit, whole) is not None:
            return True
        return any(
            self._repository.read(self._commit, posixpath.join(whole, name)) is not None for name in KUSTOMIZATIONS
        )


def _referred(data: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the files and folders that a kustomization needs, with the key that names each."""
    for key in ("resources", "bases", "components", "generators", "transformers", "crds"):
        for value in _listed(data.get(key)):
            if not (isinstance(value, str) and "\n" in value):
                yield key, value
    for patch in _listed(data.get("patches")):
        if isinstance(patch, dict) and "path" in patch:
            yield "patches", patch["path"]
    for value in _listed(data.get("patchesStrategicMerge")):
        if not (isinstance(value, str) and "\n" in value):
            yield "patchesStrategicMerge", value


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _chart(path: str, found: list[Any]) -> Iterator[Problem]:
    if len(found) != 1 or not isinstance(found[0], dict):
        yield Problem(path, 0, "a chart must be one mapping")
        return
    chart = found[0]
    if not isinstance(chart.get("name"), str) or not chart["name"]:
        yield Problem(path, 0, "the chart has no `name`")
    version = chart.get("version")
    if not isinstance(version, str) or not _VERSION.fullmatch(version):
        yield Problem(
            path, 0, f"the chart's `version` is not one: `{version}`" if version else "the chart has no `version`"
        )
    for dependency in _listed(chart.get("dependencies")):
        if not isinstance(dependency, dict) or not dependency.get("name"):
            yield Problem(path, 0, "a dependency of the chart has no `name`")
        elif not dependency.get("version") and not str(dependency.get("repository", "")).startswith("file://"):
            yield Problem(path, 0, f"the chart's dependency `{dependency['name']}` has no `version`")


def _values(path: str, found: list[Any]) -> Iterator[Problem]:
    if len(found) > 1 or (found and found[0] is not None and not isinstance(found[0], dict)):
        yield Problem(path, 0, "the values of a chart must be one mapping")
