"""Argo's kinds as values of the model. Source: domain, application and promotion workflow."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from adapters.manifests.place import Place, shortened
from engine.model.argo import Application, Hydrator, Parameter, Source, WorkflowTemplate
from grammar.diagnostics import Diagnostic, Label, error, warning

_ORIGIN = "codefresh.io/workflow-origin"
_OLD_MARK = "codefresh.io/promotion"


def application(root: Place, found: list[Diagnostic]) -> Application | None:
    """Return an Argo CD application; None when it says what Argo CD refuses.

    Args:
        root: a document whose shape was checked.
        found: receives what is wrong with it.
    """
    before = len(found)
    hydrator = _hydrator(root, found)
    sources = () if hydrator is not None else _sources(root, found)
    server = _text(root.get("spec", "destination", "server"))
    cluster = _text(root.get("spec", "destination", "name"))
    _check_destination(root, server, cluster, found)
    if any(diagnostic.is_error for diagnostic in found[before:]):
        return None
    automated = root.get("spec", "syncPolicy", "automated")
    enabled = root.get("spec", "syncPolicy", "automated", "enabled")
    return Application(
        name=root.need("metadata", "name").text,
        namespace=_text(root.get("metadata", "namespace")) or "",
        project=root.need("spec", "project").text,
        server=server,
        cluster=cluster,
        target_namespace=_text(root.get("spec", "destination", "namespace")) or "",
        sources=sources,
        hydrator=hydrator,
        labels=_mapping(root, "labels"),
        annotations=_mapping(root, "annotations"),
        auto_sync=automated is not None and (enabled is None or enabled.text.lower() not in _OFF),
        span=root.span,
    )


_OFF = ("false", "no", "off", "n")


def workflow_template(root: Place) -> WorkflowTemplate:
    """Return a workflow template from a document whose shape was checked."""
    annotations, labels = _mapping(root, "annotations"), _mapping(root, "labels")
    marked = annotations.get(_ORIGIN) == "promotion"
    old = labels.get(_OLD_MARK) == "true"
    parameters = tuple(
        Parameter(place.need("name").text, any(place.get(field) for field in ("value", "default", "valueFrom")))
        for place in root.items("spec", "arguments", "parameters")
    )
    exports = {name for template in root.items("spec", "templates") for name in _exports(template)}
    return WorkflowTemplate(
        name=root.need("metadata", "name").text,
        namespace=_text(root.get("metadata", "namespace")) or "",
        parameters=parameters,
        promotion=marked or old,
        old_mark=old and not marked,
        exports=tuple(sorted(exports)),
        cluster_scoped=root.need("kind").text == "ClusterWorkflowTemplate",
        span=root.span,
    )


def _exports(template: Place) -> Iterator[str]:
    """Yield the global names of a template's output parameters, those of inline templates included."""
    for parameter in template.items("outputs", "parameters"):
        name = _text(parameter.get("globalName"))
        if name:
            yield name
    groups = template.items("steps")
    tasks = [*template.items("dag", "tasks"), *(step for group in groups for step in group.items())]
    for task in tasks:
        inline = task.get("inline")
        if inline is not None:
            yield from _exports(inline)


def _sources(root: Place, found: list[Diagnostic]) -> tuple[Source, ...]:
    single = root.get("spec", "source")
    several = root.items("spec", "sources")
    if several:
        if single is not None:
            found.append(_ignored(single, "`source` is ignored, because there are `sources`"))
        return tuple(source for place in several if (source := _source(place, found)) is not None)
    if single is not None:
        source = _source(single, found)
        return (source,) if source is not None else ()
    spec = root.get("spec")
    at = spec.key_span if spec is not None else root.span
    found.append(
        error(
            "Y006",
            "an application needs one of `source`, `sources` or `sourceHydrator`",
            at,
            help="add `source:` with `repoURL`, `path` and `targetRevision`",
        )
    )
    return ()


def _source(place: Place, found: list[Diagnostic]) -> Source | None:
    path, chart, ref = (_text(place.get(field)) for field in ("path", "chart", "ref"))
    if path is None and chart is None and ref is None:
        message = "a source needs a `path`, a `chart` or a `ref`"
        found.append(error("Y006", message, place.key_span, help="add `path: .` for the repository's root"))
        return None
    return Source(
        repo_url=place.need("repoURL").text,
        path=_folder(place.get("path"), found),
        target_revision=_text(place.get("targetRevision")) or "HEAD",
        chart=chart,
        ref=ref,
    )


def _hydrator(root: Place, found: list[Diagnostic]) -> Hydrator | None:
    place = root.get("spec", "sourceHydrator")
    if place is None:
        return None
    for other in (root.get("spec", "source"), root.get("spec", "sources")):
        if other is not None:
            key = other.key.text if other.key is not None else "source"
            found.append(_ignored(other, f"`{key}` is ignored, because there is a `sourceHydrator`"))
    dry = place.need("drySource")
    return Hydrator(
        dry=Source(
            repo_url=dry.need("repoURL").text,
            path=_folder(dry.get("path"), found),
            target_revision=dry.need("targetRevision").text,
        ),
        sync_branch=place.need("syncSource", "targetBranch").text,
        sync_path=_folder(place.get("syncSource", "path"), found),
        hydrate_to=_text(place.get("hydrateTo", "targetBranch")),
    )


def _ignored(place: Place, message: str) -> Diagnostic:
    return warning("Y018", message, place.key_span, help="remove it")


def _folder(place: Place | None, found: list[Diagnostic]) -> str:
    """Return a folder without leading or trailing slashes; report one that leaves the repository."""
    text = _text(place)
    if place is None or text is None:
        return ""
    folder = posixpath.normpath(text.strip("/") or ".")
    if folder == ".." or folder.startswith("../") or "\0" in folder:
        message = f"the path `{shortened(text)}` leads out of the repository"
        found.append(error("Y016", message, place.span, help="write it from the repository's root"))
    return "" if folder == "." else folder


def _check_destination(root: Place, server: str | None, cluster: str | None, found: list[Diagnostic]) -> None:
    place = root.need("spec", "destination")
    if server is None and cluster is None:
        found.append(
            error(
                "Y006",
                "a destination needs a `server` or a `name`",
                place.key_span,
                help="add `server: https://kubernetes.default.svc` for Argo CD's own cluster",
            )
        )
    elif server is not None and cluster is not None:
        first, second = place.need("server"), place.need("name")
        found.append(
            error(
                "Y015",
                "a destination has either a `server` or a `name`, not both",
                second.whole,
                help="keep one of them",
                labels=[Label(first.whole, "the other one")],
            )
        )


def _mapping(root: Place, field: str) -> dict[str, str]:
    pairs = root.pairs("metadata", field)
    return {pair.key.text: pair.text for pair in pairs if pair.key is not None}


def _text(place: Place | None) -> str | None:
    """Return a scalar's text; None where there is none, or an empty one."""
    return place.text if place is not None and place.text else None
