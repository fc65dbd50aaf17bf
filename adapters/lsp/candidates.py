"""The words that fit a place: names that are declared, values that are in use, attributes that can be asked about."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from adapters.lsp.analysis import Analysis
from adapters.lsp.cursor import Cursor
from adapters.lsp.vocabulary import about_attribute, attribute_of
from engine.model.attributes import (
    ACCESS_SCOPE,
    ATTRIBUTES,
    FREEZE_SCOPE,
    POLICY_SCOPE,
    REQUIRE_THAT_SCOPE,
    REQUIRE_WHEN_SCOPE,
    TEMPLATE_SCOPE,
    TRIGGER_SCOPE,
    WORDS,
    Attribute,
    Scope,
    Subject,
    ValueType,
)
from engine.model.build.calendar import WEEKDAYS
from engine.model.entities import Concurrency, Metadata, Permission
from grammar import nodes


class Candidate(NamedTuple):
    """Something that can be written.

    Attributes:
        name: as it is meant; how it is written depends on the place.
        kind: what it is, for the editor's picture: ``name``, ``value``, ``workflow``, ``attribute`` or ``word``.
        detail: a few words beside it.
        documentation: Markdown.
    """

    name: str
    kind: str
    detail: str = ""
    documentation: str = ""


Finder = Callable[[Analysis], Iterator[Candidate]]


def names(kind: str) -> Finder:
    """Return what lists the declared names of a kind."""

    def found(analysis: Analysis) -> Iterator[Candidate]:
        for name in analysis.names.get(kind, {}):
            yield Candidate(name, "name", kind, description_of(analysis, kind, name))

    return found


def workflows(analysis: Analysis) -> Iterator[Candidate]:
    """Yield the workflow templates, and those that are named without being declared here."""
    for name, workflow in analysis.workspace.workflows.items():
        parameters = ", ".join(parameter.name for parameter in workflow.parameters)
        yield Candidate(name, "workflow", "workflow template", f"Takes {parameters}." if parameters else "")
    for kind, name in analysis.occurrences.by_name:
        if kind == "workflow" and name not in analysis.workspace.workflows:
            yield Candidate(name, "workflow", "workflow, not declared here")


def workflows_or_none(analysis: Analysis) -> Iterator[Candidate]:
    """Yield the workflows, and the word for no workflow."""
    yield from workflows(analysis)
    yield Candidate("none", "word", "no workflow, whatever other policies say")


def words(*listed: str, detail: str = "") -> Finder:
    """Return what lists certain words."""
    return lambda _: iter([Candidate(word, "word", detail) for word in listed])


def description_of(analysis: Analysis, kind: str, name: str) -> str:
    """Return what a declaration says it is for."""
    plural = {"policy": "policies", "freeze": "freezes", "access": "access"}.get(kind, f"{kind}s")
    entity = getattr(analysis.workspace, plural, {}).get(name) if kind != "test" else None
    metadata = getattr(entity, "metadata", None)
    text = metadata.description if isinstance(metadata, Metadata) else getattr(entity, "description", None)
    return text or getattr(entity, "title", "") or ""


def _items(analysis: Analysis, kind: type[object]) -> Iterator[object]:
    """Yield the items of a kind, in every declaration as written, blocks included."""
    for file in analysis.files:
        for declaration in file.declarations:
            for item in declaration.items:
                if isinstance(item, kind):
                    yield item
                for inner in getattr(item, "items", ()):
                    if isinstance(inner, kind):
                        yield inner


def tags(analysis: Analysis) -> Iterator[Candidate]:
    """Yield the tags in use."""
    found = (name.text for item in _items(analysis, nodes.Tags) if isinstance(item, nodes.Tags) for name in item.names)
    return _distinct(found, "tag in use")


def teams(analysis: Analysis) -> Iterator[Candidate]:
    """Yield the teams that access rules and approvals name."""

    def found() -> Iterator[str]:
        for item in _items(analysis, nodes.Teams):
            if isinstance(item, nodes.Teams):
                yield from (name.text for name in item.names)
        for setting in _items(analysis, nodes.Setting):
            if isinstance(setting, nodes.Setting) and isinstance(setting.value, nodes.ApprovalsValue):
                yield from (name.text for name in setting.value.teams)

    return _distinct(found(), "team")


def clusters(analysis: Analysis) -> Iterator[Candidate]:
    """Yield the clusters of environments and applications."""

    def found() -> Iterator[str]:
        for item in _items(analysis, nodes.Cluster):
            if isinstance(item, nodes.Cluster):
                yield item.name.text
        for application in analysis.workspace.applications.values():
            yield from (name for name in (application.cluster, application.server) if name)

    return _distinct(found(), "cluster")


def namespaces(analysis: Analysis) -> Iterator[Candidate]:
    """Yield the namespaces of environments and applications."""

    def found() -> Iterator[str]:
        for item in _items(analysis, nodes.Cluster):
            if isinstance(item, nodes.Cluster):
                yield from (name.text for name in item.namespaces)
        yield from (one.target_namespace for one in analysis.workspace.applications.values() if one.target_namespace)

    return _distinct(found(), "namespace")


def applications(analysis: Analysis) -> Iterator[Candidate]:
    """Yield the Argo CD applications."""
    return _distinct((one.name for one in analysis.workspace.applications.values()), "application")


def blockers(analysis: Analysis) -> Iterator[Candidate]:
    """Yield what a test can expect to be in the way."""
    yield from names("window")(analysis)
    yield from names("freeze")(analysis)


def label_maps(analysis: Analysis, subject: Subject) -> Iterator[Mapping[str, str]]:
    """Yield the labels of everything of a subject."""
    workspace = analysis.workspace
    match subject:
        case Subject.PRODUCT:
            yield from (one.metadata.labels for one in workspace.products.values())
        case Subject.ENVIRONMENT:
            yield from (one.metadata.labels for one in workspace.environments.values())
        case Subject.APPLICATION:
            for application in workspace.applications.values():
                yield from (application.labels, application.annotations)
        case _:
            return


def label_keys(analysis: Analysis, subject: Subject) -> Iterator[Candidate]:
    """Yield the keys of labels in use."""
    return _distinct((key for labels in label_maps(analysis, subject) for key in labels), "label in use")


def label_values(analysis: Analysis, subject: Subject, key: str) -> Iterator[Candidate]:
    """Yield the values in use of a label."""
    found = (labels[key] for labels in label_maps(analysis, subject) if key in labels)
    return _distinct(found, f"value of `{key}` in use")


def _distinct(found: Iterable[str], detail: str) -> Iterator[Candidate]:
    return (Candidate(name, "value", detail) for name in sorted(set(found)))


ACTIONS, ROLLBACKS, KINDS_OF_PLACES = (WORDS[kind] for kind in (ValueType.ACTION, ValueType.ROLLBACK, ValueType.KIND))

AFTER_KEYWORD: dict[str, Finder] = {
    **dict.fromkeys(("trigger", "step", "after", "passed", "order", "blocked", "expect"), names("environment")),
    "flow": names("flow"),
    "template": names("template"),
    "product": names("product"),
    "window": names("window"),
    **dict.fromkeys(("pre-action", "post-action"), workflows_or_none),
    **dict.fromkeys(("start", "success", "failure"), workflows),
    "action": words(*ACTIONS),
    "rollback": words(*ROLLBACKS),
    "kind": words(*KINDS_OF_PLACES),
    "concurrency": words(*(one.value for one in Concurrency)),
    "allow": words(*(one.value for one in Permission)),
    "days": words(*WEEKDAYS),
    "to": words(*WEEKDAYS),
    "api-version": words("v1beta1", "v1beta2"),
    **dict.fromkeys(("teams", "from"), teams),
    "tags": tags,
    "cluster": clusters,
    "namespaces": namespaces,
    "applications": applications,
    "by": blockers,
}
"""What lists the names that stand after a keyword."""

_SCOPES = {
    "policy": POLICY_SCOPE,
    "template": TEMPLATE_SCOPE,
    "product": TRIGGER_SCOPE,
    "freeze": FREEZE_SCOPE,
    "access": ACCESS_SCOPE,
}


def scope_of(cursor: Cursor) -> Scope:
    """Return what the condition that a place is in can ask about."""
    if cursor.declaration == "require":
        asking = [token for token in cursor.tokens if token in ("when", "that")]
        return REQUIRE_THAT_SCOPE if asking and asking[-1] == "that" else REQUIRE_WHEN_SCOPE
    return _SCOPES.get(cursor.declaration, POLICY_SCOPE)


def attributes(analysis: Analysis, cursor: Cursor) -> Iterator[Candidate]:
    """Yield what the condition can ask about here; for labels, each key that is in use."""
    for (subject, field), spec in ATTRIBUTES.items():
        if subject not in scope_of(cursor).subjects:
            continue
        if not spec.keyed:
            written = str(Attribute(subject, field))
            yield Candidate(written, "attribute", spec.doc, about_attribute(subject, field))
            continue
        for key in label_keys(analysis, subject):
            written = str(Attribute(subject, field, key.name))
            yield Candidate(written, "attribute", "label in use", about_attribute(subject, field, key.name))


def values(analysis: Analysis, asked: str) -> Iterator[Candidate]:
    """Yield the values that an attribute can be compared with.

    Args:
        analysis: of the workspace.
        asked: the attribute as it is written.
    """
    found = attribute_of(asked)
    if found is None:
        return iter(())
    subject, field, key = found
    if key is not None:
        return label_values(analysis, subject, key)
    listed = WORDS.get(ATTRIBUTES[subject, field].type)
    if listed:
        return words(*listed)(analysis)
    if field == "tags":
        return tags(analysis)
    if field == "clusters":
        return clusters(analysis)
    if field == "name":
        return applications(analysis) if subject is Subject.APPLICATION else names(subject.value)(analysis)
    by_setting: dict[str, Finder] = {
        "window": names("window"),
        "pre-action": workflows_or_none,
        "post-action": workflows_or_none,
    }
    return by_setting[field](analysis) if subject is Subject.SETTING and field in by_setting else iter(())
