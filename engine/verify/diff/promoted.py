"""What changed for applications: where they belong, what is promoted of them, and the templates that say so."""

from __future__ import annotations

from collections.abc import Iterator

from engine.model.argo import Application
from engine.model.entities import PromotedFile, Template
from engine.model.workspace import Workspace
from engine.resolve.applications import ApplicationMap
from engine.resolve.template_composition import Composed, compose
from engine.verify.diff.alike import alike
from engine.verify.diff.change import Change, Topic, named
from engine.verify.diff.strictness import Strictness
from grammar.lexical import quote

_FIELDS = {
    "sources": "sources",
    "hydrator": "source hydrator",
    "labels": "labels",
    "annotations": "annotations",
    "auto_sync": "automatic sync",
    "project": "project",
}
"""Fields of an application that a promotion sees, besides where it belongs; the values are the words for people."""


def application_changes(old: Workspace, new: Workspace) -> Iterator[Change]:
    """Yield applications that come, go, belong elsewhere, or whose sources changed, by key."""
    before, after = ApplicationMap(old), ApplicationMap(new)
    for key in sorted({**old.applications, **new.applications}):
        one, other = before.assignments.get(key), after.assignments.get(key)
        subject = f"application `{key}`"
        if one is None:
            assert other is not None
            text = f"is added, {_home(other.product, other.environment)}"
            yield Change(Topic.APPLICATIONS, subject, text, new=other.application.span)
        elif other is None:
            text = f"is removed, it was {_home(one.product, one.environment)}"
            yield Change(Topic.APPLICATIONS, subject, text, old=one.application.span)
        else:
            spans = one.application.span, other.application.span
            homes = _home(one.product, one.environment), _home(other.product, other.environment)
            if homes[0] != homes[1]:
                text = f"is {homes[1]}, it was {homes[0]}"
                yield Change(Topic.APPLICATIONS, subject, text, Strictness.DIFFERENT, *spans)
            fields = _changed(one.application, other.application)
            if fields:
                yield Change(Topic.APPLICATIONS, subject, f"changed: {', '.join(fields)}", Strictness.DIFFERENT, *spans)


def _home(product: str | None, environment: str | None) -> str:
    owner = f"in product `{product}`" if product is not None else "in no product"
    return f"{owner} and {f'environment `{environment}`' if environment is not None else 'no environment'}"


def _changed(old: Application, new: Application) -> list[str]:
    return [words for field, words in _FIELDS.items() if getattr(old, field) != getattr(new, field)]


# --- promoted files --------------------------------------------------------------------------------


def promoted_changes(old: Workspace, new: Workspace) -> Iterator[Change]:
    """Yield what is promoted of applications and was not, or the other way; equal changes of a product stand as one."""
    before, after = ApplicationMap(old), ApplicationMap(new)
    grouped: dict[tuple[str, str], list[str]] = {}
    for key, one in before.assignments.items():
        other = after.assignments.get(key)
        if other is None or one.product is None or one.product != other.product:
            continue
        if one.product not in old.products or one.product not in new.products:
            continue
        was = compose(old, old.products[one.product], one.application)
        now = compose(new, new.products[one.product], other.application)
        for text in _composed(was, now):
            grouped.setdefault((one.product, text), []).append(key)
    for (product, text), keys in grouped.items():
        shown = named(keys) if len(keys) <= 3 else f"{named(keys[:3], 'and')} and {len(keys) - 3} more"
        subject = f"product `{product}`"
        spans = old.products[product].span, new.products[product].span
        yield Change(
            Topic.PROMOTED,
            subject,
            f"{text} (application{'s' * (len(keys) > 1)} {shown})",
            Strictness.DIFFERENT,
            *spans,
        )


def _composed(old: Composed, new: Composed) -> Iterator[str]:
    if old.version_source != new.version_source:
        was, now = (
            f"{quote(found.file)} {quote(found.json_path)}" for found in (old.version_source, new.version_source)
        )
        yield f"its version is read from {now}, no longer from {was}"
    before, after = _files(old.files), _files(new.files)
    if before is None or after is None:
        if before != after:
            yield (
                "only chosen values are promoted, no longer every file"
                if before is None
                else ("every file is promoted, no longer only chosen values")
            )
        return
    for word, more in (("also promotes", after - before), ("no longer promotes", before - after)):
        if more:
            yield f"{word} {', '.join(f'{quote(file)} {quote(path)}' for file, path in sorted(more))}"


def _files(files: tuple[PromotedFile, ...] | None) -> frozenset[tuple[str, str]] | None:
    return None if files is None else frozenset((found.file, path) for found in files for path in found.json_paths)


# --- templates -------------------------------------------------------------------------------------


def template_changes(old: Workspace, new: Workspace) -> Iterator[Change]:
    """Yield templates that come, go or say something else: it may matter for applications not declared yet."""
    for name in sorted({**old.templates, **new.templates}):
        before, after = old.templates.get(name), new.templates.get(name)
        subject = f"template `{name}`"
        if before is None:
            assert after is not None
            yield Change(Topic.TEMPLATES, subject, "is added", new=after.span)
        elif after is None:
            yield Change(Topic.TEMPLATES, subject, "is removed", old=before.span)
        else:
            ranks = old.priority_order.rank(before.priority), new.priority_order.rank(after.priority)
            fields = _template_fields(before, after) + (["priority"] if ranks[0] != ranks[1] else [])
            if fields:
                text = f"changed: {', '.join(fields)}"
                yield Change(Topic.TEMPLATES, subject, text, Strictness.DIFFERENT, before.span, after.span)


def _template_fields(old: Template, new: Template) -> list[str]:
    fields = [] if alike(old.when, new.when) else ["`when`"]
    if old.promotion.version_source != new.promotion.version_source:
        fields.append("version source")
    if _files(old.promotion.files) != _files(new.promotion.files):
        fields.append("promoted files")
    return fields
