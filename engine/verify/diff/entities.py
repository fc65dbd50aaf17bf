"""What changed in declarations that are neither policies nor flows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Protocol, TypeVar

from engine.model.argo import WorkflowTemplate
from engine.model.conditions import Condition
from engine.model.entities import Cluster, Environment, Freeze, Product, Require, Window
from engine.model.workspace import Workspace
from engine.verify.diff.alike import alike
from engine.verify.diff.change import Change, Topic, named
from engine.verify.diff.strictness import Strictness, compared, of_windows, together
from engine.verify.diff.week import open_minutes
from grammar.lexical import quote
from grammar.span import Span

_DAYS = ("", "mon", "tue", "wed", "thu", "fri", "sat", "sun")


class _Declared(Protocol):
    @property
    def span(self) -> Span: ...


_Entity = TypeVar("_Entity", bound=_Declared)
_Compare = Callable[[_Entity, _Entity], Iterator[tuple[str, Strictness]]]


def _compared(
    topic: Topic,
    what: str,
    old: Mapping[str, _Entity],
    new: Mapping[str, _Entity],
    compare: _Compare[_Entity],
    *,
    added: Strictness = Strictness.DIFFERENT,
    removed: Strictness = Strictness.DIFFERENT,
) -> Iterator[Change]:
    """Yield what is added, removed and changed, by name."""
    for name in sorted({**old, **new}):
        before, after = old.get(name), new.get(name)
        subject = f"{what} `{name}`"
        if before is None:
            assert after is not None
            yield Change(topic, subject, "is added", added, new=after.span)
        elif after is None:
            yield Change(topic, subject, "is removed", removed, old=before.span)
        else:
            for text, strictness in compare(before, after):
                yield Change(topic, subject, text, strictness, before.span, after.span)


# --- environments ----------------------------------------------------------------------------------


def environment_changes(old: Workspace, new: Workspace) -> Iterator[Change]:
    """Yield what changed in environments."""
    return _compared(Topic.ENVIRONMENTS, "environment", old.environments, new.environments, _environment)


def _environment(old: Environment, new: Environment) -> Iterator[tuple[str, Strictness]]:
    if old.kind is not new.kind:
        yield f"is of kind {new.kind.value}, no longer {old.kind.value}", Strictness.DIFFERENT
    yield from _set_change("tags", set(old.tags), set(new.tags))
    yield from _label_changes(old.metadata.labels, new.metadata.labels)
    yield from _set_change("clusters", set(map(_cluster, old.clusters)), set(map(_cluster, new.clusters)))


def _cluster(cluster: Cluster) -> str:
    return f"{cluster.name} {', '.join(sorted(cluster.namespaces))}" if cluster.namespaces else cluster.name


def _set_change(what: str, old: set[str], new: set[str]) -> Iterator[tuple[str, Strictness]]:
    if new - old:
        yield f"{what}: {named(sorted(new - old))} added", Strictness.DIFFERENT
    if old - new:
        yield f"{what}: {named(sorted(old - new))} removed", Strictness.DIFFERENT


def _label_changes(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[tuple[str, Strictness]]:
    for key in sorted({**old, **new}):
        if old.get(key) == new.get(key):
            continue
        if key not in new:
            yield f"label `{key}` is removed, it was {quote(old[key])}", Strictness.DIFFERENT
        elif key not in old:
            yield f"label `{key}` is {quote(new[key])}, it was not set", Strictness.DIFFERENT
        else:
            yield f"label `{key}` is {quote(new[key])}, no longer {quote(old[key])}", Strictness.DIFFERENT


# --- products --------------------------------------------------------------------------------------


def product_changes(old: Workspace, new: Workspace) -> Iterator[Change]:
    """Yield what changed in products; their flows' conditions and what they promote are compared elsewhere."""
    return _compared(Topic.PRODUCTS, "product", old.products, new.products, _product)


def _product(old: Product, new: Product) -> Iterator[tuple[str, Strictness]]:
    yield from _set_change("tags", set(old.tags), set(new.tags))
    yield from _label_changes(old.metadata.labels, new.metadata.labels)
    yield from _set_change("flows", {use.flow for use in old.flows}, {use.flow for use in new.flows})
    if _concurrency(old) != _concurrency(new):
        text = f"a newer release makes {_concurrency(new)} of an older one, no longer {_concurrency(old)}"
        yield text, Strictness.DIFFERENT


