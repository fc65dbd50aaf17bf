"""What a promotion of one application copies, composed from every template that applies.

The product's own part wins over the template it names, and that one over those whose `when` selects the
application, best priority first. Each part (the version source, the files) comes from the first that
says it. Source: domain, promotion template.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from engine.model.argo import Application
from engine.model.entities import DEFAULT_VERSION_SOURCE, Product, PromotedFile, PromotionSpec, VersionSource
from engine.model.workspace import Workspace
from engine.resolve.evaluation import evaluate
from engine.resolve.facts import application_facts
from grammar.span import NOWHERE, Span


class TemplateRole(Enum):
    """How a template came to apply; the values are the words for people."""

    INLINE = "the product itself"
    REFERENCE = "the template the product names"
    SELECTED = "a template that selects the application"
    DEFAULT = "the default"


@dataclass(frozen=True, slots=True)
class TemplateOrigin:
    """Where a part comes from.

    Attributes:
        role: how it came to apply.
        name: the template's name, the product's for an inline part, empty for the default.
        priority: the template's priority; 0 for other roles.
        span: where it is declared.
    """

    role: TemplateRole
    name: str = ""
    priority: int = 0
    span: Span = field(default=NOWHERE, compare=False)


DEFAULT_ORIGIN = TemplateOrigin(TemplateRole.DEFAULT)


@dataclass(frozen=True, slots=True)
class Tie:
    """A part that templates of equal priority say differently; the first name won.

    Attributes:
        part: ``version`` or ``promote``.
        winner: whose part is in force.
        other: the first, by name, of those that say something else.
    """

    part: str
    winner: TemplateOrigin
    other: TemplateOrigin


@dataclass(frozen=True, slots=True)
class Composed:
    """What a promotion of one application copies.

    Attributes:
        version_source: where its version is written.
        version_origin: who says so.
        files: what is copied, in the order written; None copies every file below the source path.
        files_origin: who says so.
        applied: everything that applies, best first, whether or not a part came from it.
        ties: parts that were chosen by name only.
    """

    version_source: VersionSource
    version_origin: TemplateOrigin
    files: tuple[PromotedFile, ...] | None
    files_origin: TemplateOrigin
    applied: tuple[TemplateOrigin, ...] = ()
    ties: tuple[Tie, ...] = ()


def compose(workspace: Workspace, product: Product, application: Application) -> Composed:
    """Return what a promotion of an application copies.

    Args:
        workspace: its templates, and which priority is the better one.
        product: the product the application is promoted with.
        application: the application that is promoted; its labels select templates.
    """
    chain = _chain(workspace, product, application)
    version_source, version_origin = DEFAULT_VERSION_SOURCE, DEFAULT_ORIGIN
    files: tuple[PromotedFile, ...] | None = None
    files_origin = DEFAULT_ORIGIN
    for origin, promotion in reversed(chain):
        if promotion.version_source is not None:
            version_source, version_origin = promotion.version_source, origin
        if promotion.files is not None:
            files, files_origin = promotion.files, origin
    ties = [
        Tie("version", version_origin, origin)
        for origin, promotion in chain
        if _rival(origin, version_origin) and promotion.version_source not in (None, version_source)
    ][:1] + [
        Tie("promote", files_origin, origin)
        for origin, promotion in chain
        if _rival(origin, files_origin) and promotion.files not in (None, files)
    ][:1]
    applied = tuple(origin for origin, _ in chain)
    return Composed(version_source, version_origin, files, files_origin, applied, tuple(ties))


def _rival(origin: TemplateOrigin, winner: TemplateOrigin) -> bool:
    """Say whether only its name kept a template behind the winner."""
    return origin.role is winner.role is TemplateRole.SELECTED and origin.priority == winner.priority


def _chain(
    workspace: Workspace, product: Product, application: Application
) -> list[tuple[TemplateOrigin, PromotionSpec]]:
    """Return everything that applies, best first."""
    chain: list[tuple[TemplateOrigin, PromotionSpec]] = []
    if product.promotion != PromotionSpec():
        chain.append((TemplateOrigin(TemplateRole.INLINE, product.name, 0, product.span), product.promotion))
    named = workspace.templates.get(product.template) if product.template is not None else None
    if named is not None:
        origin = TemplateOrigin(TemplateRole.REFERENCE, named.name, named.priority, named.span)
        chain.append((origin, named.promotion))
    facts = application_facts(application)
    selected = sorted(
        (template for template in workspace.templates.values() if evaluate(template.when, facts)),
        key=lambda template: (workspace.priority_order.rank(template.priority), template.name),
    )
    for template in selected:
        if template is not named:
            origin = TemplateOrigin(TemplateRole.SELECTED, template.name, template.priority, template.span)
            chain.append((origin, template.promotion))
    return chain
