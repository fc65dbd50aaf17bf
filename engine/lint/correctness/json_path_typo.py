"""L121."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.lint.material import Material
from engine.lint.rule import Category, Rule
from engine.lint.spelling import misspelt
from grammar import nodes
from grammar.diagnostics import Diagnostic, Severity

_CHART = frozenset(
    {"apiVersion", "name", "version", "kubeVersion", "description", "type", "keywords", "home", "sources"}
    | {"dependencies", "maintainers", "icon", "appVersion", "deprecated", "annotations"}
)
_DEPENDENCY = frozenset({"name", "version", "repository", "condition", "tags", "import-values", "alias", "enabled"})
_KUSTOMIZATION = frozenset(
    {"apiVersion", "kind", "metadata", "resources", "bases", "components", "images", "replicas", "patches", "openapi"}
    | {"namespace", "namePrefix", "nameSuffix", "labels", "commonLabels", "commonAnnotations", "generators", "crds"}
    | {"configMapGenerator", "secretGenerator", "generatorOptions", "helmCharts", "helmGlobals", "transformers"}
    | {"patchesJson6902", "patchesStrategicMerge", "replacements", "vars", "configurations", "buildMetadata"}
    | {"sortOptions", "validators", "helmChartInflationGenerator"}
)
_IMAGE = frozenset({"name", "newName", "newTag", "digest", "tagSuffix"})
_KEYS = {
    "Chart.yaml": (_CHART, {"dependencies": _DEPENDENCY}),
    "kustomization.yaml": (_KUSTOMIZATION, {"images": _IMAGE}),
    "kustomization.yml": (_KUSTOMIZATION, {"images": _IMAGE}),
}
"""The keys of files whose keys are known, and those of the entries of some of their lists."""

_FIRST = re.compile(r"""\$(?:\.([A-Za-z_][A-Za-z0-9_-]*)|\[["']([^"'\]]+)["']\])(?=[.\[]|\Z)""")
_SECOND = re.compile(r"""\[(?:\*|[0-9]+)\](?:\.([A-Za-z_][A-Za-z0-9_-]*)|\[["']([^"'\]]+)["']\])(?=[.\[]|\Z)""")
_EMPTY_SLICE = re.compile(r"\[([0-9]+):([0-9]+)\]")


class JsonPathTypo(Rule):
    """JSONPaths that match nothing."""

    code = "L121"
    name = "json-path-typo"
    category = Category.CORRECTNESS
    severity = Severity.ERROR
    summary = "A JSONPath cannot match: it misspells a key that its file is known to have, or selects an empty slice"
    why = (
        "A JSONPath that matches nothing is found out at the first promotion. The keys of `Chart.yaml` and of "
        "`kustomization.yaml` are known, upper and lower case included."
    )
    avoid = """
template helm {
  version "Chart.yaml" "$.appversion"
  promote "Chart.yaml" "$.version", "$.dependencies[*].verison"
}
"""
    prefer = """
template helm {
  version "Chart.yaml" "$.appVersion"
  promote "Chart.yaml" "$.version", "$.dependencies[*].version"
}
"""

    def check(self, material: Material) -> Iterator[Diagnostic]:
        """Yield the paths of templates and products that cannot match."""
        owners: list[nodes.Template | nodes.Product] = [*material.of(nodes.Template), *material.of(nodes.Product)]
        for owner in owners:
            for item in owner.items:
                match item:
                    case nodes.VersionSource():
                        yield from self._path(item.file.text, item.json_path)
                    case nodes.Promote():
                        for path in item.json_paths:
                            yield from self._path(item.file.text, path)

    def _path(self, file: str, path: nodes.StringValue) -> Iterator[Diagnostic]:
        empty = _EMPTY_SLICE.search(path.text)
        if empty and int(empty[1]) >= int(empty[2]):
            yield self.found(
                f"`{path.text}` matches nothing: the slice `{empty[0]}` is empty",
                path.span,
                help="the end of a slice is not included",
            )
        wrong = _misspelt_key(file.rpartition("/")[2], path.text)
        if wrong is not None:
            key, near = wrong
            yield self.found(
                f"`{path.text}` matches nothing: `{file}` has no `{key}`", path.span, help=f"did you mean `{near}`?"
            )


def _misspelt_key(file: str, path: str) -> tuple[str, str] | None:
    """Return the key of a path that is misspelt, and what it was meant to be."""
    if file not in _KEYS:
        return None
    keys, lists = _KEYS[file]
    first = _FIRST.match(path)
    if first is None:
        return None
    key = first[1] or first[2]
    if key in lists:
        second = _SECOND.match(path, first.end())
        return _meant(second[1] or second[2], lists[key]) if second else None
    return _meant(key, keys)


def _meant(key: str, keys: frozenset[str]) -> tuple[str, str] | None:
    if key in keys:
        return None
    same = next((known for known in sorted(keys) if known.lower() == key.lower()), None)
    near = same or misspelt(key, keys)
    return (key, near) if near else None
