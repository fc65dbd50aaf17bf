"""Reads one YAML text: declarations, Argo's kinds, and everything that is wrong with them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from adapters.manifests.argo import application, workflow_template
from adapters.manifests.compose import compose
from adapters.manifests.data import plain_data
from adapters.manifests.kinds import KINDS, Role
from adapters.manifests.limits import DEFAULT_MANIFEST_LIMITS, ManifestLimits
from adapters.manifests.node import Kind, Node
from adapters.manifests.place import Place
from adapters.manifests.recognition import (
    TEMPLATED,
    UNREADABLE,
    Recognised,
    is_helm_template,
    kinds_at_a_glance,
    recognise,
    seems_ours,
    worth_reading,
)
from adapters.manifests.slips import slips
from adapters.manifests.to_ast import declaration
from adapters.manifests.unsayable import unsayable
from adapters.manifests.words import check_words
from engine.model.argo import Application, WorkflowTemplate
from grammar.diagnostics import Diagnostic, error, in_order, warning
from grammar.nodes import Declaration, File
from grammar.span import Span


@dataclass(frozen=True, slots=True)
class ManifestFile:
    """What a YAML text holds.

    Attributes:
        file: the manifests that have a `.promo` form, in order.
        applications: Argo CD applications, in order.
        workflows: Argo workflow templates, in order.
        passed_over: how many documents of each other kind there are.
        diagnostics: what is wrong, in order of place.
        unsayable: what the manifests say that a `.promo` file cannot; it means nothing for promotions.
        scalars: start and end of every scalar, in order; a `#` elsewhere begins a comment.
    """

    file: File
    applications: tuple[Application, ...] = ()
    workflows: tuple[WorkflowTemplate, ...] = ()
    passed_over: Counter[str] = field(default_factory=Counter)
    diagnostics: tuple[Diagnostic, ...] = ()
    unsayable: tuple[Diagnostic, ...] = ()
    scalars: tuple[tuple[int, int], ...] = ()


def read(
    text: str, source: str, *, named: bool = False, limits: ManifestLimits = DEFAULT_MANIFEST_LIMITS
) -> ManifestFile:
    """Read the manifests of one YAML text.

    Documents of other kinds are counted, and so are files that are not YAML (the templates of a Helm chart, say),
    unless they were clearly meant as manifests that are read.

    Args:
        text: the whole text; any text at all.
        source: its name in spans.
        named: whether somebody asked for this very file, so that one that is not YAML is an error in any case.
        limits: bounds; exceeding one is a diagnostic.

    Returns:
        What was found; never raises. A manifest with an error is left out. Cost: O(length).
    """
    if not named and not worth_reading(text):
        return ManifestFile(File(source, ()), passed_over=Counter(kinds_at_a_glance(text)))
    composed = compose(text, source, limits)
    reader = _Reader(source)
    for document in composed.documents:
        reader.document(document)
    if composed.fault is not None:
        reader.fault(composed.fault, text, named)
    return ManifestFile(
        File(source, tuple(reader.declarations)),
        tuple(reader.applications),
        tuple(reader.workflows),
        reader.passed_over,
        _capped(reader.found, limits),
        in_order(reader.unsayable),
        tuple(composed.scalars),
    )


class _Reader:
    """Collects what the documents of one text are."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.declarations: list[Declaration] = []
        self.applications: list[Application] = []
        self.workflows: list[WorkflowTemplate] = []
        self.passed_over: Counter[str] = Counter()
        self.found: list[Diagnostic] = []
        self.unsayable: list[Diagnostic] = []

    def document(self, node: Node) -> None:
        """Take one document, or the items of one that is a list of objects."""
        root = Place(node, self.source)
        items = _items(root)
        if items is not None:
            for item in items:
                self.document(item)
            return
        what = recognise(root)
        match what:
            case Recognised():
                self._object(root, what)
            case Diagnostic():
                self.found.append(what)
            case str():
                self.passed_over[what] += 1

    def fault(self, fault: Diagnostic, text: str, named: bool) -> None:
        """Report what ended the text early, or count the rest of it as something else."""
        template = is_helm_template(text)
        if named and template:
            message = "this is the template of a Helm chart, not YAML"
            self.found.append(error("Y014", message, fault.span, help="import what `helm template` makes of it"))
        elif named or (seems_ours(text) and not template):
            self.found.append(fault)
        else:
            self.passed_over[TEMPLATED if template else UNREADABLE] += 1

    def _object(self, root: Place, what: Recognised) -> None:
        from adapters.manifests.schema_by_kind import shape_of
        from adapters.manifests.validation import fits

        before = len(self.found)
        data = plain_data(root.node, self.source, self.found)
        ours = what.kind.role is Role.DECLARATION
        good = fits(shape_of(what.kind.name, what.version), data, root, self.found, nulls=not ours)
        if not ours:
            self.found.extend(slips(root, workflow=what.kind.role is Role.WORKFLOW))
        if not good or _has_errors(self.found[before:]):
            return
        match what.kind.role:
            case Role.APPLICATION:
                made = application(root, self.found)
                self.applications += [made] if made is not None else []
            case Role.WORKFLOW:
                self.workflows.append(workflow_template(root))
            case Role.DECLARATION:
                self._declaration(root)

    def _declaration(self, root: Place) -> None:
        before = len(self.found)
        self.found.extend(check_words(root))
        if _has_errors(self.found[before:]):
            return
        self.declarations.append(declaration(root))
        self.unsayable.extend(unsayable(root))


def _items(root: Place) -> list[Node] | None:
    """Return the objects of a `List` (or of a list of one kind), or None for anything else."""
    kind, version = root.get("kind"), root.get("apiVersion")
    if kind is None or version is None or kind.node.kind is not Kind.SCALAR:
        return None
    listed = kind.text.removesuffix("List")
    if kind.text != "List" and (listed == kind.text or listed not in KINDS):
        return None
    items = root.get("items")
    return items.node.items if items is not None and items.node.kind is Kind.SEQUENCE else None


def _has_errors(found: list[Diagnostic]) -> bool:
    return any(diagnostic.is_error for diagnostic in found)


def _capped(found: list[Diagnostic], limits: ManifestLimits) -> tuple[Diagnostic, ...]:
    ordered = in_order(found)
    if len(ordered) <= limits.findings:
        return ordered
    kept = ordered[: limits.findings]
    last = Span(kept[-1].span.start, kept[-1].span.end, kept[-1].span.source)
    message = f"more than {limits.findings} problems in this file; the rest is not shown"
    return (*kept, warning("Y019", message, last, help="mend these first, then read it again"))
