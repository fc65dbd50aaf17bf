"""Tells manifests that are read from everything else that is YAML."""

from __future__ import annotations

import re
from dataclasses import dataclass

from adapters.manifests.kinds import (
    ENVIRONMENT_GROUP,
    GROUPS,
    KINDS,
    OTHER_KINDS,
    PRE_RELEASE_GROUP,
    PROMOTION_GROUP,
    KnownKind,
    Role,
)
from adapters.manifests.node import Kind, Node
from adapters.manifests.place import Place, shortened
from grammar.diagnostics import Diagnostic, error
from grammar.suggest import distance
from grammar.vocabulary import listing

NO_OBJECT = "YAML that is no Kubernetes object"
TEMPLATED = "templates of manifests"
UNREADABLE = "unreadable YAML"
"""What is counted under other names than a kind."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """A document of a kind that is read.

    Attributes:
        kind: which one.
        version: the version of its `apiVersion`.
    """

    kind: KnownKind
    version: str


def recognise(root: Place) -> Recognised | Diagnostic | str:
    """Return what a document is: a kind that is read, a mistake, or what to count it under."""
    if root.node.kind is not Kind.MAPPING:
        return NO_OBJECT
    kind_place, version_place = root.get("kind"), root.get("apiVersion")
    if kind_place is None or kind_place.node.kind is not Kind.SCALAR:
        return NO_OBJECT
    kind = kind_place.text
    known = KINDS.get(kind)
    if version_place is None or version_place.node.kind is not Kind.SCALAR:
        return _without_version(root, kind_place, known)
    if _is_template(root, known):
        return TEMPLATED
    group, _, version = version_place.text.rpartition("/")
    if known is not None and group == known.group:
        if version in known.versions:
            return Recognised(known, version)
        return _unknown_version(version_place, known, f"`{kind}` has no version `{shortened(version)}`")
    if known is not None:
        return _foreign_group(version_place, known, group)
    return _unknown_kind(kind_place, group)


def _without_version(root: Place, kind: Place, known: KnownKind | None) -> Diagnostic | str:
    if known is None or root.get("metadata") is None or _is_template(root, known):
        return NO_OBJECT
    return error("Y006", "`apiVersion` is missing", kind.key_span, help=f"add `apiVersion: {known.api_versions[-1]}`")


def _unknown_version(place: Place, known: KnownKind, message: str) -> Diagnostic:
    return error("Y012", message, place.span, help=f"write `apiVersion: {_versions(known)}`")


def _versions(known: KnownKind) -> str:
    return listing(list(known.api_versions))


def _foreign_group(place: Place, known: KnownKind, group: str) -> Diagnostic | str:
    """Judge a kind that we know in a group that is not its own."""
    if group == PRE_RELEASE_GROUP and known.group in (PROMOTION_GROUP, ENVIRONMENT_GROUP):
        return error(
            "Y013",
            f"`{shortened(place.text)}` is a pre-release form of `{known.name}` that nothing reads any more",
            place.span,
            help=f"write `apiVersion: {_versions(known)}`, and the fields of that version",
        )
    near = distance(group.lower(), known.group, 2) <= 2
    if group in GROUPS or near or not known.everyday:
        where = f"`{shortened(group)}`" if group else "the core group"
        message = f"`{known.name}` is no kind of {where}"
        return _unknown_version(place, known, message)
    return known.name


def _unknown_kind(place: Place, group: str) -> Diagnostic | str:
    """Judge a kind that we do not know: misspelt when it is nearly one of its group."""
    kind = place.text
    if kind in OTHER_KINDS or group not in (*GROUPS, PRE_RELEASE_GROUP):
        return shortened(kind) or NO_OBJECT
    own = PROMOTION_GROUP if group == PRE_RELEASE_GROUP else group
    for known in KINDS.values():
        if known.group == own and distance(kind.lower(), known.name.lower(), 2) <= 2:
            message = f"`{shortened(kind)}` is no kind of `{group}`"
            return error("Y011", message, place.span, help=f"did you mean `{known.name}`?")
    return shortened(kind) or NO_OBJECT


def _is_template(root: Place, known: KnownKind | None) -> bool:
    """Say whether a document is the template of a manifest: parts of it are made later, not written.

    A name with a placeholder says so for every kind. Elsewhere ``{{`` is Argo's own in the text of a workflow, so
    there only a placeholder without quotes counts, which is no text at all.
    """
    name = root.follow(("metadata", "name"))
    if name is not None and "{{" in name.text:
        return True
    return known is not None and _has_placeholder(root.node, texts=known.role is not Role.WORKFLOW)


def _has_placeholder(node: Node, *, texts: bool) -> bool:
    """Say whether a value or one inside it is ``{{ ... }}``; without quotes that is a mapping as a mapping's key."""
    match node.kind:
        case Kind.SCALAR:
            return texts and "{{" in node.text and is_helm_template(node.text)
        case Kind.SEQUENCE:
            return any(_has_placeholder(item, texts=texts) for item in node.items)
        case Kind.MAPPING:
            return any(key.kind is Kind.MAPPING or _has_placeholder(value, texts=texts) for key, value in node.entries)


_KIND_LINE = re.compile(
    rf"^[ \t{{-]*[\"']?kind[\"']?[ \t]*:[ \t]*[\"']?(?:{'|'.join(KINDS)})[\"']?,?[ \t]*(?:#.*)?\r?$", re.M
)
_GROUP = "|".join(re.escape(group) for group in sorted((*GROUPS, PRE_RELEASE_GROUP)))
_VERSION_LINE = re.compile(rf"^[ \t{{-]*[\"']?apiVersion[\"']?[ \t]*:[ \t]*[\"']?(?:{_GROUP})/", re.M)
_HELM_ACTION = re.compile(
    r"\{\{-|-\}\}|\{\{[ \t]*(?:\.|\$|/\*|(?:if|else|end|range|with|define|include|template|block|toYaml|tpl|default"
    r"|required|quote|printf)\b)"
)


def seems_ours(text: str) -> bool:
    """Say whether a text that is not YAML was meant as one of the manifests that are read."""
    return _KIND_LINE.search(text) is not None and _VERSION_LINE.search(text) is not None


def is_helm_template(text: str) -> bool:
    """Say whether a text that is not YAML is the template of a Helm chart."""
    return _HELM_ACTION.search(text) is not None


_WORTH_READING = re.compile(
    rf"{'|'.join(re.escape(group) for group in GROUPS)}|Promotion(?:Flow|Policy|Template)|ClusterWorkflowTemplate"
    rf"|kind:[ \t]*[\"']?(?:{'|'.join(KINDS)})\b"
)
_ANY_KIND = re.compile(r"^kind:[ \t]*[\"']?([A-Za-z]+)[\"']?[ \t]*(?:#.*)?\r?$", re.M)


def worth_reading(text: str) -> bool:
    """Say whether a text can hold anything that is read, or nearly; cheap, and never wrong about a plain text."""
    return _WORTH_READING.search(text) is not None


def kinds_at_a_glance(text: str) -> list[str]:
    """Return the kinds of the objects in a text that is not worth reading, or one entry that says there are none."""
    return [match[1] for match in _ANY_KIND.finditer(text)] or [NO_OBJECT]