def _concurrency(product: Product) -> str:
    return "`queue`" if product.concurrency is None else f"`{product.concurrency.value}`"


# --- requirements ----------------------------------------------------------------------------------


Implies = Callable[[Condition, Condition], bool]
"""Says whether wherever the first condition holds the second one does; a no may mean that it was not found out."""


def require_changes(old: Workspace, new: Workspace, implies: Implies) -> Iterator[Change]:
    """Yield requirements that are added, removed or say something else; the same in other words is no change."""

    def compare(before: Require, after: Require) -> Iterator[tuple[str, Strictness]]:
        yield from _points(before.when, after.when, implies)
        if not alike(before.that, after.that):
            yield "asks for something else: its `that` changed", Strictness.DIFFERENT

    return _compared(
        Topic.REQUIREMENTS,
        "requirement",
        old.requires,
        new.requires,
        compare,
        added=Strictness.STRICTER,
        removed=Strictness.LOOSER,
    )


def _points(before: Condition, after: Condition, implies: Implies) -> Iterator[tuple[str, Strictness]]:
    """Yield how the points differ that something strict is about."""
    if before == after:
        return
    more, less = implies(before, after), implies(after, before)
    if not (more and less):
        words = "more points" if more else "fewer points" if less else "other points"
        yield f"holds for {words}: its `when` changed", compared(more, less)


# --- windows and freezes ---------------------------------------------------------------------------


def window_changes(old: Workspace, new: Workspace) -> Iterator[Change]:
    """Yield windows that both declare and that are open at other times; who uses which is a matter of settings."""
    for name in sorted(set(old.windows) & set(new.windows)):
        before, after = old.windows[name], new.windows[name]
        if before.zone == after.zone and open_minutes(before) == open_minutes(after):
            continue
        text = f"is open {_hours(after)}, no longer {_hours(before)}"
        strictness = of_windows(before, after)
        yield Change(Topic.WINDOWS, f"window `{name}`", text, strictness, before.span, after.span)


def _hours(window: Window) -> str:
    days = ", ".join(_DAYS[day] for day in window.days)
    return f"{days} from {window.start:%H:%M} to {window.end:%H:%M} {quote(window.zone)}"


def freeze_changes(old: Workspace, new: Workspace, implies: Implies) -> Iterator[Change]:
    """Yield what changed in freezes; one that is said in other words but holds for the same is no change."""

    def compare(before: Freeze, after: Freeze) -> Iterator[tuple[str, Strictness]]:
        times: list[Strictness] = []
        if (before.start, before.end, before.zone) != (after.start, after.end, after.zone):
            wider = after.start <= before.start and after.end >= before.end and before.zone == after.zone
            narrower = after.start >= before.start and after.end <= before.end and before.zone == after.zone
            times.append(compared(wider, narrower))
            text = f"is from {after.start} to {after.end} {quote(after.zone)}"
            yield f"{text}, no longer from {before.start} to {before.end} {quote(before.zone)}", together(times)
        yield from _points(before.when, after.when, implies)

    return _compared(
        Topic.FREEZES,
        "freeze",
        old.freezes,
        new.freezes,
        compare,
        added=Strictness.STRICTER,
        removed=Strictness.LOOSER,
    )


# --- workflow templates ----------------------------------------------------------------------------


def workflow_changes(old: Workspace, new: Workspace) -> Iterator[Change]:
    """Yield what changed in workflow templates, as far as a promotion sees it."""
    return _compared(Topic.WORKFLOWS, "workflow template", old.workflows, new.workflows, _workflow)


def _workflow(old: WorkflowTemplate, new: WorkflowTemplate) -> Iterator[tuple[str, Strictness]]:
    yield from _set_change(
        "parameters", {found.name for found in old.parameters}, {found.name for found in new.parameters}
    )
    yield from _set_change("exports", set(old.exports), set(new.exports))
    if old.promotion != new.promotion:
        is_one = "is now" if new.promotion else "is no longer"
        yield f"{is_one} marked as a promotion workflow", Strictness.DIFFERENT
    if old.cluster_scoped != new.cluster_scoped:
        yield f"is {'' if new.cluster_scoped else 'not '}cluster-scoped", Strictness.DIFFERENT
