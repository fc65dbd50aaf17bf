"""Facts: what is known of a product, an environment, a commit and the rest when a condition is asked.

The world is open: an attribute without a fact holds no value, so facts of things that are not declared
(`given`) are made the same way as facts of declared ones. Source: domain, conditions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from engine.model.argo import Application
from engine.model.attributes import Attribute, Subject
from engine.model.entities import Environment, Product
from engine.model.values import Scalar, SettingValue, scalar

PRODUCT_NAME = Attribute(Subject.PRODUCT, "name")
ENVIRONMENT_NAME = Attribute(Subject.ENVIRONMENT, "name")


@dataclass(frozen=True, slots=True)
class Facts:
    """Values by attribute, and the environments a change has passed.

    Attributes:
        values: at least one value for each attribute that has any, in the order declared.
        passed: the environments the change went through before.
    """

    values: Mapping[Attribute, tuple[Scalar, ...]] = field(default_factory=dict)
    passed: frozenset[str] = frozenset()

    def of(self, attribute: Attribute) -> tuple[Scalar, ...]:
        """Return an attribute's values; none where nothing is known."""
        return self.values.get(attribute, ())

    def overlaid(self, *others: Facts) -> Facts:
        """Return these facts with those of others in place of their own, attribute by attribute; the last one wins."""
        values = dict(self.values)
        passed = self.passed
        for other in others:
            values.update(other.values)
            passed |= other.passed
        return Facts(values, passed)


@dataclass(frozen=True, slots=True)
class CommitFacts:
    """A commit as flow conditions see it.

    Attributes:
        message: the whole message, without the final line break.
        branches: short names of the branches that contain it.
        tags: short names of the tags that point at it.
        sha: its full object name; empty where the commit is only imagined.
        author: as ``Name <address>``.
        promoted: whether it only brings a promotion, as is known of its parents rather than of its message.
    """

    message: str
    branches: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    sha: str = ""
    author: str = ""
    promoted: bool = False


def product_facts(product: Product) -> Facts:
    """Return what is known of a declared product."""
    return _facts(
        (PRODUCT_NAME, (product.name,)),
        (Attribute(Subject.PRODUCT, "tags"), product.tags),
        *_labels(Subject.PRODUCT, product.metadata.labels),
    )


def environment_facts(environment: Environment) -> Facts:
    """Return what is known of a declared environment; clusters are called as they are written there."""
    return _facts(
        (ENVIRONMENT_NAME, (environment.name,)),
        (Attribute(Subject.ENVIRONMENT, "kind"), (environment.kind.value,)),
        (Attribute(Subject.ENVIRONMENT, "tags"), environment.tags),
        (Attribute(Subject.ENVIRONMENT, "clusters"), tuple(cluster.name for cluster in environment.clusters)),
        *_labels(Subject.ENVIRONMENT, environment.metadata.labels),
    )


def application_facts(application: Application) -> Facts:
    """Return what is known of an application: its labels stand over annotations of the same key."""
    return _facts(
        (Attribute(Subject.APPLICATION, "name"), (application.name,)),
        *_labels(Subject.APPLICATION, {**application.annotations, **application.labels}),
    )


def commit_facts(commit: CommitFacts) -> Facts:
    """Return what flow conditions can ask of a commit. Source: domain, triggering."""
    sha = (commit.sha,) if commit.sha else ()
    return _facts(
        (Attribute(Subject.COMMIT, "message"), (commit.message,)),
        (Attribute(Subject.COMMIT, "revision"), (*commit.branches, *commit.tags, *sha)),
        (Attribute(Subject.COMMIT, "branch"), commit.branches),
        (Attribute(Subject.COMMIT, "author"), (commit.author,) if commit.author else ()),
    )


def flow_facts(flow: str | None) -> Facts:
    """Return the facts of being in a flow; None is a change outside every flow."""
    return _facts((Attribute(Subject.FLOW, "name"), () if flow is None else (flow,)))


def setting_facts(settings: Mapping[str, SettingValue]) -> Facts:
    """Return what a requirement sees of effective settings, by setting name."""
    return _facts(*((Attribute(Subject.SETTING, name), (scalar(value),)) for name, value in settings.items()))


def passed_facts(environments: Iterable[str]) -> Facts:
    """Return the facts of a change that went through environments before."""
    return Facts({}, frozenset(environments))


def given(assignments: Iterable[tuple[Attribute, Scalar]]) -> Facts:
    """Return hypothetical facts; an attribute that occurs several times holds several values."""
    values: dict[Attribute, tuple[Scalar, ...]] = {}
    for attribute, value in assignments:
        values[attribute] = (*values.get(attribute, ()), value)
    return Facts(values)


def _labels(subject: Subject, labels: Mapping[str, str]) -> Iterable[tuple[Attribute, tuple[Scalar, ...]]]:
    return ((Attribute(subject, "labels", key), (value,)) for key, value in labels.items())


def _facts(*pairs: tuple[Attribute, tuple[Scalar, ...]]) -> Facts:
    return Facts({attribute: values for attribute, values in pairs if values})
